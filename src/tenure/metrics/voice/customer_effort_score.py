"""``customer_effort_score``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.voice.answer import answer, excluding, of_question
from tenure.metrics.voice.invitation import RESPONSE, invitation, with_invitations
from tenure.metrics.world import Periods, World

#: The lowest score that says it was easy, on each scale.
EASY = {"1-7": 5, "1-5": 4}


@metric(by=("survey", "kind", "wave", "theme", "agent", "scale"), unit="share", counted=True)
def customer_effort_score(w: World, p: Periods) -> Ratio:
    """The share of answers given in the period that say it was easy (CES).

    Formula: easy / answers. Easy is 5-7 on the agreement with "they made it easy" from 1 to 7, and 4-5 on a scale of
    1-5. Where low is good (``low_is_good``: "how much effort", 1 is none) the score is turned round first, so that 1-2
    of 5 are easy. Answers on other scales are left out and counted; ``scale`` slices them.

    Surveys: ``ces``, and those named after it (``ces_chat``). An invitation without a score is no answer. Merged
    accounts count as their survivor, people who are not customers count too. Beside it: ``mean``, of the scores on 1-7
    (of 1-5 see ``customer_effort_score_mean``), and ``response_rate``, of the invitations sent in the period.

    Undefined (null) without answers. Unit: share. Interval: Wilson, 95 %. Owner: when it was answered.
    """
    rows = of_question(answer(w, p), "ces")
    rows = excluding(rows, (~rows.scale.isin(list(EASY)), "another scale"))
    least = ibis.cases(*((rows.scale == scale, lowest) for scale, lowest in EASY.items()), else_=None)
    in_mean = rows.excluded.isnull() & (rows.scale == "1-7")
    rows = rows.mutate(
        easy=(rows.score >= least).ifelse(1, 0),
        base=1,
        mean_score=in_mean.ifelse(rows.score, None),
        mean_base=in_mean.ifelse(1, 0),
    )
    rows = with_invitations(rows, of_question(invitation(w, p), "ces"))
    extras = {"mean": ("mean_score", "mean_base"), **RESPONSE}
    return Ratio(rows, "easy", "base", spread="wilson", respondents=True, extras=extras)
