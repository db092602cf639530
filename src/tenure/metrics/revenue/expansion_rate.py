"""``expansion_rate``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.grown import growth_over_base
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), unit="share")
def expansion_rate(
    w: World,
    p: Periods,
    formula: Literal["uplift_only", "with_renewals", "with_one_off"] = "uplift_only",
) -> Ratio:
    """Expansion revenue of the period / MRR of all customers at its opening.

    The variants are those of ``expansion_revenue``. Undefined (null) without MRR at the opening. Unit: share.
    Interval: bootstrap over accounts up to 1,000, above by the delta method.
    """
    rows = growth_over_base(w, p, formula)
    return Ratio(rows, "growth", "opening", money_num=True, money_den=True, clustered=True)
