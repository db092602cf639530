"""What is known of one account, put in order: what it is, its contracts and lines, its people, and what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.engine import Query
from tenure.web.accounts import health
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.engine import Sight

#: What is shown at most: of what happened, and of people.
_MOST, _PEOPLE = 40, 12
#: What of an account's life is read: the table, its time, and how an event is told.
Teller = Callable[[dict[str, Any]], tuple[str, str]]
_Rows = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Fact:
    """Something that is so: its name and its value."""

    name: str
    value: str


@dataclass(frozen=True)
class Event:
    """Something that happened. ``kind`` names the table it comes from, and chooses the icon."""

    kind: str
    icon: str
    at: datetime
    title: str
    detail: str


@dataclass(frozen=True)
class Listing:
    """A small table. ``numeric``: the columns of numbers, counted from 0."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class Life:
    """The page of an account. ``notes``: what of it is not to be relied on."""

    id: str
    name: str
    subtitle: str
    facts: tuple[Fact, ...]
    listings: tuple[Listing, ...]
    events: tuple[Event, ...]
    as_of: datetime
    notes: tuple[str, ...]
    may_tell: bool
    kept: health.Kept


def of(sight: Sight, account_id: str, people: Mapping[str, str], *, may_tell: bool) -> Life | None:
    """What may be seen of an account; None where there is none to be seen. ``people``: names of ours by id.
    ``may_tell``: log contacts there.
    """
    found = sight.dossier(account_id, _ASKED)
    if found is None:
        return None
    row, currency = found.account, sight.settings().currency
    told = (row["segment"], row["tier"], row["industry"], row["region"])
    rows = {table: page.rows for table, page in found.pages.items()}
    return Life(
        id=row["account_id"],
        name=row["name"] or row["account_id"],
        subtitle=" · ".join(str(each) for each in told if each),
        facts=_facts(row, currency, found.as_of),
        listings=(
            _lines(rows["subscription"], currency),
            _contracts(rows["contract"], currency),
            _people(rows["person"]),
        ),
        events=tuple(_events(rows, found.as_of, people)),
        as_of=found.as_of,
        notes=found.notes,
        may_tell=may_tell,
        kept=health.kept(row, rows["score"], currency),
    )


def _facts(row: dict[str, Any], currency: str, now: datetime) -> tuple[Fact, ...]:
    return (
        Fact(_("ARR"), formats.money(row["arr"], currency)),
        Fact(_("MRR"), formats.money(row["mrr"], currency)),
        Fact(_("Renews"), f"{formats.day(row['renewal_due'])} ({formats.since(row['renewal_due'], now)})"
             if row["renewal_due"] else "–"),
        Fact(_("Owner"), row["owner_name"] or row["owner"] or "–"),
        Fact(_("Customer since"), formats.day(row["customer_since"])),
        Fact(_("Last contact"), formats.since(row["last_touch"], now)),
        Fact(_("NPS score"), formats.number(row["nps"])),
        Fact(_("Open tickets"), formats.number(row["open_tickets"])),
    )  # fmt: skip


def _lines(rows: _Rows, currency: str) -> Listing:
    ends: dict[str, datetime] = {}  # a row ends the one of the same line before it
    ended = []
    for row in rows:
        known = [end for end in (row["ended_at"], ends.get(row["subscription_id"])) if end]
        ended.append(min(known, default=None))
        ends[row["subscription_id"]] = row["started_at"]
    return Listing(
        _("Subscriptions"),
        (_("Product"), _("Plan"), _("Amount"), _("From"), _("To")),
        tuple(
            (
                row["product_id"] or "–",
                row["plan"] or "–",
                _amount(row, row["currency"] or currency),
                formats.day(row["started_at"]),
                formats.day(end),
            )
            for row, end in zip(rows, ended, strict=True)
        ),
        _("No subscription is known."),
        numeric=(2,),
    )


def _amount(row: dict[str, Any], currency: str) -> str:
    """What a line costs: ``€1,200.00 / year``, or ``12 x €8.50 / month``."""
    if row["amount"] is not None:
        told = formats.money(row["amount"], currency)
    else:
        told = f"{formats.number(row['quantity'])} x {formats.money(row['unit_amount'], currency)}"
    return f"{told} / {row['interval'] or 'month'}"


def _contracts(rows: _Rows, currency: str) -> Listing:
    return Listing(
        _("Contracts"),
        (_("Contract"), _("From"), _("Renewal due"), _("Value a year"), _("Outcome")),
        tuple(
            (
                row["contract_id"],
                formats.day(row["started_at"]),
                formats.day(row["ended_at"]),
                formats.money(row["value"], row["currency"] or currency),
                (row["outcome"] or "–").replace("_", " "),
            )
            for row in rows
        ),
        _("No contract is known."),
        numeric=(3,),
    )


