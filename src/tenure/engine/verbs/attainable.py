"""``attainable``: an objective that is to be told, tried out: is it one, and was it ever reached?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.engine.objectives.draft import Draft, checked, refused
from tenure.engine.objectives.measured import clock_of, gauge
from tenure.engine.objectives.standing import Standing, standing
from tenure.engine.objectives.told import objectives_told
from tenure.engine.objectives.whose import staff_now
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Attainable:
    """``draft``: what is to be told. ``scope``: whose people the objective may be of."""

    draft: Draft
    scope: Scope = EVERYTHING


def attainable(desk: Desk, request: Attainable) -> Standing:
    """The objective as it would stand, with its metric's figures in the windows before; nothing is recorded.

    Raises ``UsageError`` (``bad_objective``, with the field) for what is not specific, measurable and bounded in time.
    """
    clock = clock_of(desk, "")
    desk.fresh(clock.now)
    staff, found = staff_now(desk, clock.now), objectives_told(desk)
    made = checked(request.draft, found, request.scope, staff, desk.settings, clock)
    with gauge(desk, clock) as by:
        tried = standing(by, made)
    if tried.why_not == "refused":
        raise refused("slice", tried.told, "Name dimensions, variants and a window that the metric has.")
    return tried
