"""Web hooks: who enters a view and who leaves it, told to another system, signed, and tried again until it is taken.

Whoever made a hook is whose accounts it tells of. A message holds ids and names of accounts; nothing of people.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from tenure import keeper
from tenure.core.errors import TenureError
from tenure.engine import hooking
from tenure.web.access import events
from tenure.web.access import sight as sights
from tenure.web.access.events import Kind
from tenure.web.access.roles import OPERATE
from tenure.web.book.audiences import audience
from tenure.web.book.models import Delivery, Hook, Member, View

if TYPE_CHECKING:
    from tenure.web.access.models import User

#: How long after each try that failed the next comes; after the last it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1_440))
#: For how long a message is nobody else's to send.
_CLAIM = timedelta(minutes=2)
#: As many accounts are told in one message, and as many messages are listed.
_MOST, _LISTED = 1_000, 20
#: Sends a message: the workspace, the address, body and headers; gives the status of the answer.
Send = Callable[[Path, str, bytes, Mapping[str, str]], int]


@dataclass(frozen=True)
class Sent:
    """A message as its hook's page lists it. ``due``: when it is tried again; ``taken``: when it was."""

    name: str
    at: datetime
    entered: int
    left: int
    tries: int
    due: datetime | None
    taken: datetime | None
    answer: str


@dataclass(frozen=True)
class Hooked:
    """A hook of a view. ``own``: the reader's; ``since``: from when on changes count, none before the first look."""

    number: int
    url: str
    by: str
    own: bool
    since: datetime | None
    looked: datetime | None
    problem: str
    members: int
    sent: tuple[Sent, ...]


def of(view: View, user: User) -> tuple[Hooked, ...]:
    """The hooks of a view, with their last messages: the reader's own, and all for those who look after people."""
    found = Hook.objects.filter(view=view).select_related("made_by").order_by("pk")
    return tuple(
        _hooked(each, user) for each in found if each.made_by_id == user.pk or not OPERATE.isdisjoint(user.roles)
    )


def _hooked(hook: Hook, user: User) -> Hooked:
    sent = tuple(
        Sent(each.name, each.at, each.entered, each.left, each.tries, each.due_at, each.done_at, each.answer)
        for each in hook.deliveries.order_by("-pk")[:_LISTED]
    )
    return Hooked(
        hook.pk, hook.url, hook.made_by.name, hook.made_by_id == user.pk, hook.since, hook.looked_at, hook.problem,
        hook.members.count(), sent,
    )  # fmt: skip


def make(view: View, user: User, url: str) -> Hook:
    """A new hook. Raises ``TenureError`` for an address that is not told."""
    hooking.checked(settings.HOME, url)
    with transaction.atomic():
        made = Hook.objects.create(view=view, url=url, nonce=secrets.token_hex(16), made_by=user)
        events.record(Kind.HOOK_MADE, actor=user, subject=None, hook=made.pk, view=view.pk, host=urlsplit(url).hostname)
    return made


def remove(hook: Hook, by: User) -> None:
    """Tell an address nothing any more."""
    with transaction.atomic():
        events.record(Kind.HOOK_REMOVED, actor=by, subject=None, hook=hook.pk, view=hook.view_id)
        hook.delete()


