"""Who looks after an account, and where they belong: from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import World

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: A whole account, in the millionths in which shares of it are kept.
WHOLE = 1_000_000


def until_next(t: ir.Table, group: str) -> ir.Table:
    """The table with ``valid_to``: the next ``valid_from`` of the group."""
    order = ibis.window(group_by=group, order_by="valid_from")
    far = ibis.literal(FAR).cast("timestamp(6)")
    return t.mutate(valid_to=ibis.coalesce(t.valid_from.lead().over(order), far))


def attributes(w: World, *names: str) -> ir.Table:
    """What an account was, and when: ``account_id, valid_from, valid_to`` (instants) and the attributes named."""
    t = w.account
    t = t.mutate(valid_from=ibis.coalesce(t.valid_from, ibis.literal(BEGINNING).cast("timestamp(6)")))
    first = ibis.row_number().over(ibis.window(group_by=["account_id", "valid_from"], order_by="known_from"))
    t = t.select("account_id", "valid_from", *names, nth=first)
    return until_next(t.filter(t.nth == 0).drop("nth"), "account_id")


def ownership(w: World) -> ir.Table:
    """Who owns an account, with which share: ``account_id, owner, share`` (millionths), ``is_pool, valid_from, valid_to``.

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
        is_pool=a.csm_id.isnull(), valid_from=a.since, valid_to=ibis.least(ibis.coalesce(a.valid_to, far), a.following),
    )  # fmt: skip
    return a.filter(a.valid_to > a.valid_from)


def staff(w: World) -> ir.Table:
    """Where one of us belongs, and when: ``owner, team, manager, fte, staff_from, staff_to``.

    Before the first row of a person there is one with nothing in it.
    """
    c = w.csm
    early = ibis.literal(BEGINNING).cast("timestamp(6)")
    c = c.mutate(valid_from=ibis.coalesce(c.valid_from, early))
    c = c.select(owner="csm_id", valid_from="valid_from", team="team", manager="manager_id", fte="fte")
    late = c.group_by("owner").agg(first=c.valid_from.min()).filter(lambda r: r.first > early)
    none, unknown = ibis.null("string"), ibis.null(c.fte.type())
    c = c.union(late.select("owner", valid_from=early, team=none, manager=none, fte=unknown))
    return until_next(c, "owner").rename(staff_from="valid_from", staff_to="valid_to")
