"""Features beside those who might have used them, and the parts of product adoption."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.use.entitled import offered
from tenure.metrics.use.use import EXPOSED, FEATURE, SEEN, SEEN_IN, use
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PAIR = ["account_id", "feature", "period"]


def adoption(w: World, p: Periods) -> ir.Table:
    """One row for each account and feature that it might have used (``offered``).

    Columns: ``account_id, feature, period, at`` (the last instant), ``exposed`` (people who used anything of the product
    meanwhile), ``adopters, adopted`` (their uses), ``uses`` (of whomever), ``summed, unclear`` (uses by the account, of
    the product, of which only daily sums are known, and of those without a feature) and ``nameless`` (1 where uses name
    no person).
    """
    w = replace(w, detail=())
    u = use(w, p)
    rows = offered(w, p).drop("since", "until")
    own = u.filter(u.level == FEATURE).select(*_PAIR, "users", "adopters", "adopted", "uses")
    rows = beside(rows, own, _PAIR)
    part = u.filter(u.level == EXPOSED).select(*_PAIR, in_part="users")
    rows = beside(rows, part, _PAIR)
    seen_in = u.filter(u.level == SEEN_IN)
    counts = {"users_in": "users", "uses_in": "uses", "summed_in": "summed", "unclear_in": "unclear"}
    rows = beside(rows, seen_in.select("account_id", "period", "product_id", **counts),
                  ["account_id", "period", "product_id"])  # fmt: skip
    whole = {"users_all": "users", "uses_all": "uses", "summed_all": "summed", "unclear_all": "unclear"}
    rows = beside(rows, u.filter(u.level == SEEN).select("account_id", "period", **whole), ["account_id", "period"])
    mixed = seen_in.filter(seen_in.product_id.isnull()).select("account_id", "period").mutate(mixed=1)
    rows = beside(rows, mixed, ["account_id", "period"])
    wide = rows.mixed.notnull() | rows.product_id.isnull()
    seen = {name: wide.ifelse(rows[f"{name}_all"], rows[f"{name}_in"]).fill_null(0) for name in
            ("users", "uses", "summed", "unclear")}  # fmt: skip
    exposed = (rows.partly == 1).ifelse(rows.in_part.fill_null(0), seen["users"])
    zero = {name: rows[name].fill_null(0).cast("int64") for name in ("adopters", "adopted", "uses")}
    return rows.select(
        *_PAIR, "at", **zero, exposed=exposed.cast("int64"), summed=seen["summed"].cast("int64"),
        unclear=seen["unclear"].cast("int64"),
        nameless=((seen["users"] == 0) & (seen["uses"] > 0)).ifelse(1, 0).cast("int64"),
    )  # fmt: skip


def of_people(rows: ir.Table) -> ir.Table:
    """The rows of ``adoption`` of which something is known of people, or would be: with why it cannot be told."""
    reason = ibis.cases(
        ((rows.nameless == 1) & (rows.summed > 0), "only daily sums of use"),
        (rows.nameless == 1, "use names no person"),
        else_=ibis.null("string"),
    )
    rows = rows.mutate(excluded=reason)
    return rows.filter((rows.exposed > 0) | rows.excluded.notnull())


def of_accounts(rows: ir.Table, least: int) -> ir.Table:
    """The rows of ``adoption`` with ``used``: whether the account has so many uses, and ``base`` 1."""
    used = rows.uses >= least
    unknown = ~used & (rows.unclear > 0)
    return rows.mutate(
        used=used.ifelse(1, 0), base=1,
        excluded=unknown.ifelse(ibis.literal("daily sums of use name no feature"), ibis.null("string")),
    )  # fmt: skip
