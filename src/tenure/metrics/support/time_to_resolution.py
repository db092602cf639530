"""``time_to_resolution``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Cases, metric
from tenure.metrics.support.case import OWN
from tenure.metrics.support.waited import USUAL, of_inquiries, of_tickets
from tenure.metrics.world import Periods, World


@metric(by=("clock", *OWN), unit="minutes", better="less")
def time_to_resolution(
    w: World,
    p: Periods,
    solved: Literal["first", "full", "csm"] = "first",
    counted: Literal["by_start", "by_end"] = "by_start",
) -> Cases:
    """The time from the creation of a ticket until it is solved: that by which half of them are.

    Formula: the Kaplan-Meier median of the time from the creation to the first solving, over the tickets created in the
    period. Closed without having been solved is solved. What is not solved yet has taken at least so long, and is never
    left out nor 0. Variant ``full``: to the last solving, so that what was reopened counts until it was solved for good; what is open
    again is open. Variant ``csm``: questions to success managers (``inquiry``), until they are settled. Variant ``by_end``:
    those solved in the period instead, which leaves out whatever is open, and so is biased.

    ``clock`` slices it by the ``calendar`` and by ``business`` time: the hours of the ticket's schedule (of the success
    manager's, for inquiries), else of the default's, holidays and clock changes included. Without the slice the calendar's
    is meant; a case without a schedule has no business time and is left out there (``no business hours``).

    Beside it: by when nine of ten are solved, the mean of those that are, and how many are not. A ticket that was merged
    into another is none. ``agent``: who had the ticket first, or was asked.

    Undefined (null) as long as fewer than half are solved. Unit: minutes. Interval: Greenwood's on log(-log S), 95 %.
    Owner: when it was created.
    """
    if solved == "csm":
        return Cases(of_inquiries(w, p, "settled", counted), unit="minutes", usual=USUAL)
    end = "first_solved" if solved == "first" else "last_solved"
    return Cases(of_tickets(w, p, end, counted), unit="minutes", usual=USUAL)
