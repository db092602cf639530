"""What comes up for renewal, what was judged of it, and what may be sold: rows of the lists that show how things are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.line import FAR, line
from tenure.metrics.revenue.rate import converted
from tenure.metrics.revenue.renewal import renewal
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), latest=True)
def renewal_due(w: World, p: Periods) -> ir.Table:
    """One row for each contract with a term, whenever that ends; where no contracts are loaded at all, for the next end of each
    yearly term that runs.

    Columns: ``account_id, period, renewal_id, term_end`` (instant), ``notice_by, auto_renew, currency``; ``value`` and
    ``renewed_value`` (yearly, ten-thousandths at today's rate), ``own_value`` (in its own currency), ``renewed`` and
    ``still_open`` (0 or 1; both 0 is not renewed) and ``note`` as of ``renewal``; ``told`` (the outcome that somebody told), ``is_own``
    (it is the contract's own, and not told here), ``decided_at`` and ``postponed_to``. Other than in rates, what was told here
    within the days of grace before now holds, even where that after the contract's end is over.
    """
    every = renewal(w, _all_time(p))
    every = every.filter(every.excluded.isnull() | (every.excluded != "evergreen"), every.note.isnull())
    c = w.contract
    own = c.select(
        "contract_id", "notice_by", "auto_renew", "currency", told=c.outcome, own_at="decided_at",
        own_value=(c.value * 10000).cast("int64"),
    )  # fmt: skip
    rows = beside(every, own, ["contract_id"], how="inner")
    rows = beside(rows, _said(w).rename(contract_id="renewal_id"), ["contract_id"])
    rows = _with_lately_said(w, p, rows.mutate(silent=rows.told.isnull() | (rows.told == "open")))
    silent = rows.silent
    contracts = rows.select(
        "account_id", "period", "notice_by", "auto_renew", "currency", "renewed_value", "renewed", "still_open", "note",
        "own_value", "postponed_to", renewal_id="contract_id", term_end="due", value="expiring",
        told=silent.ifelse(rows.said, rows.told), decided_at=silent.ifelse(rows.said_at, rows.own_at),
        is_own=~silent,
    )  # fmt: skip
    none = w.contract.count().as_scalar() == 0
    return contracts.union(_next_terms(w, p).filter(none).select(contracts.columns))


def _with_lately_said(w: World, p: Periods, rows: ir.Table) -> ir.Table:
    """The renewals, of which the ``silent`` ones have ended as it was told here within the days of grace before now."""
    rows = beside(rows, p.select("period", "closes_day"), ["period"])
    rows = _said_at_home(w, p, rows)
    lately = rows.said_at > w.now - ibis.interval(days=w.settings.renewals.grace_days)
    holds = (rows.silent & rows.said.isin(["renewed", "lost"]) & lately).fill_null(False)
    is_renewed = rows.said == "renewed"
    goes_on = (rows.renewed == 1).ifelse(rows.renewed_value, rows.expiring)
    value = is_renewed.ifelse(ibis.coalesce(rows.said_value, goes_on), 0)
    return rows.mutate(
        renewed=holds.ifelse(is_renewed.ifelse(1, 0), rows.renewed).cast("int64"),
        still_open=holds.ifelse(0, rows.still_open).cast("int64"),
        renewed_value=holds.ifelse(value, rows.renewed_value).cast("int64"),
    )


def _said_at_home(w: World, p: Periods, rows: ir.Table) -> ir.Table:
    """The rows with ``said_value`` in the reporting currency, at the rate of their ``closes_day``."""
    rows = rows.mutate(own_currency=rows.currency, currency=rows.said_in)
    rows = converted(w, p, rows, "closes_day", amounts=("said_value",))
    return rows.mutate(currency=rows.own_currency).drop("own_currency")


def _all_time(p: Periods) -> Periods:
    """One period without ends, whose amounts are at today's rates."""
    first, far = (ibis.literal(at).cast("timestamp(6)") for at in ("0001-01-01 00:00:00", FAR))
    return Periods("every", "period", p.table.mutate(opens=first, closes=far, opens_day=p.table.closes_day))


def _said(w: World) -> ir.Table:
    """What was told here of renewals: ``renewal_id, said, said_at, postponed_to, said_value`` (ten-thousandths) and ``said_in`` (its currency)."""
    t = w.renewal_outcome
    t = t.filter(t.decided_at < w.now, t.outcome != "open")
    return t.select(
        "renewal_id", "postponed_to", said="outcome", said_at="decided_at", said_value=(t.value * 10000).cast("int64"),
        said_in="currency",
    )  # fmt: skip


def _next_terms(w: World, p: Periods) -> ir.Table:
    """The next anniversary of each yearly line that runs, counted from its subscription's first day."""
    s = unit_of(w, w.subscription)
    s = s.filter(s.interval == "year", s.started_at < w.now)
    first = s.group_by("subscription_id").agg(first_day=s.started_day.min(), years=s.interval_count.max())
    lines = line(w)
    lines = lines.filter(lines.net > 0, lines.starts <= w.now, lines.ends > w.now)
    t = beside(
        lines.select("account_id", "subscription_id", "currency", "net"), first, ["subscription_id"], how="inner"
    )
    t = p.select("period", "closes_day").cross_join(t)
    day, today = t.first_day, (t.closes_day - ibis.interval(days=1)).cast("date")
    months = (today.year() - day.year()) * 12 + today.month() - day.month() + (today.day() > day.day()).ifelse(1, 0)
    # The first end that has not passed: today's has not.
    terms = ((ibis.greatest(months, 1) - 1).cast("float64") / (12 * t.years)).floor().cast("int64") + 1
    year = day.year().cast("int64") + terms * t.years
    leap = (day.month() == 2) & (day.day() == 29)
    # At noon, which lies in the same local day nearly everywhere.
    told = ibis.literal(0).cast("int64")
    text = year.cast("string") + "-" + day.strftime("%m-") + leap.ifelse(ibis.literal("28"), day.strftime("%d"))
    t = t.mutate(own_value=t.net * 12, value=t.net * 12, on=text)
    t = converted(w, p, t, "closes_day", amounts=("value",))
    said = _said(w)
    t = t.mutate(renewal_id=t.subscription_id + "@" + t.on)
    t = _said_at_home(w, p, beside(t, said, ["renewal_id"]))
    null = ibis.null
    is_renewed = (t.said == "renewed").fill_null(False)
    return t.select(
        "account_id", "period", "currency", "own_value", "value", "renewal_id", "postponed_to",
        term_end=(t.on + " 12:00:00").cast("timestamp(6)"), notice_by=null("timestamp(6)"), auto_renew=null("boolean"),
        renewed_value=is_renewed.ifelse(ibis.coalesce(t.said_value, t.value), 0).cast("int64"), renewed=is_renewed.ifelse(told + 1, told),
        still_open=(is_renewed | (t.said == "lost").fill_null(False)).ifelse(told, told + 1),
        note=ibis.literal("derived from yearly terms: no contracts are loaded"), told=t.said, decided_at=t.said_at,
        is_own=ibis.literal(value=False),
    )  # fmt: skip


@fact(kept=(("month", "period"),), latest=True)
def renewal_judged(w: World, p: Periods) -> ir.Table:
    """The latest judgement of each renewal: ``account_id, period, renewal_id, category, amount`` (ten-thousandths at today's rate;
    null where none was given), ``judged_at, judged_by``.
    """
    t = w.renewal_forecast
    t = unit_of(w, t.filter(t["at"] < w.now))
    nth = ibis.row_number().over(ibis.window(group_by="renewal_id", order_by=[ibis.desc("at")]))
    t = t.mutate(nth=nth, amount=(t.amount * 10000).cast("int64")).filter(lambda r: r.nth == 0)
    t = p.select("period", "closes_day").cross_join(t)
    t = converted(w, p, t, "closes_day", amounts=("amount",))
    return t.select("account_id", "period", "renewal_id", "category", "amount", judged_at="at", judged_by="by")


@fact(kept=(("month", "period"),), latest=True)
def opportunity_now(w: World, p: Periods) -> ir.Table:
    """One row for each opportunity that was opened up to now: ``account_id, period, opportunity_id, kind, status, stage,
    probability, amount`` (ten-thousandths at today's rate), ``agent`` (who of us works on it), ``sourced_by, by_csm`` (one of us who does not sell
    brought it), ``created_at, expected_close, closed_at, lost_reason, contract_id``. What is decided later than now is open. ``counts``:
    of the renewals of one contract it is the one that counts: an open one, or else the one opened last.
    """
    o = unit_of(w, w.opportunity)
    o = o.filter(o.created_at < w.now)
    over = o.status.isin(["won", "lost"]) & (o.closed_at.isnull() | (o.closed_at < w.now))
    o = o.mutate(amount=(o.amount * 10000).cast("int64"), status=over.ifelse(o.status, "open"))
    o = p.select("period", "closes_day").cross_join(o)
    o = converted(w, p, o, "closes_day", amounts=("amount",))
    c = w.csm
    us = c.filter(c.role.fill_null("csm").isin(["csm", "manager", "leader", "support", "onboarding"]))
    o = beside(o, us.select(sourced_by="csm_id", of_csm=ibis.literal(1).cast("int64")).distinct(), ["sourced_by"])
    of_renewals = ibis.window(
        group_by=["period", "contract_id", o.kind == "renewal"],
        order_by=[o.status != "open", ibis.desc("created_at"), "opportunity_id"],
    )
    renews = (o.kind == "renewal").fill_null(False) & o.contract_id.notnull()
    o = o.mutate(by_csm=o.of_csm.notnull(), counts=renews & (ibis.row_number().over(of_renewals) == 0))
    return o.select(
        "account_id", "period", "opportunity_id", "kind", "status", "stage", "probability", "amount", "sourced_by",
        "by_csm", "created_at", "expected_close", "closed_at", "lost_reason", "contract_id", "counts", agent="owner_id",
    )  # fmt: skip
