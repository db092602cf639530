"""``run``: bring everything derived up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.acts import Act
from tenure.figures.published import current

if TYPE_CHECKING:
    from datetime import date, datetime

    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Run:
    """``full``: make everything anew, not only what changed."""

    full: bool = False


@dataclass(frozen=True)
class Ran:
    """What is published now. ``made``: the parts that were made, of ``sealed`` (months that are over) and ``open``.

    ``moment``: what it was made for (UTC). ``first_month``: from which month on figures lie ready. ``held``: facts
    that a check holds, and what would free them.
    """

    made: tuple[str, ...]
    moment: datetime
    first_month: date
    facts: int
    held: dict[str, str]


def run(desk: Desk, request: Run) -> Ran:
    """Derive versions and publish facts: what changed, or all of it."""
    before = current(desk.home)
    found = desk.fresh(desk.clock(), full=request.full)
    if request.full:
        desk.note(Act.RECOMPUTED, "figures")
    made = tuple(part for part in ("sealed", "open") if before is None or getattr(before, part) != getattr(found, part))
    return Ran(made, found.now, found.first_month, len(found.facts), dict(found.held))
