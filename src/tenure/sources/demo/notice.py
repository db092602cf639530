"""Notice: who decides to leave, when they say so and when the paid time ends."""

from __future__ import annotations

import numpy as np

from tenure.sources.demo.days import NEVER, Flags, Floats, Ints
from tenure.sources.demo.state import State, World

MOOD_ON_CHURN = -1.4  # log-odds of leaving per unit of mood
_AT_RENEWAL = (-1.85, -2.35, -2.95)  # log-odds at mood 0, by segment
_IN_A_MONTH = (-4.35, -4.7, -5.1)
_SILENT = 0.10  # leave without notice: they stop paying, close down or are bought


def give_notice(world: World, state: State, begun: Flags, month: int) -> None:
    """Decide the terms that end some months ahead and, of those without a term, who leaves at the next interval."""
    rng, traits, accounts = world.rng, world.traits, len(world.traits)
    day = world.later(state)
    free = begun & state.active & (state.end == NEVER) & (day < world.calendar.today)
    termed = free & (traits.term > 1) & (state.renewal - traits.lead == month) & (state.renewal >= world.calendar.opens)
    rolling = free & (traits.term <= 1) & (state.since < month) & world.in_window(month)
    level = np.where(termed, np.array(_AT_RENEWAL)[traits.segment], np.array(_IN_A_MONTH)[traits.segment])
    leaves = (termed | rolling) & (rng.random(accounts) < _chance(level + MOOD_ON_CHURN * state.mood))
    intervals = (month - state.since) // traits.step + 1
    end = np.where(termed, state.renewal, state.since + intervals * traits.step)
    state.end[leaves] = end[leaves]
    silent = leaves & (rng.random(accounts) < _SILENT)
    _log(world, state, leaves, np.where(silent, NEVER, day))


def _chance(log_odds: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-log_odds))
    return chance


def _log(world: World, state: State, leaves: Flags, asked: Ints) -> None:
    """The end of every line. One that nobody announced is not known before it has come."""
    a = np.flatnonzero(leaves)
    day = world.calendar.day(np.where(leaves, state.end, world.calendar.first), world.traits.day_of_month)
    a = a[(asked[a] < NEVER) | (day[a] < world.calendar.today)]
    generation = state.generation[a]
    world.log.add("end", a, generation=generation, product=0, number=0, day=day[a], asked=asked[a])
    more = a[state.add_on[a] > 0]
    world.log.add(
        "end",
        more,
        generation=state.generation[more],
        product=1,
        number=state.add_on_number[more],
        day=day[more],
        asked=asked[more],
    )
    world.log.add(
        "loss",
        a,
        generation=generation,
        contract=state.contract[a],
        day=day[a],
        asked=asked[a],
        mood=np.rint(state.mood[a] * 1000).astype(np.int64),
    )