def _people(rows: _Rows) -> Listing:
    return Listing(
        _("People"),
        (_("Name"), _("Title"), _("Champion"), _("Left")),
        tuple(
            (
                row["name"] or "–",
                row["title"] or row["role"] or "–",
                _("yes") if row["is_champion"] else "",
                formats.day(row["left_at"]) if row["left_at"] else "",
            )
            for row in rows
        ),
        _("Nobody is known there."),
    )


def _events(rows: dict[str, _Rows], now: datetime, people: Mapping[str, str]) -> list[Event]:
    """What happened, the latest first."""
    found: list[Event] = []
    for table, (time, icon, tell, _columns) in _TOLD.items():
        for row in rows[table]:
            at = row.get(time)
            if isinstance(at, datetime) and at <= now:
                named = {"csm_id": people.get(row["csm_id"], row["csm_id"])} if "csm_id" in row else {}
                title, detail = tell(row | named)
                found.append(Event(table, icon, at, title, detail))
    return sorted(found, key=lambda event: event.at, reverse=True)[:_MOST]


def _joined(*parts: object) -> str:
    return " · ".join(str(part).replace("_", " ") for part in parts if part)


_WHO = {"out": gettext_lazy("we wrote"), "in": gettext_lazy("they wrote"), "both": gettext_lazy("both spoke")}


def _touchpoint(row: dict[str, Any]) -> tuple[str, str]:
    minutes = _("%(count)s minutes") % {"count": formats.number(row["minutes"])} if row["minutes"] else ""
    return _joined(row["channel"]).capitalize(), _joined(
        _WHO.get(row["direction"]), minutes, row["outcome"], row["csm_id"], row["text"]
    )


def _answer(row: dict[str, Any]) -> tuple[str, str]:
    score = "–" if row["score"] is None else f"{formats.number(row['score'])} / {formats.number(row['scale_max'])}"
    return _("Answered %(survey)s: %(score)s") % {"survey": row["survey"].upper(), "score": score}, row.get(
        "text"
    ) or ""


def _ticket(row: dict[str, Any]) -> tuple[str, str]:
    solved = _("solved %(day)s") % {"day": formats.day(row["solved_at"])} if row["solved_at"] else _("open")
    return row["subject"] or _("Ticket %(id)s") % {"id": row["ticket_id"]}, _joined(
        row["priority"], row["category"], solved
    )


def _churn(row: dict[str, Any]) -> tuple[str, str]:
    return _("Left"), _joined(row["kind"], row["reason"], row["competitor"])


def _milestone(row: dict[str, Any]) -> tuple[str, str]:
    return _joined(row["kind"]).capitalize(), _("milestone reached")


def _request(row: dict[str, Any]) -> tuple[str, str]:
    return _joined(row["kind"]).capitalize(), _joined(row["theme"], row["status"])


def _note(row: dict[str, Any]) -> tuple[str, str]:
    return row["title"] or _("Note"), _joined(row["kind"], row["by"], row["text"])


#: By table: its time, its icon (a name of Lucide's), how a row of it is told, and of which columns.
_TOLD: dict[str, tuple[str, str, Teller, tuple[str, ...]]] = {
    "touchpoint": (
        "occurred_at", "message-circle", _touchpoint, ("channel", "direction", "minutes", "outcome", "csm_id", "text"),
    ),
    "survey_answer": ("answered_at", "star", _answer, ("survey", "score", "scale_max", "text")),
    "ticket": ("created_at", "life-buoy", _ticket, ("ticket_id", "priority", "category", "solved_at", "subject")),
    "churn": ("at", "log-out", _churn, ("kind", "reason", "competitor")),
    "milestone": ("completed_at", "flag", _milestone, ("kind",)),
    "request": ("created_at", "lightbulb", _request, ("kind", "theme", "status")),
    "note": ("at", "sticky-note", _note, ("kind", "by", "title", "text")),
}  # fmt: skip

#: What is asked of which table. Of people champions come first, then whoever has a title: the others only use the product.
_ASKED = {
    "score": health.ASKED,
    "subscription": Query(
        columns=(
            "subscription_id",
            "product_id",
            "plan",
            "amount",
            "currency",
            "quantity",
            "unit_amount",
            "interval",
            "started_at",
            "ended_at",
        ),
        order=("-started_at",),
        limit=_MOST,
    ),
    "contract": Query(
        columns=("contract_id", "started_at", "ended_at", "value", "currency", "outcome"),
        order=("-ended_at",),
        limit=_MOST,
    ),
    "person": Query(
        columns=("name", "title", "role", "is_champion", "left_at"),
        order=("-is_champion", "title", "name"),
        limit=_PEOPLE,
    ),
    **{
        table: Query(columns=(time, *columns), order=(f"-{time}",), limit=_MOST)
        for table, (time, _icon, _tell, columns) in _TOLD.items()
    },
}
