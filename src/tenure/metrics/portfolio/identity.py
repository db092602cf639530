"""Who an account is: one row an account, and which account stands for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.world import World, fact, meant

if TYPE_CHECKING:
    import ibis.expr.types as ir

BEGINNING = "0001-01-01 00:00:00"
HOPS = 4  # each doubles the reach: chains of up to 16 accounts


@fact(everywhere=True, steady=True, apiece=("account_id",))
def identity(w: World) -> ir.Table:
    """One row an account: the attributes that belong to all its time, read from its latest row; not from one told here of other
    attributes (``is_amended``), which repeats them as they were then.

    Columns: ``account_id, name, parent_id, merged_into, is_test``. Attributes that change over time (segment, tier,
    custom ones) are dimensions and come from the stints.
    """
    t = meant(w.account, "account_id")
    since = ibis.coalesce(t.valid_from, ibis.literal(BEGINNING).cast("timestamp(6)"))
    t = t.mutate(since=since, repeats=t.is_amended.fill_null(False)).filter(since < w.now)
    latest = ibis.row_number().over(
        ibis.window(group_by="account_id", order_by=["repeats", ibis.desc("since"), ibis.desc("name")])
    )
    t = t.mutate(nth=latest).filter(lambda r: r.nth == 0)
    return t.select("account_id", "name", "parent_id", "merged_into", is_test=t.is_test.fill_null(False))


@fact(everywhere=True, steady=True)
def survivor(w: World) -> ir.Table:
    """Where an account was merged: ``account_id, stands_for`` for merged accounts only, chains followed to the end."""
    return followed(identity(w), "merged_into")


@fact(everywhere=True, steady=True)
def topmost(w: World) -> ir.Table:
    """Which account is the head of the family: ``account_id, stands_for`` for accounts with a parent only."""
    return followed(identity(w), "parent_id")


def unit_of(w: World, rows: ir.Table) -> ir.Table:
    """The rows with ``account_id`` replaced by the account that counts.

    Merged accounts become their survivor; where the entity is ``parent``, children become their topmost parent. Rows
    of test accounts are left out, as everywhere.
    """
    who = identity(w)
    rows = rows.anti_join(who.filter(who.is_test), "account_id")
    rows = _replaced(rows, survivor(w))
    return _replaced(rows, topmost(w)) if w.entity == "parent" else rows


def followed(who: ir.Table, link: str) -> ir.Table:
    """``account_id, stands_for``: the end of the chain that begins with each account (or what is named so) that has a
    link.
    """
    chain = who.filter(who[link].notnull(), who[link] != who.account_id).select("account_id", stands_for=who[link])
    for _ in range(HOPS):
        onward = chain.select(stands_for="account_id", onward="stands_for")
        joined = beside(chain, onward, ["stands_for"])
        chain = joined.select("account_id", stands_for=ibis.coalesce(joined.onward, joined.stands_for))
    return chain


def _replaced(rows: ir.Table, chain: ir.Table) -> ir.Table:
    joined = beside(rows, chain, ["account_id"])
    return joined.mutate(account_id=ibis.coalesce(joined.stands_for, joined.account_id)).drop("stands_for")
