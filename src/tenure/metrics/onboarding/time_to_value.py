"""``time_to_value``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.elapsed import lasting
from tenure.metrics.kinds import Cases, metric
from tenure.metrics.onboarding.journey import way, without_holds
from tenure.metrics.world import Periods, World


@metric(unit="days", better="less")
def time_to_value(
    w: World,
    p: Periods,
    since: Literal["from_purchase", "from_onboarded"] = "from_purchase",
    holds: Literal["with_holds", "without_customer_holds"] = "with_holds",
    counted: Literal["by_start", "by_end"] = "by_start",
) -> Cases:
    """The time until the customer has its first value: that by which half of them have.

    Formula: the median of the cumulative incidence of the first milestone ``first_value`` (Aalen-Johansen), over the
    accounts whose first contract began in the period (without contracts: that first became customers in it). Variant
    ``from_onboarded``: from the end of onboarding, over those onboarded in the period. Whoever has no value yet counts
    for as long as it has waited; whoever left before stays in the base and never ends. Variant ``by_end``: those that
    had it in the period instead, which leaves out whoever waits, and so is biased. Variant ``without_customer_holds``: as in
    ``onboarding_time``.
    What the setting ``milestones`` names is told by use of the product instead: the first local day with so many uses.

    Beside it: by when nine of ten have it, the mean of those who have, and how many have not.

    Undefined (null) as long as fewer than half have it. Accounts that had it before the beginning are left out. Unit: days.
    Interval: of the incidence on log(-log F), 95 %. Owner: at the beginning.
    """
    cases = way(w, "bought" if since == "from_purchase" else "onboarded", "first_value")
    return Cases(without_holds(lasting(w, p, cases, counted), holds), left="left_before", unit="days")
