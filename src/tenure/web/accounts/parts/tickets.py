"""The tickets of the account, with how long reply and solution took against what was promised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.web.accounts.part import Part
from tenure.web.kit import formats
from tenure.web.kit.happenings import plain
from tenure.web.kit.scores import Tone
from tenure.web.kit.table import Pager, address, page_of, pager

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight
    from tenure.engine.verbs.account_tickets import TicketTold, Took

_ON_A_PAGE = 15
_WHICH = ("open", "closed", "all")


@dataclass(frozen=True)
class Time:
    """How long something took, against its ``target`` (empty: none was promised)."""

    value: str
    target: str
    tone: Tone


@dataclass(frozen=True)
class Ticket:
    """A ticket. ``state``: open, or when it was solved."""

    id: str
    subject: str
    priority: str
    pressing: bool
    opened: str
    state: str
    reply: Time
    resolution: Time
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """Which tickets can be shown, and how many there are."""

    name: str
    count: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Tickets(Part):
    """``timeline``: where what happened with them is told."""

    rows: tuple[Ticket, ...]
    choices: tuple[Choice, ...]
    pager: Pager
    timeline: str
    nothing: bool
    as_of: datetime


def tickets(sight: Sight, account_id: str, name: str, given: Mapping[str, str]) -> Tickets | None:
    """The tickets that an address asks for; None where there is no such account to be seen."""
    number = page_of(given)
    which = given["which"] if given.get("which") in _WHICH else "all"
    found = sight.account_tickets(account_id, which=which, offset=(number - 1) * _ON_A_PAGE, limit=_ON_A_PAGE)  # type: ignore[arg-type]
    if found is None:
        return None
    url = reverse("account_tickets", args=[account_id])
    counts = {"open": found.open, "closed": found.of_all - found.open, "all": found.of_all}
    called = {"open": _("Open"), "closed": _("Solved"), "all": _("All")}
    pages = pager(found.total, number, given, on_a_page=_ON_A_PAGE)
    return Tickets(
        account_id, name, "tickets", tuple(_ticket(one, found.as_of) for one in found.tickets),
        tuple(Choice(called[one], formats.number(counts[one]), url + address({}, which=one), one == which) for one in _WHICH),
        replace(pages, previous=pages.previous and url + pages.previous, next=pages.next and url + pages.next),
        reverse("account_timeline", args=[account_id]) + address({}, kind="ticket"), not found.of_all, found.as_of,
    )  # fmt: skip


def _ticket(one: TicketTold, now: datetime) -> Ticket:
    marks = [(_("reopened"), one.reopened), (_("escalated"), one.escalated)]
    state = _("solved %(day)s") % {"day": formats.day(one.solved_at)} if one.solved_at else _("open")
    return Ticket(
        one.ticket_id, one.subject or one.ticket_id, plain(one.priority), one.priority in ("high", "urgent"),
        formats.since(one.created_at, now), state, _time(one.reply), _time(one.resolution),
        tuple(word for word, is_so in marks if is_so),
    )  # fmt: skip


def _time(took: Took | None) -> Time:
    if took is None:
        return Time("–", "", "")
    value = formats.lasted(took.seconds, took.clock)
    told = value if took.done else _("%(time)s so far") % {"time": value}
    if took.target is None:
        return Time(told, "", "")
    tone: Tone = "bad" if took.met is False else "good" if took.met else ""
    return Time(told, _("promised: %(time)s") % {"time": formats.lasted(took.target, took.clock)}, tone)
