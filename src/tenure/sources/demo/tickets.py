"""``ticket``: what customers ask support; the unhappy ask more and wait longer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo import words
from tenure.sources.demo.cast import people_at
from tenure.sources.demo.columns import blank, digits, draws, ident, instant, join, word
from tenure.sources.demo.days import DAY, NEVER, WARM_UP, Calendar, Floats, Ints, workday
from tenure.sources.demo.hours import SUPPORT
from tenure.sources.demo.life import Life
from tenure.sources.demo.people import People
from tenure.sources.demo.traits import Traits

_TICKETS = (0.25, 0.6, 1.3)  # a month at mood 0, by segment
_TWICE = 0.25  # of the tickets that follow another of the account within a day were the same question
_NONE = np.int64(NEVER * DAY)


@dataclass(frozen=True)
class Tickets:
    """One entry per ticket, in the order of opening. Times are instants."""

    account: Ints
    person: Ints
    agent: Ints
    mood: Floats
    created: Ints
    replied: Ints
    first_solved: Ints
    solved: Ints
    closed: Ints
    kind: Ints  # 0 to 9999: what category, channel and priority are taken from

    def __len__(self) -> int:
        return len(self.account)

    @property
    def priority(self) -> Ints:
        """The code of the priority."""
        found: Ints = np.searchsorted([20, 75, 95], self.kind // 100, side="right")
        return found


def draw_tickets(life: Life, traits: Traits, calendar: Calendar, seed: int) -> Tickets:
    """Tickets of paying customers in the window; the unhappy ask more and wait longer."""
    rng = draws(seed, "tickets")
    accounts, parts = np.arange(len(traits)), []
    for step in range(WARM_UP, calendar.steps):
        rate = np.array(_TICKETS)[traits.segment] * np.exp(-0.4 * life.mood[:, step]) * life.paying[:, step]
        account = np.repeat(accounts, rng.poisson(rate))
        begins = calendar.day(calendar.first + step, traits.day_of_month[account])
        day = np.maximum(workday(begins + rng.integers(0, 28, len(account))), begins)
        parts.append((account, day, life.mood[account, step].astype(np.float64)))
    account, day, mood = (np.concatenate(column) for column in zip(*parts, strict=True))
    created = calendar.instant(day, rng.integers(8 * 3600, 18 * 3600, len(day)))
    order = np.lexsort((account, created))
    order = order[created[order] < _NONE]
    account, mood, created, count = account[order], mood[order], created[order], len(order)
    replied = created + (60 * np.exp(rng.normal(4.0, 0.9, count) - 0.2 * mood)).astype(np.int64)
    replied = calendar.awake(replied)
    solved = calendar.awake(replied + (3600 * np.exp(rng.normal(2.8, 1.0, count) - 0.2 * mood)).astype(np.int64))
    again = rng.random(count) < 0.08
    last = np.where(again, calendar.awake(solved + rng.integers(6, 72, count) * 3600), solved)
    return Tickets(
        account,
        rng.integers(0, 1 << 30, count) % people_at(traits)[account] + 1,
        rng.integers(0, len(words.AGENT_NAMES), count),
        mood,
        created,
        calendar.past(replied),
        calendar.past(solved),
        calendar.past(last),
        calendar.past(last + 4 * DAY),
        rng.integers(0, 10_000, count),
    )


def ticket_table(tickets: Tickets, people: People, escalated: Ints, calendar: Calendar, seed: int) -> pa.Table:
    """The canonical ``ticket`` rows. ``escalated``: by ticket, the instant at which it was taken higher."""
    kind, category = tickets.kind, tickets.kind % 5
    merged = _merged_into(tickets, seed)
    requester = people.instead(tickets.account, calendar.local(tickets.created) // DAY, tickets.person)
    return pa.table(
        {
            "ticket_id": ticket_ids(np.arange(len(kind))),
            "account_id": ident("A", tickets.account),
            "requester_id": blank(ident("P", tickets.account, requester), requester == 0),
            "assignee_id": agent_ids(tickets.agent),
            "priority": word(tickets.priority, words.PRIORITIES),
            "channel": word(kind % 4, words.TICKET_CHANNELS),
            "category": word(category, words.TICKET_CATEGORIES),
            "product_id": word(np.where(category == 3, -1, 0), (words.PRODUCTS[0][0],)),
            "subject": word(category * 2 + kind // 5 % 2, words.TICKET_SUBJECTS),
            "created_at": instant(tickets.created),
            "first_reply_at": instant(tickets.replied),
            "first_solved_at": instant(tickets.first_solved),
            "solved_at": instant(tickets.solved),
            "closed_at": instant(tickets.closed),
            "escalated_at": instant(escalated),
            "merged_into": blank(ticket_ids(np.maximum(merged, 0)), merged < 0),
            "schedule_id": word(kind * 0, (SUPPORT,)),
        }
    )


def _merged_into(tickets: Tickets, seed: int) -> Ints:
    """The ticket of the same account shortly before, for some that repeat it; -1 for the others."""
    order = np.lexsort((tickets.created, tickets.account))
    before = np.append(-1, order[:-1])
    repeats = (tickets.account[order] == tickets.account[before]) & (before >= 0)
    repeats &= tickets.created[order] - tickets.created[before] < DAY
    repeats &= draws(seed, "merged tickets").random(len(order)) < _TWICE
    repeats[1:] &= ~repeats[:-1]  # nothing is merged into what was merged itself
    merged = np.full(len(order), -1)
    merged[order[repeats]] = before[repeats]
    return merged


def ticket_ids(ticket: Ints) -> pa.Array:
    """The ids of tickets by number."""
    return ident("T", ticket + 1, width=6)


def agent_ids(agent: Ints) -> pa.Array:
    """The ids of support agents by number."""
    return join("agt-", digits(agent + 1))
