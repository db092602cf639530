"""``check``: what is wrong with the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.figures.attain import objections
from tenure.warehouse.checks import CheckResult, run_checks
from tenure.warehouse.versions import custom_keys

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

__all__ = ["Check", "CheckResult", "check"]


@dataclass(frozen=True)
class Check:
    """Nothing needs to be said."""


def check(desk: Desk, _request: Check) -> tuple[CheckResult, ...]:
    """What every check finds, by name, over everything that is loaded."""
    now, settings = desk.clock(), desk.settings
    desk.fresh(now)
    desk.progress("checks", 0, 0)
    cursor = desk.store.cursor()
    try:
        custom = custom_keys(cursor, "account")
        return tuple(run_checks(cursor, settings, now, lambda rows: objections(rows, custom, settings)))
    finally:
        cursor.close()
