"""Features beside those who might have used them, and the parts of product adoption."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.use.entitled import offered
from tenure.metrics.use.use import EXPOSED, FEATURE, SEEN, SEEN_IN, UNCLEAR, used
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PAIR = ["account_id", "feature", "period"]


def adoption(w: World, p: Periods) -> ir.Table:
    """One row for each account and feature that it might have used (``offered``).

    Columns: ``account_id, feature, period, at`` (the last instant), ``exposed`` (people who used anything of the product
    meanwhile), ``adopters, adopted`` (their uses), ``uses`` (of whomever), ``summed`` (uses by the account, of the product,
    of which only daily sums are known) and ``nameless`` (1 where uses name no person).
    """
    w = replace(w, detail=())
    rows = _used_or_not(w, p)
    part = used(w, p, EXPOSED).select(*_PAIR, in_part="users")
    rows = _seen(w, p, beside(rows, part, _PAIR), ("users", "uses", "summed"))
    exposed = (rows.partly == 1).ifelse(rows.in_part.fill_null(0), rows.users_seen)
    return rows.select(
        *_PAIR, "at", "adopters", "adopted", "uses", exposed=exposed.cast("int64"), summed="summed_seen",
        nameless=((rows.users_seen == 0) & (rows.uses_seen > 0)).ifelse(1, 0).cast("int64"),
    )  # fmt: skip


def by_accounts(w: World, p: Periods, least: int) -> ir.Table:
    """The same rows with what is known of accounts: ``uses``, ``used`` (1 for so many uses) and ``base`` 1; and ``excluded``
    where daily sums that name no feature may be uses of it.
    """
    w = replace(w, detail=())
    rows = _seen(w, p, _used_or_not(w, p), ("unclear",), among=used(w, p, UNCLEAR))
    enough = rows.uses >= least
    unknown = ~enough & (rows.unclear_seen > 0)
    return rows.select(
        *_PAIR, "at", "uses", used=enough.ifelse(1, 0), base=ibis.literal(1),
        excluded=unknown.ifelse(ibis.literal("daily sums of use name no feature"), ibis.null("string")),
    )  # fmt: skip


def _used_or_not(w: World, p: Periods) -> ir.Table:
    """What accounts might have used, with ``adopters``, ``adopted`` and ``uses``."""
    names = ("adopters", "adopted", "uses")
    rows = beside(offered(w, p).drop("since", "until"), used(w, p, FEATURE).select(*_PAIR, *names), _PAIR)
    return rows.mutate(**{name: rows[name].fill_null(0).cast("int64") for name in names})


def _seen(w: World, p: Periods, rows: ir.Table, names: tuple[str, ...], among: ir.Table | None = None) -> ir.Table:
    """The rows with these counts (``..._seen``) of any use by the account: in the feature's product, or in all where some use
    or the feature names none. ``among``: of these accounts; others have none.
    """
    unit = ["account_id", "period"]
    seen_in, seen = used(w, p, SEEN_IN, among), used(w, p, SEEN, among)
    inside = seen_in.select(*unit, "product_id", **{f"{name}_in": name for name in names})
    rows = beside(rows, inside, [*unit, "product_id"])
    rows = beside(rows, seen.select(*unit, **{f"{name}_all": name for name in names}), unit)
    mixed = seen_in.filter(seen_in.product_id.isnull()).select(*unit).mutate(mixed=1)
    rows = beside(rows, mixed, unit)
    wide = rows.mixed.notnull() | rows.product_id.isnull()
    return rows.mutate(
        **{
            f"{name}_seen": wide.ifelse(rows[f"{name}_all"], rows[f"{name}_in"]).fill_null(0).cast("int64")
            for name in names
        }
    )


def of_people(rows: ir.Table) -> ir.Table:
    """The rows of ``adoption`` of which something is known of people, or would be: with why it cannot be told."""
    reason = ibis.cases(
        ((rows.nameless == 1) & (rows.summed > 0), "only daily sums of use"),
        (rows.nameless == 1, "use names no person"),
        else_=ibis.null("string"),
    )
    rows = rows.mutate(excluded=reason)
    return rows.filter((rows.exposed > 0) | rows.excluded.notnull())
