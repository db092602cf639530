"""The list of periods: closed ones with what was reported and what it is now, and those that could be closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.web.closing import figures, jobs, told
from tenure.web.kit import figure, formats

if TYPE_CHECKING:
    from tenure.engine.closings import Closable, ClosedPeriod, Closings
    from tenure.web.kit.asking import Answers

#: The figure by which the list tells whether a period was restated.
_FIGURE = "arr"
EXPORTED = (
    "period", "grain", "period_start", "period_end", "closed_at", "closed_by", "note", "figures", "held", "times",
    "last_batch", "sha256", "arr_reported", "arr_now",
)  # fmt: skip


@dataclass(frozen=True)
class Next:
    """The month that is to be closed next. ``blocked``: how many checks stand against it; ``going``: it is being closed."""

    name: str
    url: str
    blocked: int
    going: bool


@dataclass(frozen=True)
class Line:
    """A period. ``at``: when it was closed, None where it is not; ``reported``, ``now`` and ``change``: its ARR."""

    name: str
    url: str
    word: str
    tone: str
    at: datetime | None
    by: str
    note: str
    figures: str
    reported: str
    now: str
    change: str


@dataclass(frozen=True)
class Closing:
    """``next``: None while the month after the last closed one, ``running``, is not over. ``any``: whether one is closed at all."""

    as_of: datetime
    next: Next | None
    running: str
    lines: tuple[Line, ...]
    any: bool
    export: str = "?format=csv"


#: By grain and label of a period: as it was reported, and as it is now.
Ends = dict[tuple[str, str], tuple[Decimal | None, Decimal | None]]


def listed(answers: Answers) -> Closing:
    """What the page tells."""
    found, going = answers.sight.closings(), jobs.all_going()
    ends, currency = _ends(answers, found), answers.settings.currency
    names = told.names([one.by for one in found.closed])
    lines = [(one.end, one.start, _closed(one, names, ends, currency)) for one in found.closed]
    lines += [(one.end, one.start, _open(one, found, one.period in going)) for one in found.open]
    lines.sort(key=lambda one: one[:2], reverse=True)
    runs = max((one.end for one in found.closed if one.grain == "month"), default=None)
    return Closing(
        found.as_of, _next(answers, found.next, going) if found.next else None,
        formats.month(runs) if runs and not found.next else "", tuple(line for *_order, line in lines), bool(found.closed),
    )  # fmt: skip


def _next(answers: Answers, one: Closable, going: set[str]) -> Next:
    """Of one that is being closed it is not asked again what stands against it."""
    closes = one.period in going
    blocked = 0 if closes else len(answers.sight.blocking(one.period))
    return Next(_named(one), reverse("one_closing", args=[one.period]), blocked, closes)


def _named(one: ClosedPeriod | Closable) -> str:
    return figure.period(one.start, one.end)


def _open(one: Closable, found: Closings, going: bool) -> Line:
    is_next = found.next is not None and found.next.period == one.period
    word = _("being closed") if going else _("next") if is_next else _("not closed")
    tone = "warn" if is_next and not going else ""
    return Line(_named(one), reverse("one_closing", args=[one.period]), word, tone, None, "", "", "", "", "", "")


def _closed(one: ClosedPeriod, names: Any, ends: Ends, currency: str) -> Line:
    reported, now = ends.get((one.grain, one.period), (None, None))
    change = now - reported if now is not None and reported is not None else None
    return Line(
        _named(one), reverse("one_closing", args=[one.period]), _("closed"), "good", one.closed_at, names.get(one.by, ""), one.note,
        formats.number(one.figures), figure.told(reported, "money", currency), figure.told(now, "money", currency),
        "" if change is None else figures.moved(change, "money", currency) if change else _("unchanged"),
    )  # fmt: skip


def _ends(answers: Answers, found: Closings) -> Ends:
    then, ends = answers.sight.reported(_FIGURE), Ends()
    for grain in {one.grain for one in found.closed}:
        mine = sorted((one for one in found.closed if one.grain == grain), key=lambda one: one.start)
        shown = answers.ask(_FIGURE, start=mine[0].period, end=mine[-1].period, grain=grain)
        now = {one.period_start: one.value for one in shown}
        ends |= {(grain, one.period): (then.get((grain, one.period)), now.get(one.start)) for one in mine}
    return ends


def rows(answers: Answers) -> Iterator[dict[str, Any]]:
    """Closed periods as rows of a file."""
    found = answers.sight.closings()
    ends, names = _ends(answers, found), told.names([one.by for one in found.closed])
    for one in found.closed:
        reported, now = ends.get((one.grain, one.period), (None, None))
        yield {
            "period": one.period, "grain": one.grain, "period_start": one.start, "period_end": one.end, "closed_at": one.closed_at,
            "closed_by": names.get(one.by, one.by), "note": one.note, "figures": one.figures, "held": one.held,
            "times": one.times, "last_batch": one.last_batch, "sha256": one.sha256, "arr_reported": reported, "arr_now": now,
        }  # fmt: skip
