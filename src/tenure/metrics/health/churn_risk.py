"""``churn_risk``."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import ibis

from tenure.metrics.health.scored import scored
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.world import Periods, World


@metric(unit="share", better="less")
def churn_risk(w: World, p: Periods, within: Literal["days_90", "days_30", "days_180"] = "days_90") -> Ratio:
    """How likely customers are to leave: the mean of their probabilities of leaving within 90 days.

    Formula: sum of the probabilities / accounts with one, on the last day of the period on which risks were made. Variants:
    within ``days_30`` and ``days_180``. ``tenure run`` makes the risks of its day, as ``tenure risk`` tells them, learned from the
    customers who left until then; they stay as they were made. Whether they can be believed, ``tenure risk backtest`` shows.

    Undefined (null) where no risks were made in the period, as where too few customers left to learn from. Unit: share. n:
    accounts. Interval: Student's t, 95 %, of the mean as customers differ. Owner: at the moment of the risk.
    """
    s = scored(w, p)
    rows = s.filter(s.model == f"churn_risk_{within.removeprefix('days_')}")
    # Exact on every engine: as wide as can still be multiplied with an owner's share.
    risk = (rows.score * ibis.literal(Decimal("0.01"), "decimal(18, 2)")).cast("decimal(18, 6)")
    return Ratio(rows.mutate(risk=risk, base=ibis.literal(1)), "risk", "base", spread="mean")
