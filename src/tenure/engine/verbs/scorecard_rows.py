"""``scorecard_rows``: the rows behind one number of a scorecard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.core.period import add_months, instant, local_day
from tenure.engine import reach
from tenure.engine.objectives.whose import staff_now
from tenure.engine.scorecards.versions import in_force
from tenure.engine.scorecards.window import window_of
from tenure.engine.verbs.explain import Explain, Explanation, explain
from tenure.engine.verbs.scorecard import ScorecardOf, whose_of
from tenure.figures.figure import Figure
from tenure.figures.request import Asked
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.engine.scorecards.rules import Measure
    from tenure.engine.scorecards.window import Window

#: What is left of a row of an account that is out of sight.
_KEPT = {"month", "at", "weight", "excluded"}
_MONTHS = "owner_months"


@dataclass(frozen=True)
class ScorecardRows:
    """``measure``: the key of a line; the rest as of ``scorecard``. ``rows``: how many at most, 0 for all."""

    measure: str
    person: str = ""
    team: str = ""
    start: str = ""
    end: str = ""
    rows: int = 0
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Month:
    """A month of which a number is compounded, with what it was made of."""

    month: date
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None


@dataclass(frozen=True)
class RowsFound:
    """``figure``: the number. Its rows are those of ``behind``; of one that is compounded those of all ``months``, those that moved it most first, each
    with its ``month``, and ``behind`` is what the number means.
    """

    figure: Figure | None
    behind: Explanation
    months: tuple[Month, ...] = ()


def scorecard_rows(desk: Desk, request: ScorecardRows) -> RowsFound:
    """What stands behind the number. Rows of accounts that are out of sight now tell what they add, and not of whom they are.

    Raises ``UsageError`` as ``scorecard`` does, and for a line that there is not.
    """
    now, settings = desk.clock(), desk.settings
    window = window_of(request.start, request.end, settings, now, local_day(now, settings.timezone))
    found = desk.fresh(now)
    of = ScorecardOf(request.person, request.team, scope=request.scope)
    whose = whose_of(desk, of, staff_now(desk, window.closes))
    one = in_force(desk, window.closes, running=not window.over).rules.measure(request.measure)
    if one is None:
        raise UsageError(
            f"There is no line {request.measure!r}.",
            code="not_found",
            where=request.measure,
            fix="Name one of the scorecard's.",
        )
    told = explain(desk, Explain(window.asked(one, whose)))
    figure = told.figures[0] if told.figures else None
    months: tuple[Month, ...] = ()
    if _MONTHS in one.variant and (window.grain, window.window) != ("month", "period"):
        months, told = _by_months(desk, window, one, whose, told)
    with desk.published(found) as reader:
        seen = reach.seen(reader, request.scope, now)
    kept = _KEPT | set(told.adds)
    rows = (
        told.rows if seen is None else tuple(r if r.get("account_id") in seen else _masked(r, kept) for r in told.rows)
    )
    return RowsFound(figure, replace(told, rows=rows[: request.rows] if request.rows else rows), months)


def _by_months(
    desk: Desk, window: Window, one: Measure, whose: tuple[str, str], told: Explanation
) -> tuple[tuple[Month, ...], Explanation]:
    """The months of a window that have begun, and the rows of all of them."""
    months: list[Month] = []
    rows: list[dict[str, Any]] = []
    month = window.start
    while month < window.end and instant(month, desk.settings.timezone) < window.closes:
        at = f"{month:%Y-%m}"
        found = explain(desk, Explain(Asked(one.metric, at, at, "month", "period", (), (whose,), one.variant)))
        months += [Month(month, each.numerator, each.denominator, each.value) for each in found.figures]
        who = ("account_id", "account")
        rows += [{name: row.get(name) for name in who} | {"month": month} | row for row in found.rows]
        month = add_months(month, 1)
    top, bottom = told.adds[0], told.adds[-1]
    rows.sort(key=lambda row: (-abs((row[top] or 0) - (row[bottom] or 0)), row["month"]))
    return tuple(months), replace(told, rows=tuple(rows), count=len(rows), sums={})


def _masked(row: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    return {name: value if name in kept else None for name, value in row.items()}
