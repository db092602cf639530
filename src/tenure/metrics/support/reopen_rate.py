"""``reopen_rate``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.support.case import OWN, begun, case
from tenure.metrics.world import Periods, World


@metric(by=OWN, unit="share", better="less", counted=True)
def reopen_rate(w: World, p: Periods) -> Ratio:
    """The share of the tickets solved in the period that were opened again.

    Formula: tickets opened again / tickets first solved in the period. Each ticket counts once, in the period in which
    it was first solved, however often and whenever it was opened again up to now. Closed unsolved counts as solved. A
    ticket that was merged into another is none.

    Whether it was opened again is told by its statuses; without any, by its times: last solved after first solved, or
    not solved any more. A ticket that tells only one of the two is left out (``reopening not recorded``).

    ``agent``: who had the ticket when it was first solved. Undefined (null) when nothing was solved. Unit: share.
    Interval: Wilson, 95 %. Owner: when the ticket was first solved.
    """
    rows = begun(p, case(w), "first_solved")
    told = rows.reopened.notnull()
    rows = rows.mutate(
        agent=rows.solver, base=1, reopened=rows.reopened.fill_null(0),
        excluded=told.ifelse(ibis.null("string"), ibis.literal("reopening not recorded")),
    )  # fmt: skip
    return Ratio(rows, "reopened", "base", spread="wilson")
