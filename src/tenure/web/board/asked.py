"""What a reader chose on the board: the address holds all of it, so that a view can be shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from tenure.core.errors import UsageError
from tenure.core.period import Grain, Period, add_months, last_complete, parse_period, period_at
from tenure.core.titles import titled
from tenure.web.kit import figure
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.reading import local_today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.core.config import Settings

DIMENSIONS = ("segment", "tier", "region", "country", "industry", "team", "manager", "owner", "product", "cohort")
YEAR, MONTH, QUARTER, FULL_YEAR = "12m", "month", "quarter", "year"
#: How far back periods can be chosen, and how many of them a course shows.
_OFFERED = {YEAR: 24, MONTH: 24, QUARTER: 10, FULL_YEAR: 4}
_COURSE = {YEAR: 12, MONTH: 12, QUARTER: 8, FULL_YEAR: 4}
_GRAIN = {YEAR: Grain.MONTH, MONTH: Grain.MONTH, QUARTER: Grain.QUARTER, FULL_YEAR: Grain.YEAR}
BEFORE, A_YEAR_BEFORE = "before", "year"


@dataclass(frozen=True)
class Chosen:
    """``over``: what is looked at: 12 months, or one month, quarter or year, the last of which is ``at``. ``versus``: what it is
    compared with, as the address has it: the period before, a year before, or a period's label; ``against``: that period.
    ``by``: a dimension, ``only`` and ``beside``: two of its values, empty for everything and for nothing.
    """

    over: str
    at: Period
    versus: str
    against: Period
    by: str
    only: str
    beside: str

    @property
    def grain(self) -> Grain:
        """How long ``at`` is."""
        return _GRAIN[self.over]

    @property
    def window(self) -> str:
        """What flows are added up over."""
        return "12m" if self.over == YEAR else "period"

    @property
    def course(self) -> int:
        """How many periods a course shows."""
        return _COURSE[self.over]

    @property
    def opening(self) -> Period:
        """The period at whose close the bridge begins."""
        return back(self.at, 12 if self.over == YEAR else 1)

    @property
    def told(self) -> str:
        """``12 months to Oct 2026``, or the period."""
        told = figure.period(self.at.start, self.at.end)
        return _("12 months to %(period)s") % {"period": told} if self.over == YEAR else told

    def address(self, **changed: str) -> str:
        """The same choice as an address has it; what is the default is left out."""
        told = {
            "over": "" if self.over == YEAR else self.over, "at": self.at.label,
            "versus": "" if self.versus == BEFORE else self.versus, "by": self.by, "only": self.only,
            "beside": self.beside, **changed,
        }  # fmt: skip
        return urlencode({name: value for name, value in told.items() if value})


def latest(grain: Grain, year_start: int) -> Period:
    """The last period of that length that is over, by the organisation's clock."""
    (last,) = last_complete(grain, 1, local_today(), year_start)
    return last


def back(period: Period, count: int) -> Period:
    """The period so many before another of its length."""
    for _again in range(count):
        period = period_at(period.grain, date.fromordinal(period.start.toordinal() - 1), period.fiscal_year_start)
    return period


def chosen(parameters: Mapping[str, str], settings: Settings) -> Chosen:
    """What the address says. A period that is none, or of another length, is the nearest that there is.

    Raises ``UsageError`` for a dimension that does not exist.
    """
    over = parameters.get("over", YEAR)
    over = over if over in _GRAIN else YEAR
    grain, year_start = _GRAIN[over], settings.fiscal_year_start
    last = latest(grain, year_start)
    at = _period(parameters.get("at", ""), grain, year_start) or last
    at = min(at, last, key=lambda each: each.start)
    versus = parameters.get("versus", BEFORE) or BEFORE
    named = None if versus in (BEFORE, A_YEAR_BEFORE) else _period(versus, grain, year_start)
    if named is None:
        versus = versus if versus in (BEFORE, A_YEAR_BEFORE) else BEFORE
        ago = period_at(grain, add_months(at.start, -12), year_start)
        named = ago if versus == A_YEAR_BEFORE else back(at, 1)
    by = parameters.get("by", "")
    only, beside = (parameters.get(name, "") if by else "" for name in ("only", "beside"))
    return Chosen(over, at, versus, named, by, only, "" if beside == only else beside)


def _period(text: str, grain: Grain, year_start: int) -> Period | None:
    """The period of that length in which another one ends; None for what names none."""
    try:
        given = parse_period(text, year_start)
    except UsageError:
        return None
    return period_at(grain, date.fromordinal(given.end.toordinal() - 1), year_start)


def choices(given: Chosen, dimensions: Sequence[str], values: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    """The fields of the form. ``values``: those of the dimension chosen, with their names."""
    overs = {YEAR: _("12 months"), MONTH: _("one month"), QUARTER: _("one quarter"), FULL_YEAR: _("one year")}
    offered = [back(latest(given.grain, given.at.fiscal_year_start), count) for count in range(_OFFERED[given.over])]
    offered += [given.at] if given.at not in offered else []
    periods = [(each.label, figure.period(each.start, each.end)) for each in offered]
    earlier = [each for each in periods if each[0] != given.at.label]
    versus = [(BEFORE, _("the period before")), (A_YEAR_BEFORE, _("a year before")), *earlier]
    by = [("", _("everything together")), *((name, titled(name)) for name in dimensions)]
    found = [
        _choice("over", _("Over"), list(overs.items()), given.over),
        _choice("at", _("To the end of") if given.over == YEAR else _("Period"), periods, given.at.label),
        _choice("versus", _("Compared with"), versus, given.versus),
        _choice("by", _("By"), by, given.by),
    ]
    if given.by:
        found.append(_choice("only", titled(given.by), [("", _("all")), *values], given.only))
        others = [each for each in values if each[0] != given.only]
        found.append(_choice("beside", _("Beside"), [("", _("nothing")), *others], given.beside))
    return tuple(found)


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], now: str) -> Choice:
    return Choice(name, label, tuple(Option(value, told, value == now) for value, told in options))
