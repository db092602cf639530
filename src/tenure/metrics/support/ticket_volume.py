"""``ticket_volume``."""

from __future__ import annotations

from tenure.metrics.kinds import Total, metric
from tenure.metrics.support.case import OWN, begun, case
from tenure.metrics.world import Periods, World


@metric(by=OWN, unit="count", better="")
def ticket_volume(w: World, p: Periods) -> Total:
    """How many tickets were opened in the period.

    Value: the number of tickets created in it, whatever became of them. A ticket that was merged into another is none.
    Tickets of people who are not customers count, and those without an account too; a ticket without an account belongs
    to its requester's.

    ``agent``: who had the ticket first. A period without tickets has 0. Unit: count (tickets); n: their accounts.
    Interval: exact Poisson, 95 %. Owner: when the ticket was created.
    """
    return Total(begun(p, case(w), "created").mutate(tickets=1), "tickets", unit="count")
