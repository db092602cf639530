"""What every check found at each round: kept in the workspace, so that one sees since when a check fails, and how it moved.

It is observed, not told, and cannot be made anew: so it lies in a file of its own (``checks.jsonl``, a line for each
round), which ``rebuild`` does not touch. Of failing rows it keeps how many there are, a mark that stands for them, and where the
first of them lie (table, batch, line): nothing that a person could be told by, so that erasing one leaves it as it is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tenure.core.accept import Severity
from tenure.warehouse.checks import all_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tenure.core.config import Settings
    from tenure.warehouse.checks import CheckResult
    from tenure.warehouse.checks.run import Check

FILE = "checks.jsonl"
#: As many rounds are kept; the oldest go.
MOST = 1_500


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a check found in a round; ``mark``, ``metrics`` as of ``CheckResult``. ``first``: file and line of the first rows."""

    name: str
    severity: Severity
    count: int
    tables: dict[str, int] = {}
    mark: str = ""
    metrics: tuple[str, ...] = ()
    first: tuple[tuple[str, int | None], ...] = ()


class Round(msgspec.Struct, frozen=True):
    """A round: when it was (UTC), how many checks looked, and those that found something."""

    at: datetime
    checks: int
    found: tuple[Seen, ...]

    def of(self, name: str) -> Seen | None:
        """What a check found; None for nothing."""
        return next((seen for seen in self.found if seen.name == name), None)


@dataclass(frozen=True)
class Trace:
    """How a check went. ``since``: the first round of those in which it has found something until now, without a break; None
    where it finds nothing now. ``same_since``: since when it finds the very same rows. ``most``: of all rounds.
    ``points``: moment and rows of each round.
    """

    name: str
    count: int
    since: datetime | None
    same_since: datetime | None
    last_found: datetime | None
    most: int
    points: tuple[tuple[datetime, int], ...]


def known(settings: Settings) -> dict[str, Check]:
    """Every check by name, with the severity that it has in these settings."""
    return {
        name: replace(check, severity=settings.checks.get(name, check.severity)) for name, check in all_checks().items()
    }


def rounds(home: Path) -> tuple[Round, ...]:
    """All rounds that are kept, the oldest first. A line that is damaged is left out."""
    try:
        lines = (home / FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return ()
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Round))
        except msgspec.MsgspecError:
            continue
    return tuple(found)


def keep(home: Path, now: datetime, results: Sequence[CheckResult]) -> Round:
    """Put a round behind those that are kept; on disk when this returns."""
    told = Round(now.replace(tzinfo=UTC), len(results), tuple(_seen(one) for one in results if one.count))
    lines = [msgspec.json.encode(one) for one in (*rounds(home)[-MOST + 1 :], told)]
    part = home / f"{FILE}.part"
    with part.open("wb") as file:
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(home / FILE)
    return told


def _seen(one: CheckResult) -> Seen:
    first = tuple(
        (str(row["table_name"]), row["line"] if isinstance(row["line"], int) else None) for row in one.rows[:3]
    )
    return Seen(one.name, one.severity, one.count, dict(one.by_table), one.mark, one.metrics, first)


def trace(kept: Sequence[Round], name: str) -> Trace:
    """How one check went."""
    seen = [(one.at, one.of(name)) for one in kept]
    since = same_since = last_found = None
    now = seen[-1][1] if seen else None
    for at, found in reversed(seen):
        if found is None:
            break
        since = at
    for at, found in reversed(seen):
        if found is None or now is None or found.mark != now.mark:
            break
        same_since = at
    for at, found in seen:
        last_found = at if found else last_found
    points = tuple((at, found.count if found else 0) for at, found in seen)
    return Trace(
        name, now.count if now else 0, since, same_since, last_found, max((n for _, n in points), default=0), points
    )


def traces(kept: Sequence[Round], names: Iterable[str]) -> dict[str, Trace]:
    """How each of these checks went."""
    return {name: trace(kept, name) for name in names}
