"""The effect of a play on a metric: by its hold-out if there is one, else by difference in differences, else none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.scores.effect import by_hold_out, by_others
from tenure.scores.effect.found import MOST_MONTHS
from tenure.scores.effect.values import check_outcome

if TYPE_CHECKING:
    from tenure.figures.request import Request
    from tenure.scores.effect.found import Effect
    from tenure.scores.effect.plays import Assigned
    from tenure.scores.effect.values import Values

_UNNAMED = "Anonymous answers are left out: their account may not be told."


@dataclass(frozen=True)
class Terms:
    """``months``: how long the effect is watched. ``planned``: the share that was to be treated; None: not told.

    ``least``: accounts that each side needs.
    """

    months: int
    planned: float | None
    least: int


def measured(play: Assigned, terms: Terms, request: Request, values: Values) -> Effect:
    """What the play changed in the metric of the request.

    Raises ``UsageError`` for terms that make no sense and metrics that are not made of what accounts add, ``DataError``
    where there are too few accounts, with how many are needed.
    """
    if not 1 <= terms.months <= MOST_MONTHS:
        raise UsageError(
            f"An effect cannot be watched for {terms.months} months.", code="bad_months",
            fix=f"Give it 1 to {MOST_MONTHS} months.",
        )  # fmt: skip
    if terms.planned is not None and not 0 < terms.planned < 1:
        raise UsageError(
            "The share that was to be treated lies between 0 and 100 %.", code="bad_split", fix="Write it as --split 50.",
        )  # fmt: skip
    plan = values.plan(request)
    check_outcome(request, plan)
    measure = by_hold_out.measured if play.play.held_out >= terms.least else by_others.measured
    found = measure(play, terms, request, values)
    if request.entry.unit == "points":  # they have no zero of which a part could be told
        found = replace(found, relative=None)
    return replace(found, notes=(*found.notes, _UNNAMED)) if plan.respondents else found
