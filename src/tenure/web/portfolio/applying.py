"""Moves and levels of service are told to the engine, remembered here, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError, UsageError
from tenure.web.access import log
from tenure.web.kit.reading import local_today
from tenure.web.portfolio.models import Applied, AppliedChange, Kind
from tenure.web.work import tasks, whose
from tenure.web.work.models import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.engine import Sight
    from tenure.web.access.models import User

#: What is passed on between two of us.
ITEMS = ("goals", "contacts", "open matters", "next renewal")
_HANDOVER = "-handover"
_KIND = "handover"


@dataclass(frozen=True)
class Wished:
    """An account that is to go from one to another; ``giver`` empty: from nobody."""

    account: str
    giver: str
    taker: str


def move(
    sight: Sight,
    user: User,
    wished: Sequence[Wished],
    day: date,
    message_id: str,
    *,
    with_tasks: bool,
    version: str = "",
) -> Applied:
    """Let accounts change hands from a day on, once for a message id: assignments, items of the hand-over, and tasks.

    Raises ``UsageError`` without any, for accounts that are not to be seen or have another owner by now, and for somebody out of sight.
    """
    applied, is_new = Applied.objects.get_or_create(
        message_id=message_id, defaults={"kind": Kind.MOVES, "by": user, "holds_from": day, "version": version}
    )
    if not is_new and applied.changes.exists():
        told = {(one.account_id, one.before, one.after) for one in applied.changes.all()}
        if told != {(one.account, one.giver, one.taker) for one in wished} or applied.holds_from != day:
            raise UsageError(_("This form was sent before, and said something else."), code="message_reused")
        return applied
    try:
        _check(sight, wished, day)
        _tell(sight, log.sender(user.pk), wished, day, message_id)
    except TenureError:
        if is_new:
            applied.delete()
        raise
    with transaction.atomic():
        AppliedChange.objects.bulk_create(
            AppliedChange(applied=applied, account_id=one.account, before=one.giver, after=one.taker) for one in wished
        )
    if with_tasks:
        _give(sight, user, wished, day, message_id)
    return applied


def _tell(sight: Sight, by: str, wished: Sequence[Wished], day: date, message_id: str) -> None:
    """Who owns what from that day on, and what is to be passed on by then; from nobody there is nothing."""
    told = day.isoformat()
    owned = [
        {"account_id": one.account, "csm_id": one.taker, "role": "owner", "valid_from": told, "share": 1}
        for one in wished
    ]
    sight.record("assignment", owned, by=by, message_id=message_id)
    items = [
        {"account_id": one.account, "kind": "csm_to_csm", "from_id": one.giver, "to_id": one.taker, "item": item, "due_at": told}
        for one in wished
        if one.giver
        for item in ITEMS
    ]  # fmt: skip
    if items:
        sight.record("handover_item", items, by=by, message_id=message_id + _HANDOVER)


def _check(sight: Sight, wished: Sequence[Wished], day: date) -> None:
    """Everything is as it was when it was proposed."""
    if not wished:
        raise UsageError(_("No move was chosen."), code="nothing_chosen", fix=_("Choose at least one."))
    names = [one.account for one in wished]
    held = {
        row["account_id"]: row["owner"] or ""
        for row in sight.every("accounts", columns=("account_id", "owner"), where=(("account_id", "one_of", names),))
    }
    people = {row["csm_id"] for row in sight.every("csm", columns=("csm_id",))}
    if sight.scope.owners is not None:
        people &= set(sight.scope.owners)
    planned = _planned(sight, names, day)
    for one in wished:
        if held.get(one.account) != one.giver or one.account in planned:
            raise UsageError(
                _("The account %(account)s has another owner by now.") % {"account": one.account}, code="changed_meanwhile",
                fix=_("Look at the proposal again."),
            )  # fmt: skip
        if sight.scope.narrow and one.giver not in people:
            raise UsageError(
                _("The owner of %(account)s is not of your line.") % {"account": one.account}, code="out_of_scope",
                fix=_("Ask whoever leads them."),
            )  # fmt: skip
        if one.taker not in people:
            raise UsageError(
                _("There is nobody called %(person)s.") % {"person": one.taker},
                code="not_found",
                fix=_("Look at the proposal again."),
            )
    if len(set(names)) < len(names):
        raise UsageError(_("An account can only go to one person."), code="twice", fix=_("Choose each account once."))


def _planned(sight: Sight, names: Sequence[str], day: date) -> set[str]:
    """Those of some accounts that are assigned on that day or later already: another owner would stand beside that one."""
    begins = min(day, local_today() + timedelta(days=1)).isoformat()
    where = (("account_id", "one_of", names), ("valid_from", "at_least", begins))
    rows = sight.every("assignment", columns=("account_id", "role"), where=where)
    return {row["account_id"] for row in rows if row["role"] in (None, "owner")}


def _give(sight: Sight, user: User, wished: Sequence[Wished], day: date, message_id: str) -> None:
    """A task for each account."""
    users = {one.csm_id: one for one in whose.colleagues() if one.csm_id}
    named = {
        row["account_id"]: row["name"] or row["account_id"]
        for row in sight.every("accounts", columns=("account_id", "name"), where=(("account_id", "one_of", [one.account for one in wished]),))
    }  # fmt: skip
    some = {who.pk: who for one in wished for who in (users.get(one.giver), users.get(one.taker), user) if who}
    names = [one.account for one in wished]
    sees = {pk: whose.seen_by(who, names) for pk, who in some.items() if whose.works(who)}
    given: list[tasks.Wanted] = []
    for one in wished:
        owner = _for(one, users, user, sees)
        if owner is None:
            continue
        taker = users[one.taker].name if one.taker in users else one.taker
        wanted = tasks.Wanted(
            _("Hand over %(account)s to %(person)s") % {"account": named.get(one.account, one.account), "person": taker}, owner,
            one.account, _("Goals, contacts, open matters, next renewal: tell them, and introduce who takes over."), day,
            reason=_("The account changes hands on that day."), kind=_KIND, key=f"{_KIND}:{message_id}:{one.account}",
        )  # fmt: skip
        given.append(wanted)
    tasks.give_all(sight, user, given)


def _for(one: Wished, users: Mapping[str, User], user: User, sees: Mapping[int, set[str]]) -> User | None:
    """Who gets the task: who hands over, as long as she sees the account; else who takes over, or whoever applies it."""
    for who in (users.get(one.giver), users.get(one.taker), user):
        if who is not None and one.account in sees.get(who.pk, ()):
            return who
    return None


def levels(sight: Sight, user: User, message_id: str) -> Applied | None:
    """Give every customer the level of service of the rules in force, once for a message id; None where all have it."""
    known = Applied.objects.filter(message_id=message_id).first()
    if known is not None:
        return known
    found = sight.place_tiers()
    shifts = found.placed.shifts
    if not shifts:
        return None
    told = sight.amend(
        found.attribute,
        [(one.account, one.after or None) for one in shifts],
        by=log.sender(user.pk),
        message_id=message_id,
    )
    with transaction.atomic():
        applied = Applied.objects.create(
            kind=Kind.TIERS, by=user, message_id=message_id, holds_from=local_today(), version=found.version
        )
        AppliedChange.objects.bulk_create(
            AppliedChange(applied=applied, account_id=one.account_id, before=one.before or "", after=one.after or "")
            for one in told.changes
        )
    return applied


def undo(sight: Sight, applied: Applied, user: User) -> int:
    """Take it back, with the hand-overs and the tasks that are open; of how many accounts it stands, as something was told of them since."""
    by = log.sender(user.pk)
    found = sight.take_back(applied.message_id, by=by, reason="undone")
    if applied.kind == Kind.MOVES and applied.changes.exclude(before="").exists():
        sight.take_back(applied.message_id + _HANDOVER, by=by, reason="undone", but=found.kept)
        keys = [f"{_KIND}:{applied.message_id}:{one.account_id}" for one in applied.changes.all()]
        for task in tasks.of_keys(keys).values():
            if task.status == Status.OPEN and task.account_id not in found.kept:
                tasks.drop(task, user, _("The move was taken back."))
    return applied.undo(user, found.kept)
