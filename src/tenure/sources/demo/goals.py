"""``goal``: what customers want to achieve, agreed on after the start and every year."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import blank, civil, ident, whole, word
from tenure.sources.demo.days import NEVER, WARM_UP
from tenure.sources.demo.past import Past
from tenure.sources.demo.people import People

_GOALS: tuple[tuple[str, str, int, int], ...] = (  # name, measure, where it stood, where it is to be
    ("Plan every project in Planner", "share of projects, %", 20, 90),
    ("Halve the time of the weekly planning", "minutes a week", 180, 90),
    ("Bring all teams on board", "active people", 10, 40),
    ("Report to the board without spreadsheets", "reports by hand a month", 6, 0),
    ("Deliver on the day promised", "projects on time, %", 65, 85),
)


def goal_table(past: Past, people: People) -> pa.Table:
    """The canonical ``goal`` rows: one or two, a month after the start and a year later again, more often reached by the content."""
    rng, calendar, traits = past.draws("goals"), past.calendar, past.traits
    age = calendar.first + past.window - traits.start_month[:, None]
    agreed = (age >= 1) & (age % 12 == 1) & past.life.paying[:, WARM_UP:]
    account, step = np.nonzero(agreed)
    times = 1 + (rng.random(len(account)) < 0.3)
    account, step = np.repeat(account, times), np.repeat(step, times)
    came = past.placed(rng, account, step + WARM_UP)
    count = len(came)
    due = came.day + rng.integers(90, 330, count)
    reached = due + np.rint(rng.normal(-12 - 12 * came.mood, 25, count)).astype(np.int64)
    reached = np.maximum(reached, came.day + 5)
    reaches = rng.random(count) < np.clip(0.72 + 0.18 * came.mood, 0.1, 0.97)
    until = np.minimum(past.ended()[came.account], calendar.today)
    reached = np.where(reaches & (reached < until), reached, NEVER)
    kind = rng.integers(0, len(_GOALS), count)
    numbers = np.array([[baseline, target] for _, _, baseline, target in _GOALS])[kind]
    person = people.contact(came.account, np.minimum(reached, calendar.today), rng.random(count))
    confirmed = (reached < NEVER) & (rng.random(count) < 0.8) & (person > 0)
    return pa.table(
        {
            "goal_id": ident("G", np.arange(count) + 1),
            "account_id": ident("A", came.account),
            "name": word(kind, [name for name, _, _, _ in _GOALS]),
            "measure": word(kind, [measure for _, measure, _, _ in _GOALS]),
            "baseline": whole(numbers[:, 0]),
            "target": whole(numbers[:, 1]),
            "due_at": civil(due),
            "confirmed_by": blank(ident("P", came.account, person), ~confirmed),
            "reached_at": civil(reached),
        }
    )