def secret(hook: Hook) -> str:
    """What a hook's messages are signed with: worked out of the application's own secret, and kept nowhere."""
    told = hmac.new(settings.SECRET_KEY.encode(), f"hook {hook.pk} {hook.nonce}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.urlsafe_b64encode(told).decode().rstrip("=")


def signature(key: str, at: datetime, body: bytes) -> str:
    """The header by which the other side knows that a message is ours, and of when."""
    stamp = int(at.timestamp())
    told = hmac.new(key.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={told}"


# Looking who came and went

_NOT_ANY_MORE = "Whoever made it may not open this view any more."


def look(hook: Hook, now: datetime) -> int:
    """Look who is in a hook's view now, and put what changed up for sending; how many messages that makes.

    The first look tells nothing. Why it could not be looked at is said on its page.
    """
    maker = hook.made_by
    if not _may(hook):
        return _gave_up(hook, now, _NOT_ANY_MORE)
    sight = keeper.open(settings.HOME).seen_by(sights.scope(maker))
    try:
        found = audience(hook.view, maker, sight)
        rows = sight.every("accounts", **found.question, columns=("account_id", "name"), order=("account_id",))
        here = {row["account_id"]: row["name"] or row["account_id"] for row in rows}
    except TenureError as error:
        return _gave_up(hook, now, error.message)
    with transaction.atomic():
        before = set(hook.members.values_list("account_id", flat=True))
        entered, left = sorted(here.keys() - before), sorted(before - here.keys())
        Member.objects.filter(hook=hook, account_id__in=left).delete()
        Member.objects.bulk_create(Member(hook=hook, account_id=account) for account in entered)
        told = 0 if hook.since is None else _put_up(hook, entered, left, here, found.as_of, now)
        hook.since, hook.looked_at, hook.problem = hook.since or now, now, ""
        hook.save(update_fields=["since", "looked_at", "problem", "word"])
    return told


def _may(hook: Hook) -> bool:
    """Whether who made a hook may still have others told of its view."""
    maker = hook.made_by
    return maker.is_active and not OPERATE.isdisjoint(maker.roles) and hook.view.opens_for(maker)


def _gave_up(hook: Hook, now: datetime, why: str) -> int:
    hook.looked_at, hook.problem, hook.word = now, why[:300], ""  # so that it is looked at again
    hook.save(update_fields=["looked_at", "problem", "word"])
    return 0


def _put_up(
    hook: Hook, entered: list[str], left: list[str], names: Mapping[str, str], as_of: datetime, now: datetime
) -> int:
    changes = [("entered", one) for one in entered] + [("left", one) for one in left]
    for start in range(0, len(changes), _MOST):
        some, name = changes[start : start + _MOST], secrets.token_hex(16)
        came, went = ([one for kind, one in some if kind == wanted] for wanted in ("entered", "left"))
        body = {
            "id": name, "audience": {"id": hook.view_id, "name": hook.view.name}, "as_of": as_of.isoformat(),
            "entered": [{"account_id": one, "name": names[one]} for one in came],
            "left": [{"account_id": one} for one in went],
        }  # fmt: skip
        Delivery.objects.create(
            hook=hook, name=name, at=now, body=json.dumps(body, ensure_ascii=False), entered=len(came), left=len(went),
            due_at=now,
        )  # fmt: skip
    return -(-len(changes) // _MOST)


# Sending


def send_due(now: datetime, send: Send | None = None) -> int:
    """Send what is due, the oldest of each hook first: the next waits until it is taken or given up. How many were taken."""
    taken, waiting = 0, set[int]()
    due = Delivery.objects.filter(due_at__isnull=False).select_related("hook__view", "hook__made_by").order_by("pk")
    for each in due:
        if not _may(each.hook):
            each.due_at, each.answer = None, _NOT_ANY_MORE
            each.save(update_fields=["due_at", "answer"])
            continue
        if each.hook_id in waiting:
            continue
        if each.due_at is None or each.due_at > now or not _claimed(each, now):
            waiting.add(each.hook_id)
        elif _sent(each, now, send or hooking.post):
            taken += 1
        elif each.due_at is not None:
            waiting.add(each.hook_id)
    return taken


def _claimed(one: Delivery, now: datetime) -> bool:
    """Whether a message is this process's to send: of two that serve a workspace one is, and another only if this one dies."""
    mine = Delivery.objects.filter(pk=one.pk, due_at=one.due_at).update(due_at=now + _CLAIM)
    return bool(mine)


def _sent(one: Delivery, now: datetime, send: Send) -> bool:
    body = one.body.encode()
    headers = {
        "Content-Type": "application/json", "User-Agent": "Tenure", "Tenure-Delivery": one.name,
        "Tenure-Signature": signature(secret(one.hook), now, body),
    }  # fmt: skip
    try:
        status = send(settings.HOME, one.hook.url, body, headers)
        answer, good = f"HTTP {status}", 200 <= status < 300
    except TenureError as error:
        answer, good = error.message, False
    one.tries += 1
    one.answer = answer[:300]
    one.done_at = now if good else None
    one.due_at = now + WAITS[one.tries - 1] if not good and one.tries <= len(WAITS) else None
    one.save(update_fields=["tries", "answer", "done_at", "due_at"])
    return good
