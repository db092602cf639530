"""``effect``: what a play changed in a metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.errors import DataError
from tenure.figures import kept
from tenure.figures.request import Asked, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.effect.found import MOST_MONTHS, Effect, Group, Method
from tenure.scores.effect.staggered import Step

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.desk import Desk

__all__ = ["MOST_MONTHS", "Effect", "EffectOf", "Group", "Method", "Step", "effect", "needed", "outcomes"]

#: However small a sample one takes for large enough: of one account nothing can be told.
_LEAST = 2
#: Kinds of metrics that are sums over what accounts add, but for those that have a figure for each theme or movement only.
_SUMS = ("ratio", "total")
_IN_PARTS = ("feedback_themes", "mrr_movements")


def needed(settings: Settings) -> int:
    """Accounts that each side of a comparison needs."""
    return max(_LEAST, settings.figures.small_n)


def outcomes(settings: Settings) -> tuple[str, ...]:
    """The metrics in which an effect can be measured, the workspace's own included."""
    entries = kept.catalogue(settings)
    return tuple(slug for slug, entry in entries.items() if entry.kind in _SUMS and slug not in _IN_PARTS)


@dataclass(frozen=True)
class EffectOf:
    """``play`` and ``metric`` by name, watched for ``months``. ``planned``: the share of accounts that was to be treated;
    None: not told. ``as_of``: a date. ``scope``: whose accounts.
    """

    play: str
    metric: str = "customer_churn_rate"
    months: int = 3
    planned: float | None = None
    as_of: str = ""
    scope: Scope = EVERYTHING


def effect(desk: Desk, request: EffectOf) -> Effect:
    """The effect, by the best comparison there is. Raises ``UsageError`` for names that do not exist, ``DataError`` where
    there is too little to compare.
    """
    from tenure.engine.verbs.plays import Plays, known
    from tenure.scores.effect.measured import Terms, measured
    from tenure.scores.effect.plays import one
    from tenure.scores.effect.values import Values

    now, settings = desk.clock(), desk.settings
    found = desk.fresh(now)
    asked = resolved(Asked(request.metric, window="period", as_of=request.as_of), settings, now, request.scope)
    play = one(request.play, known(desk, Plays(request.as_of, request.scope)))
    plan = kept.plan(asked.question, found.ground, settings)
    if asked.as_of is not None and not desk.knew_of(plan, found.ground, asked.moment.known):
        raise DataError(
            f"Nothing that {asked.entry.slug} stands on was known on {asked.as_of}.", code="not_known",
            fix="A first import of the past is loaded with --history.",
        )  # fmt: skip
    terms = Terms(request.months, request.planned, needed(settings))
    with desk.readers(now) as reader_of:
        return measured(play, terms, asked, Values(reader_of, found.ground, settings, found.held))
