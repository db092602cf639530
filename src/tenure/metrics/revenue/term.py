"""Yearly terms: what comes due where no contracts say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.line import line
from tenure.metrics.revenue.rate import converted
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

NOTE = "derived from yearly terms: no contracts are loaded"


def term_renewal(w: World, p: Periods) -> ir.Table:
    """The rows of ``renewal`` as the yearly terms of subscriptions tell them.

    A term ends on each anniversary of the subscription's first day. It is renewed if, at the end of the grace, the
    subscription runs, or another line of the same account and product that began within the grace around it.
    """
    t = _anniversaries(w, p)
    grace = ibis.interval(days=w.settings.renewals.grace_days)
    t = t.mutate(due=t.starts, grace_end=t.starts + grace, since=t.starts - grace)
    t = t.mutate(looked=ibis.least(t.grace_end, w.now))
    lines = line(w)
    lines = lines.mutate(thing=ibis.coalesce(lines.product_id, ""))
    r = lines.select("account_id", "thing", other_id="subscription_id", began="starts", over="ends", amount="net",
                     currency="currency")  # fmt: skip
    j = beside(t.drop("currency"), r, ["account_id", "thing"], how="inner")
    same = j.other_id == j.subscription_id
    j = j.filter((j.began <= j.looked) & (j.over > j.looked) & (same | (j.began >= j.since)))
    j = converted(w, p, j, "opens_day", amounts=("amount",))
    j = j.group_by(["subscription_id", "period", "due"]).agg(running=j.amount.sum().cast("int64"))
    t = converted(w, p, t, "opens_day", amounts=("net",))
    t = beside(t, j, ["subscription_id", "period", "due"])
    undecided = t.grace_end > w.now
    goes_on = (t.running.fill_null(0) > 0) & ~undecided
    return t.select(
        "account_id", "period", "due",
        contract_id=t.subscription_id,
        expiring=t.net * 12,
        renewed=goes_on.ifelse(1, 0).cast("int64"),
        still_open=undecided.ifelse(1, 0).cast("int64"),
        renewed_value=goes_on.ifelse(t.running, 0) * 12,
        at=t.opens,
        excluded=undecided.ifelse(ibis.literal("open within the grace"), ibis.null("string")),
        note=ibis.literal(NOTE),
    )  # fmt: skip


def _anniversaries(w: World, p: Periods) -> ir.Table:
    """The days inside a period on which a yearly subscription's term ends, with what it paid just before."""
    s = unit_of(w, w.subscription)
    s = s.filter(s.interval == "year", s.started_at < w.now)
    first = s.group_by("subscription_id").agg(first_day=s.started_day.min(), years=s.interval_count.max())
    first = first.mutate(mmdd=first.first_day.month().cast("int64") * 100 + first.first_day.day().cast("int64"))
    c = w.calendar
    days = p.join(c, [c.day >= p.opens_day, c.day < p.closes_day])
    days = days.select("period", "opens", "closes", "opens_day", "day", "starts", "year", "mmdd")
    j = beside(days, first, ["mmdd"], how="inner")
    age = j.year - j.first_day.year().cast("int64")
    j = j.filter(age > 0, age % j.years == 0)
    lines = line(w)
    lines = lines.filter(lines.net > 0)
    lines = lines.select("account_id", "subscription_id", "currency", "net", "starts_day", "ends_day",
                         thing=ibis.coalesce(lines.product_id, ""))  # fmt: skip
    j = beside(j, lines, ["subscription_id"], how="inner")
    return j.filter(j.starts_day < j.day, j.ends_day >= j.day)


def due_terms(w: World, p: Periods) -> ir.Table:
    """``account_id, period`` of the accounts with a contract, or else a yearly term, that ends in the period."""
    c = unit_of(w, w.contract)
    j = p.join(c, [c.ended_at >= p.opens, c.ended_at < p.closes])
    contracts = j.filter(~j.evergreen.fill_null(False)).select("account_id", "period")
    none = w.contract.count().as_scalar() == 0
    terms = _anniversaries(w, p).filter(none).select("account_id", "period")
    return contracts.union(terms).distinct()
