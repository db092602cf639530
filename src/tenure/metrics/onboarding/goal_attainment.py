"""``goal_attainment``."""

from __future__ import annotations

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.level import level
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), unit="share", counted=True)
def goal_attainment(w: World, p: Periods) -> Ratio:
    """The share of customers' goals due in the period that were reached by their date.

    Formula: goals reached by the end of the due date's local day / goals due. 3 reached in time, 1 reached later and 1
    not reached are 60 %. A goal reached early counts when it is due. A goal due today is not due before the day is over;
    one without a date is never due.

    The goals are those of accounts that have been customers by then: those of accounts that never were are left out and
    counted. A customer who has left in the meantime without reaching a goal has not reached it. Merged accounts count as
    their survivor.

    Undefined (null) when no goal was due. Unit: share. n: goals. Interval: Wilson, 95 %. Owner: when the goal was due.
    """
    g = unit_of(w, w.goal)
    g = g.filter(g.due_at.notnull(), g.due_end <= w.now)
    t = level(w)
    came = t.filter(t.day == t.first_day).group_by("account_id").agg(came=lambda r: r["at"].min())
    g = beside(g, came, ["account_id"])
    rows = p.select("period", "opens", "closes")
    rows = rows.join(g, [g.due_at >= rows.opens, g.due_at < rows.closes])
    customer = (rows.came < rows.due_end).fill_null(False)
    rows = rows.select(
        "account_id", "goal_id", "name", "period",
        at="due_at",
        reached=(rows.reached_at < rows.due_end).fill_null(False).ifelse(1, 0).cast("int64"),
        base=ibis.literal(1),
        excluded=customer.ifelse(ibis.null("string"), ibis.literal("never a customer")),
    )  # fmt: skip
    return Ratio(rows, "reached", "base", spread="wilson")
