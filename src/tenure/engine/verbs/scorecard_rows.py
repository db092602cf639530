"""``scorecard_rows``: the rows behind one number of a scorecard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine import reach
from tenure.engine.objectives.whose import staff_now
from tenure.engine.scorecards.versions import in_force
from tenure.engine.scorecards.window import window_of
from tenure.engine.verbs.explain import Explain, explain
from tenure.engine.verbs.scorecard import ScorecardOf, whose_of
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.engine.verbs.explain import Explanation

#: What is left of a row of an account that is out of sight.
_KEPT = {"at", "weight", "excluded"}


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


def scorecard_rows(desk: Desk, request: ScorecardRows) -> Explanation:
    """What stands behind the number. Rows of accounts that are out of sight now tell what they add, and not of whom they are.

    Raises ``UsageError`` as ``scorecard`` does, and for a line that there is not.
    """
    now, settings = desk.clock(), desk.settings
    window = window_of(request.start, request.end, settings, now, local_day(now, settings.timezone))
    found = desk.fresh(now)
    of = ScorecardOf(request.person, request.team, scope=request.scope)
    whose = whose_of(desk, of, staff_now(desk, window.closes))
    one = in_force(desk, window.closes).rules.measure(request.measure)
    if one is None:
        raise UsageError(
            f"There is no line {request.measure!r}.",
            code="not_found",
            where=request.measure,
            fix="Name one of the scorecard's.",
        )
    told = explain(desk, Explain(window.asked(one, whose), request.rows))
    with desk.published(found) as reader:
        seen = reach.seen(reader, request.scope, now)
    if seen is None:
        return told
    kept = _KEPT | set(told.adds)
    return replace(told, rows=tuple(row if row.get("account_id") in seen else _masked(row, kept) for row in told.rows))


def _masked(row: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    return {name: value if name in kept else None for name, value in row.items()}
