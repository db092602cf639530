"""Times of support as cases: by the calendar and by the clock of their schedule, up to their end or to now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.elapsed import Counted
from tenure.metrics.support.business_time import timed
from tenure.metrics.support.case import OWN, begun, case
from tenure.metrics.support.inquiry import inquiries
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: What is meant where nobody asks for the clock.
USUAL = {"clock": "calendar"}
_OUT = "out"


def of_tickets(w: World, p: Periods, end: str, counted: Counted) -> ir.Table:
    """The tickets of each period from their creation to an instant of ``case`` (a column), or to now.

    Whoever was solved without that waits no more: such a case is followed up to the solving only.
    """
    c = case(w)
    over = ibis.coalesce(c[end], c.last_solved)
    c = c.mutate(over=over, over_shown=ibis.coalesce(c[f"{end}_shown"], c.last_solved_shown))
    c = timed(w, c, "created", "over").mutate(done=c[end].notnull().ifelse(1, 0).cast("int64"))
    return by_clock(_laid(p, c, "created", end, counted))


def of_inquiries(w: World, p: Periods, end: str, counted: Counted) -> ir.Table:
    """The inquiries of each period from the question to an instant of theirs, or to now."""
    i = inquiries(w)
    none = ibis.null("string")
    i = i.mutate(priority=none, channel=none, category=none)
    i = timed(w, i, "asked", end).mutate(done=i[end].notnull().ifelse(1, 0).cast("int64"))
    return by_clock(_laid(p, i, "asked", end, counted))


def of_waits(w: World, p: Periods, who: str, counted: Counted) -> ir.Table:
    """The tickets of each period with the time that ``who`` (requester or agent) has waited; over once they are solved.

    A ticket without a history of its statuses is left out.
    """
    c = case(w)
    c = timed(w, c.mutate(never=ibis.null("timestamp(6)"), never_shown=ibis.null("int64")), "waiting", "never")
    waits = (c.waits == who).fill_null(False)
    running, running_business = (waits.ifelse(c[name], 0) for name in ("seconds", "business_seconds"))
    told = c[f"{who}_seconds"]
    c = c.mutate(
        seconds=told + running,
        business_seconds=c[f"{who}_business"] + running_business,
        done=c.last_solved.notnull().ifelse(1, 0).cast("int64"),
        **{_OUT: told.isnull().ifelse(ibis.literal("no history of statuses"), ibis.null("string"))},
    )
    return by_clock(_laid(p, c, "created", "last_solved", counted))


def by_clock(rows: ir.Table) -> ir.Table:
    """Each case twice: by the calendar's ``clock``, and by that of its schedule. Without one it has no business time."""
    known = rows[_OUT] if _OUT in rows.columns else ibis.null("string")
    keep = ["account_id", "period", "at", *OWN]
    zero = ibis.literal(0).cast("int64")
    calendar = rows.select(
        *keep, lasted=rows.seconds.fill_null(zero), ended="done", clock=ibis.literal("calendar"), excluded=known
    )
    without = rows.business_seconds.isnull().ifelse(ibis.literal("no business hours"), ibis.null("string"))
    business = rows.select(
        *keep, lasted=rows.business_seconds.fill_null(zero), ended="done", clock=ibis.literal("business"),
        excluded=ibis.coalesce(known, without),
    )  # fmt: skip
    return calendar.union(business)


def _laid(p: Periods, rows: ir.Table, start: str, end: str, counted: Counted) -> ir.Table:
    """The rows of each period: those that began in it, or that ended in it; either way ``at`` the beginning."""
    if counted == "by_start":
        return begun(p, rows, start)
    return begun(p, rows.filter(rows[end].notnull()), end).mutate(at=lambda t: t[start])
