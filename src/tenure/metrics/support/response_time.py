"""``response_time``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.kinds import Cases, metric
from tenure.metrics.support.case import OWN, recorded
from tenure.metrics.support.waited import USUAL, of_inquiries, of_tickets
from tenure.metrics.world import Periods, World


@metric(by=("clock", *OWN), unit="minutes", better="less")
def response_time(
    w: World,
    p: Periods,
    asked: Literal["support", "csm"] = "support",
    counted: Literal["by_start", "by_end"] = "by_start",
) -> Cases:
    """The time from a question to the first public reply of a human: that by which half of them are answered.

    Formula: the Kaplan-Meier median of the time from the creation of a ticket to its first public reply, over the
    tickets created in the period. What machines say and internal notes are no replies, nor is what an agent writes as the
    ticket is made. Whoever is not answered yet has waited at least so long; a ticket solved without a reply has
    waited until then. Variant ``csm``: questions to success managers (``inquiry``), to the answer, else to their being settled.
    Variant ``by_end``: those answered in the period instead, which leaves out whoever waits, and so is biased.

    ``clock`` slices it by the ``calendar`` and by ``business`` time: the hours of the ticket's schedule (of the success
    manager's, for inquiries), else of the default's, holidays and clock changes included. Without the slice the calendar's
    is meant; a case without a schedule has no business time and is left out there (``no business hours``).
    A reply out of hours may take no business time at all.

    Beside it: by when nine of ten are answered, the mean of those that are, and how many are not. Where nothing tells of
    replies, tickets are left out (``replies not recorded``). ``agent``: who had the ticket first, or was asked.

    Undefined (null) as long as fewer than half are answered. Unit: minutes. Interval: Greenwood's on log(-log S), 95 %.
    Owner: when it was asked.
    """
    if asked == "csm":
        return Cases(of_inquiries(w, p, "answered", counted), unit="minutes", usual=USUAL)
    rows = of_tickets(w, p, "replied", counted)
    told = recorded(w).replies.any().as_scalar()
    rows = rows.mutate(excluded=told.ifelse(rows.excluded, ibis.literal("replies not recorded")))
    return Cases(rows, unit="minutes", usual=USUAL)
