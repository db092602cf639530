"""Thirty kinds of fault, planted one at a time into the exports of a simulated company; and thirty clean days.

    .venv/bin/python -m bench.faults [ACCOUNTS] [--only NAME...] [--table FILE]

A fault is found if a check names a table that it spoiled, which it does not name when the same day's files are clean.
Promised: 28 of 30 are found, and no check finds anything on thirty clean days. ``--table``: writes what was found as Markdown.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from bench._daily import Company, company
from bench._faults import FAULTS, Fault, Files
from tenure import keeper
from tenure.core import config
from tenure.engine.verbs.check import Check, CheckResult
from tenure.engine.verbs.load import Load
from tenure.engine.workspace import Local, Workspace
from tenure.warehouse.checks import run_checks
from tenure.warehouse.store import Store
from tenure.warehouse.versions import derive

TODAY, LAST, CLEAN = date(2026, 11, 21), date(2026, 11, 17), 30
MONTHS = 14
_ORDER = ("exchange_rate", "account", "person", "subscription", "contract")
#: A check, a table that it names, and how many rows.
Found = dict[tuple[str, str], int]
Look = Callable[[Path, datetime], Found]


def load(home: Path, files: Files, folder: Path, at: datetime, *, history: bool = False) -> None:
    """Load a day's files."""
    workspace = Workspace(home, Local(home, lambda: at), clock=lambda: at)
    try:
        for name in sorted(files, key=lambda one: (_ORDER.index(one) if one in _ORDER else len(_ORDER), one)):
            path = files[name].write(folder)
            workspace.call("load", Load((str(path),), name, history=history, timezone="UTC"))
    finally:
        workspace.close()


def found(home: Path, at: datetime) -> Found:
    """What the checks find."""
    workspace = Workspace(home, Local(home, lambda: at), clock=lambda: at)
    try:
        results: tuple[CheckResult, ...] = workspace.call("check", Check())
    finally:
        workspace.close()
    return {(one.name, table): one.count for one in results if one.count for table in one.tables}


def looked(home: Path, at: datetime) -> Found:
    """The same without figures, and so without what is said of metrics: in a moment."""
    settings = config.read(home)
    with Store.open(home) as store:
        derive(store.con, settings.timezone)
        results = run_checks(store.con, settings, at)
    return {(one.name, table): one.count for one in results if one.count for table in one.tables}


def morning(day: date) -> datetime:
    """When a day's files are loaded: in the night after it."""
    return datetime(day.year, day.month, day.day, 3) + timedelta(days=1)


def begun(folder: Path, firm: Company, first: date) -> Path:
    """A workspace with all that was known before a day."""
    home = folder / "clean"
    keeper.create(home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1)
    load(home, firm.until(first), folder / "first", morning(first - timedelta(days=1)), history=True)
    return home


@dataclass(frozen=True)
class Outcome:
    """What became of a fault: the checks that named it."""

    fault: Fault
    by: tuple[str, ...]


def tried(
    folder: Path, kept: dict[date, Path], firm: Company, fault: Fault, clean: Found, look: Look = found
) -> Outcome:
    """Plant a fault in the last days' files, load them and look."""
    first = LAST - timedelta(days=fault.days - 1)
    home = folder / fault.name
    shutil.copytree(kept[first], home)
    chance = random.Random(1)
    for number in range(fault.days):
        day = first + timedelta(days=number)
        files: Files = firm.of(day)
        fault.plant(files, firm, chance, day)
        load(home, files, folder / f"{fault.name}-files" / f"{day}", morning(day))
    new = [pair for pair, count in look(home, morning(LAST)).items() if count > clean.get(pair, 0)]
    shutil.rmtree(home)
    return Outcome(fault, tuple(sorted({check for check, table in new if table in fault.tables})))


def measure(
    folder: Path, accounts: int, days: int, faults: list[Fault], *, months: int = MONTHS, look: Look = found
) -> tuple[list[Outcome], dict[date, Found]]:
    """Load ``days`` clean days, and try each fault on the last. ``look``: how the checks are asked."""
    firm = company(accounts, months, TODAY)
    first = LAST - timedelta(days=days - 1)
    home = begun(folder, firm, first)
    kept, alarms = {}, {}
    wanted = {LAST - timedelta(days=fault.days - 1) for fault in faults}
    for number in range(days):
        day = first + timedelta(days=number)
        if day in wanted:
            kept[day] = Path(shutil.copytree(home, folder / f"before-{day}"))
        load(home, firm.of(day), folder / "days" / f"{day}", morning(day))
        alarms[day] = look(home, morning(day))
    return [tried(folder, kept, firm, fault, alarms[LAST], look) for fault in faults], alarms


def as_table(outcomes: list[Outcome]) -> str:
    """What was found, as Markdown."""
    lines = ["| fault | what happens | found by |", "|---|---|---|"]
    for one in outcomes:
        by = ", ".join(f"`{name}`" for name in one.by) or "**not found**"
        lines.append(f"| {one.fault.name.replace('_', ' ')} | {one.fault.what} | {by} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, and say whether the promise is kept."""
    parser = argparse.ArgumentParser(prog="bench.faults", description="faults planted into exports, and clean days")
    parser.add_argument("accounts", nargs="?", type=int, default=120)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--days", type=int, default=CLEAN)
    parser.add_argument("--table", type=Path)
    args = parser.parse_args()
    wanted = [fault for fault in FAULTS if not args.only or fault.name in args.only]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcomes, alarms = measure(Path(folder), args.accounts, args.days, wanted)
    for day, what in alarms.items():
        for (check, table), count in what.items():
            print(f"  alarm on {day}: {check} of {table} ({count})")
    for one in outcomes:
        print(f"  {one.fault.name:20} {', '.join(one.by) or 'NOT FOUND'}")
    number, noisy = sum(bool(one.by) for one in outcomes), sum(bool(what) for what in alarms.values())
    print(f"= {number} of {len(outcomes)} faults found (28 of 30 promised), in {time.monotonic() - began:.0f} s")
    print(f"= {noisy} of {len(alarms)} clean days with an alarm (0 promised)")
    if args.table:
        args.table.write_text(as_table(outcomes), "utf-8")
    return 0 if number >= len(outcomes) - 2 and not noisy else 1


if __name__ == "__main__":
    sys.exit(main())
