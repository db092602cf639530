"""``onboarding_time``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.elapsed import lasting
from tenure.metrics.kinds import Cases, metric
from tenure.metrics.onboarding.journey import way, without_holds
from tenure.metrics.world import Periods, World


@metric(unit="days", better="less")
def onboarding_time(
    w: World,
    p: Periods,
    holds: Literal["with_holds", "without_customer_holds"] = "with_holds",
    counted: Literal["by_start", "by_end"] = "by_start",
) -> Cases:
    """The time from the start of the contract until the customer is onboarded: that by which half of them are.

    Formula: the median of the cumulative incidence of being onboarded (Aalen-Johansen) over the accounts whose first
    contract began in the period (without contracts: that first became customers in it). The end is the first milestone
    ``onboarded``, whatever its product. Whoever is not onboarded yet counts for as long as it has waited; whoever left
    before stays in the base and never ends. Variant ``by_end``: those onboarded in the period instead, which leaves out
    whoever waits, and so is biased. Variant ``without_customer_holds``: the minutes for which the customer held up
    the milestones on the way (``held_minutes`` where ``blocked_by`` is customer) are taken off; those after it are not.
    What the setting ``milestones`` names is told by use of the product instead: the first local day with so many uses.

    Beside it: by when nine of ten are onboarded, the mean of those who are, and how many are not.

    Undefined (null) as long as fewer than half are onboarded. Accounts onboarded before their contract began are left
    out. Unit: days. Interval: of the incidence on log(-log F), 95 %. Owner: when the contract began.
    """
    rows = without_holds(lasting(w, p, way(w, "bought", "onboarded"), counted), holds)
    return Cases(rows, left="left_before", unit="days")
