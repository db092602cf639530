"""``customer_health_score``."""

from __future__ import annotations

import ibis

from tenure.metrics.health.scored import scored
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.world import Periods, World


@metric(by=("band",), unit="score")
def customer_health_score(w: World, p: Periods) -> Ratio:
    """How well customers do with us: the mean of their health scores, from 0 to 100.

    Formula: sum of the scores / accounts with one, on the last day of the period on which scores were made. What a score
    is made of the workspace defines (``models/health.toml``; without the file what comes with Tenure): components, each a
    metric of the account over the days before, worth 0 to 100 by a curve of its own, added up by their weights. What is
    unknown is left out and the other weights count for more. ``tenure health`` shows every account's.

    ``tenure run`` makes the scores of its day, and they stay under the version of the model that made them. Accounts without
    a score (customers for too short a time, or of whom too little is known) are left out.

    Undefined (null) where no scores were made in the period. Unit: points of 100. n: accounts. Interval: Student's t,
    95 %. Dimensions of its own: ``band`` (good, fair, poor). Owner: at the moment of the score.
    """
    s = scored(w, p)
    rows = s.filter(s.model == "health").mutate(base=ibis.literal(1))
    return Ratio(rows, "score", "base", unit="score", spread="mean")
