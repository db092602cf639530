"""Runs the checks."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import duckdb

from tenure.core.accept import Severity
from tenure.core.config import Settings
from tenure.warehouse import checks
from tenure.warehouse.checks.world import Knowing, World

_MACHINERY = {"days", "run", "world"}
SAMPLE = 20
#: What is told of a failing row, and in which order rows stand.
SHOWN = ("table_name", "key", "what", "file", "line")
ORDER = ("table_name", "key", "what", "batch", "line")


@dataclass(frozen=True)
class Check:
    """A check as its file defines it."""

    name: str
    meaning: str
    severity: Severity
    fix: str
    guide: str
    find: Callable[[World], str | None]


@dataclass(frozen=True)
class CheckResult:
    """What a check found. ``count`` rows fail; ``rows`` are the first of them: ``table_name``, ``key``, ``what``,
    ``file``, ``line``. ``tables``: those with failing rows; figures that read one of them are held where ``severity``
    is ``blocks`` and ``count`` is not 0. ``fix`` says what would free them. ``by_table``: how many rows of each fail.
    ``mark``: stands for the failing rows; the same rows have the same. ``metrics``: those whose figures are held (told by
    who knows the metrics). ``guide``: the symptom in the guide to troubleshooting that it belongs to.
    """

    name: str
    severity: Severity
    count: int
    message: str
    fix: str
    tables: tuple[str, ...]
    rows: tuple[Mapping[str, object], ...]
    by_table: Mapping[str, int] = field(default_factory=dict)
    mark: str = ""
    metrics: tuple[str, ...] = ()
    guide: str = ""

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
        found[info.name] = Check(info.name, meaning, module.SEVERITY, module.FIX, module.GUIDE, module.find)
    return found


def run_checks(
    con: duckdb.DuckDBPyConnection, settings: Settings, now: datetime, knowing: Knowing | None = None
) -> list[CheckResult]:
    """Run every check. ``now``: aware, or naive in UTC. ``knowing``: what is told of metrics; without it
    targets and metrics are not looked at. Reads only; the versions must be up to date.
    """
    world = world_of(con, settings, now, knowing)
    return [_run(world, check, settings.checks.get(check.name, check.severity)) for check in all_checks().values()]


def world_of(
    con: duckdb.DuckDBPyConnection, settings: Settings, now: datetime, knowing: Knowing | None = None
) -> World:
    """What checks see. ``now``: aware, or naive in UTC."""
    moment = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    return World(con, settings.currency, settings.timezone, moment, knowing or Knowing())


def _run(world: World, check: Check, severity: Severity) -> CheckResult:
    sql = check.find(world)
    if sql is None:
        return CheckResult(check.name, severity, 0, check.meaning, check.fix, (), (), guide=check.guide)
    world.con.execute(f"CREATE OR REPLACE TEMP TABLE check_rows AS {sql}")
    counts = dict(
        world.con.execute("SELECT table_name, count(*) FROM temp.check_rows GROUP BY ALL ORDER BY ALL").fetchall()
    )
    mark = world.con.execute("SELECT bit_xor(hash(table_name, key, what)) FROM temp.check_rows").fetchall()[0][0]
    cursor = world.con.execute(f"{_placed('temp.check_rows')} ORDER BY {', '.join(ORDER)} LIMIT {SAMPLE}")
    names = [column[0] for column in cursor.description or ()]
    rows = tuple({n: v for n, v in zip(names, row, strict=True) if n in SHOWN} for row in cursor.fetchall())
    world.con.execute("DROP TABLE temp.check_rows")
    return CheckResult(
        check.name, severity, sum(counts.values()), check.meaning, check.fix, tuple(counts), rows, counts,
        f"{mark or 0:016x}", guide=check.guide,
    )  # fmt: skip


def failing_rows(world: World, name: str) -> str | None:
    """SQL of all rows that a check finds: ``table_name, key, what, file, line, batch``; None where it does not apply.

    Raises ``KeyError`` for a check that there is not.
    """
    sql = all_checks()[name].find(world)
    return None if sql is None else _placed(f"({sql})")


def _placed(rows: str) -> str:
    """SQL of failing rows with the file that each came from."""
    return (
        f"SELECT r.table_name, r.key, r.what, b.file, r.line, r.batch FROM {rows} r "
        "LEFT JOIN main.batch b ON b.batch = r.batch"
    )


def run_holding(con: duckdb.DuckDBPyConnection, settings: Settings, now: datetime) -> list[CheckResult]:
    """The checks that hold figures, as far as they found something. Otherwise as ``run_checks``."""
    world = world_of(con, settings, now)
    severities = [(check, settings.checks.get(name, check.severity)) for name, check in all_checks().items()]
    found = [_run(world, check, severity) for check, severity in severities if severity is Severity.BLOCKS]
    return [result for result in found if result.holds]
