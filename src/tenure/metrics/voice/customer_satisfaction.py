"""``customer_satisfaction``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.voice.answer import answer, excluding, of_question
from tenure.metrics.voice.invitation import RESPONSE, invitation, with_invitations
from tenure.metrics.world import Periods, World

#: The lowest score that is satisfied, on each scale.
SATISFIED = {"1-5": 4, "0-1": 1}


@metric(by=("survey", "kind", "wave", "theme", "agent", "scale"), unit="share", counted=True)
def customer_satisfaction(w: World, p: Periods, top: Literal["9-10", "8-10"] = "9-10") -> Ratio:
    """The share of answers given in the period that are satisfied (CSAT).

    Formula: satisfied / answers. Satisfied is 4-5 on a scale of 1-5; 9-10 on 1-10 (variant ``8-10``); and good, where
    the scale is bad or good (0-1: score 1 is good). 8 good and 2 bad, whatever was only offered, are 80 %. Answers on
    other scales are left out and counted; where low is good the score is turned round. ``scale`` slices them.

    Surveys: ``csat``, and those named after it (``csat_phone``). An invitation without a score is no answer. The last
    rating of a ticket counts, whenever it came; earlier ones are left out. Merged accounts count as their survivor,
    people who are not customers count too. Beside it: ``response_rate``, of the invitations sent in the period.

    ``agent``: who had the ticket when it was rated, else the agent named by the survey, the ticket's last assignee, the
    success manager asked about.

    Undefined (null) without answers. Unit: share. Interval: Wilson, 95 %. Owner: when it was answered.
    """
    rows = of_question(answer(w, p), "csat")
    satisfied = SATISFIED | {"1-10": int(top.partition("-")[0])}
    rows = excluding(rows, (~rows.scale.isin(list(satisfied)), "another scale"), (rows.outdone, "superseded answer"))
    least = ibis.cases(*((rows.scale == scale, lowest) for scale, lowest in satisfied.items()), else_=None)
    rows = rows.mutate(satisfied=(rows.score >= least).ifelse(1, 0), base=1)
    rows = with_invitations(rows, of_question(invitation(w, p), "csat"))
    return Ratio(rows, "satisfied", "base", spread="wilson", respondents=True, extras=RESPONSE)
