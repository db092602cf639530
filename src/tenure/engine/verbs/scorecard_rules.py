"""``scorecard_rules``: what scorecards show, and the versions that were in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tenure.engine.scorecards.rules import Rules
from tenure.engine.scorecards.versions import KEPT, rules_now
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class ScorecardRules:
    """Nothing is to be said: the rules are everybody's."""

    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Since:
    """A version, since when it is in force or was, and who put it there."""

    version: str
    at: datetime
    by: str


@dataclass(frozen=True)
class RulesFound:
    """``rules``: those of the file; ``kept``: the latest first."""

    rules: Rules
    version: str
    kept: tuple[Since, ...]


def scorecard_rules(desk: Desk, _request: ScorecardRules) -> RulesFound:
    """The rules. Raises ``UsageError`` with the line for a file that is wrong."""
    rules = rules_now(desk)
    rows = desk.store.rows(
        'SELECT version, "at", "by" FROM main.score_model WHERE model = ? ORDER BY "at" DESC, version DESC',
        [KEPT],
    )
    told = tuple(Since(version.rpartition(" ")[2], at.replace(tzinfo=UTC), by or "") for version, at, by in rows)
    return RulesFound(rules, rules.version, told)
