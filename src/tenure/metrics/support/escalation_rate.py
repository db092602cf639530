"""``escalation_rate``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.support.case import OWN, begun, case, escalated
from tenure.metrics.world import Periods, World


@metric(by=OWN, unit="share", better="less", counted=True)
def escalation_rate(w: World, p: Periods) -> Ratio:
    """The share of the tickets opened in the period that were escalated.

    Formula: tickets escalated / tickets created in the period. A ticket is escalated if it says when
    (``escalated_at``), or an ``escalation`` began with it or with one that was merged into it, whenever that was up to
    now. It counts once. A ticket that was merged into another is none.

    Where no escalation of any ticket was ever recorded, nothing is known of them: all are left out (``escalations not
    recorded``), and the rate is not 0.

    ``agent``: who had the ticket first. Undefined (null) without tickets. Unit: share. Interval: Wilson, 95 %. Owner:
    when the ticket was created.
    """
    rows = begun(p, case(w), "created")
    some = escalated(w).count().as_scalar() > 0
    rows = rows.mutate(
        base=1, taken=rows.escalated.notnull().ifelse(1, 0),
        excluded=some.ifelse(ibis.null("string"), ibis.literal("escalations not recorded")),
    )  # fmt: skip
    return Ratio(rows, "taken", "base", spread="wilson")
