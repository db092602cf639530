"""What was restated: the figures of the last closed period as they were reported, and what they are now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from tenure.core.errors import DataError
from tenure.core.period import Grain, period_at
from tenure.core.titles import titled
from tenure.web.board.asked import back
from tenure.web.board.part import Cell, Grid, Part, Row, Told
from tenure.web.board.side import YEARLY, Side
from tenure.web.kit import figure, formats, restating

if TYPE_CHECKING:
    from tenure.core.period import Period
    from tenure.engine.restated import Restatement

_METRICS = ("arr", *YEARLY, "customer_churn_rate")
#: So many periods are looked through for one that is closed.
_FARTHEST = 13


def restated(side: Side) -> Part:
    """The lines between what was reported of the last closed period and what is known of it now."""
    title = _("Restatements")
    found = _closed(side)
    if found is None:
        return Part(
            "restatements", title,
            link=side.closes,
            empty=_("No month's figures of these customers are frozen yet. Operations or finance close a month under Closed periods; here "
                    "will be what became of it since."),
        )  # fmt: skip
    period, first = found
    all_of = [first, *(one for slug in _METRICS[1:] for one in _asked(side, slug, period))]
    rows = tuple(row for one in all_of for row in _rows(one, side, period))
    note = _("%(period)s, closed on %(day)s") % {
        "period": figure.period(first.period_start, first.period_end), "day": formats.day(first.closed_at),
    }  # fmt: skip
    changed = [one for one in all_of if one.change]
    words = () if changed else (_("Nothing is restated: what was reported is what is known now."),)
    notes = tuple(dict.fromkeys(text for one in all_of for text in one.notes))
    grid = Grid((_("Reported"), _("Now"), _("Change"), _("Accounts")), rows, words=(3,))
    kept = tuple(
        Told(
            one.metric,
            "",
            one.period_start,
            one.period_end,
            one.now,
            one.unit,
            before=one.reported,
            note=_("before: as reported"),
        )
        for one in all_of
    )
    return Part("restatements", title, note, side.closes, grids=(("", grid),), words=(*words, *notes), told=kept)


def _closed(side: Side) -> tuple[Period, Restatement] | None:
    """The last closed period up to the chosen one, with the restatement of its ARR; None where none is closed."""
    last = date.fromordinal(side.chosen.at.end.toordinal() - 1)
    at = period_at(Grain.MONTH, last, side.chosen.at.fiscal_year_start)
    for count in range(_FARTHEST):
        period = back(at, count)
        try:
            found = _asked(side, _METRICS[0], period)
        except DataError as error:
            if error.code not in ("not_closed", "not_frozen"):
                raise
            continue
        if found:
            return period, found[0]
    return None


def _asked(side: Side, slug: str, period: Period) -> tuple[Restatement, ...]:
    more = {"where": side.only} if side.only else {}
    return side.answers.restatements(slug, start=period.label, end=period.label, **more)[:1]


def _rows(one: Restatement, side: Side, period: Period) -> Iterator[Row]:
    """A metric, and the lines of its change, each with what made it."""
    asked = {"window": one.window, "at": period.label, "only": [f"{name}:{value}" for name, value in side.only]}
    link = f"{figure.page_of(one.metric)}?{urlencode(asked, doseq=True)}#rows"

    def amount(value: object, *, signed: bool = False) -> str:
        if value is None:
            return "–"
        return figure.moved(value, one.unit, side.currency) if signed else figure.told(value, one.unit, side.currency)  # type: ignore[arg-type]

    ends = (Cell(amount(one.reported), rows=link), Cell(amount(one.now), rows=link))
    more = restating.hindered(one)
    yield Row(
        titled(one.metric), (*ends, Cell(amount(one.change, signed=True), more=more, rows=link), Cell("")),
        figure.page_of(one.metric), note=figure.spanning(one.window, one.period_start, one.period_end),
    )  # fmt: skip
    for line in one.lines:
        moved = Cell(amount(line.amount, signed=True), rows=link)
        cells = (Cell(""), Cell(""), moved, Cell(restating.accounts(line), rows=restating.account_page(line)))
        yield Row(restating.why(line), cells, depth=1)
