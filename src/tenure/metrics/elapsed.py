"""Cases laid over periods: when each began, and how long it has lasted up to now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

Counted = Literal["by_start", "by_end"]
IMPOSSIBLE = "ended before it began"


def seconds_between(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.IntegerValue:
    """The whole seconds from one instant to another."""
    return (whole_seconds(end) - whole_seconds(start)).cast("int64")


def whole_seconds(moment: ir.TimestampValue) -> ir.IntegerValue:
    """An instant in whole seconds, rounded down."""
    return moment.truncate("s").epoch_seconds().cast("int64")


def lasting(w: World, p: Periods, cases: ir.Table, counted: Counted = "by_start") -> ir.Table:
    """The cases of each period, as rows of ``kinds.Cases``: with ``period, at, lasted, ended, left_before`` and ``excluded``.

    ``cases`` has ``account_id, starts, ends`` (null while it has not happened) and ``left`` (null, or when something
    else came first), and whatever else it is sliced by. ``by_start``: a case belongs to the period in which it began,
    and is followed up to now. ``by_end``: to the one in which it ended; nothing open is among them.
    """
    far = ibis.literal(FAR).cast("timestamp(6)")
    c = cases.mutate(ends=ibis.coalesce(cases.ends, far), left=ibis.coalesce(cases.left, far))
    c = c.mutate(
        ended=((c.ends < w.now) & (c.ends <= c.left)).ifelse(1, 0).cast("int64"),
        left_before=((c.left < w.now) & (c.left < c.ends)).ifelse(1, 0).cast("int64"),
        until=ibis.least(c.ends, c.left, w.now),
    )
    c = c.filter(c.starts < w.now)
    c = c.mutate(
        lasted=ibis.greatest(seconds_between(c.starts, c.until), 0),
        excluded=(c.until < c.starts).ifelse(ibis.literal(IMPOSSIBLE), ibis.null("string")),
    )
    if counted == "by_end":
        c = c.filter(c.ended == 1)
        rows = p.join(c, [c.ends >= p.opens, c.ends < p.closes])
    else:
        rows = p.join(c, [c.starts >= p.opens, c.starts < p.closes])
    mine = [name for name in c.columns if name not in ("starts", "ends", "left", "until")]
    return rows.select("period", *mine, at=rows.starts)
