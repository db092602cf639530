"""Who was there to be contacted, for how long, and whether it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING, identity, unit_of
from tenure.metrics.relationship.contact import together, touches
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: A month in parts of which a day is a whole number, however long the month is: 28 x 29 x 30 x 31 without repetition.
MONTH_PARTS = 377_580
_DAY_PARTS = {28: 13_485, 29: 13_020, 30: 12_586, 31: 12_180}


@fact(kept=(("month", "period"),), dated=True)
def presence(w: World, p: Periods) -> ir.Table:
    """One row for each account and period in which it was known to the business, customer or not.

    Columns: ``account_id, period, at`` (the last instant), ``since`` (from when in the period it was there) and
    ``two_way, touched`` (0 or 1: a two-way contact, any contact, in the days before the close that the setting
    ``relationship.coverage_days`` says). An account that does not say when it was created was always there.
    """
    rows = there(w, p)
    t = touches(w)
    reach = ibis.interval(days=w.settings.relationship.coverage_days)
    days = p.select("period", "closes", from_day=(p.closes_day - reach).cast("date"))
    j = together(days.join(t, [t.occurred_day >= days.from_day, t.occurred_at < days.closes]))
    reached = j.group_by(["account_id", "period"]).agg(two_way=j.two_way.max(), touched=j.two_way.count())
    rows = beside(rows, reached, ["account_id", "period"])
    return rows.select(
        "account_id", "period", "at", "since",
        two_way=rows.two_way.fill_null(0).cast("int64"),
        touched=(rows.touched.fill_null(0) > 0).ifelse(1, 0).cast("int64"),
    )  # fmt: skip


def there(w: World, p: Periods) -> ir.Table:
    """The first four columns of ``presence``."""
    a = w.account.semi_join(identity(w), "account_id")
    a = a.mutate(since=ibis.coalesce(a.created_at, ibis.literal(BEGINNING).cast("timestamp(6)")))
    a = unit_of(w, a.select("account_id", "since")).group_by("account_id").agg(since=ibis._.since.min())
    rows = p.join(a, [a.since < p.closes])
    return rows.select("account_id", "period", at=rows["last"], since=ibis.greatest(rows.since, rows.opens))


def months_between(first: ir.DateValue, last: ir.DateValue) -> ir.IntegerValue:
    """The months between two days, in ``MONTH_PARTS``: a day is its share of its own month, and any month is one."""
    return _parts(last) - _parts(first)


def _parts(day: ir.DateValue) -> ir.IntegerValue:
    year, month = day.year().cast("int64"), day.month().cast("int64")
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    a_day = ibis.cases(
        (month.isin([4, 6, 9, 11]), _DAY_PARTS[30]),
        ((month == 2) & leap, _DAY_PARTS[29]),
        (month == 2, _DAY_PARTS[28]),
        else_=_DAY_PARTS[31],
    ).cast("int64")
    return (year * 12 + month) * MONTH_PARTS + (day.day().cast("int64") - 1) * a_day
