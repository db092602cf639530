"""Dimension stints: who owned an account, and what it was, from when to when.

Adding a dimension happens here and never touches a metric: figures join the stints at each row's ``at``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.figures.question import ATTRIBUTES, DIMENSIONS
from tenure.metrics.join import beside
from tenure.metrics.portfolio import ownership
from tenure.metrics.portfolio.identity import BEGINNING, identity
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: A whole account, in the millionths in which shares of it are kept.
WHOLE = ownership.WHOLE


@fact(everywhere=True, timeline=True)
def stint(w: World) -> ir.Table:
    """One row for each account, stretch of time and owner in which none of its dimensions changed.

    Columns: ``stint_id`` (one for all owners of a stretch), ``account_id, valid_from, valid_to`` (instants, exclusive
    end), ``is_lead`` (true once a stretch), ``share`` (of this owner, in millionths), the dimensions, and a column for each custom
    attribute. Together an account's stretches cover all time, so that a row always finds its dimensions.
    """
    attributes, owners, customers = _attributes(w), _ownership(w), _customers(w)
    points = [t.select("account_id", point=t.valid_from) for t in (attributes, owners, customers)]
    points.append(owners.select("account_id", point=owners.valid_to))  # nobody may follow
    who = identity(w).select("account_id", parent="parent_id")
    start = who.select("account_id", point=ibis.literal(BEGINNING).cast("timestamp(6)"))
    points.append(customers.select("account_id", point=ibis.literal(BEGINNING).cast("timestamp(6)")).distinct())
    t = start.union(*points).distinct()
    t = t.filter(t.point < ibis.literal(FAR).cast("timestamp(6)"))
    by_account = ibis.window(group_by="account_id", order_by="point")
    far = ibis.literal(FAR).cast("timestamp(6)")
    t = t.select(
        "account_id",
        stint_id=ibis.row_number().over(ibis.window(order_by=["account_id", "point"])).cast("int64"),
        valid_from="point",
        valid_to=ibis.coalesce(t.point.lead().over(by_account), far),
    )
    for source in (attributes, customers, owners):
        dated = source.rename(since="valid_from", until="valid_to")
        t = beside(t, dated, ["account_id"], within=("valid_from", "since", "until")).drop("since", "until")
    t = beside(t, who, ["account_id"])
    nth = ibis.row_number().over(ibis.window(group_by="stint_id", order_by="owner"))
    t = t.mutate(
        is_lead=nth == 0,
        share=t.share.fill_null(ibis.literal(WHOLE).cast("int64")),
        parent=ibis.coalesce(t.parent, t.account_id),
        is_customer=t.is_customer.fill_null(False),
    )
    return t.select(
        "stint_id", "account_id", "valid_from", "valid_to", "is_lead", "share", *DIMENSIONS,
        *(f"custom:{name}" for name in w.custom),
    )  # fmt: skip


def _attributes(w: World) -> ir.Table:
    """The account's attribute history."""
    return ownership.attributes(w, *ATTRIBUTES, *(f"custom:{name}" for name in w.custom))


def _ownership(w: World) -> ir.Table:
    """Who owns an account, with the team and manager they had at the time."""
    owners = ownership.ownership(w)
    j = beside(owners, ownership.staff(w), ["owner"])
    apart = (j.staff_from >= j.valid_to) | (j.staff_to <= j.valid_from)
    j = j.filter(j.staff_from.isnull() | ~apart)
    return j.select(
        "account_id", "owner", "share", "team", "manager",
        valid_from=ibis.greatest(j.valid_from, ibis.coalesce(j.staff_from, j.valid_from)),
        valid_to=ibis.least(j.valid_to, ibis.coalesce(j.staff_to, j.valid_to)),
    )  # fmt: skip


def _customers(w: World) -> ir.Table:
    """When an account was a customer, and the month in which it first became one."""
    t = level(w)
    t = t.group_by(["account_id", "day"]).agg(
        valid_from=t["at"].min(), net=t.after.sum(), held=t.held_after.sum(), first_day=t.first_day.min()
    )
    t = t.select(
        "account_id", "valid_from",
        is_customer=(t.net > 0) | (t.held > 0),
        cohort=t.first_day.strftime("%Y-%m"),
    )  # fmt: skip
    return ownership.until_next(t, "account_id")
