"""What gives cause to act on an account: facts in which it stands what is open, since when and until when.

Each is about the things of few tables, so that what is told of others does not make it anew; and none compares with now more
than to leave out what has not happened, so that it holds until something is told. The verb ``agenda`` lays the clock beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.figures.portrait import two_way
from tenure.metrics.join import beside
from tenure.metrics.onboarding.journey import milestones
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.relationship.judged import judged
from tenure.metrics.revenue.deal import deals
from tenure.metrics.revenue.line import FAR
from tenure.metrics.revenue.rate import converted
from tenure.metrics.support.case import case
from tenure.metrics.support.inquiry import inquiries
from tenure.metrics.support.promise import promise
from tenure.metrics.voice.asked import asked
from tenure.metrics.voice.closed_loop_time import is_low
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NOW = (("month", "period"),)
#: Contacts are looked at over so many days before the last one, to say what is usual.
_YEAR = 365
#: What is sold to customers besides renewals.
_GROWTH = ("upsell", "cross_sell", "add_on")


@fact(kept=_NOW, latest=True)
def waiting(w: World, p: Periods) -> ir.Table:
    """One row for each ticket and inquiry that waits, and target of it: ``account_id, period, kind`` (ticket or inquiry),
    ``thing`` (its id), ``measure`` (of the target; null without one), ``begins`` with its reading ``begins_shown`` on the clock
    of ``schedule_id``, ``target`` (seconds) and ``clock`` (see ``promise``). Of an inquiry there is a row without a target, too.
    """
    told = promise(w)
    told = told.filter(told.over.isnull(), told.target.notnull(), told.account_id.notnull())
    told = told.select(
        "account_id", "measure", "begins", "begins_shown", "schedule_id", "target", "clock",
        kind=told.inquiry_id.isnull().ifelse("ticket", "inquiry"), thing=ibis.coalesce(told.ticket_id, told.inquiry_id),
    )  # fmt: skip
    asked_us = inquiries(w)
    asked_us = asked_us.filter(asked_us.answered.isnull(), asked_us.account_id.notnull())
    none = {name: ibis.null(told[name].type()) for name in ("measure", "begins_shown", "target", "clock")}
    asked_us = asked_us.select(
        "account_id", "schedule_id", begins="asked", kind=ibis.literal("inquiry"), thing="inquiry_id", **none
    )
    return _now(p, told.union(asked_us.select(told.columns)))


@fact(kept=_NOW, latest=True)
def risen(w: World, p: Periods) -> ir.Table:
    """One row for each open ticket and escalation that was taken higher: ``account_id, period, thing`` (its id), ``since``."""
    c = case(w)
    c = c.filter(c.last_solved.isnull(), c.escalated.notnull(), c.account_id.notnull())
    e = unit_of(w, w.escalation)
    e = e.filter(e.ticket_id.isnull(), e.opened_at < w.now, ~(e.closed_at < w.now).fill_null(False))
    tickets = c.select("account_id", thing="ticket_id", since="escalated")
    return _now(p, tickets.union(e.select("account_id", thing="escalation_id", since="opened_at")))


@fact(kept=_NOW, latest=True)
def rhythm(w: World, p: Periods) -> ir.Table:
    """One row for each account with two-way contacts: ``account_id, period, last`` (as ``last_touch``), and of the year before it
    ``first`` (the first contact) and ``days`` (on how many days there was one).
    """
    t = two_way(w)
    t = t.mutate(last=t["at"].max().over(ibis.window(group_by="account_id")))
    t = t.filter(t["at"] > t.last - ibis.interval(days=_YEAR))
    g = t.group_by("account_id").agg(last=t.last.max(), first=t["at"].min(), days=t.day.nunique())
    return _now(p, g)


@fact(kept=_NOW, latest=True)
def unheard(w: World, p: Periods) -> ir.Table:
    """One row for each low answer by name of which nobody was told what came of it: ``account_id, period, thing`` (the answer's
    id), ``survey, score, scale, since``. Low is as in ``closed_loop_time``.
    """
    a = asked(w)
    a = a.filter(a.replied.notnull(), a.flaw.isnull(), ~a.is_anonymous, a.account_id.notnull(), is_low(a))
    told = w.survey_answer
    told = told.filter(told.followed_up_at < w.now)
    a = a.anti_join(told, "answer_id")
    return _now(p, a.select("account_id", "survey", "score", "scale", thing="answer_id", since="replied"))


@fact(kept=_NOW, latest=True)
def pledge(w: World, p: Periods) -> ir.Table:
    """One row for each goal, milestone and item of a hand-over that is not reached: ``account_id, period, kind`` (goal, milestone
    or handover), ``thing`` (its id, or the item), ``name``, ``due_at`` and ``due_end`` (null where it has no day).
    """
    g = unit_of(w, w.goal)
    g = g.filter(g.due_at.notnull(), ~(g.reached_at < w.now).fill_null(False))
    m = milestones(w)
    m = m.filter(m.due_at.notnull(), ~(m.completed_at < w.now).fill_null(False))
    h = unit_of(w, w.handover_item)
    h = h.filter(~(h.done_at < w.now).fill_null(False))
    return _now(
        p,
        ibis.union(
            g.select("account_id", "name", "due_at", "due_end", kind=ibis.literal("goal"), thing="goal_id"),
            m.select(
                "account_id", "due_at", "due_end", kind=ibis.literal("milestone"), name="kind",
                thing=ibis.coalesce(m.milestone_id, m.kind),
            ).select("account_id", "name", "due_at", "due_end", "kind", "thing"),
            h.select("account_id", "due_at", "due_end", kind=ibis.literal("handover"), name="item", thing="item").select(
                "account_id", "name", "due_at", "due_end", "kind", "thing"
            ),
        ),
    )  # fmt: skip


@fact(kept=_NOW, latest=True)
def pulse(w: World, p: Periods) -> ir.Table:
    """When each account was last judged by one of us: ``account_id, period, since``."""
    j = judged(w)
    j = j.filter(j.model == "csm_pulse")
    return _now(p, j.group_by("account_id").agg(since=j["at"].max()))


@fact(kept=_NOW, latest=True)
def unpaid(w: World, p: Periods) -> ir.Table:
    """One row for each invoice of which something is owed: ``account_id, period, thing`` (its id), ``due_end`` (when it is overdue)
    and ``owed`` in ten-thousandths of the reporting currency, at the rate of the period's close; null where there is none,
    and where money in another currency than the invoice's was paid for it or credited.

    What is owed is the amount less what was credited and paid, as in ``payment_regularity``. What says of itself that it is
    paid, void or uncollectible is not waited for.
    """
    i = unit_of(w, w.invoice)
    over = i.status.isin(["draft", "void", "paid", "uncollectible"]).fill_null(False)
    i = i.filter(i.kind.fill_null("invoice") == "invoice", ~over, i.due_at.notnull(), i.issued_at < w.now)
    notes = w.invoice
    notes = notes.filter(
        notes.kind.isin(["credit_note", "write_off"]), notes.credits_id.notnull(), notes.issued_at < w.now
    )
    notes = notes.filter(~notes.status.isin(["draft", "void"]).fill_null(False))
    notes = notes.select(invoice_id="credits_id", currency="currency", moved=notes.amount.abs())
    m = w.payment
    m = m.filter(m.paid_at < w.now)
    paid = (m.kind.fill_null("payment") == "payment").ifelse(m.amount, -m.amount)
    m = notes.union(m.select("invoice_id", "currency", moved=paid.cast(notes.moved.type()))).rename(paid_in="currency")
    m = beside(m, i.select("invoice_id", "currency"), ["invoice_id"], how="inner")
    home = w.settings.currency
    foreign = m.paid_in.fill_null(home) != m.currency.fill_null(home)
    m = m.group_by("invoice_id").agg(paid=foreign.ifelse(0, m.moved).sum(), foreign=foreign.any())
    i = beside(i, m, ["invoice_id"])
    i = i.mutate(owed=((i.amount - i.paid.fill_null(0)) * 10000).cast("int64")).filter(lambda t: t.owed > 0)
    i = i.mutate(owed=i.foreign.fill_null(False).ifelse(None, i.owed))
    i = i.select("account_id", "due_end", "currency", "owed", thing="invoice_id")
    rows = converted(w, p, p.select("period", "closes_day").cross_join(i), "closes_day", amounts=("owed",))
    return rows.drop("closes_day", "currency")


@fact(kept=_NOW, latest=True)
def prospect(w: World, p: Periods) -> ir.Table:
    """How many opportunities of an account are open: ``account_id, period, renewals, growths`` (all but first sales)."""
    o = deals(w)
    o = o.filter(o.decided_at == ibis.literal(FAR).cast("timestamp(6)"))
    g = o.group_by("account_id").agg(
        renewals=(o.kind == "renewal").ifelse(1, 0).sum().cast("int64"),
        growths=o.kind.isin(_GROWTH).ifelse(1, 0).sum().cast("int64"),
    )
    return _now(p, g)


@fact(kept=_NOW, latest=True)
def champion(w: World, p: Periods) -> ir.Table:
    """The accounts of which a champion left: ``account_id, period, thing`` (who left last), ``since`` (when) and ``remaining`` (how
    many champions are there still).
    """
    c = w.person
    c = unit_of(w, c.filter(c.is_champion.fill_null(False), c.account_id.notnull()))
    gone = (c.left_at < w.now).fill_null(False)
    c = c.mutate(since=gone.ifelse(c.left_at, None), there=gone.ifelse(0, 1))
    g = c.group_by("account_id").agg(since=c.since.max(), remaining=c.there.sum().cast("int64"))
    g = g.filter(g.since.notnull())
    last = beside(c.filter(c.since.notnull()), g.select("account_id", newest="since"), ["account_id"])
    last = last.filter(last.since == last.newest).group_by("account_id").agg(thing=ibis._.person_id.min())
    return _now(p, beside(g, last, ["account_id"]))


def _now(p: Periods, rows: ir.Table) -> ir.Table:
    """The rows as of the period that runs."""
    return p.select("period").cross_join(rows)
