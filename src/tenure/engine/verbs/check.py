"""``check``: what is wrong with the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.engine.fluctuations import fluctuations
from tenure.figures.attain import objections
from tenure.warehouse.checks import CheckResult, Knowing, run_checks
from tenure.warehouse.versions import custom_keys

if TYPE_CHECKING:
    import duckdb

    from tenure.engine.desk import Desk
    from tenure.figures.published import Published

__all__ = ["Check", "CheckResult", "check"]


@dataclass(frozen=True)
class Check:
    """Nothing needs to be said."""


def check(desk: Desk, _request: Check) -> tuple[CheckResult, ...]:
    """What every check finds, by name, over everything that is loaded."""
    now, settings = desk.clock(), desk.settings
    found = desk.fresh(now)
    desk.progress("checks", 0, 0)
    cursor = desk.store.cursor()
    try:
        return tuple(run_checks(cursor, settings, now, knowing(desk, found, cursor)))
    finally:
        cursor.close()


def knowing(desk: Desk, found: Published, cursor: duckdb.DuckDBPyConnection) -> Knowing:
    """What checks are told by those who know the metrics."""
    custom = custom_keys(cursor, "account")

    def odd() -> list[tuple[str, str]]:
        return [(one.metric, one.told) for one in fluctuations(desk, found, desk.clock())]

    return Knowing(lambda rows: objections(rows, custom, desk.settings), odd)
