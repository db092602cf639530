"""What an account is now, in one row: what the list of accounts shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.figures.stints import stint
from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING, identity, survivor, unit_of
from tenure.metrics.relationship.contact import touches
from tenure.metrics.relationship.judged import judged
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.rate import converted
from tenure.metrics.voice.asked import asked
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: What of an account's stint is shown.
DIMENSIONS = ("team", "segment", "tier", "lifecycle", "region", "country", "industry", "is_customer")

#: The kind of a note that says what is to be done next with an account.
NEXT_STEP = "next_step"


@fact(kept=(("month", "period"),), latest=True)
def portrait(w: World, p: Periods) -> ir.Table:
    """One row for each account as it is at the close of the period: for the month that runs, as it is now.

    Columns: ``account_id, period, name, owner`` (who has the largest share), ``owner_name``, dimensions and custom
    attributes, ``customer_since`` (the local day on which it first became a customer), ``mrr, arr`` (as in ``mrr``;
    null where an amount has no exchange rate), ``renewal_due, renewal_value`` (the next end of a contract that has a
    term, and its yearly value at the closing rate), ``last_touch`` (the last two-way contact), ``nps`` (the latest score
    on 0-10 that somebody gave by name), ``open_tickets``, ``pulse, pulse_at`` (the latest judgement of a CSM, and when) and
    ``next_step_at`` (when the latest next step was noted). Money in ten-thousandths. Merged and test accounts have no row.
    """
    rows = _known(w, p)
    for more in (last_touch(w), latest_score(w), open_tickets(w), latest_pulse(w), latest_step(w)):
        rows = beside(rows, more, ["account_id"])
    return rows.select(
        "account_id", "period", "name", "owner", "owner_name", *DIMENSIONS, "customer_since", "renewal_due",
        "renewal_value", "last_touch", "nps", "pulse", "pulse_at", "next_step_at", *(f"custom:{name}" for name in w.custom), "mrr",
        arr=(rows.mrr * 12).cast("int64"), open_tickets=rows.open_tickets.fill_null(0).cast("int64"),
    )  # fmt: skip


@fact(kept=(("month", "period"),), passing=True)
def client(w: World, p: Periods) -> ir.Table:
    """Of a ``portrait`` what scores go by: who the customers are, and what they pay until when."""
    rows = _known(w, p)
    return rows.filter(rows.is_customer).select(
        "account_id", "period", "name", "owner", "owner_name", "team", "segment", "tier", "region", "industry",
        "customer_since", "renewal_due", "mrr",
    )  # fmt: skip


def _known(w: World, p: Periods) -> ir.Table:
    """Every account at the close of the period, with its dimensions, its revenue and its next renewal."""
    who = identity(w)
    who = who.filter(~who.is_test).anti_join(survivor(w), "account_id").select("account_id", "name")
    rows = p.select("period", "closes", "closes_day", "last").cross_join(who)
    rows = _owned(w, rows)
    b = book(w, p)
    b = b.select("account_id", "period", "no_rate", mrr="closing_now")
    rows = beside(rows, b, ["account_id", "period"])
    since = level(w).group_by("account_id").agg(customer_since=ibis._.first_day.min())
    for more in (since, _in_home(w, p, next_renewal(w))):
        rows = beside(rows, more, ["account_id"])
    return rows.mutate(mrr=rows.no_rate.fill_null(False).ifelse(None, rows.mrr.fill_null(0)).cast("int64"))


def _first(rows: ir.Table, group: str, order: list[ir.Value | str]) -> ir.Table:
    """The first row of each group."""
    nth = ibis.row_number().over(ibis.window(group_by=group, order_by=order))
    return rows.mutate(nth=nth).filter(lambda t: t.nth == 0).drop("nth")


def _owned(w: World, rows: ir.Table) -> ir.Table:
    """The rows with the dimensions of now, and their owner's name."""
    s = stint(w).select("account_id", "valid_from", "valid_to", "share", "owner", *DIMENSIONS,
                        *(f"custom:{name}" for name in w.custom))  # fmt: skip
    rows = beside(rows, s, ["account_id"], within=("last", "valid_from", "valid_to"))
    rows = _first(rows, "account_id", [ibis.desc("share"), "owner"])
    c = w.csm
    c = c.mutate(since=ibis.coalesce(c.valid_from, ibis.literal(BEGINNING).cast("timestamp(6)")))
    c = _first(c.filter(c.since < w.now), "csm_id", [ibis.desc("since")])
    return beside(rows, c.select(owner="csm_id", owner_name="name"), ["owner"])


