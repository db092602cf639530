"""What is told of accounts here, of one or of many, and taken back: facts through the engine, and what was done beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError, UsageError
from tenure.web.access import log
from tenure.web.book.columns import CUSTOM, LABELS
from tenure.web.book.models import Change, Run
from tenure.web.kit import formats
from tenure.web.kit.contact import row_of

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.access.models import User

OWNER, PULSE, NEXT_STEP, CONTACT = "owner", "pulse", "next_step", "contact"
#: For so long it can be taken back.
UNDO = timedelta(hours=24)
#: Of as many accounts something is told at once.
MOST = 2_000


@dataclass(frozen=True)
class Told:
    """``run``: what was done, none where it was so already."""

    run: Run | None
    accounts: int


def tell(
    sight: Sight, user: User, act: str, accounts: Sequence[str], given: Mapping[str, Any], message_id: str
) -> Told:
    """Tell the same of some accounts, once for a message id. ``act``: one of the above, or an attribute; ``given``: what the form
    of that act holds. Raises ``UsageError`` for accounts that are not to be seen, and for a message id that named
    something else (``message_reused``).

    The run is there before anything is told, so that what was told can be taken back though the server is killed in between; sent
    anew after that, it is told to its end.
    """
    run, is_new = Run.objects.get_or_create(message_id=message_id, defaults={"by": user, "act": act, "accounts": 0})
    if not is_new and run.accounts:
        if (run.act, run.value) != (act, _remembered_of(act, given)):
            raise UsageError(_("This form was sent before, and said something else."), code="message_reused")
        return Told(run, run.accounts)
    try:
        changes = _told(sight, user, act, accounts, given, message_id)
    except TenureError:
        run.delete()
        raise
    if not changes:
        run.delete()
        return Told(None, 0)
    return Told(_remembered(run, _remembered_of(act, given), changes), len(changes))


_Changes = list[tuple[str, str, str]]


def _told(
    sight: Sight, user: User, act: str, accounts: Sequence[str], given: Mapping[str, Any], message_id: str
) -> _Changes:
    """Tell it; gives what changed."""
    by, value = log.sender(user.pk), str(given.get("value", ""))
    match act:
        case "owner":
            return _assigned(sight, accounts, value, by, message_id)
        case "pulse":
            return _judged(sight, accounts, given, user.csm_id or user.name, by, message_id)
        case "next_step":
            return _noted(sight, accounts, value, user, by, message_id)
        case "contact":
            return _met(sight, accounts, given, user, by, message_id)
        case _:
            found = sight.amend(act, [(account, value or None) for account in accounts], by=by, message_id=message_id)
            return [(each.account_id, each.before or "", each.after or "") for each in found.changes]


def _remembered_of(act: str, given: Mapping[str, Any]) -> str:
    """What is remembered of what a form says: nothing of what is to be done with people, as it may tell of them."""
    if act == NEXT_STEP:
        return ""
    return str(given["channel"] if act == CONTACT else given.get("value", ""))[:300]


def _assigned(sight: Sight, accounts: Sequence[str], owner: str, by: str, message_id: str) -> _Changes:
    held = sight.every("accounts", columns=("account_id", "owner"), where=(("account_id", "one_of", accounts),))
    before = {row["account_id"]: row["owner"] or "" for row in held}
    changes = [(account, before.get(account, ""), owner) for account in accounts if before.get(account) != owner]
    now = datetime.now(UTC)
    rows = [
        {"account_id": account, "csm_id": owner, "role": "owner", "valid_from": now, "share": 1}
        for account, *_ in changes
    ]
    if rows:
        sight.record("assignment", rows, by=by, message_id=message_id)
    return changes


def _judged(
    sight: Sight, accounts: Sequence[str], given: Mapping[str, Any], who: str, by: str, message_id: str
) -> _Changes:
    held = sight.every("accounts", columns=("account_id", "pulse"), where=(("account_id", "one_of", accounts),))
    before = {row["account_id"]: "" if row["pulse"] is None else formats.number(row["pulse"]) for row in held}
    rows = [
        {"account_id": account, "model": "csm_pulse", "at": datetime.now(UTC), "score": given["value"], "by": who,
         "text": given.get("text") or None}
        for account in accounts
    ]  # fmt: skip
    sight.record("judgement", rows, by=by, message_id=message_id)
    return [(account, before.get(account, ""), str(given["value"])) for account in accounts]


def _noted(sight: Sight, accounts: Sequence[str], text: str, user: User, by: str, message_id: str) -> _Changes:
    now = datetime.now(UTC)
    rows = [
        {
            "note_id": f"{log.written_by(user.pk)}{message_id}-{number}",
            "account_id": account,
            "at": now,
            "by": user.csm_id or user.name,
            "kind": "next_step",
            "text": text,
        }
        for number, account in enumerate(accounts)
    ]
    sight.record("note", rows, by=by, message_id=message_id)
    return [(account, "", "") for account in accounts]


def _met(
    sight: Sight, accounts: Sequence[str], given: Mapping[str, Any], user: User, by: str, message_id: str
) -> _Changes:
    rows = [
        row_of(dict(given), f"{log.written_by(user.pk)}{message_id}-{number}", account, user.csm_id)
        for number, account in enumerate(accounts)
    ]
    sight.record("touchpoint", rows, by=by, message_id=message_id)
    return [(account, "", "") for account in accounts]


def _remembered(run: Run, value: str, changes: _Changes) -> Run:
    with transaction.atomic():
        run.value, run.accounts = value, len(changes)
        run.save(update_fields=["value", "accounts"])
        run.changes.all().delete()  # of the same form, sent twice at once
        Change.objects.bulk_create(
            Change(run=run, account_id=account, before=before[:300], after=after[:300])
            for account, before, after in changes
        )
    return run


# Taking it back


def may_undo(run: Run, user: User) -> bool:
    """Whether a person may take a run back now."""
    return timezone.now() - run.at <= UNDO and run.undoes(user)


def undo(sight: Sight, run: Run, user: User) -> int:
    """Take a run back; of how many accounts it stands, as something was told of them since or they are out of sight."""
    found = sight.take_back(run.message_id, by=log.sender(user.pk), reason="undone")
    return run.undo(user, found.kept)


def history(account_id: str, act: str, most: int = 6) -> list[Change]:
    """What was last told of an account here, the newest first."""
    return list(
        Change.objects.filter(account_id=account_id, run__act=act)
        .select_related("run__by", "run__undone_by")
        .order_by("-run__at")[:most]
    )  # fmt: skip


def called(act: str) -> str:
    """What an act is about, in words."""
    named = {OWNER: _("Owner"), PULSE: _("Pulse"), NEXT_STEP: _("Next step"), CONTACT: _("Contact")}
    if act in named:
        return str(named[act])
    return act.removeprefix(CUSTOM) if act.startswith(CUSTOM) else str(LABELS.get(act, act))
