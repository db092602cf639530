"""``save_scorecard``: put other rules of scorecards in the place of those in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.acts import Act
from tenure.core.written import Written
from tenure.engine.in_force import may_replace, put
from tenure.engine.scorecards.rules import FILE, read, sensible
from tenure.engine.scorecards.versions import KEPT, keep, rules_now
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class SaveScorecard:
    """``text``: of the file, word for word; ``by``: who says so. ``over``: the version that it is to follow, where that matters."""

    text: str
    by: str
    over: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class ScorecardSaved:
    """``version``: which is in force now; ``before``: which was."""

    version: str
    before: str


def save_scorecard(desk: Desk, request: SaveScorecard) -> ScorecardSaved:
    """Write ``scorecard.toml``, after both versions are kept word for word as rows of ``score_model``. Windows that are over stay as they were.

    Raises ``UsageError`` for a file that is wrong (with the line), without a name of who saves it, through a narrow scope, and where another
    version is in force than it was to follow.
    """
    before = rules_now(desk)
    may_replace(request, before.version, "Scorecards are alike for everybody.")
    new = sensible(read(Written(FILE, request.text)), desk.settings)
    keep(desk, before)
    keep(desk, new, request.by)
    put(desk.home / FILE, request.text)
    desk.note(Act.MODEL_SAVED, "model", KEPT, before=before.version, after=new.version)
    return ScorecardSaved(new.version, before.version)
