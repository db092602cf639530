"""Promises: what was to be done within a time that we said, and when it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING
from tenure.metrics.support.business_time import read
from tenure.metrics.support.case import case
from tenure.metrics.support.inquiry import inquiries, instant, spans
from tenure.metrics.world import World, fact, meant

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: A target of a ticket's priority comes before one of the account's tier, and both before one for all.
_NARROWEST_FIRST = (("priority", "tier"), ("priority",), ("tier",), ())
_OF_TICKETS = (
    "account_id", "ticket_id", "inquiry_id", "product_id", "priority", "channel", "category", "agent", "schedule_id",
)  # fmt: skip


@fact(everywhere=True, steady=True, apiece=("ticket_id", "inquiry_id"))
def promise(w: World) -> ir.Table:
    """One row for each thing of which an ``sla_target`` says how long it may take.

    Columns: ``account_id, ticket_id`` or ``inquiry_id``, ``product_id, priority, channel, category, agent,
    schedule_id, measure`` and, as instants with their readings (``..._shown``), ``begins`` and ``ends`` (null while it is
    not done), ``stops`` (a ticket that was solved without it) and ``over``, the first of both; then the target of the
    time at which it began: ``target`` (seconds; null where none holds for it) and ``clock``.

    * ``first_reply``: from the creation of a ticket to its first human public reply.
    * ``next_reply``: from the requester's first public comment after a reply to the next one.
    * ``resolution``: from the creation to the first solving.
    * ``inquiry``: from the question to a success manager to the answer, or else to its being settled.

    Only measures with targets have rows.
    """
    c = meant(case(w), "ticket_id").mutate(inquiry_id=ibis.null("string"))
    rows = ibis.union(
        _of_cases(c, "first_reply", "replied", stops=c.last_solved),
        _of_cases(c, "resolution", "first_solved", stops=None),
        _next_replies(w, c),
        _inquiries(w),
    )
    rows = rows.semi_join(w.sla_target.filter(w.sla_target.valid_from < w.now), "measure")
    rows = rows.mutate(over=ibis.coalesce(rows.ends, rows.stops))
    return read(w, _with_target(w, _with_tier(w, rows)), "begins", "over").drop("tier")


def _of_cases(c: ir.Table, measure: str, ends: str, stops: ir.Value | None) -> ir.Table:
    none = ibis.null("timestamp(6)")
    return c.select(
        *_OF_TICKETS, measure=ibis.literal(measure), begins=c.created, ends=c[ends],
        stops=none if stops is None else c[ends].isnull().ifelse(stops, None),
    )  # fmt: skip


def _next_replies(w: World, c: ir.Table) -> ir.Table:
    """The requester's waits after a reply. A ticket that was solved meanwhile stops them; after it none begins."""
    t = meant(w.ticket_comment, "ticket_id")
    t = t.filter(t.is_public, t.author_role.isin(["requester", "agent"]), t["at"] < w.now)
    t = beside(t, c.select(*_OF_TICKETS, "created", "last_solved"), ["ticket_id"], how="inner")
    ours = t.author_role == "agent"
    t = t.filter(~ours | (t["at"] > t.created))
    # What was written at the same instant was written to what stood before it.
    order = ibis.window(group_by="ticket_id", order_by=["at", ibis.desc("author_role"), "comment_id"])
    t = t.mutate(before=t.author_role.lag().over(order), ours=t.author_role == "agent")
    t = t.filter(t.ours | (t.before == "agent"))
    t = t.mutate(ends=t["at"].lead().over(order))
    t = t.filter(~t.ours)
    stops = t.ends.isnull().ifelse(t.last_solved, None)
    t = t.filter((stops > t["at"]).fill_null(True))
    return t.select(*_OF_TICKETS, measure=ibis.literal("next_reply"), begins=t["at"], ends=t.ends, stops=stops)


def _inquiries(w: World) -> ir.Table:
    i, none = meant(inquiries(w), "inquiry_id"), ibis.null("string")
    return i.select(
        "account_id", ticket_id=none, inquiry_id="inquiry_id", product_id=none, priority=none, channel=none,
        category=none, agent="agent", schedule_id="schedule_id", measure=ibis.literal("inquiry"), begins="asked", ends="answered",
        stops=ibis.null("timestamp(6)"),
    )  # fmt: skip


def _with_tier(w: World, rows: ir.Table) -> ir.Table:
    """The rows with the ``tier`` that their account had as they began."""
    a = w.account
    since = ibis.coalesce(a.valid_from, instant(BEGINNING))
    tiers = spans(a.select("account_id", "tier", since=since), "account_id")
    return beside(rows, tiers, ["account_id"], within=("begins", "since", "until")).drop("since", "until")


def _with_target(w: World, rows: ir.Table) -> ir.Table:
    """The rows with ``target`` and ``clock``: the narrowest that held as they began."""
    t = w.sla_target
    t = t.select(
        "measure", "priority", "tier", clock=t.clock.fill_null("business"), since="valid_from",
        target=(t.minutes * 60).cast("int64"),
    )  # fmt: skip
    found = []
    for number, keys in enumerate(_NARROWEST_FIRST):
        named = [t[name].notnull() if name in keys else t[name].isnull() for name in ("priority", "tier")]
        part = spans(
            t.filter(*named).drop([name for name in ("priority", "tier") if name not in keys]), "measure", *keys
        )
        part = part.rename({f"target_{number}": "target", f"clock_{number}": "clock"})
        rows = beside(rows, part, ["measure", *keys], within=("begins", "since", "until")).drop("since", "until")
        found.append(number)
    targets, clocks = ([f"{name}_{number}" for number in found] for name in ("target", "clock"))
    rows = rows.mutate(
        target=ibis.coalesce(*(rows[name] for name in targets)), clock=ibis.coalesce(*(rows[name] for name in clocks))
    )
    return rows.drop(*targets, *clocks)
