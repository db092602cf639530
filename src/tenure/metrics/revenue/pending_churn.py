"""``pending_churn``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Total, metric
from tenure.metrics.revenue.line import FAR, line
from tenure.metrics.revenue.rate import converted, without_rate
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), dated=True)
def notice(w: World, p: Periods) -> ir.Table:
    """One row for each line under notice just before a period's close.

    Columns: ``account_id`` (and the unit's keys), ``subscription_id, period, at`` (the last instant of the period),
    ``pending`` (MRR in ten-thousandths at the rate of the close) and ``no_rate``.
    """
    lines = line(w)
    c = w.contract
    never = ibis.literal(FAR).cast("timestamp(6)")
    told = c.filter(c.outcome == "churned").select("contract_id", decided="decided_at", holds_to=never)
    decided = c.filter(c.outcome.isin(["renewed", "reduced", "churned"]))
    said = w.renewal_outcome
    said = said.filter(said.outcome == "lost").select(contract_id="renewal_id", decided="decided_at")
    said = beside(
        said.anti_join(decided, "contract_id"), c.select("contract_id", "ended_at"), ["contract_id"], how="inner"
    )
    grace = ibis.interval(days=w.settings.renewals.grace_days)
    said = said.select("contract_id", "decided", holds_to=said.ended_at + grace)
    lines = beside(lines, told.union(said), ["contract_id"])
    lines = lines.filter(lines.noticed.notnull() | lines.decided.notnull(), lines.net > 0)
    by_notice = (lines.noticed < p.closes).fill_null(False)
    by_word = ((lines.decided < p.closes) & (lines.holds_to >= p.closes)).fill_null(False)
    j = p.join(lines, [lines.starts < p.closes, lines.ends >= p.closes, by_notice | by_word])
    j = converted(w, p, j, "closes_day", amounts=("net",))
    keys = list(dict.fromkeys([*w.keys, "subscription_id"]))
    return j.select(*keys, "period", at=j["last"], pending=j.net, no_rate=j.net.isnull())


@metric(axes=("entity", "rate"), unit="money", better="less", level=True)
def pending_churn(w: World, p: Periods) -> Total:
    """Monthly recurring revenue that is under notice at the close of the period and has not ended.

    Formula: the sum of the monthly amounts of the subscriptions that run just before the close and whose cancellation
    was requested before it, or whose contract was decided as churned (or, while it says nothing itself, was told here to
    be lost with its renewal, until the days of grace after its end are over: then what runs decides). It is still part of ``mrr``; it becomes churn when
    the paid time ends.

    Unit: the reporting currency. n: accounts. No interval: it is a sum over all customers.
    """
    rows = notice(w, p)
    rows = without_rate(w, rows)
    return Total(rows, "pending")
