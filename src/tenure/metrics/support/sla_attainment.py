"""``sla_attainment``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.support.business_time import timed
from tenure.metrics.support.case import OWN, begun
from tenure.metrics.support.promise import promise
from tenure.metrics.world import Periods, World


@metric(by=("measure", *OWN), unit="share", counted=True)
def sla_attainment(w: World, p: Periods) -> Ratio:
    """The share of what was promised within a time (``sla_target``) that was done within it.

    Formula: done in time / (done in time + done late + not done though the time is over), of what began in the period,
    followed up to now. Exactly at the target is in time. ``measure`` slices it: ``first_reply`` (creation to the first
    human public reply), ``next_reply`` (the requester's first comment after a reply to the next reply, each), ``resolution``
    (creation to the first solving) and ``inquiry`` (a question to a success manager to its answer, or its being settled).
    Without the slice all of them count together.

    The target is the one in force as it began: the one of the ticket's priority and the account's tier, else of the
    priority, else of the tier, else the one for all. Its clock is business time (the hours of the ticket or of the success
    manager asked, else the default's, holidays and clock changes included) or the calendar's.

    Left out: what no target holds for (``no target``, where the measure has any); business time without a schedule (``no
    business hours``); tickets solved without a reply before its time was over (``solved without a reply``); what is not
    done and still in time (``open within the target``: ``bounds`` gives the rate if all of it is missed and if all is
    kept). A ticket that was merged into another is none.

    ``agent``: who had the ticket first, or the success manager asked. Undefined (null) when nothing is decided.
    Unit: share. Interval: Wilson, 95 %. Owner: when it began.
    """
    rows = begun(p, timed(w, promise(w), "begins", "over"), "begins")
    taken = (rows.clock == "calendar").ifelse(rows.seconds, rows.business_seconds)
    late = taken > rows.target
    unknown = rows.target.isnull() | taken.isnull()
    pending = ~unknown & ~late & rows.over.isnull()
    excluded = ibis.cases(
        (rows.target.isnull(), "no target"),
        (taken.isnull(), "no business hours"),
        (late, None),
        (rows.over.isnull(), "open within the target"),
        (rows.ends.isnull(), "solved without a reply"),
        else_=ibis.null("string"),
    )
    rows = rows.mutate(kept=late.ifelse(0, 1), base=1, pending=pending.fill_null(False).ifelse(1, 0), excluded=excluded)
    return Ratio(rows, "kept", "base", spread="wilson", open="pending")
