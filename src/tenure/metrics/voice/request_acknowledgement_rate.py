"""``request_acknowledgement_rate``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.voice.standing import with_arr
from tenure.metrics.voice.wish import came_in, wish
from tenure.metrics.world import Periods, World


@metric(
    axes=("rate",), by=("kind", "theme", "feature", "idea"), unit="share", counted=True, uncounted=("arr_weighted",)
)
def request_acknowledgement_rate(
    w: World, p: Periods, formula: Literal["requests", "arr_weighted"] = "requests"
) -> Ratio:
    """The share of the requests that came in the period of which the customer was soon told that we have them.

    Formula: requests acknowledged within N days / requests, of every kind. N is ``voice.acknowledgement_days`` (2):
    the last chance is the end of the Nth local day after the one on which it came. Who is told what came of a request
    at once needs no other acknowledgement. Every request counts, of one idea too.

    Requests whose N days are not over are left out, acknowledged or not, and counted: to take only those that were
    acknowledged already would flatter the days that have just passed.

    Variant ``arr_weighted``: every request counts with the account's ARR just before it, at the rate of the opening;
    those of accounts without recurring revenue at that moment are left out.

    Slices: ``kind`` (feature, feedback, complaint), ``theme``, ``feature``, ``idea``. Merged accounts count as their
    survivor, people who are not customers count too.

    Undefined (null) without requests. Unit: share. n: requests. Interval: Wilson, 95 %; for ``arr_weighted`` bootstrap
    over accounts up to 1,000, above by the delta method. Owner: when it came.
    """
    rows = came_in(p, wish(w))
    rows = rows.mutate(excluded=rows.days_over.ifelse(ibis.null("string"), ibis.literal("days not over")), base=1)
    if formula == "requests":
        return Ratio(rows, "in_time", "base", spread="wilson")
    rows = with_arr(w, p, rows, "request_id")
    rows = rows.mutate(weighted=rows.in_time * rows.arr)
    return Ratio(rows, "weighted", "arr", clustered=True, money_num=True, money_den=True)
