"""``customer_satisfaction_mean``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.voice.answer import answer, excluding, of_question
from tenure.metrics.voice.invitation import RESPONSE, invitation, with_invitations
from tenure.metrics.world import Periods, World


@metric(by=("survey", "kind", "wave", "theme", "agent"), unit="score")
def customer_satisfaction_mean(w: World, p: Periods, scale: Literal["1-5", "1-10"] = "1-5") -> Ratio:
    """The mean of the satisfaction scores given in the period, on one scale.

    Formula: sum of the scores / answers on a scale of 1-5 (variant ``1-10``). Scales are never mixed: answers on
    another one are left out and counted. Everything else is as in ``customer_satisfaction``: where low is good the
    score is turned round, and the last rating of a ticket counts.

    Undefined (null) without answers. Unit: points of the scale. Interval: Student's t, 95 %. Owner: when it was
    answered.
    """
    rows = of_question(answer(w, p), "csat")
    rows = excluding(rows, (rows.scale != scale, "another scale"), (rows.outdone, "superseded answer"))
    rows = with_invitations(rows.mutate(base=1), of_question(invitation(w, p), "csat"))
    return Ratio(rows, "score", "base", unit="score", spread="mean", respondents=True, extras=RESPONSE)
