"""Contracts: opened, renewed at their end with a new price and size, and each followed by its successor."""

from __future__ import annotations

import numpy as np

from tenure.sources.demo.days import NEVER, Flags, Ints
from tenure.sources.demo.state import State, World, write_add_on, write_line
from tenure.sources.demo.words import LIST_CENTS

_GRACE = 25  # days in which a renewal may still be unsigned while the customer goes on


def open_contract(world: World, state: State, who: Flags, month: int) -> None:
    """Begin the next contract of ``who`` at the boundary. Evergreen ones have no renewal to decide."""
    traits = world.traits
    a = np.flatnonzero(who)
    state.contract[a] += 1
    state.renewal[a] = np.where(traits.term[a] > 1, month + traits.term[a], NEVER)
    ends = world.calendar.day(month + traits.term[a], traits.day_of_month[a])
    world.log.add(
        "contract", a, number=state.contract[a], generation=state.generation[a], day=state.boundary[a], ends=ends
    )


def renew(world: World, state: State, begun: Flags, month: int) -> Flags:
    """Renew the terms that end at the boundary, with another price, size and, for some, plan. Returns who renewed."""
    rng, calendar, accounts = world.rng, world.calendar, len(world.traits)
    due = begun & state.active & (state.renewal == month) & (state.end > month)
    unsigned: Flags = (calendar.today - state.boundary < _GRACE) & (rng.random(accounts) < 0.25)
    who: Flags = due & ~unsigned
    before = state.monthly()
    _new_terms(world, state, who, month)
    after = state.monthly()
    decided = state.boundary - np.where(
        rng.random(accounts) < 0.08, -rng.integers(2, 15, accounts), rng.integers(5, 75, accounts)
    )
    a = np.flatnonzero(who)
    world.log.add(
        "renewal",
        a,
        number=state.contract[a],
        before=before[a],
        after=after[a],
        decided=np.minimum(decided, calendar.today)[a],
    )
    open_contract(world, state, who, month)
    write_line(world, state, who, state.boundary)
    write_add_on(world, state, who & (state.add_on > 0), state.boundary)
    return who


def _new_terms(world: World, state: State, who: Flags, month: int) -> None:
    """A price rise for most; the unhappy cut seats or the add-on, the happy add some or move a plan up."""
    rng, accounts = world.rng, len(world.traits)
    chance = rng.random(accounts)
    raise_price(world, state, who & (rng.random(accounts) < 0.75))
    may_cut = who & world.in_window(month)
    cut = may_cut & (chance < np.clip(0.12 - 0.18 * state.mood, 0.02, 0.5))
    state.seats[cut] = np.maximum(3, state.seats * rng.integers(60, 92, accounts) // 100)[cut]
    dropped = may_cut & (state.add_on > 0) & (rng.random(accounts) < 0.10 - 0.10 * state.mood)
    if dropped.any():
        end_add_on(world, state, dropped, state.boundary)
    grow = who & ~cut & (chance > 1 - np.clip(0.28 + 0.15 * state.mood, 0.05, 0.7))
    state.seats[grow] += (1 + state.seats * rng.integers(4, 22, accounts) // 100)[grow]
    move_up(state, who & ~cut & (rng.random(accounts) < np.clip(0.04 + 0.03 * state.mood, 0.0, 0.15)))


def raise_price(world: World, state: State, who: Flags) -> None:
    """Two to six per cent on the price of a seat, to the cent."""
    percent = world.rng.integers(2, 7, len(world.traits))
    state.unit[who] = ((state.unit * (100 + percent) + 50) // 100)[who]


def move_up(state: State, who: Flags) -> None:
    """The next plan, at the price the account pays against the list."""
    up = who & (state.rank < len(LIST_CENTS) - 1)
    prices = np.array(LIST_CENTS)
    old, new = prices[state.rank[up]], prices[state.rank[up] + 1]
    state.unit[up] = (state.unit[up] * new + old // 2) // old
    state.rank[up] += 1


def end_add_on(world: World, state: State, who: Flags, day: Ints) -> None:
    """End the Insights line of ``who``, asked for up to a month before."""
    a = np.flatnonzero(who)
    world.log.add(
        "end",
        a,
        generation=state.generation[a],
        product=1,
        number=state.add_on_number[a],
        day=day[a],
        asked=np.maximum(day[a] - 30, state.add_on_day[a]),
    )
    state.add_on[a] = 0
