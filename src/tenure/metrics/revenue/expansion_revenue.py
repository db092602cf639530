"""``expansion_revenue``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Total, metric
from tenure.metrics.revenue.grown import grown
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), unit="money")
def expansion_revenue(
    w: World,
    p: Periods,
    formula: Literal["uplift_only", "with_renewals", "with_one_off"] = "uplift_only",
) -> Total:
    """How much more the same customers pay per month at the end of the period than at its start.

    Variants of the formula:

    * ``uplift_only`` (default): the sum of the positive changes of MRR per account, over accounts that were customers
      at both ends. An account's loss does not lessen another's growth.
    * ``with_renewals``: also the monthly value of what was renewed in the period. Some tools count so; a renewal is no
      growth.
    * ``with_one_off``: also additional purchases that do not recur (invoice lines of the kind one_off).

    Why accounts grew is told by ``mrr_movements --by cause``. Unit: the reporting currency, at the rate of the
    opening. n: accounts. No interval: it is a sum over all customers.
    """
    return Total(grown(w, p, formula), "growth")
