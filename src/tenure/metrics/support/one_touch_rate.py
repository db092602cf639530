"""``one_touch_rate``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.support.case import OWN, begun, case
from tenure.metrics.world import Periods, World


@metric(by=OWN, unit="share", counted=True)
def one_touch_rate(w: World, p: Periods) -> Ratio:
    """The share of the tickets solved in the period that took exactly one reply.

    Formula: tickets with exactly one public reply of an agent / tickets first solved in the period with one or more.
    Replies count up to now, whenever they came. What bots write, notes among ourselves and what an agent writes as the
    ticket is made are no replies. Closed unsolved counts as solved. A ticket that was merged into another is none.

    Left out: solved without a reply (``no reply``); tickets whose comments are not loaded, though they were answered or
    nobody's are (``replies not recorded``); opened again, not solved since and not answered twice (``open again``: while
    there are some, ``bounds`` gives the rate if none of them and if all of them will have taken one).

    ``agent``: who had the ticket when it was first solved. Undefined (null) when none is left. Unit: share. Interval:
    Wilson, 95 %. Owner: when the ticket was first solved.
    """
    rows = begun(p, case(w), "first_solved")
    again = rows.last_solved.isnull() & (rows.replies <= 1).fill_null(False)
    excluded = ibis.cases(
        (rows.replies.isnull(), "replies not recorded"),
        (again, "open again"),
        (rows.replies == 0, "no reply"),
        else_=ibis.null("string"),
    )
    rows = rows.mutate(
        agent=rows.solver, base=1, once=(rows.replies == 1).ifelse(1, 0), pending=again.ifelse(1, 0), excluded=excluded
    )
    return Ratio(rows, "once", "base", spread="wilson", open="pending")
