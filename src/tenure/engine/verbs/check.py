"""``check``: what is wrong with the data."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine import checked
from tenure.engine.fluctuations import fluctuations
from tenure.figures import footing, kept
from tenure.figures.attain import objections
from tenure.figures.request import Asked, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.checks import CheckResult, Knowing, run_checks
from tenure.warehouse.versions import custom_keys

if TYPE_CHECKING:
    import duckdb

    from tenure.engine.desk import Desk
    from tenure.figures.published import Published

__all__ = ["Check", "CheckResult", "check"]


@dataclass(frozen=True)
class Check:
    """``keep``: what is found is put behind what was found before (``engine.checked``). ``scope``: only who sees everything
    may ask.
    """

    keep: bool = False
    scope: Scope = EVERYTHING


def check(desk: Desk, request: Check) -> tuple[CheckResult, ...]:
    """What every check finds, by name, over everything that is loaded. Raises ``UsageError`` through a narrow scope."""
    whole(request.scope)
    now, settings = desk.clock(), desk.settings
    found = desk.fresh(now)
    desk.progress("checks", 0, 0)
    with closing(desk.store.cursor()) as cursor:
        results = run_checks(cursor, settings, now, knowing(desk, found, cursor))
    told = tuple(replace(one, metrics=_held(desk, found, one)) if one.holds else one for one in results)
    if request.keep:
        checked.keep(desk.home, now, told)
    return told


def whole(scope: Scope) -> None:
    """Raise ``UsageError`` for a scope that does not see everything."""
    if scope.narrow:
        raise UsageError(
            "Checks look at everything that is loaded.", code="out_of_scope", fix="Ask somebody who sees everything."
        )


def knowing(desk: Desk, found: Published, cursor: duckdb.DuckDBPyConnection) -> Knowing:
    """What checks are told by those who know the metrics."""
    custom = custom_keys(cursor, "account")

    def odd() -> list[tuple[str, str]]:
        return [(one.metric, one.told) for one in fluctuations(desk, found, desk.clock())]

    return Knowing(lambda rows: objections(rows, custom, desk.settings), odd)


def _held(desk: Desk, found: Published, result: CheckResult) -> tuple[str, ...]:
    """The metrics whose figures, each by its default variant, stand on what a check does not believe."""
    settings, now = desk.settings, desk.clock()
    doubtful = {f"{table}_version": result.name for table in result.tables}
    held = footing.standing_on(doubtful, footing.published(found.ground), found.ground, settings)
    names = []
    for name in sorted(kept.catalogue(settings)):
        plan = kept.plan(resolved(Asked(name), settings, now).question, found.ground, settings)
        if not held.keys().isdisjoint(plan.tables):
            names.append(name)
    return tuple(names)
