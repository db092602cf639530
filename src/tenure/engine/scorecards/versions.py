"""Which rules hold for a window: those that were in force when it closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tenure.core import written
from tenure.core.written import Written
from tenure.engine.scorecards.rules import FILE, read, sensible, shipped
from tenure.engine.verbs.score import Version, tell

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.engine.scorecards.rules import Rules

#: What a version of the file is called among the models that are kept.
KEPT = "scorecard"


@dataclass(frozen=True)
class InForce:
    """Rules, and since when they are known to be in force (UTC; None: since before any was kept). ``followed``: since when other ones are."""

    rules: Rules
    since: datetime | None
    followed: datetime | None


def rules_now(desk: Desk) -> Rules:
    """What the file says now. Raises ``UsageError`` with the line for a file that is wrong."""
    path = desk.home / FILE
    return sensible(read(written.read(path) if path.exists() else shipped()), desk.settings)


def in_force(desk: Desk, at: datetime, *, running: bool) -> InForce:
    """The rules that were in force at a moment (UTC, without zone): of the time before any was kept the first that was. ``running``: the window
    is not over, and goes by what the file says.
    """
    now, told = rules_now(desk), _told(desk)
    changed = not told or told[-1][1] != now.version
    if not told or (changed and running):
        return InForce(now, None, None)
    place = max((number for number, (begins, _version, _text) in enumerate(told) if begins <= at), default=0)
    begins, version, text = told[place]
    later = told[place + 1][0].replace(tzinfo=UTC) if place + 1 < len(told) else None
    rules = now if version == now.version else read(Written(FILE, text))
    return InForce(rules, begins.replace(tzinfo=UTC) if begins <= at else None, later)


def keep(desk: Desk, rules: Rules, by: str = "tenure") -> None:
    """Keep rules as those that are in force from now on, unless they are already."""
    told, now = _told(desk), desk.clock()
    if not told or told[-1][1] != rules.version:
        now = max(now, told[-1][0] + timedelta(microseconds=1)) if told else now  # two in one moment have an order
        name = f"{now:%Y%m%dT%H%M%S%f} {rules.version}"  # the same rules can come into force again
        tell(desk, Version((KEPT,), name, now, rules.written.text), by)


def _told(desk: Desk) -> list[tuple[datetime, str, str]]:
    """What was kept: since when, the version, and the text."""
    rows = desk.store.rows(
        'SELECT "at", version, definition FROM main.score_model WHERE model = ? ORDER BY "at", version',
        [KEPT],
    )
    return [(at, version.rpartition(" ")[2], text) for at, version, text in rows]
