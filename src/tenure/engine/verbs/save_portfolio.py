"""``save_portfolio``: put other levels of service and rules of work in the place of those in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.acts import Act
from tenure.core.written import Written
from tenure.engine.in_force import may_replace, put
from tenure.engine.portfolio_rules import KEPT, rules_of
from tenure.engine.verbs.place_tiers import PlaceTiers, place_tiers
from tenure.engine.verbs.score import Version, tell
from tenure.figures.scope import EVERYTHING, Scope
from tenure.portfolio.rules import FILE, read

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class SavePortfolio:
    """``text``: of the file, word for word; ``by``: who says so. ``over``: the version that it is to follow, where that matters."""

    text: str
    by: str
    over: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class PortfolioSaved:
    """``version``: which is in force now; ``before``: which was."""

    version: str
    before: str


def save_portfolio(desk: Desk, request: SavePortfolio) -> PortfolioSaved:
    """Write ``portfolio.toml``, after both versions are kept word for word as rows of ``score_model``. No account gets another level by it.

    Raises ``UsageError`` for a file that is wrong (with the line), without a name of who saves it, through a narrow scope, and where another
    version is in force than it was to follow.
    """
    before, now = rules_of(desk.home), desk.clock()
    may_replace(request, before.version, "Levels of service are for all accounts.")
    new = read(Written(FILE, request.text))
    place_tiers(desk, PlaceTiers(request.text))  # what the file names must be there
    for rules, by in ((before, "tenure"), (new, request.by)):
        tell(desk, Version((KEPT,), rules.version, now, rules.written.text), by)
    put(desk.home / FILE, request.text)
    desk.note(Act.MODEL_SAVED, "model", KEPT, before=before.version, after=new.version)
    return PortfolioSaved(new.version, before.version)
