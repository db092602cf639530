"""What changes inside a term: seats, plan, a second product, and the yearly price rise of those without a contract."""

from __future__ import annotations

import numpy as np

from tenure.sources.demo.days import NEVER, Flags, Ints
from tenure.sources.demo.renewals import end_add_on, move_up, raise_price
from tenure.sources.demo.state import State, World, write_add_on, write_line


def raise_prices(world: World, state: State, begun: Flags, month: int) -> Flags:
    """The price rise at an anniversary: half of those billed by the month, and some in longer contracts."""
    age = month - state.since
    share = np.where(world.traits.term > 1, 0.4, 0.5)
    who: Flags = begun & state.active & (state.end == NEVER) & (age > 0) & (age % 12 == 0) & (state.renewal > month)
    who &= world.rng.random(len(world.traits)) < share
    raise_price(world, state, who)
    write_line(world, state, who, state.boundary)
    return who


def change(world: World, state: State, free: Flags, month: int) -> None:
    """One change at most in an account's billing month: more seats, fewer seats, or the next plan; and the add-on."""
    rng, traits, accounts = world.rng, world.traits, len(world.traits)
    day = world.later(state)
    free = free & state.active & (state.end == NEVER) & (day < world.calendar.today) & (state.renewal > month)
    chance = rng.random(accounts)
    more = free & (chance < np.clip(0.045 + 0.02 * state.mood, 0.005, 0.12))
    state.seats[more] += (1 + state.seats * rng.integers(4, 19, accounts) // 100)[more]
    may_cut = free & (traits.term <= 1) & world.in_window(month)
    fewer = may_cut & (chance > 1 - np.clip(0.018 - 0.015 * state.mood, 0.004, 0.08)) & (state.seats > 4)
    state.seats[fewer] = np.maximum(3, state.seats * rng.integers(65, 92, accounts) // 100)[fewer]
    up = free & ~more & ~fewer & (rng.random(accounts) < 0.005) & (state.rank < 3)
    move_up(state, up)
    write_line(world, state, more | fewer | up, day)
    _change_add_on(world, state, free, may_cut, day)


def _change_add_on(world: World, state: State, free: Flags, may_cut: Flags, day: Ints) -> None:
    """The happy buy Insights; some of those without a contract drop it at once."""
    rng, accounts = world.rng, len(world.traits)
    had, chance = state.add_on > 0, rng.random(accounts)
    drop = may_cut & had & (chance < 0.012)
    end_add_on(world, state, drop, day)
    buy = free & ~had & (chance < np.clip(0.010 + 0.006 * state.mood, 0.001, 0.03))
    planner = state.unit * state.seats // 100
    price = np.maximum(20, planner * rng.integers(15, 31, accounts) // 100) * 100  # whole euros
    state.add_on[buy], state.add_on_day[buy] = price[buy], day[buy]
    state.add_on_number[buy] += 1
    write_add_on(world, state, buy, day)
