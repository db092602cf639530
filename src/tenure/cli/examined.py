"""What ``doctor`` finds in the files of a workspace: each finding says what it means and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.engine.inspection import Inspection
    from tenure.engine.verbs.doctor import State
    from tenure.keeper.backups import Last, Plan

#: Free bytes below which a load may not end well.
_TIGHT = 1_000_000_000
#: A backup that is planned daily is late after this; events that are taken in every second wait too long after that.
_LATE, _WAITED = timedelta(days=2), timedelta(minutes=5)
#: Two clocks may differ by as much.
_SKEW = timedelta(minutes=5)
_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """``good``: nothing needs doing; else ``fix`` says what."""

    about: str
    good: bool
    message: str
    fix: str = ""


def of_files(home: Path, now: datetime) -> Iterator[Finding]:
    """What can be seen without opening anything. ``now``: UTC."""
    from tenure.engine.inspection import inspect
    from tenure.keeper import backups

    seen = inspect(home, now)
    yield from _damage(seen)
    yield from _rights(home, seen)
    yield from _left_behind(seen)
    yield from _waiting(seen, now)
    yield _sizes(seen)
    try:
        yield _backup(backups.last(home), backups.plan(home), now)
    except UsageError as error:
        yield Finding("backup", False, f"{error.where}: {error.message}", error.fix)


def of_state(state: State, now: datetime) -> Iterator[Finding]:
    """What the warehouse tells besides. ``now``: UTC."""
    if state.last_told is not None and state.last_told - now > _SKEW:
        told = f"The clock says {now:%Y-%m-%d %H:%M} UTC, but something was taken at {state.last_told:%Y-%m-%d %H:%M}."
        fix = "Set the clock right: what is loaded now would count as known before what is there."
        yield Finding("clock", False, told, fix)
    if state.known_again:
        told = f"People who were erased are known again: {_listed(state.known_again)}."
        yield Finding("erased", False, told, f"If they are not to be: tenure person erase {state.known_again[0]}")


def space(free: int, warehouse: int = 0) -> Finding:
    """Whether the disk has room: for a load, and for the warehouse to be made anew beside the old one."""
    good = free > max(_TIGHT, 2 * warehouse)
    fix = (
        ""
        if good
        else "Free some space: a load needs room for the file, its rows and what is published, a rebuild for all of them."
    )
    return Finding("disk", good, f"{free / 1e9:,.1f} GB free.", fix)


def _damage(seen: Inspection) -> Iterator[Finding]:
    if seen.missing:
        told = f"{numbers.counted(len(seen.missing), 'file')} missing that were loaded: {_listed(seen.missing)}."
        fix = "Take them from a backup: without them the warehouse cannot be made anew."
        yield Finding("archive", False, told, fix)


def _rights(home: Path, seen: Inspection) -> Iterator[Finding]:
    if seen.open_secrets:
        told = f"Others on this machine can read: {_listed(seen.open_secrets)}."
        paths = " ".join(str(home / name) for name in seen.open_secrets)
        yield Finding("rights", False, told, f"Run: chmod 600 {paths}")


def _left_behind(seen: Inspection) -> Iterator[Finding]:
    if seen.left_behind:
        count = numbers.counted(len(seen.left_behind), "file")
        told = f"{count} of something that was cut short, {seen.left_behind_size / 1e6:,.1f} MB: {_listed(seen.left_behind)}."
        yield Finding("leftovers", True, told, "They can be removed while nothing is loaded, backed up or restored.")


def _waiting(seen: Inspection, now: datetime) -> Iterator[Finding]:
    if seen.waiting is not None and now - seen.waiting.since > _WAITED:
        told = f"{numbers.counted(seen.waiting.events, 'event')} wait since {seen.waiting.since:%Y-%m-%d %H:%M} UTC."
        yield Finding("events", False, told, "Run: tenure serve (its log says why, if it does), or see .keeper/log.")


def _sizes(seen: Inspection) -> Finding:
    parts = ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in seen.sizes.items())
    names = f" {numbers.counted(seen.named_events, 'event')} known by name." if seen.named_events else ""
    return Finding("sizes", True, f"{parts}.{names}")


def _backup(last: Last | None, plan: Plan | None, now: datetime) -> Finding:
    if last is None:
        fix = "Run: tenure backup FILE, or have one made every day: tenure backup --help"
        return Finding("backup", plan is None, "None was made yet.", fix)
    late = plan is not None and now - last.at > _LATE
    told = f"The last is of {last.at:%Y-%m-%d %H:%M} UTC: {last.file}."
    return Finding("backup", not late, told, "One is planned every day: .keeper/log says what failed." if late else "")


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
