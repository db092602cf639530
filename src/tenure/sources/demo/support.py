"""``ticket_status``, ``ticket_assignee``, ``ticket_comment``, ``escalation``: the course that tickets take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo import words
from tenure.sources.demo.columns import blank, either, flag, ident, instant, take, word
from tenure.sources.demo.days import DAY, NEVER, Flags, Ints
from tenure.sources.demo.past import Past
from tenure.sources.demo.tickets import Tickets, agent_ids, ticket_ids

_WAITS, _HOLDS = 0.45, 0.07  # of the tickets wait for the customer, for a third party
_PASSED_ON = 0.15
_ONE_TOUCH = 0.5
_STATUS = ("new", "open", "pending", "hold", "solved", "closed")
_ROLES = ("requester", "agent", "bot")
_LEVELS = ("manager", "executive")
_CAUSES = ("repeated fault", "slow answer", "missing feature", "data loss feared", "invoice in dispute")
_NONE = np.int64(NEVER * DAY)


@dataclass(frozen=True)
class Course:
    """One entry per ticket: the instants of what lies between its opening and its end, ``NEVER`` where nothing does."""

    opened: Ints
    first_agent: Ints
    passed_on: Ints
    waits: Ints
    waits_on_us: Flags  # for a third party, not for the customer
    goes_on: Ints
    reopened: Ints
    more: Flags  # it took more than one answer


def draw_course(past: Past, tickets: Tickets) -> Course:
    """The course of every ticket."""
    rng, count, agents = past.draws("ticket course"), len(tickets), len(words.AGENT_NAMES)
    calendar, created, replied, solved = past.calendar, tickets.created, tickets.replied, tickets.first_solved
    known = np.where(replied < _NONE, replied, calendar.now)
    opened = np.where(known - created > 60, created + (known - created) // 3, (created + known) // 2)
    passed = rng.random(count) < _PASSED_ON
    first = np.where(passed, (tickets.agent + rng.integers(1, agents, count)) % agents, tickets.agent)
    until = np.where(solved < _NONE, solved, replied + 8 * 3600)
    chance = rng.random(count)
    pauses = (chance < _WAITS + _HOLDS) & (replied < _NONE)
    waits = np.where(pauses, calendar.past(replied + (until - replied) // 8 + 30), _NONE)
    goes_on = np.where(waits < _NONE, calendar.past(until - (until - replied) // 4), _NONE)
    again = (solved < _NONE) & (tickets.solved != solved)
    last = np.where(tickets.solved < _NONE, tickets.solved, solved + 12 * 3600)
    return Course(
        opened=calendar.past(opened),
        first_agent=first,
        passed_on=np.where(passed, calendar.past(opened + (known - opened) // 2 + 1), _NONE),
        waits=waits,
        waits_on_us=chance < _HOLDS,
        goes_on=goes_on,
        reopened=np.where(again, calendar.past(solved + (last - solved) // 3 + 1), _NONE),
        more=(rng.random(count) > _ONE_TOUCH) | again | (waits < _NONE),
    )


def ticket_status_table(tickets: Tickets, course: Course, requester: pa.Array) -> pa.Table:
    """The canonical ``ticket_status`` rows. ``requester``: who asked, by ticket."""
    second = np.where(course.reopened < _NONE, tickets.solved, _NONE)
    pause = np.where(course.waits_on_us, 3, 2)
    steps = [  # status, when, by the customer?
        (0, tickets.created, 1),
        (1, course.opened, 0),
        (pause, course.waits, 0),
        (1, course.goes_on, 1),
        (4, tickets.first_solved, 0),
        (1, course.reopened, 1),
        (4, second, 0),
        (5, tickets.closed, 0),
    ]
    number, count = np.arange(len(tickets)), len(steps)
    at = np.concatenate([when for _, when, _ in steps])
    status = np.concatenate([np.broadcast_to(np.asarray(code), number.shape) for code, _, _ in steps])
    ticket, turn = np.tile(number, count), np.repeat(np.arange(count), len(number))
    order = np.lexsort((turn, ticket, at))
    order = order[at[order] < _NONE]
    ticket, turn = ticket[order], turn[order]
    customer = np.array([by for _, _, by in steps])[turn] == 1
    by = either(customer, take(requester, ticket), agent_ids(tickets.agent[ticket]))
    return pa.table(
        {"ticket_id": ticket_ids(ticket), "status": word(status[order], _STATUS), "at": instant(at[order]), "by": by}
    )


def ticket_assignee_table(tickets: Tickets, course: Course) -> pa.Table:
    """The canonical ``ticket_assignee`` rows: who had it first, and who took it over."""
    ticket = np.tile(np.arange(len(tickets)), 2)
    agent, at = np.concatenate([course.first_agent, tickets.agent]), np.concatenate([course.opened, course.passed_on])
    order = np.lexsort((ticket, at))
    order = order[at[order] < _NONE]
    return pa.table(
        {"ticket_id": ticket_ids(ticket[order]), "csm_id": agent_ids(agent[order]), "at": instant(at[order])}
    )


def ticket_comment_table(past: Past, tickets: Tickets, course: Course, requester: pa.Array) -> pa.Table:
    """The canonical ``ticket_comment`` rows: question, receipt by a bot, answers, notes among ourselves."""
    rng, calendar, count = past.draws("ticket comments"), past.calendar, len(tickets)
    by_mail = tickets.kind % 4 == 0
    noted = rng.random(count) < 0.25
    second = np.where(course.more & (tickets.first_solved < _NONE), tickets.first_solved - 30, _NONE)
    kinds = [  # as what, in public?, when
        (0, True, tickets.created),
        (2, True, np.where(by_mail, calendar.past(tickets.created + 15), _NONE)),
        (1, False, np.where(noted, calendar.past(course.opened + 5), _NONE)),
        (1, True, tickets.replied),
        (0, True, course.goes_on),
        (1, True, np.where(second > tickets.replied, second, _NONE)),
        (0, True, course.reopened),
        (1, True, np.where(course.reopened < _NONE, tickets.solved, _NONE)),
    ]
    at = np.concatenate([when for _, _, when in kinds])
    ticket, kind = np.tile(np.arange(count), len(kinds)), np.repeat(np.arange(len(kinds)), count)
    order = np.lexsort((kind, ticket, at))
    order = order[at[order] < _NONE]
    ticket, kind, at = ticket[order], kind[order], at[order]
    role = np.array([role for role, _, _ in kinds])[kind]
    author = either(role == 0, take(requester, ticket), blank(agent_ids(tickets.agent[ticket]), role == 2))
    return pa.table(
        {
            "comment_id": ident("K", np.arange(len(at)) + 1, width=7),
            "ticket_id": ticket_ids(ticket),
            "author_id": author,
            "author_role": word(role, _ROLES),
            "is_public": flag(np.array([public for _, public, _ in kinds])[kind]),
            "at": instant(at),
        }
    )


@dataclass(frozen=True)
class Escalations:
    """One entry per escalation, in the order of opening; ``ticket`` is -1 where it did not begin with one."""

    account: Ints
    ticket: Ints
    level: Ints
    opened: Ints
    closed: Ints
    cause: Ints

    def by_ticket(self, count: int) -> Ints:
        """The instant at which each of ``count`` tickets was escalated."""
        at = np.full(count, _NONE)
        own = self.ticket >= 0
        at[self.ticket[own]] = self.opened[own]
        return at


def draw_escalations(past: Past, tickets: Tickets) -> Escalations:
    """Urgent tickets of the unhappy, and what large customers take higher without one."""
    rng, calendar = past.draws("escalations"), past.calendar
    chance = np.array((0.004, 0.008, 0.04, 0.10))[tickets.priority] * np.exp(-0.8 * tickets.mood)
    taken = np.flatnonzero(rng.random(len(tickets)) < np.clip(chance, 0, 0.5))
    solved = tickets.solved[taken]
    until = np.where(solved < _NONE, solved, tickets.created[taken] + 2 * DAY)
    opened = calendar.past(tickets.created[taken] + (until - tickets.created[taken]) * 2 // 3)
    closed = np.where(solved < _NONE, calendar.past(solved + rng.integers(1, 30, len(taken)) * 3600), _NONE)
    rate = np.array((0.0, 0.002, 0.008))[past.traits.segment][:, None] * np.exp(-1.2 * past.mood())
    came = past.occasions(rng, np.minimum(rate, 0.2))
    at = past.at(rng, came.day)
    settled = past.later(at, DAY * rng.integers(2, 30, len(at)))
    columns = [
        np.concatenate(pair)
        for pair in (
            (tickets.account[taken], came.account),
            (taken, np.full(len(at), -1)),
            (opened, at),
            (closed, settled),
            (tickets.mood[taken], came.mood),
        )
    ]
    order = np.lexsort((columns[0], columns[2]))
    account, ticket, opened, closed, mood = (column[order[columns[2][order] < _NONE]] for column in columns)
    level = (rng.random(len(account)) < 0.2 - 0.1 * mood).astype(np.int64)
    return Escalations(account, ticket, level, opened, closed, rng.integers(0, len(_CAUSES), len(account)))


def escalation_table(escalations: Escalations) -> pa.Table:
    """The canonical ``escalation`` rows."""
    settled = escalations.closed < _NONE
    return pa.table(
        {
            "escalation_id": ident("X", np.arange(len(settled)) + 1, width=4),
            "account_id": ident("A", escalations.account),
            "ticket_id": blank(ticket_ids(np.maximum(escalations.ticket, 0)), escalations.ticket < 0),
            "level": word(escalations.level, _LEVELS),
            "opened_at": instant(escalations.opened),
            "closed_at": instant(escalations.closed),
            "cause": word(np.where(settled, escalations.cause, -1), _CAUSES),
        }
    )
