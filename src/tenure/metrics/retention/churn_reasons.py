"""``churn_reasons``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Total, metric
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"), ("month", "12m")), dated=True)
def loss(w: World, p: Periods) -> ir.Table:
    """One row for each customer at a period's opening that is none at its close.

    Columns: ``account_id, period, at`` (the opening), ``lost_at`` (its last churn), ``opening`` (MRR, ten-thousandths),
    ``no_rate`` and what is told of it: ``reason_kind, reason, competitor, controllable, text``.

    What is told is the latest ``churn`` row of the account between its activation and the loss + the days of grace
    (``retention.churn_reason_days``).
    """
    b = book(w, p)
    b = b.filter(b.was_customer, ~b.is_customer)
    unit = [*w.keys, "period"]
    rows = beside(b, _left(w, p, b.select(unit)), unit)
    j = told_of(w, rows.select(*unit, "lost_at", "active_since"), unit)
    rows = beside(rows, j, unit)
    return rows.select(
        *w.keys, "period", "at", "lost_at", "opening", "no_rate", "reason_kind", "reason", "competitor",
        "controllable", "text",
    )  # fmt: skip


def told_of(w: World, lost: ir.Table, unit: list[str]) -> ir.Table:
    """What is told of losses: of each ``unit`` of which anything is, the latest ``churn`` row of the account between
    ``active_since`` and ``lost_at`` + the days of grace; where there is none, what was told of a renewal that was lost then.
    """
    days = ibis.interval(days=w.settings.retention.churn_reason_days)
    told = unit_of(w, _explained(w))
    told = told.filter(told["at"] < w.now).select(
        "account_id",
        "churn_id",
        "own",
        "reason",
        "competitor",
        "controllable",
        "text",
        told_at="at",
        reason_kind="kind",
    )
    j = beside(lost, told, ["account_id"], how="inner")
    j = j.filter(j.told_at >= j.active_since, j.told_at <= j.lost_at + days)
    order = ibis.window(group_by=unit, order_by=["own", ibis.desc("told_at"), ibis.desc("churn_id")])
    j = j.mutate(nth=ibis.row_number().over(order)).filter(lambda t: t.nth == 0)
    return j.select(*unit, "reason_kind", "reason", "competitor", "controllable", "text")


def _explained(w: World) -> ir.Table:
    """The rows of ``churn`` (``own`` 0), and those that a lost renewal is told by (``own`` 1)."""
    columns = ("account_id", "churn_id", "at", "kind", "reason", "competitor", "controllable", "text")
    c = w.churn
    own = c.select(*columns, own=ibis.literal(0).cast("int64"))
    r = w.renewal_outcome
    r = r.filter(r.outcome == "lost")
    said = r.mutate(kind=r.kind.fill_null("voluntary"), own=ibis.literal(1).cast("int64"))
    said = said.rename(churn_id="renewal_id", at="decided_at")
    return own.union(said.select(*columns, "own"))


def _left(w: World, p: Periods, lost: ir.Table) -> ir.Table:
    """The units ``lost`` (their keys and ``period``) with when they last stopped being customers, and had become one."""
    s = _stays(w)
    days = beside(lost, p.select("period", "opens_day", "closes_day"), ["period"], how="inner")
    days = beside(days, s, w.keys, how="inner")
    days = days.filter(days.last_day < days.closes_day, days.last_day >= days.opens_day)
    # Stays follow each other: the one that ended last began last.
    return days.group_by([*w.keys, "period"]).agg(lost_at=days.lost_at.max(), active_since=days.active_since.max())


def _stays(w: World) -> ir.Table:
    """A row for each stretch of time in which a unit was a customer and that is over.

    Columns: the unit's keys, ``active_since`` and ``lost_at`` (instants), ``last_day`` (the local day of ``lost_at``).
    """
    t = level(w)
    days = t.group_by([*w.keys, "day"]).agg(
        before=t.before.sum(), held_before=t.held_before.sum(), after=t.after.sum(), held=t.held_after.sum(),
        lost_at=t["at"].min(),
    )  # fmt: skip
    was, stays = (days.before > 0) | (days.held_before > 0), (days.after > 0) | (days.held > 0)
    turns = days.mutate(was=was, stays=stays).filter(was != stays)
    in_order = ibis.window(group_by=w.keys, order_by="day")
    turns = turns.mutate(active_since=turns.lost_at.lag().over(in_order))
    return turns.filter(turns.was).select(*w.keys, "active_since", "lost_at", last_day="day")


@metric(
    axes=("entity", "rate", "dating"), by=("kind", "reason", "competitor", "controllable"), unit="money", better="less"
)
def churn_reasons(w: World, p: Periods) -> Total:
    """The recurring revenue of the accounts lost in the period, by what is known of why.

    The accounts are those of ``customer_churn_rate``: customers at the opening, none at the close. Value: their MRR at
    the opening; n: how many. Slices: ``kind`` (voluntary, non_payment, merger, closed), ``reason``, ``competitor``,
    ``controllable``. What is told of a loss is the latest ``churn`` row between the account's activation and its loss
    + 30 days (``retention.churn_reason_days``), or else what was told of a renewal lost then; losses of which nothing is told are shown as ``unknown``, never left
    out.

    Unit: the reporting currency, at the rate of the opening. No interval: it is a sum over all customers.
    """
    rows = loss(w, p)
    unknown = ibis.literal("unknown")
    controllable = ibis.cases((rows.controllable, "yes"), (~rows.controllable, "no"), else_=unknown)
    rows = rows.mutate(
        kind=rows.reason_kind.fill_null(unknown),
        reason=rows.reason.fill_null(unknown),
        competitor=rows.competitor.fill_null(unknown),
        controllable=controllable,
    )
    return Total(without_rate(w, rows), "opening")
