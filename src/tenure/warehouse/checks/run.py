"""Runs the checks."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import duckdb

from tenure.core.accept import Severity
from tenure.core.config import Settings
from tenure.warehouse import checks
from tenure.warehouse.checks.world import Knowing, World

_MACHINERY = {"days", "run", "world"}
SAMPLE = 20


@dataclass(frozen=True)
class Check:
    """A check as its file defines it."""

    name: str
    meaning: str
    severity: Severity
    fix: str
    find: Callable[[World], str | None]


@dataclass(frozen=True)
class CheckResult:
    """What a check found. ``count`` rows fail; ``rows`` are the first of them: ``table_name``, ``key``, ``what``,
    ``file``, ``line``. ``tables``: those with failing rows; figures that read one of them are held where ``severity``
    is ``blocks`` and ``count`` is not 0. ``fix`` says what would free them.
    """

    name: str
    severity: Severity
    count: int
    message: str
    fix: str
    tables: tuple[str, ...]
    rows: tuple[Mapping[str, object], ...]

    @property
    def holds(self) -> bool:
        """Whether figures on ``tables`` are held."""
        return self.severity is Severity.BLOCKS and self.count > 0


@cache
def all_checks() -> dict[str, Check]:
    """Every check by name, in the order of the names."""
    found = {}
    for info in pkgutil.iter_modules(checks.__path__):
        if info.name in _MACHINERY:
            continue
        module = importlib.import_module(f"{checks.__name__}.{info.name}")
        meaning = " ".join((module.__doc__ or "").split())
        found[info.name] = Check(info.name, meaning, module.SEVERITY, module.FIX, module.find)
    return found


def run_checks(
    con: duckdb.DuckDBPyConnection, settings: Settings, now: datetime, knowing: Knowing | None = None
) -> list[CheckResult]:
    """Run every check. ``now``: aware, or naive in UTC. ``knowing``: what is told of metrics; without it
    targets and metrics are not looked at. Reads only; the versions must be up to date.
    """
    moment = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    world = World(con, settings.currency, settings.timezone, moment, knowing or Knowing())
    return [_run(world, check, settings.checks.get(check.name, check.severity)) for check in all_checks().values()]


def _run(world: World, check: Check, severity: Severity) -> CheckResult:
    sql = check.find(world)
    if sql is None:
        return CheckResult(check.name, severity, 0, check.meaning, check.fix, (), ())
    world.con.execute(f"CREATE OR REPLACE TEMP TABLE check_rows AS {sql}")
    counts = world.con.execute("SELECT table_name, count(*) FROM temp.check_rows GROUP BY ALL ORDER BY ALL").fetchall()
    cursor = world.con.execute(
        "SELECT r.table_name, r.key, r.what, b.file, r.line FROM temp.check_rows r LEFT JOIN main.batch b "
        f"ON b.batch = r.batch ORDER BY r.table_name, r.key, r.what, r.batch, r.line LIMIT {SAMPLE}"
    )
    names = [column[0] for column in cursor.description or ()]
    rows = tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    world.con.execute("DROP TABLE temp.check_rows")
    return CheckResult(
        check.name,
        severity,
        sum(count for _, count in counts),
        check.meaning,
        check.fix,
        tuple(name for name, _ in counts),
        rows,
    )


def run_holding(con: duckdb.DuckDBPyConnection, settings: Settings, now: datetime) -> list[CheckResult]:
    """The checks that hold figures, as far as they found something. Otherwise as ``run_checks``."""
    moment = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    world = World(con, settings.currency, settings.timezone, moment)
    severities = [(check, settings.checks.get(name, check.severity)) for name, check in all_checks().items()]
    found = [_run(world, check, severity) for check, severity in severities if severity is Severity.BLOCKS]
    return [result for result in found if result.holds]
