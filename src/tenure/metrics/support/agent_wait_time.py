"""``agent_wait_time``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Cases, metric
from tenure.metrics.support.case import OWN
from tenure.metrics.support.waited import USUAL, of_waits
from tenure.metrics.world import Periods, World


@metric(by=("clock", *OWN), unit="minutes", better="less")
def agent_wait_time(w: World, p: Periods, counted: Literal["by_start", "by_end"] = "by_start") -> Cases:
    """The time for which we had to wait for whoever asked: pending, until the ticket is solved.

    Formula: the Kaplan-Meier median over the tickets created in the period of the time for which each was pending. What is
    not solved yet goes on, and has waited at least so long. Times solved count for nobody. Variant ``by_end``: the
    tickets solved in the period instead, which leaves out whatever is open, and so is biased.

    ``clock`` slices it by the ``calendar`` and by ``business`` time: the hours of the ticket's schedule (of the success
    manager's, for inquiries), else of the default's, holidays and clock changes included. Without the slice the calendar's
    is meant; a case without a schedule has no business time and is left out there (``no business hours``).

    Beside it: by when nine of ten were over, the mean of those that are, and how many are not. Tickets without a history of
    statuses are left out (``no history of statuses``); a history that begins before its ticket does counts whole. ``agent``: who had the ticket first.

    Undefined (null) as long as fewer than half are over. Unit: minutes. Interval: Greenwood's on log(-log S), 95 %.
    Owner: when it was created.
    """
    return Cases(of_waits(w, p, "agent", counted), unit="minutes", usual=USUAL)
