"""What runs: subscription lines with their effective beginnings and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

FAR = "9999-12-31 00:00:00"
FAR_DAY = "9999-12-31"


@fact(timeline=True)
def line(w: World) -> ir.Table:
    """One row for each stretch of time in which a subscription line's monthly amount stands.

    Columns: ``account_id`` (the survivor of merges), ``subscription_id, contract_id, product_id, plan, currency``,
    ``starts, ends`` (instants; far future while it runs), ``starts_day, ends_day`` (local days), ``net`` and ``list``
    (monthly amount after and before recurring discount, ten-thousandths), ``quantity`` and ``unit`` (units, and the
    monthly list price of one, in ten-thousandths; null where unknown), ``held`` (1 where the stretch makes a customer although nothing is paid) and ``noticed`` (when notice was
    given).

    A later row of the same subscription ends the one before it; an expiring discount splits a row in two; what begins
    or ends after now has not happened. Trials and paused lines carry no revenue. With the axis ``dating=request_day``
    a line ends on the day its notice was given.
    """
    s = w.subscription
    own = ibis.window(group_by="subscription_id", order_by="started_at")
    s = s.filter(s.started_at < w.now)
    if w.dating == "request_day":
        early = s.cancel_requested_at.notnull() & (s.ended_at.isnull() | (s.cancel_requested_at < s.ended_at))
        s = s.mutate(
            ended_at=early.ifelse(s.cancel_requested_at, s.ended_at),
            ended_day=early.ifelse(s.cancel_requested_day, s.ended_day),
        )
    s = s.mutate(next_at=s.started_at.lead().over(own), next_day=s.started_day.lead().over(own))
    far, far_day = ibis.literal(FAR).cast("timestamp(6)"), ibis.literal(FAR_DAY).cast("date")
    gone = s.ended_at.notnull() & (s.ended_at < w.now)
    s = s.mutate(
        starts=s.started_at,
        starts_day=s.started_day,
        ends=ibis.least(gone.ifelse(s.ended_at, far), ibis.coalesce(s.next_at, far)),
        ends_day=ibis.least(gone.ifelse(s.ended_day, far_day), ibis.coalesce(s.next_day, far_day)),
        renewed_price=s.discount_ends_at.notnull() & (s.discount_ends_at < w.now),
    )
    s = s.filter(s.ends > s.starts)
    return unit_of(w, _valued(w, _split_by_discount(s)))


def _split_by_discount(s: ir.Table) -> ir.Table:
    """Rows whose discount ends while they run become two."""
    over = s.renewed_price & (s.discount_ends_at <= s.starts)
    inside = s.renewed_price & (s.discount_ends_at > s.starts) & (s.discount_ends_at < s.ends)
    before = s.mutate(
        ends=inside.ifelse(s.discount_ends_at, s.ends),
        ends_day=inside.ifelse(s.discount_ends_day, s.ends_day),
        net=over.ifelse(s.monthly_list, s.monthly),
    )
    after = s.filter(inside)
    after = after.mutate(starts=after.discount_ends_at, starts_day=after.discount_ends_day, net=after.monthly_list)
    return before.union(after.select(before.columns))


def _valued(w: World, s: ir.Table) -> ir.Table:
    """Revenue only from what is paid; what makes a customer without it is a setting."""
    rules = w.settings.customers
    trial, paused = s.is_trial.fill_null(False), s.is_paused.fill_null(False)
    unpaid = trial | paused
    free = ~unpaid & (s.net <= 0)
    counts = ibis.cases(
        (trial, ibis.literal(int(rules.include_trials))),
        (paused, ibis.literal(int(rules.include_paused))),
        (free, ibis.literal(int(rules.include_free))),
        else_=ibis.literal(0),
    )
    return s.select(
        "account_id", "subscription_id", "contract_id", "product_id", "plan", "currency",
        "starts", "ends", "starts_day", "ends_day",
        net=unpaid.ifelse(0, s.net),
        list=unpaid.ifelse(0, s.monthly_list),
        quantity=unpaid.ifelse(None, s.quantity),
        unit=s.monthly_unit,
        held=counts.cast("int64"),
        noticed=s.cancel_requested_at,
    )  # fmt: skip
