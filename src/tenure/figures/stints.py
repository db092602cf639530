"""Dimension stints: who owned an account, and what it was, from when to when.

Adding a dimension happens here and never touches a metric: figures join the stints at each row's ``at``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.figures.question import ATTRIBUTES, DIMENSIONS
from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING, identity
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: A whole account, in the millionths in which shares of it are kept.
WHOLE = 1_000_000


@fact(everywhere=True)
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


def _intervals(t: ir.Table, group: str) -> ir.Table:
    """The table with ``valid_to``: the next ``valid_from`` of the group."""
    order = ibis.window(group_by=group, order_by="valid_from")
    far = ibis.literal(FAR).cast("timestamp(6)")
    return t.mutate(valid_to=ibis.coalesce(t.valid_from.lead().over(order), far))


def _attributes(w: World) -> ir.Table:
    """The account's attribute history."""
    t = w.account
    t = t.mutate(valid_from=ibis.coalesce(t.valid_from, ibis.literal(BEGINNING).cast("timestamp(6)")))
    custom = {f"custom:{name}": t[f"custom:{name}"] for name in w.custom}
    first = ibis.row_number().over(ibis.window(group_by=["account_id", "valid_from"], order_by="known_from"))
    t = t.select("account_id", "valid_from", *ATTRIBUTES, **custom, nth=first)
    return _intervals(t.filter(t.nth == 0).drop("nth"), "account_id")


def _ownership(w: World) -> ir.Table:
    """Who owns an account, with which share, team and manager.

    A later assignment ends the earlier ones; several that begin together split the account by their shares. A first
    owner who is assigned within the days of grace after the account became a customer owns it from then on.
    """
    a = w.assignment
    a = a.filter(a.role.fill_null("owner") == "owner")
    early = ibis.literal(BEGINNING).cast("timestamp(6)")
    a = a.mutate(begins=ibis.coalesce(a.valid_from, early))
    starts = a.select("account_id", "begins").distinct()
    order = ibis.window(group_by="account_id", order_by="begins")
    far = ibis.literal(FAR).cast("timestamp(6)")
    grace = ibis.interval(days=w.settings.ownership.grace_days)
    starts = starts.mutate(
        following=ibis.coalesce(starts.begins.lead().over(order), far), nth=ibis.row_number().over(order)
    )
    t = level(w)
    came = t.filter(t.day == t.first_day).group_by("account_id").agg(came=lambda r: r["at"].min())
    starts = beside(starts, came, ["account_id"])
    soon = (starts.nth == 0) & (starts.begins > starts.came) & (starts.begins <= starts.came + grace)
    starts = starts.mutate(since=soon.fill_null(False).ifelse(starts.came, starts.begins))
    a = beside(a, starts, ["account_id", "begins"])
    a = a.select(
        "account_id", owner=ibis.coalesce(a.csm_id, a.pool), share=(a.share.fill_null(1) * WHOLE).cast("int64"),
        valid_from=a.since, valid_to=ibis.least(ibis.coalesce(a.valid_to, far), a.following),
    )  # fmt: skip
    return _with_team(w, a.filter(a.valid_to > a.valid_from))


def _with_team(w: World, owners: ir.Table) -> ir.Table:
    """The owners with the team and manager they had at the time; before the first row of a person with none."""
    c = w.csm
    early = ibis.literal(BEGINNING).cast("timestamp(6)")
    c = c.mutate(valid_from=ibis.coalesce(c.valid_from, early))
    c = c.select(owner="csm_id", valid_from="valid_from", team="team", manager="manager_id")
    late = c.group_by("owner").agg(first=c.valid_from.min()).filter(lambda r: r.first > early)
    none = ibis.null("string")
    c = c.union(late.select("owner", valid_from=early, team=none, manager=none))
    c = _intervals(c, "owner").rename(staff_from="valid_from", staff_to="valid_to")
    j = beside(owners, c, ["owner"])
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
    return _intervals(t, "account_id")
