"""The months of every account, all accounts at once: mood, start, renewal, bill, change, notice and end.

An account's billing month begins on its own day of the month; what happens in a step lies in that billing month, so
the rows of one line are always in order. Before the window nobody leaves: those months only give the older customers
a past.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenure.sources.demo.changes import change, raise_prices
from tenure.sources.demo.columns import draws
from tenure.sources.demo.days import NEVER, Calendar, Flags, Floats
from tenure.sources.demo.notice import give_notice
from tenure.sources.demo.renewals import open_contract, renew
from tenure.sources.demo.state import Log, State, World, begin, write_line
from tenure.sources.demo.traits import Traits

_KEEP, _NOISE = 0.85, 0.22  # how mood drifts: what stays of last month's deviation, and what is new
_SHOCK, _SHOCK_SHARE = 1.3, 0.006  # a champion leaves
_HANDED = 0.25  # what a change of owner costs at first


@dataclass(frozen=True)
class Life:
    """What happened (``log``), how every account felt in every month, and when it was a paying customer."""

    log: Log
    mood: npt.NDArray[np.float32]  # account x step
    paying: Flags  # account x step: a paying customer during that billing month


def live(traits: Traits, calendar: Calendar, seed: int, level: Floats, handed: Flags) -> Life:
    """Let the months pass. ``level`` is the usual mood and ``handed`` a change of owner, by account and step."""
    world = World(traits, calendar, draws(seed, "life"), Log(), level, handed)
    state = begin(traits)
    mood = np.zeros(level.shape, dtype=np.float32)
    paying = np.zeros(level.shape, dtype=np.bool_)
    for step in range(calendar.steps):
        month = calendar.first + step
        state.boundary = calendar.day(month, traits.day_of_month)
        _feel(world, state, step)
        _month(world, state, month)
        mood[:, step], paying[:, step] = state.mood, state.active & (state.boundary <= calendar.today)
    _try_out(world)
    return Life(world.log, mood, paying)


def _feel(world: World, state: State, step: int) -> None:
    rng, accounts = world.rng, len(world.traits)
    shocked = (rng.random(accounts) < _SHOCK_SHARE) & state.active
    state.drift = state.drift * _KEEP + rng.normal(0, _NOISE, accounts) - _SHOCK * shocked
    state.drift -= _HANDED * world.handed[:, step]
    state.mood = world.level[:, step] + state.drift
    day = world.later(state)
    gone = np.flatnonzero(shocked & (day < world.calendar.today))
    world.log.add("champion_left", gone, day=day[gone])


def _month(world: World, state: State, month: int) -> None:
    begun = state.boundary <= world.calendar.today
    _leave(world, state, begun & state.active & (state.end == month), month)
    _start(world, state, begun & _starting(world.traits, state, month), month)
    expired = begun & state.active & (state.discount_end <= state.boundary)
    state.discount[expired], state.discount_end[expired] = 0, NEVER
    renewed = renew(world, state, begun, month)
    raised = raise_prices(world, state, begun & ~renewed, month)
    _bill(world, state, begun, month)
    give_notice(world, state, begun, month)
    change(world, state, begun & ~renewed & ~raised, month)


def _starting(traits: Traits, state: State, month: int) -> Flags:
    first = traits.converted & (traits.start_month == month)
    starting: Flags = ~state.active & (first | (state.back == month))
    return starting


def _start(world: World, state: State, who: Flags, month: int) -> None:
    """The first purchase, or a smaller one after a return."""
    traits, back = world.traits, who & (state.generation > 0)
    state.seats[back] = np.maximum(3, state.seats[back] * 7 // 10)
    state.add_on[back], state.back[back], state.drift[back] = 0, NEVER, 0.0
    state.active |= who
    state.since[who], state.end[who] = month, NEVER
    state.generation[who] += 1
    first = who & ~back
    lasts = np.where(traits.step == 12, np.minimum(traits.discount_months, 1) * 12, traits.discount_months)
    ends = world.calendar.day(month + lasts, traits.day_of_month)
    state.discount[first] = np.where(traits.once, 0, traits.discount)[first]
    state.discount_end[first] = np.where((lasts > 0) & ~traits.once, ends, NEVER)[first]
    state.discount[back], state.discount_end[back] = 0, NEVER
    open_contract(world, state, who & (traits.term > 0), month)
    write_line(world, state, first, state.boundary, once=True)
    write_line(world, state, back, state.boundary)


def _leave(world: World, state: State, who: Flags, month: int) -> None:
    """The end of the paid time. A few come back some months later."""
    rng, accounts = world.rng, len(world.traits)
    again = who & (rng.random(accounts) < 0.10)
    state.back[again] = (month + rng.integers(2, 9, accounts))[again]
    state.active &= ~who


def _bill(world: World, state: State, begun: Flags, month: int) -> None:
    """An invoice in advance for every account whose billing interval begins; those on ``today`` come tomorrow."""
    traits = world.traits
    if not world.in_window(month):
        return
    due = begun & (state.boundary < world.calendar.today) & state.active & ((month - state.since) % traits.step == 0)
    a = np.flatnonzero(due)
    planner = (state.unit * state.seats * (100 - state.discount))[a] * traits.step[a]
    world.log.add(
        "bill",
        a,
        day=state.boundary[a],
        generation=state.generation[a],
        contract=state.contract[a],
        planner=(planner + 50) // 100,
        add_on=(state.add_on * traits.step)[a],
        add_on_number=state.add_on_number[a],
        first=(state.since == month)[a],
        mood=np.rint(state.mood[a] * 1000).astype(np.int64),
        until=world.calendar.day(month + traits.step, traits.day_of_month)[a],
    )


def _try_out(world: World) -> None:
    """Trials stand before the first purchase; those that came to nothing simply end."""
    traits, calendar = world.traits, world.calendar
    paid = calendar.day(traits.start_month, traits.day_of_month)
    begins = paid - traits.trial_days
    tried = (traits.trial_days > 0) & (begins <= calendar.today)
    a = np.flatnonzero(tried)
    world.log.add(
        "line",
        a,
        generation=1,
        product=0,
        number=0,
        day=begins[a],
        rank=traits.rank[a],
        seats=traits.seats[a],
        unit=traits.unit[a],
        contract=0,
        trial=1,
        once=0,
        discount=0,
        discount_end=NEVER,
    )
    lost = np.flatnonzero(tried & ~traits.converted)
    world.log.add("end", lost, generation=1, product=0, number=0, day=paid[lost], asked=NEVER)
