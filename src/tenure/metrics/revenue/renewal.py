"""What came due for renewal, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.line import line
from tenure.metrics.revenue.rate import converted
from tenure.metrics.revenue.term import term_renewal
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), dated=True)
def renewal(w: World, p: Periods) -> ir.Table:
    """One row for each contract that came due inside a period.

    Columns: ``account_id, contract_id, period, due, at`` (the opening), ``expiring`` and ``renewed_value`` (yearly,
    ten-thousandths at the rate of the opening), ``renewed`` and ``still_open`` (0 or 1; both 0 is lost), ``excluded``
    (evergreen, open within the grace, no exchange rate) and ``note``.

    Where no contracts are loaded at all, the yearly terms of subscriptions stand in for them, and ``note`` says so. What was
    told here of how a renewal ended (``renewal_outcome``) stands in for a contract's own outcome until the grace is over: then
    what runs decides.
    """
    c = _decided(w, p, _due(w, p))
    grace_over = c.grace_end <= w.now
    taken = c.outcome.isin(["renewed", "reduced"])
    told = taken | (c.outcome == "churned")
    followed = c.successor_runs | (grace_over & (c.running > 0))
    renewed = ibis.cases((taken, 1), (c.outcome == "churned", 0), (c.outcome == "open", 0), (followed, 1), else_=0)
    still_open = ~told.fill_null(False) & (renewed == 0) & ~grace_over & ~c.evergreen.fill_null(False)
    c = c.mutate(renewed=renewed.cast("int64"), still_open=still_open.ifelse(1, 0).cast("int64"))
    follows = c.successor_runs | taken.fill_null(False)
    value = ibis.coalesce(c.told_value, follows.ifelse(c.successor_value, None), c.running * 12)
    excluded = ibis.cases(
        (c.evergreen.fill_null(False), "evergreen"),
        (c.still_open == 1, "open within the grace"),
        (c.expiring.isnull(), "no exchange rate"),
        else_=ibis.null("string"),
    )
    contracts = c.select(
        "account_id", "contract_id", "period", "due", "expiring", "renewed", "still_open",
        renewed_value=(c.renewed == 1).ifelse(value, 0).cast("int64"),
        at=c.opens,
        excluded=excluded,
        note=ibis.null("string"),
    )  # fmt: skip
    none = w.contract.count().as_scalar() == 0
    terms = term_renewal(w, p)
    return contracts.union(terms.filter(none).select(contracts.columns))


def _due(w: World, p: Periods) -> ir.Table:
    """Contracts whose end lies in a period, their value at the opening's rate."""
    c = unit_of(w, w.contract)
    j = p.join(c, [c.ended_at >= p.opens, c.ended_at < p.closes])
    grace = ibis.interval(days=w.settings.renewals.grace_days)
    late = j.decided_at.notnull() & (j.decided_at >= w.now)
    j = j.mutate(
        due=j.ended_at,
        grace_end=j.ended_at + grace,
        outcome=late.ifelse(ibis.null("string"), j.outcome),
        expiring=(j.value * 10000).cast("int64"),
        told_value=(j.renewed_value * 10000).cast("int64"),
    )
    j = j.mutate(looked=ibis.least(j.grace_end, w.now))
    j = converted(w, p, j, "opens_day", amounts=("expiring", "told_value"))
    j = _with_said(w, p, j)
    return j.select(
        "account_id", "contract_id", "currency", "successor_id", "period", "opens", "opens_day", "due", "grace_end",
        "looked", "outcome", "evergreen", "expiring", "told_value",
    )  # fmt: skip


def _with_said(w: World, p: Periods, due: ir.Table) -> ir.Table:
    """The contracts with what was told here in the place of an outcome that they have not, while the grace lasts."""
    told = w.renewal_outcome
    told = told.filter(told.decided_at < w.now, told.outcome.isin(["renewed", "lost"]))
    told = told.select(
        contract_id="renewal_id", said="outcome", said_value=(told.value * 10000).cast("int64"), said_in="currency"
    )
    j = beside(due, told, ["contract_id"])
    j = j.mutate(own_currency=j.currency, currency=j.said_in)
    j = converted(w, p, j, "opens_day", amounts=("said_value",))
    silent = (j.outcome.isnull() | (j.outcome == "open")) & (j.grace_end > w.now) & j.said.notnull()
    said = (j.said == "renewed").ifelse(ibis.literal("renewed"), ibis.literal("churned"))
    return j.mutate(
        currency=j.own_currency,
        outcome=silent.ifelse(said, j.outcome),
        told_value=silent.ifelse(j.said_value, j.told_value),
    )


def _decided(w: World, p: Periods, due: ir.Table) -> ir.Table:
    """What stood at the end of the grace (or now): the successor, and recurring revenue that goes on."""
    after = w.contract
    after = after.select(
        successor_id="contract_id", begun="started_at", over="ended_at",
        successor_value=(after.value * 10000).cast("int64"), successor_currency="currency",
    )  # fmt: skip
    c = beside(due, after, ["successor_id"])
    runs = c.begun.notnull() & (c.begun <= c.looked) & (c.over > c.looked)
    c = c.mutate(successor_runs=runs.fill_null(False), own_currency=c.currency, currency=c.successor_currency)
    c = converted(w, p, c, "opens_day", amounts=("successor_value",)).mutate(currency=c.own_currency)
    lines = line(w)
    own = lines.filter(lines.contract_id.notnull())
    has_own = own.select("contract_id", has_own=ibis.literal(1)).distinct()
    c = beside(c, has_own, ["contract_id"])
    by_contract = _running(w, p, c.filter(c.has_own.notnull()), own, "contract_id")
    by_account = _running(w, p, c.filter(c.has_own.isnull()), lines, "account_id")
    running = by_contract.union(by_account)
    c = beside(c, running, ["contract_id", "period"])
    return c.mutate(running=c.running.fill_null(0))


def _running(w: World, p: Periods, c: ir.Table, lines: ir.Table, key: str) -> ir.Table:
    """``contract_id, period, running``: MRR of the key's lines at the moment looked at, at the opening's rate."""
    keys = ["contract_id", "period"]
    at = c.select(*dict.fromkeys([*keys, key]), "looked", "opens_day")
    t = lines.select(key, "currency", "net", "starts", "ends")
    j = beside(at, t, [key], how="inner")
    j = j.filter(j.starts <= j.looked, j.ends > j.looked)
    j = converted(w, p, j, "opens_day", amounts=("net",))
    return j.group_by(keys).agg(running=j.net.sum().cast("int64"))
