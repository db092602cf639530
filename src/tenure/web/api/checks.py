"""The checks of the data, as programs are told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenure.core.accept import Severity
from tenure.core.titles import titled
from tenure.engine import checked
from tenure.engine.sight import Sight


@dataclass(frozen=True)
class Listed:
    """A check, and what it found in the last round. ``severity``: blocks, warns or informs. ``since``: the round from which on it has
    found something, null where it finds nothing; ``tables``: rows by table; ``metrics``: what it holds.
    """

    name: str
    title: str
    meaning: str
    fix: str
    severity: Severity
    count: int
    since: datetime | None
    tables: dict[str, int]
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """How many rows a round found."""

    at: datetime
    count: int


@dataclass(frozen=True)
class History:
    """How a check went, the oldest round first. ``same_since``: since when it finds the very same rows."""

    name: str
    count: int
    since: datetime | None
    same_since: datetime | None
    most: int
    rounds: tuple[Point, ...]


def listed(sight: Sight) -> tuple[tuple[Listed, ...], datetime | None]:
    """All checks by name, and when the last round was."""
    kept = checked.rounds(sight.home)
    last = kept[-1] if kept else None
    found = []
    for name, check in sorted(checked.known(sight.settings()).items()):
        seen, trace = last.of(name) if last else None, checked.trace(kept, name)
        found.append(
            Listed(
                name,
                titled(name),
                check.meaning,
                check.fix,
                seen.severity if seen else check.severity,
                trace.count,
                trace.since,
                dict(seen.tables) if seen else {},
                seen.metrics if seen else (),
            )
        )
    return tuple(found), last.at if last else None


def history(sight: Sight, name: str) -> History | None:
    """How a check went; None where there is no such one."""
    if name not in checked.known(sight.settings()):
        return None
    trace = checked.trace(checked.rounds(sight.home), name)
    points = tuple(Point(at, count) for at, count in trace.points)
    return History(name, trace.count, trace.since, trace.same_since, trace.most, points)
