"""``speed_to_launch``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.elapsed import lasting
from tenure.metrics.kinds import Cases, metric
from tenure.metrics.onboarding.journey import way, without_holds
from tenure.metrics.world import Periods, World


@metric(unit="days", better="less")
def speed_to_launch(
    w: World,
    p: Periods,
    holds: Literal["with_holds", "without_customer_holds"] = "with_holds",
    counted: Literal["by_start", "by_end"] = "by_start",
) -> Cases:
    """The time from closed-won until the customer is live: that by which half of them are.

    Formula: the median of the cumulative incidence of the first milestone ``live`` (Aalen-Johansen), over the accounts
    whose first milestone ``closed_won`` was in the period. Whoever is not live yet counts for as long as it has waited;
    whoever left before stays in the base and never ends. Variant ``by_end``: those that went live in the period
    instead, which leaves out whoever waits, and so is biased. Variant ``without_customer_holds``: as in ``onboarding_time``.
    What the setting ``milestones`` names is told by use of the product instead: the first local day with so many uses.

    Beside it: by when nine of ten are live, the mean of those who are, and how many are not.

    Undefined (null) as long as fewer than half are live. Accounts that were live before are left out. Unit: days.
    Interval: of the incidence on log(-log F), 95 %. Owner: when the deal was won.
    """
    rows = without_holds(lasting(w, p, way(w, "closed_won", "live"), counted), holds)
    return Cases(rows, left="left_before", unit="days")
