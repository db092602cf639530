"""Which outcomes are compared, and how they are counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What is counted of a metric's rows. ``word``: what happened to what is counted, of so many ``of``; ``lost``: that is the part which is not in
    the metric's numerator, of which less is better. ``money``: amounts, else events. ``still_open``: the column of rows whose
    outcome is still out.
    """

    word: str
    of: str = "account-months"
    lost: bool = True
    money: bool = False
    still_open: str = ""


#: By metric. Of retention and renewal the losses are compared: nearly all is kept, so that observed / expected of what is kept
#: lies near 1 for everybody.
OUTCOMES = {
    "customer_retention_rate": Outcome("customers lost"),
    "gross_revenue_retention": Outcome("revenue lost", money=True),
    "renewal_rate": Outcome("contracts not renewed", "contracts due", still_open="still_open"),
}