def _in_home(w: World, p: Periods, renewals: ir.Table) -> ir.Table:
    """The renewals with their value at the period's closing rate."""
    j = p.select("period", "closes_day").cross_join(renewals)
    return converted(w, p, j, "closes_day", amounts=("renewal_value",)).drop("closes_day", "currency")


# Each a fact of its own: what is told of contacts makes nothing else anew.


@fact(steady=True)
def next_renewal(w: World) -> ir.Table:
    """The next end of a contract that has a term: ``account_id, currency, renewal_due, renewal_value`` (ten-thousandths), and
    since when it runs: ``term_began``.
    """
    c = unit_of(w, w.contract)
    c = c.filter(c.ended_at >= w.now, ~c.evergreen.fill_null(False))
    c = _first(c, "account_id", ["ended_at", "contract_id"])
    return c.select(
        "account_id", "currency", renewal_due="ended_at", renewal_value=(c.value * 10000).cast("int64"),
        term_began="started_at",
    )  # fmt: skip


@fact(steady=True)
def last_touch(w: World) -> ir.Table:
    """The last two-way contact: ``account_id, last_touch``."""
    together = two_way(w)
    return together.group_by("account_id").agg(last_touch=together["at"].max())


def two_way(w: World) -> ir.Table:
    """When there were two-way contacts: ``account_id, at`` and its local ``day``. Contacts as in ``touchpoint_frequency``; only of threads it must be looked
    who spoke on a day.
    """
    t = touches(w)
    both = t.filter(t.direction == "both").select("account_id", at="occurred_at", day="occurred_day")
    said = t.filter(t.direction != "both", t.thread_id.notnull())
    said = said.group_by(["account_id", "thread_id", "occurred_day"]).agg(
        at=said.occurred_at.max(), ways=said.direction.nunique()
    )
    return both.union(said.filter(said.ways > 1).select("account_id", "at", day="occurred_day"))


@fact(steady=True)
def latest_score(w: World) -> ir.Table:
    """The latest score from 0 to 10 by name, of several at one moment the lowest: ``account_id, nps``."""
    a = asked(w)
    a = a.filter(a.question == "nps", a.scale == "0-10", a.flaw.isnull(), ~a.is_anonymous, a.replied.notnull())
    latest = a.group_by("account_id").agg(replied=a.replied.max())
    a = beside(latest, a.select("account_id", "replied", "score"), ["account_id", "replied"], how="inner")
    return a.group_by("account_id").agg(nps=a.score.min())


@fact(steady=True)
def open_tickets(w: World) -> ir.Table:
    """How many tickets are neither solved nor closed now: ``account_id, open_tickets``."""
    t = unit_of(w, w.ticket)
    t = t.filter(t.account_id.notnull(), t.created_at < w.now, t.merged_into.isnull())
    t = t.filter(~(t.solved_at < w.now).fill_null(False), ~(t.closed_at < w.now).fill_null(False))
    s = w.ticket_status
    s = s.filter(s["at"] < w.now).semi_join(t, "ticket_id")
    over = s.status.isin(["solved", "closed"])
    s = s.group_by("ticket_id").agg(solved=over.ifelse(s["at"], None).max(), other=over.ifelse(None, s["at"]).max())
    s = s.filter(s.solved.notnull(), s.other.isnull() | (s.other <= s.solved))
    t = t.anti_join(s, "ticket_id")
    return t.group_by("account_id").agg(open_tickets=t.count())


@fact(steady=True)
def latest_pulse(w: World) -> ir.Table:
    """What its CSM last judged of an account, from 1 to 5: ``account_id, pulse, pulse_at``; of several at one moment the lowest."""
    j = judged(w)
    j = j.filter(j.model == "csm_pulse")
    latest = j.group_by("account_id").agg(pulse_at=j["at"].max())
    j = beside(latest, j.select("account_id", "score", pulse_at="at"), ["account_id", "pulse_at"], how="inner")
    return j.group_by("account_id", "pulse_at").agg(pulse=j.score.min())


@fact(steady=True)
def latest_step(w: World) -> ir.Table:
    """When the latest next step of an account was noted: ``account_id, next_step_at``. What it says is personal, and in no fact."""
    n = unit_of(w, w.note)
    n = n.filter(n.kind == NEXT_STEP, n["at"] < w.now)
    return n.group_by("account_id").agg(next_step_at=n["at"].max())
