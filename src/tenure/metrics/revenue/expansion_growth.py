"""``expansion_growth``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.grown import grown
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), unit="share")
def expansion_growth(
    w: World,
    p: Periods,
    formula: Literal["uplift_only", "with_renewals", "with_one_off"] = "uplift_only",
) -> Ratio:
    """How much larger expansion revenue is than in the period before.

    Formula: (expansion revenue of the period - that of the period before) / that of the period before. The variants
    are those of ``expansion_revenue``. Undefined (null) when there was none before. Unit: share (0.2 is 20 % more).
    Interval: bootstrap over accounts up to 1,000, above by the delta method.
    """
    this, last = grown(w, p, formula), grown(w, p.before(), formula)
    keep = ["account_id", *w.detail, "period", "at", "excluded"]
    rows = this.select(*keep, change=this.growth, base=ibis.literal(0).cast("int64"))
    rows = rows.union(last.select(*keep, change=-last.growth, base=last.growth))
    return Ratio(rows, "change", "base", money_num=True, money_den=True, clustered=True)
