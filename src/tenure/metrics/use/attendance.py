"""Who was there on which day and in which week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.use.done import OVER_A_WEEK, around, by_people, meaning, things
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PERSON = ["account_id", "person_id", "period"]


@fact(kept=(("month", "period"),), dated=True, apart=True)
def attendance(w: World, p: Periods) -> ir.Table:
    """One row for each account and period in which a named person did something, or daily sums tell of use.

    Columns: ``account_id, period, at`` (the last instant),

    * ``person_days``: people with a key action on a local day, over the days of the period,
    * ``possible_days``: for each month, its days x the people with a key action in it. Months are counted back from the
      close; a period that is no longer is one of its own,
    * ``person_weeks``: people with a key action in a week, over the weeks (Monday to Sunday) that ended in the period,
      and ``logins``: their log-ins in those weeks,
    * ``named``: 1 where a person with a key action is named, and ``summed``: 1 where there are daily sums of use.
    """
    a = beside(visit(w, p), p.select("period", "opens_day", "closes_day"), ["period"], how="inner")
    inside = a.filter(a.day >= a.opens_day)
    rows = _by_month(p, w, inside)
    weeks = _by_week(w, p, a)
    d = w.usage_daily
    sums = p.join(d, [d.day >= p.opens_day, d.day < p.closes_day]).select("account_id", "period").distinct()
    sums = unit_of(w, sums).distinct().mutate(summed=ibis.literal(1))
    unit = ["account_id", "period"]
    every = rows.select(unit).union(weeks.select(unit), sums.select(unit)).distinct()
    every = beside(beside(beside(every, rows, unit), weeks, unit), sums, unit)
    every = beside(every, p.select("period", at=p.last), ["period"], how="inner")
    counts = {name: every[name].fill_null(0).cast("int64") for name in
              ("person_days", "possible_days", "person_weeks", "logins", "summed")}  # fmt: skip
    named = ((every.person_days > 0) | (every.person_weeks > 0)).fill_null(False)
    return every.select(*unit, "at", **counts, named=named.ifelse(1, 0).cast("int64"))


@fact(kept=(("month", "period"),), passing=True)
def visit(w: World, p: Periods) -> ir.Table:
    """People by local day, from the week in which a period opens on: with ``acts`` (key actions, 0 or 1), ``logins``."""
    u = around(w, p, OVER_A_WEEK)
    u = u.filter(u.person_id.notnull())
    u = u.select("account_id", "person_id", "feature", "product_id", "occurred_at", "many", day="occurred_day")
    u = meaning(things(w, p), u, "is_key", "is_login")
    u = unit_of(w, by_people(w, u.filter((u.is_key == 1) | (u.is_login == 1))))
    j = p.join(u, [u.occurred_at >= p.opens - ibis.interval(days=OVER_A_WEEK), u.occurred_at < p.closes])
    g = j.group_by([*_PERSON, "day"]).agg(acts=j.is_key.max(), logins=(j.many * j.is_login).sum().cast("int64"))
    return g.select(*_PERSON, "day", acts=g.acts.cast("int64"), logins="logins")


def _by_month(p: Periods, w: World, a: ir.Table) -> ir.Table:
    """``person_days`` and ``possible_days`` by account and period."""
    a = a.filter(a.acts == 1)
    a = a.mutate(month=_months_back(a))
    people = a.group_by([*_PERSON, "month"]).agg(days=a.count())
    months = people.group_by(["account_id", "period", "month"]).agg(
        people=people.person_id.count(), person_days=people.days.sum()
    )
    c = w.calendar.select("day").distinct()  # 28 February may stand there twice
    days = p.join(c, [c.day >= p.opens_day, c.day < p.closes_day])
    days = days.mutate(month=_months_back(days))
    length = days.group_by(["period", "month"]).agg(length=days.count())
    months = beside(months, length, ["period", "month"], how="inner")
    return months.group_by(["account_id", "period"]).agg(
        person_days=months.person_days.sum(), possible_days=(months.people * months.length).sum()
    )


def _months_back(rows: ir.Table) -> ir.IntegerValue:
    """How many whole months lie between ``day`` and ``closes_day``; 0 for all of a period that is no longer than one."""
    day, close = rows.day, rows.closes_day
    months = (close.year() - day.year()) * 12 + close.month() - day.month()
    back = months - (day.day() >= close.day()).ifelse(1, 0)
    return (close.delta(rows.opens_day, unit="day") <= 31).ifelse(0, back).cast("int64")


def _by_week(w: World, p: Periods, a: ir.Table) -> ir.Table:
    """``person_weeks`` and ``logins`` by account and period, of the weeks that ended in it."""
    c = w.calendar
    over = p.join(c, [c.day >= p.opens_day, c.ends <= p.closes])
    over = over.select("period", week=over.day.truncate("W").cast("date"), day="day")
    over = over.filter(over.day == (over.week + ibis.interval(days=6)).cast("date")).drop("day").distinct()
    a = a.mutate(week=a.day.truncate("W").cast("date"))
    g = a.group_by([*_PERSON, "week"]).agg(acts=a.acts.max(), logins=a.logins.sum())
    g = beside(g.filter(g.acts == 1), over.mutate(ended=1), ["period", "week"], how="inner")
    return g.group_by(["account_id", "period"]).agg(person_weeks=g.count(), logins=g.logins.sum())
