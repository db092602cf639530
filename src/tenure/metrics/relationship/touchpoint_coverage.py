"""``touchpoint_coverage``."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.relationship.presence import presence
from tenure.metrics.world import Periods, World


@metric(unit="share", counted=True)
def touchpoint_coverage(w: World, p: Periods, direction: Literal["two_way", "all"] = "two_way") -> Ratio:
    """The share of accounts with whom there was a two-way contact in the last days before the close of the period.

    Formula: accounts with a contact in the last N local days (setting ``relationship.coverage_days``, 90) / accounts
    there at the close. Variant ``all``: one-way contacts count too. What a contact is, and which accounts there are,
    customers or not, is as in ``touchpoint_frequency``. The period that runs closes now, today being the last day.

    The window moves no more than the period's close: N days are looked back whatever the window.

    Undefined (null) without accounts. Unit: share. Interval: Wilson, 95 %. Owner: just before the close.
    """
    rows = presence(w, replace(p, window="period"))
    reached = rows.two_way if direction == "two_way" else rows.touched
    return Ratio(rows.mutate(reached=reached, base=1), "reached", "base", spread="wilson")
