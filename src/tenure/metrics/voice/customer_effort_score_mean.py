"""``customer_effort_score_mean``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.voice.answer import answer, excluding, of_question
from tenure.metrics.voice.invitation import RESPONSE, invitation, with_invitations
from tenure.metrics.world import Periods, World


@metric(by=("survey", "kind", "wave", "theme", "agent"), unit="score")
def customer_effort_score_mean(w: World, p: Periods, scale: Literal["1-7", "1-5"] = "1-7") -> Ratio:
    """The mean of the effort scores given in the period, on one scale; a high one is easy.

    Formula: sum of the scores / answers on a scale of 1-7 (variant ``1-5``). Scales are never mixed: answers on another
    one are left out and counted. Everything else is as in ``customer_effort_score``: where low is good the score is
    turned round.

    Undefined (null) without answers. Unit: points of the scale. Interval: Student's t, 95 %. Owner: when it was
    answered.
    """
    rows = of_question(answer(w, p), "ces")
    rows = excluding(rows, (rows.scale != scale, "another scale"))
    rows = with_invitations(rows.mutate(base=1), of_question(invitation(w, p), "ces"))
    return Ratio(rows, "score", "base", unit="score", spread="mean", respondents=True, extras=RESPONSE)
