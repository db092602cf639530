"""Say how the workspace is, and what to do about it.

Looks at versions, who holds it, the warehouse, the inbox, refused rows, what is published, rights of files, what was
left behind, backups and the space on the disk.
Exits with 1 if something needs doing.
"""

from __future__ import annotations

import argparse
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli import examined, numbers
from tenure.cli.examined import Finding
from tenure.cli.figures import Frame
from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.request import opened
from tenure.cli.style import of_output
from tenure.core import config
from tenure.core.errors import TenureError
from tenure.core.period import Grain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.cli.parser import Parser
    from tenure.engine.verbs.doctor import State

NAME = "doctor"
EXAMPLE = "tenure doctor"
_PACKAGES = ("tenure", "duckdb", "ibis-framework", "sqlglot")


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_format("table", "json")


def run(home: Path, args: argparse.Namespace) -> int:
    """Look, and say what was found."""
    findings = list(_look(home))
    if args.format == "json":
        answer_json(findings)
    else:
        style = of_output()
        room = max(len(finding.about) for finding in findings)
        for finding in findings:
            mark = "ok" if finding.good else style.bold("!!")
            first, *more = paragraph(finding.message, style, " " * (room + 6))
            say([f"{mark}  {finding.about:{room}}  {first.strip()}", *more])
            if finding.fix:
                say(paragraph(f"→ {finding.fix}", style, " " * (room + 6)))
    return 0 if all(finding.good for finding in findings) else 1


def _look(home: Path) -> Iterator[Finding]:
    """One finding after the other; what a fault keeps from being seen is left out."""
    yield Finding("versions", True, ", ".join([f"Python {platform.python_version()}", *map(_version, _PACKAGES)]))
    from tenure.engine.desk import utc_now

    settings = config.read(home)
    yield Finding("settings", True, f"{home / config.FILE}: {settings.currency}, {settings.timezone}")
    yield from _own_metrics(home)
    yield _held(home)
    try:
        with opened(home) as workspace:
            from tenure.engine.verbs.doctor import Doctor

            state: State = workspace.call("doctor", Doctor())
    except TenureError as error:
        yield Finding(
            "warehouse", False, f"{error.where}: {error.message}" if error.where else error.message, error.fix
        )
        yield from examined.of_files(home, utc_now())
        yield examined.space(shutil.disk_usage(home).free)
        return
    yield _warehouse(state)
    yield _inbox(state)
    yield _refused(state)
    yield from _counted(state)
    yield _published(state, Frame(Grain.MONTH, settings))
    yield from examined.of_state(state, utc_now())
    yield from examined.of_files(home, utc_now())
    yield examined.space(state.free_space, state.warehouse_size)


def _own_metrics(home: Path) -> Iterator[Finding]:
    """What is wrong with each of the workspace's own metrics; nothing where it has none."""
    from tenure.engine import catalogue

    faults = catalogue.faults(home)
    for fault in faults:
        yield Finding("metrics", False, f"{fault.where}: {fault.message}", fault.fix)
    own = sum(entry.family == "own" for entry in catalogue.metrics(home).values())
    if own and not faults:
        yield Finding("metrics", True, f"{numbers.counted(own, 'metric')} of this workspace's own.")


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} (not installed)"


def _held(home: Path) -> Finding:
    from tenure.keeper.lock import holder
    from tenure.keeper.place import Place

    other = holder(Place(home))
    if other is None:
        return Finding("lock", True, "No other process uses this workspace.")
    return Finding("lock", True, f"In use by {other}.")


def _warehouse(state: State) -> Finding:
    rows = sum(state.rows.values())
    size = f"{state.warehouse_size / 1e6:,.1f} MB"
    told = f"Storage format {state.storage_format}, {size}: {numbers.counted(rows, 'row')} of {len(state.rows)} tables"
    fix = "" if rows else "Load some files: tenure load TABLE FILE. What can be loaded: tenure tables"
    return Finding("warehouse", bool(rows), f"{told}, from {numbers.counted(state.batches, 'load')}.", fix)


def _inbox(state: State) -> Finding:
    pending = state.messages.get("pending", 0)
    told = f"{numbers.counted(state.messages.get('done', 0), 'message')} done, {pending} waiting."
    return Finding("inbox", not pending, told, "They are taken in by the next load." if pending else "")


def _refused(state: State) -> Finding:
    count = state.failed_rows
    fix = "See them, and mend or discard them: tenure failed" if count else ""
    return Finding("refused", True, f"{numbers.counted(count, 'row')} kept aside." if count else "No rows.", fix)


def _counted(state: State) -> Iterator[Finding]:
    """Whether everything that was received is somewhere."""
    for one in state.mismatches:
        yield Finding("counts", False, f"{one.where}: {one.message}", one.fix)
    if not state.mismatches:
        yield Finding("counts", True, "All that was received is there: loaded, known already, or kept aside.")


def _published(state: State, frame: Frame) -> Finding:
    if state.published is None:
        return Finding("figures", False, "Nothing is published yet.", "Run: tenure run (the next show does it, too).")
    told = f"Published as of {frame.moment(state.published)}"
    if not state.fresh:
        return Finding("figures", False, f"{told}; since then something changed.", "Run: tenure run")
    held = sorted(set(state.held.values()))
    return Finding("figures", not held, f"{told}, up to date." + "".join(f" {why}" for why in held))
