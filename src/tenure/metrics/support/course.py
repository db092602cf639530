"""The course of tickets as their statuses tell it: when they were solved, and who waited for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.elapsed import seconds_between
from tenure.metrics.join import beside
from tenure.metrics.support.business_time import read
from tenure.metrics.world import World, meant

if TYPE_CHECKING:
    import ibis.expr.types as ir

SOLVED = ("solved", "closed")
#: At one instant the later of these counts.
_ORDER = ("new", "open", "pending", "hold", "on-hold", "solved", "closed")


def course(w: World, tickets: ir.Table) -> ir.Table:
    """One row for each of the tickets (``ticket_id, created, closed, schedule_id``) that has a history of statuses.

    Columns: ``ticket_id, first_solved, last_solved`` (when it was solved for good so far; null while it is not solved),
    ``reopened`` (0 or 1), the whole seconds of the waits that are over (``requester_seconds, agent_seconds`` and
    ``..._business``, null without a schedule), and ``waits`` (``requester``, ``agent`` or null) since ``waiting``, with
    the schedule's reading then.

    The requester waits while it is new, open or on hold, we wait while it is pending. Before its first status a ticket is
    new. A history that begins before its ticket does is believed: whoever asked has waited since then; but nothing is
    solved before the creation. Closed is solved, also where it was not solved before.
    """
    s = read(w, _statuses(w, tickets), "at")
    order = ibis.window(group_by="ticket_id", order_by=["at", "rank"])
    solved = s.status.isin(SOLVED)
    s = s.mutate(
        solved=solved,
        was_solved=solved.lag().over(order).fill_null(False),
        until=s["at"].lead().over(order),
        until_shown=s.at_shown.lead().over(order),
        waits=ibis.cases((solved, ibis.null("string")), (s.status == "pending", "agent"), else_="requester"),
    )
    last, ended = s.until.isnull(), ibis.greatest(s["at"], s.created)
    return s.group_by("ticket_id").agg(
        first_solved=s.solved.ifelse(ended, None).min(),
        last_solved=(s.solved & ~s.was_solved).ifelse(ended, None).max(),
        ends_solved=(last & s.solved).ifelse(1, 0).max(),
        reopened=(~s.solved & s.was_solved).ifelse(1, 0).max(),
        waits=last.ifelse(s.waits, None).max(),
        waiting=(last & ~s.solved).ifelse(s["at"], None).max(),
        waiting_shown=(last & ~s.solved).ifelse(s.at_shown, None).max(),
        **{name: sum_ for who in ("requester", "agent") for name, sum_ in _waited(s, who).items()},
    ).mutate(last_solved=lambda t: (t.ends_solved == 1).ifelse(t.last_solved, None)).drop("ends_solved")  # fmt: skip


def _waited(s: ir.Table, who: str) -> dict[str, ir.IntegerValue]:
    """The sums of finished waits."""
    over = s.until.notnull() & (s.waits == who).fill_null(False)
    none = ibis.literal(0).cast("int64")
    known = s.at_shown.notnull().ifelse(none, None)
    return {
        f"{who}_seconds": over.ifelse(seconds_between(s["at"], s.until), none).sum().cast("int64"),
        f"{who}_business": over.ifelse(s.until_shown - s.at_shown, known).sum().cast("int64"),
    }


def _statuses(w: World, tickets: ir.Table) -> ir.Table:
    """``ticket_id, status, at, rank, schedule_id, created`` of the tickets with a history; ``at`` and ``rank`` are its
    order.
    """
    h = meant(w.ticket_status, "ticket_id")
    h = h.filter(h["at"] < w.now).select("ticket_id", "status", "at").distinct()
    begun = h.group_by("ticket_id").agg(begun=h["at"].min())
    t = beside(tickets, begun, ["ticket_id"], how="inner")
    late = t.filter(t.begun > t.created).select("ticket_id", status=ibis.literal("new"), at=t.created)
    closed = t.filter(t.closed.notnull()).select("ticket_id", status=ibis.literal("closed"), at=t.closed)
    h = h.union(late, closed)
    h = beside(h, t.select("ticket_id", "created", "schedule_id"), ["ticket_id"], how="inner")
    rank = ibis.cases(*((h.status == status, place) for place, status in enumerate(_ORDER)), else_=0)
    return h.mutate(rank=rank)
