"""Cases: what each ticket came to, as known, before any period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING, followed, unit_of
from tenure.metrics.support.business_time import read, with_schedule
from tenure.metrics.support.course import course
from tenure.metrics.voice.asked import holder
from tenure.metrics.world import Periods, World, fact, meant

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: The dimensions that are a ticket's own.
OWN = ("agent", "priority", "channel", "category")
_TIMES = ("first_reply_at", "first_solved_at", "solved_at", "closed_at")


@fact(everywhere=True, steady=True, apiece=("ticket_id",))
def case(w: World) -> ir.Table:
    """One row for each ticket; one that was merged into another is no case of its own.

    Columns: ``ticket_id, account_id`` (survivor of merges; else the requester's; null where there is none),
    ``product_id, priority, channel, category``, ``agent`` (who had it first), ``solver`` (who had it when it was first
    solved), ``schedule_id`` (its own, else the default) and, as instants with their readings (``..._shown``),

    * ``created``,
    * ``replied``: the first public reply of a human; from the comments where the ticket has any, else its own time,
    * ``first_solved``, ``last_solved`` (null while it is not solved): from its statuses where it has any, else its own
      times. Closed unsolved is solved.

    Then ``replies`` (public, of agents; null where not recorded), ``reopened`` (0 or 1; null where not recorded),
    ``escalated`` (an instant) and the waits of ``course`` (null without a history). What is dated later than now has not
    happened; nothing is before the creation.
    """
    t = _tickets(w)
    t = beside(t, _replies(w, t), ["ticket_id"])
    history = course(w, t.select("ticket_id", "created", "schedule_id", closed="closed_at"))
    t = beside(t, history.mutate(has_course=True), ["ticket_id"])
    t = beside(_settled(w, t), _escalations(w), ["ticket_id"])
    t = _of_accounts(w, _with_hands(w, t))
    t = read(w, t, "created", "replied", "first_solved", "last_solved")
    return t.select(
        "ticket_id", "account_id", "product_id", "priority", "channel", "category", "agent", "solver", "schedule_id",
        "created", "created_shown", "replied", "replied_shown", "first_solved", "first_solved_shown", "last_solved",
        "last_solved_shown", "replies", "reopened", "escalated", "requester_seconds", "requester_business",
        "agent_seconds", "agent_business", "waits", "waiting", "waiting_shown",
    )  # fmt: skip


@fact(everywhere=True, steady=True)
def recorded(w: World) -> ir.Table:
    """One row: whether there are any ``comments`` on tickets, and whether anything tells of ``replies`` at all."""
    t, comments = w.ticket, w.ticket_comment.count().as_scalar() > 0
    told = t.aggregate(own=t.first_reply_at.count())
    return told.select(comments=comments, replies=comments | (told.own > 0))


@fact(everywhere=True, steady=True, apiece=("ticket_id",))
def escalated(w: World) -> ir.Table:
    """One row for each time that a ticket was taken higher up to now: ``ticket_id, escalated``, as tickets and escalations tell it."""
    t, e = meant(w.ticket, "ticket_id"), meant(w.escalation, "ticket_id")
    own = t.select("ticket_id", escalated="escalated_at")
    e = e.filter(e.ticket_id.notnull()).select("ticket_id", escalated="opened_at")
    rows = own.union(e)
    return rows.filter(rows.escalated < w.now)


def begun(p: Periods, rows: ir.Table, instant: str) -> ir.Table:
    """The rows whose instant lies in a period, with ``period`` and ``at``."""
    periods = p.select("period", "opens", "closes")
    rows = rows.filter(rows[instant] >= p.first, rows[instant] < p.end)
    j = periods.join(rows, [rows[instant] >= periods.opens, rows[instant] < periods.closes])
    return j.mutate(at=j[instant]).drop("opens", "closes")


@fact(everywhere=True, steady=True)
def merged(w: World) -> ir.Table:
    """``ticket_id, stands_for``: the tickets that were merged into others, chains followed to the end."""
    t = w.ticket
    links = t.filter(t.merged_into.notnull()).select(account_id=t.ticket_id, merged_into=t.merged_into)
    links = links.semi_join(t.select(merged_into=t.ticket_id), "merged_into")  # into one that is not there: not merged
    chain = followed(links, "merged_into")
    return chain.filter(chain.stands_for != chain.account_id).select("stands_for", ticket_id="account_id")


def _tickets(w: World) -> ir.Table:
    """The tickets that are cases, with ``created``, their times up to now and not before it, and schedule."""
    t = w.ticket
    t = meant(t.filter(t.created_at < w.now), "ticket_id").anti_join(merged(w), "ticket_id")
    times = {name: (t[name] < w.now).ifelse(ibis.greatest(t[name], t.created_at), None) for name in _TIMES}
    t = t.select(
        "ticket_id", "account_id", "requester_id", "product_id", "priority", "channel", "category", "assignee_id",
        "schedule_id", created=t.created_at, **times,
    )  # fmt: skip
    return with_schedule(w, t)


def _of_accounts(w: World, t: ir.Table) -> ir.Table:
    """The tickets by the account that counts: last of all, since engines make what several joins ask for several times."""
    people = w.person.select(requester_id="person_id", requester_account="account_id")
    t = beside(t, people, ["requester_id"])
    return unit_of(w, t.mutate(account_id=ibis.coalesce(t.account_id, t.requester_account)).drop("requester_account"))


def _replies(w: World, tickets: ir.Table) -> ir.Table:
    """``ticket_id, answered, answers`` of the tickets with comments: the first public one of an agent, and how many.

    What an agent writes as the ticket is made opens it, and is no reply.
    """
    c = meant(w.ticket_comment, "ticket_id")
    c = beside(c.filter(c["at"] < w.now), tickets.select("ticket_id", "created"), ["ticket_id"], how="inner")
    reply = c.is_public & (c.author_role == "agent") & (c["at"] > c.created)
    return c.group_by("ticket_id").agg(
        answered=reply.ifelse(c["at"], None).min(), answers=reply.ifelse(1, 0).sum().cast("int64")
    )


def _settled(w: World, t: ir.Table) -> ir.Table:
    """What the histories tell, and where there are none what the ticket itself does."""
    commented, followed_ = t.answers.notnull(), t.has_course.fill_null(False)
    comments = recorded(w).comments.any().as_scalar()
    none = ibis.literal(0).cast("int64")
    unreplied = (t.first_reply_at.isnull() & comments).ifelse(none, None)
    again = ibis.cases(
        (t.first_solved_at.isnull(), None),
        (t.solved_at.notnull(), (t.solved_at > t.first_solved_at).ifelse(1, 0)),
        (t.closed_at.isnull(), 1),
        else_=None,
    )
    return t.mutate(
        replied=commented.ifelse(t.answered, t.first_reply_at),
        replies=ibis.coalesce(t.answers, unreplied),
        first_solved=followed_.ifelse(t.first_solved, ibis.coalesce(t.first_solved_at, t.solved_at, t.closed_at)),
        last_solved=followed_.ifelse(t.last_solved, ibis.coalesce(t.solved_at, _closed(t))),
        reopened=followed_.ifelse(t.reopened, again).cast("int64"),
    )


def _closed(t: ir.Table) -> ir.TimestampValue:
    """When a ticket that is closed and does not say when it was last solved was so."""
    return t.closed_at.notnull().ifelse(ibis.coalesce(t.first_solved_at, t.closed_at), None)


def _escalations(w: World) -> ir.Table:
    """``ticket_id, escalated``: when a case was first taken higher, or what was merged into it."""
    rows = beside(escalated(w), merged(w), ["ticket_id"])
    rows = meant(rows.mutate(ticket_id=ibis.coalesce(rows.stands_for, rows.ticket_id)), "ticket_id")
    return rows.group_by("ticket_id").agg(escalated=rows.escalated.min())


def _with_hands(w: World, t: ir.Table) -> ir.Table:
    """The rows with ``agent`` and ``solver``: who had the ticket when it was created, and when it was first solved.

    Before anybody had it, whoever had it first; without a history, its assignee.
    """
    h = meant(holder(w), "ticket_id")
    first = ibis.row_number().over(ibis.window(group_by="ticket_id", order_by=["taken", "holder"])) == 0
    h = h.select("ticket_id", "holder", "given", since=first.ifelse(_beginning(), h.taken))
    for name, instant in (("agent", "created"), ("solver", "first_solved")):
        t = beside(t, h, ["ticket_id"], within=(instant, "since", "given"))
        t = t.mutate(**{name: ibis.coalesce(t.holder, t.assignee_id)}).drop("holder", "since", "given")
    return t


def _beginning() -> ir.TimestampScalar:
    return ibis.literal(BEGINNING).cast("timestamp(6)")
