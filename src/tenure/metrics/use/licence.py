"""Licences: how many people may use a product, and how many do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.use.entitled import held
from tenure.metrics.use.use import ACTIVE, ACTIVE_IN, used
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

_UNIT = ["account_id", "product_id", "period"]


@fact(kept=(("month", "period"),), dated=True)
def licence(w: World, p: Periods) -> ir.Table:
    """One row for each account and product with which it had seats inside a period.

    Columns: ``account_id, product_id, period, at`` (the last instant), ``seats`` (their mean over the days, in ``SEAT``),
    ``users`` (people with a key action), and ``excluded``: why the two cannot be compared.

    Where a key action or a licence of an account names no product, all its licences of the period are one.
    """
    seats = _seats(w, p)
    used_in = used(w, p, ACTIVE_IN)
    mixed = used_in.filter(used_in.product_id.isnull()).select("account_id", "period")
    mixed = mixed.union(seats.filter(seats.product_id.isnull()).select("account_id", "period")).distinct()
    apart = seats.anti_join(mixed, ["account_id", "period"])
    counts = ["users", "uses", "summed"]
    apart = beside(apart, used_in.select(*_UNIT, *counts), _UNIT)
    one = seats.semi_join(mixed, ["account_id", "period"])
    one = one.group_by(["account_id", "period"]).agg(
        seat_days=one.seat_days.sum(), unlimited=one.unlimited.max(), numbered=one.numbered.max()
    )
    one = one.mutate(product_id=ibis.null("string"))
    whole = used(w, p, ACTIVE, mixed).select("account_id", "period", *counts)
    one = beside(one, whole, ["account_id", "period"])
    rows = apart.union(one.select(apart.columns))
    rows = _with_reason(rows, used_in)
    return _with_mean(p, rows)


def _seats(w: World, p: Periods) -> ir.Table:
    """Seat-days (in ``SEAT``) of each account and product; ``unlimited``, and ``numbered``: whether any number is known."""
    j = beside(held(w, p), p.select("period", "opens_day", "closes_day"), ["period"], how="inner")
    last, first = ibis.least(j.ends_day, j.closes_day), ibis.greatest(j.starts_day, j.opens_day)
    days = last.delta(first, unit="day").cast("int64")
    j = j.mutate(seat_days=(j.seats * days).fill_null(0), numbered=j.seats.notnull().ifelse(1, 0), days=days)
    j = j.filter(j.days > 0)
    g = j.group_by(_UNIT).agg(
        seat_days=j.seat_days.sum(), unlimited=j.unlimited.max(), numbered=j.numbered.max()
    )  # fmt: skip
    return g.mutate(seat_days=g.seat_days.cast("int64"))


def _with_reason(rows: ir.Table, used_in: ir.Table) -> ir.Table:
    """The rows with why they do not count: the first that holds."""
    known = used_in.filter(used_in.product_id.notnull()).select("product_id", "period").distinct().mutate(told=1)
    rows = beside(rows, known, ["product_id", "period"])
    rows = rows.mutate(users=rows.users.fill_null(0), uses=rows.uses.fill_null(0), summed=rows.summed.fill_null(0))
    nobody = rows.users == 0
    reason = ibis.cases(
        (rows.unlimited == 1, "seats without limit"),
        (rows.numbered == 0, "no number of seats"),
        (nobody & (rows.summed > 0), "only daily sums of use"),
        (nobody & (rows.uses > 0), "use names no person"),
        (rows.product_id.notnull() & rows.told.isnull(), "no key action in the product is known"),
        else_=ibis.null("string"),
    )
    return rows.mutate(excluded=reason)


def _with_mean(p: Periods, rows: ir.Table) -> ir.Table:
    """The rows with their mean seats over the period's days, rounded down to a part."""
    days = p.select("period", at=p.last, days=p.closes_day.delta(p.opens_day, unit="day").cast("int64"))
    rows = beside(rows, days, ["period"], how="inner")
    whole = rows.days.nullif(0)
    seats = ((rows.seat_days - rows.seat_days % whole) / whole).floor().cast("int64")
    return rows.select(*_UNIT, "at", "excluded", seats=seats, users=rows.users.cast("int64"))
