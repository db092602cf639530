"""What the simulation carries from month to month, and the log of what it lets happen."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tenure.sources.demo.days import NEVER, Calendar, Flags, Floats, Ints
from tenure.sources.demo.traits import Traits


class Log:
    """Things that happened, by kind: arrays added month by month and read as one."""

    def __init__(self) -> None:
        self._parts: dict[str, list[dict[str, Ints]]] = {}

    def add(self, kind: str, account: Ints, **columns: Ints | int) -> None:
        """One thing per entry of ``account``; a plain number holds for all of them."""
        row = {name: np.broadcast_to(np.asarray(value), account.shape).copy() for name, value in columns.items()}
        self._parts.setdefault(kind, []).append({"account": account, **row})

    def read(self, kind: str) -> dict[str, Ints]:
        """All of a kind, as one array per column. Raises ``KeyError`` where nothing of the kind was ever added."""
        parts = self._parts[kind]
        return {name: np.concatenate([part[name] for part in parts]).astype(np.int64) for name in parts[0]}


@dataclass
class State:
    """One entry per account. Months and days are those of ``days``; money is in cents of the account's currency."""

    active: Flags
    since: Ints  # the month in which the running subscription began
    end: Ints  # the month at whose boundary it ends; NEVER while nobody asked for that
    back: Ints  # the month in which a lost customer comes back
    generation: Ints  # 1 for the first subscription, 2 after a return
    contract: Ints  # the number of the running contract, 0 for none
    renewal: Ints  # the month in which its term ends
    seats: Ints
    rank: Ints
    unit: Ints
    discount: Ints
    discount_end: Ints  # a day
    add_on: Ints  # cents a month, 0 without
    add_on_day: Ints  # when it was bought
    add_on_number: Ints  # how often it was bought: part of the line's id
    drift: Floats  # how far the mood is from its usual level
    mood: Floats
    boundary: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # the day this billing month begins

    def monthly(self) -> Ints:
        """The recurring amount a month after discount, in ten-thousandths."""
        return self.unit * self.seats * (100 - self.discount) + self.add_on * 100


@dataclass(frozen=True)
class World:
    """What does not change while the months pass."""

    traits: Traits
    calendar: Calendar
    rng: np.random.Generator
    log: Log
    level: Floats  # account x step: the usual mood, from the account's fit and its owner's effect
    handed: Flags  # account x step: the owner changes

    def in_window(self, month: int) -> bool:
        """Whether customers may leave and bills are kept: the months before only make a past."""
        return month >= self.calendar.opens

    def later(self, state: State, low: int = 1) -> Ints:
        """A day inside each account's billing month, after its first."""
        return state.boundary + self.rng.integers(low, 27, len(self.traits))


def begin(traits: Traits) -> State:
    """The state before the first month."""
    accounts = len(traits)
    zero, never = np.zeros(accounts, dtype=np.int64), np.full(accounts, NEVER)
    return State(
        active=np.zeros(accounts, dtype=np.bool_),
        since=never.copy(),
        end=never.copy(),
        back=never.copy(),
        generation=zero.copy(),
        contract=zero.copy(),
        renewal=never.copy(),
        seats=traits.seats.copy(),
        rank=traits.rank.copy(),
        unit=traits.unit.copy(),
        discount=zero.copy(),
        discount_end=never.copy(),
        add_on=zero.copy(),
        add_on_day=zero.copy(),
        add_on_number=zero.copy(),
        drift=np.zeros(accounts),
        mood=traits.fit.copy(),
    )


def write_line(world: World, state: State, who: Flags, day: Ints, *, once: bool = False) -> None:
    """Log a new row of the Planner line of ``who``, as the state now is, from ``day`` on."""
    a = np.flatnonzero(who)
    special = world.traits.once[a] & once
    world.log.add(
        "line",
        a,
        generation=state.generation[a],
        product=0,
        number=0,
        day=day[a],
        rank=state.rank[a],
        seats=state.seats[a],
        unit=state.unit[a],
        contract=state.contract[a],
        trial=0,
        once=special.astype(np.int64),
        discount=np.where(special, world.traits.discount[a], state.discount[a]),
        discount_end=state.discount_end[a],
    )


def write_add_on(world: World, state: State, who: Flags, day: Ints) -> None:
    """Log a new row of the Insights line of ``who``."""
    a = np.flatnonzero(who)
    world.log.add(
        "line",
        a,
        generation=state.generation[a],
        product=1,
        number=state.add_on_number[a],
        day=day[a],
        rank=-1,
        seats=1,
        unit=state.add_on[a],
        contract=state.contract[a],
        trial=0,
        once=0,
        discount=0,
        discount_end=NEVER,
    )
