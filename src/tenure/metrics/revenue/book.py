"""The book: recurring revenue of every unit at both ends of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.rate import converted
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"), ("month", "12m")), dated=True)
def book(w: World, p: Periods) -> ir.Table:
    """One row for each unit and period in which the unit was a customer, or had any amount, at either end.

    Columns: the unit's keys, ``period``, ``opening`` and ``closing`` (MRR just before either end, at the
    rate of the opening), ``closing_now`` (the closing at the closing's own rate), ``was_customer, is_customer`` (at
    either end), ``no_rate`` (an amount at either end or between them has no exchange rate) and ``at`` (the opening; for
    units that came later the instant they came). Money in ten-thousandths.

    The opening state is the one just before the period starts: what ends on the first was there.
    """
    t = level(w)
    j = p.join(t, [t.day < p.closes_day, t.next_day >= p.opens_day])
    j = j.mutate(
        opened=(j.day < j.opens_day) & (j.next_day >= j.opens_day),
        closed=(j.day < j.closes_day) & (j.next_day >= j.closes_day),
    )
    j = j.mutate(own=j.opened.ifelse(j.after, 0), until=j.closed.ifelse(j.after, 0), later=j.closed.ifelse(j.after, 0))
    j = converted(w, p, j, "opens_day", amounts=("own", "until"), unrated="unrated")
    j = converted(w, p, j, "closes_day", amounts=("later",), unrated="unrated_later")
    g = j.group_by([*w.keys, "period"]).agg(
        opening=j.own.sum(),
        closing=j.until.sum(),
        closing_now=j.later.sum(),
        held_open=(j.opened & (j.held_after > 0)).any(),
        held_close=(j.closed & (j.held_after > 0)).any(),
        no_rate=((j.after != 0) & (j.unrated | j.unrated_later)).any(),
        came=(j.day >= j.opens_day).ifelse(j["at"], None).min(),
    )
    g = g.mutate(was_customer=(g.opening > 0) | g.held_open, is_customer=(g.closing > 0) | g.held_close)
    g = beside(g, p.select("period", "opens"), ["period"], how="inner")
    # Credits can outweigh what is paid: no customer then, but an amount that belongs to the sums.
    g = g.filter(g.was_customer | g.is_customer | (g.opening != 0) | (g.closing != 0) | g.no_rate)
    return g.select(
        *w.keys, "period", "opening", "closing", "closing_now", "was_customer", "is_customer", "no_rate",
        at=g.was_customer.ifelse(g.opens, ibis.coalesce(g.came, g.opens)),
    )  # fmt: skip


def at_close(p: Periods, rows: ir.Table) -> ir.Table:
    """The rows of a ``book`` with the dimensions that hold just before the close, not those of the opening."""
    # The stint kept beside them is the opening's.
    rows = rows.drop("at", *({"stint_id"} & set(rows.columns)))
    return beside(rows, p.select("period", at=p.last), ["period"], how="inner")
