"""``session_duration``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Cases, metric
from tenure.metrics.use.session import session
from tenure.metrics.world import Periods, World


@metric(unit="minutes", better="")
def session_duration(w: World, p: Periods) -> Cases:
    """How long people stay in the product at a time: the time by which half of the sessions are over.

    Formula: the median of the time from the first event of a session to the end of its last one, over the sessions that
    began in the period. Events with a ``session_id`` are of one session; the others are cut after 30 idle minutes (setting
    ``use.idle_minutes``). A session of one event is of unknown length, unless the event says how long it took: it is
    counted and never taken for 0 (censored at once; ``open`` says how many they are). Our own people, technical users and
    events without person and session are left out.

    Undefined (null) where no length is known. Unit: minutes. n: sessions. Interval: Greenwood's on log(-log S), 95 %. Owner:
    when the session began.
    """
    s = session(w, p)
    known = s.seconds.notnull().ifelse(1, 0).cast("int64")
    zero = ibis.literal(0).cast("int64")
    rows = s.select("account_id", "period", "at", lasted=s.seconds.fill_null(zero), ended=known)
    return Cases(rows, unit="minutes")
