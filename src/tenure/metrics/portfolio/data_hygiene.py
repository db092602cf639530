"""``data_hygiene``."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.portfolio.identity import BEGINNING, unit_of
from tenure.metrics.portfolio.ownership import attributes
from tenure.metrics.relationship.judged import judged
from tenure.metrics.revenue.closing import closing
from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

SEVERAL = "several"
#: What an account is sliced by, and so is to be known of each.
ATTRIBUTES = ("segment", "tier", "industry", "region")
_KEYS = ["account_id", "period"]


@metric(by=("item",), unit="share", counted=True)
def data_hygiene(
    w: World, p: Periods, what: Literal["whole", "champion", "pulse", "forecast", "plan", "attributes"] = "whole"
) -> Ratio:
    """The share of customers of whom the records that the work rests on are in order at the close of the period.

    Formula: customers at the close with nothing missing / customers at the close of whom anything can be missing. Of 10 customers, 2
    without a champion and 1 with an overdue step are 70 %. Each variant asks for one of these alone, of the customers whom it is about;
    N days are those of the setting ``relationship.coverage_days`` (90), back from the close:

    * ``champion``: somebody there is told as a champion (``person.is_champion``), was known by then and had not left.
    * ``pulse``: one of us judged it (``judgement`` of the model csm_pulse) in the last N days.
    * ``forecast``: of those with a contract that comes due in the N days after the close, is not evergreen and was not decided
      by then: each of these renewals was judged (``renewal_forecast``) in the last N days.
    * ``plan``: of those with a goal, or a step of ours, whose day was over by then and that was not done earlier than N days ago: none
      of these was still open at the close.
    * ``attributes``: segment, tier, industry and region are told as of then, as far as any account has them.
    * ``whole`` (default): whichever of these there are.

    What nobody keeps is not asked for: in periods by whose close no champion, no pulse or no forecast at all was told, or no customer
    had an attribute, that is left out. A contact that was not logged is told by ``touchpoint_coverage``, a hand-over by ``handover_quality``.

    Sliced by ``item``, a customer stands under what is missing, or under ``several``; who lacks nothing has none. How things stand at the
    close is the same whatever the window. Merged accounts count as their survivor, test accounts never. The period that runs closes now.

    Undefined (null) without such customers. Unit: share. n: customers. Interval: Wilson, 95 %. Owner: just before the close.
    """
    w, p = w.plain(), replace(p, window="period")
    customers = closing(w, p)
    customers = customers.filter(customers.is_customer).select("account_id", "period", "at").distinct()
    asked = {name: of for name, of in _ITEMS.items() if what in ("whole", name)}
    rows = customers
    for name, of in asked.items():
        rows = beside(rows, of(w, p, customers).select(*_KEYS, **{name: "lacks"}), _KEYS)
    applies = reduce(or_, (rows[name].notnull() for name in asked))
    rows = rows.filter(applies)
    lacks = [(rows[name] == 1).fill_null(False) for name in asked]
    many = sum((each.ifelse(1, 0) for each in lacks), ibis.literal(0))
    one = ibis.cases(
        *((each, ibis.literal(name)) for name, each in zip(asked, lacks, strict=True)), else_=ibis.null("string")
    )
    rows = rows.mutate(
        good=(many == 0).ifelse(1, 0).cast("int64"), base=1, item=(many > 1).ifelse(ibis.literal(SEVERAL), one)
    )
    return Ratio(rows, "good", "base", spread="wilson")


def _judged(rows: ir.Table, lacks: ir.BooleanValue) -> ir.Table:
    """``account_id, period, lacks``: 1 where it does, else 0."""
    return rows.select(*_KEYS, lacks=lacks.fill_null(False).ifelse(1, 0).cast("int64"))


def _without(customers: ir.Table, there: ir.Table, first: ir.TimestampScalar) -> ir.Table:
    """Which customers have nothing ``there`` in their period; none, in one that closed before the ``first`` of it was told."""
    there = there.select(*_KEYS).distinct().mutate(has=1)
    rows = beside(customers, there, _KEYS)
    rows = rows.filter((rows["at"] >= first).fill_null(False))  # none where none ever was
    return _judged(rows, rows.has.isnull())


def _reach(w: World) -> ir.IntervalScalar:
    return ibis.interval(days=w.settings.relationship.coverage_days)


def _champion(w: World, p: Periods, customers: ir.Table) -> ir.Table:
    c = w.person
    c = unit_of(w, c.filter(c.is_champion.fill_null(False), c.account_id.notnull()))
    c = c.select(
        "account_id", since=ibis.coalesce(c.created_at, ibis.literal(BEGINNING).cast("timestamp(6)")),
        until=ibis.coalesce(c.left_at, ibis.literal(FAR).cast("timestamp(6)")),
    )  # fmt: skip
    return _without(customers, p.join(c, [c.since < p.closes, c.until >= p.closes]), c.since.min().as_scalar())


def _pulse(w: World, p: Periods, customers: ir.Table) -> ir.Table:
    j = judged(w)
    j = j.filter(j.model == "csm_pulse").select("account_id", judged_at="at")
    there = p.join(j, [j.judged_at < p.closes, j.judged_at >= p.closes - _reach(w)])
    return _without(customers, there, j.judged_at.min().as_scalar())


def _forecast(w: World, p: Periods, _customers: ir.Table) -> ir.Table:
    f = w.renewal_forecast
    f = f.filter(f["at"] < w.now).select(contract_id="renewal_id", judged_at="at")
    c = unit_of(w, w.contract)
    c = c.filter(~c.evergreen.fill_null(False)).select(
        "account_id", "contract_id", "started_at", "ended_at", "decided_at"
    )
    due = p.join(c, [c.ended_at >= p.closes, c.ended_at < p.closes + _reach(w), c.started_at < p.closes])
    told = (due.closes > f.judged_at.min().as_scalar()).fill_null(False)
    due = due.filter(due.decided_at.isnull() | (due.decided_at >= due.closes), told)
    fresh = due.select("period", "closes", "contract_id").join(f, "contract_id")
    fresh = fresh.filter(fresh.judged_at < fresh.closes, fresh.judged_at >= fresh.closes - _reach(w))
    fresh = fresh.select("period", "contract_id").distinct().mutate(has=1)
    due = beside(due, fresh, ["period", "contract_id"])
    due = due.group_by(_KEYS).agg(silent=due.has.isnull().any())
    return _judged(due, due.silent)


def _plan(w: World, p: Periods, _customers: ir.Table) -> ir.Table:
    """A step has no end of its day: a day is over where it began before the close, or of a period that runs before today."""
    g, s = unit_of(w, w.goal), unit_of(w, w.step)
    s = s.filter(s.side == "us")
    things = g.select("account_id", "due_at", done_at="reached_at").union(s.select("account_id", "due_at", "done_at"))
    due = p.join(things, [things.due_at < p.closes])
    due = due.select(*_KEYS, "closes", "closes_day", "due_at", "done_at")
    due = due.mutate(last_day=(due.closes_day - ibis.interval(days=1)).cast("date"))
    c = w.calendar.select("starts", "ends", last_day="day").distinct()  # 28 February may stand there twice
    due = beside(due, c, ["last_day"], how="inner")
    due = due.filter(due.due_at < (due.closes >= due.ends).ifelse(due.closes, due.starts))
    due = due.filter(due.done_at.isnull() | (due.done_at >= due.closes - _reach(w)))
    due = due.group_by(_KEYS).agg(open=(due.done_at.isnull() | (due.done_at >= due.closes)).any())
    return _judged(due, due.open)


def _attributes(w: World, _p: Periods, customers: ir.Table) -> ir.Table:
    told = attributes(w, *ATTRIBUTES)
    rows = beside(customers, told, ["account_id"], within=("at", "valid_from", "valid_to"))
    kept = {name: f"keeps_{name}" for name in ATTRIBUTES}
    some = rows.group_by("period").agg(**{kept[name]: rows[name].notnull().any() for name in ATTRIBUTES})
    rows = beside(rows, some, ["period"], how="inner")
    rows = rows.filter(reduce(or_, (rows[each] for each in kept.values())))
    return _judged(rows, reduce(or_, (rows[name].isnull() & rows[each] for name, each in kept.items())))


_ITEMS = {"champion": _champion, "pulse": _pulse, "forecast": _forecast, "plan": _plan, "attributes": _attributes}
