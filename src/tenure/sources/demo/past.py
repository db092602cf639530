"""All that the months left behind: what every table that tells of daily work is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.absence import Absences
from tenure.sources.demo.columns import draws
from tenure.sources.demo.days import DAY, NEVER, WARM_UP, Calendar, Floats, Ints, workday
from tenure.sources.demo.life import Life
from tenure.sources.demo.lines import Lines
from tenure.sources.demo.staff import Ownership, Staff
from tenure.sources.demo.traits import Traits


@dataclass(frozen=True)
class Occasions:
    """Things that came to customers, one entry each: whose, in which step, on which day, and in which mood."""

    account: Ints
    step: Ints
    day: Ints
    mood: Floats

    def __len__(self) -> int:
        return len(self.account)


@dataclass(frozen=True)
class Past:
    """Who there was and what happened to them, without the rows that tell of it."""

    traits: Traits
    staff: Staff
    ownership: Ownership
    absences: Absences
    life: Life
    lines: Lines
    calendar: Calendar
    seed: int
    currency: pa.Array  # by account

    @property
    def window(self) -> Ints:
        """The steps of the window, the running month included."""
        return np.arange(WARM_UP, self.calendar.steps)

    def draws(self, subject: str) -> np.random.Generator:
        """The random numbers of one subject."""
        return draws(self.seed, subject)

    def mood(self) -> Floats:
        """Account x step of the window: how each account felt."""
        return self.life.mood[:, WARM_UP:].astype(np.float64)

    def occasions(self, rng: np.random.Generator, rate: Floats) -> Occasions:
        """What comes by chance to paying customers, ``rate`` times a month by account and step of the window."""
        steps = len(self.window)
        count = rng.poisson(np.broadcast_to(rate, (len(self.traits), steps)) * self.life.paying[:, WARM_UP:])
        account, step = np.divmod(np.repeat(np.arange(count.size), count.ravel()), steps)
        return self.placed(rng, account, step + WARM_UP)

    def placed(self, rng: np.random.Generator, account: Ints, step: Ints) -> Occasions:
        """On a working day of the account's billing month, those of days to come left out."""
        begins = self.calendar.day(self.calendar.first + step, self.traits.day_of_month[account])
        day = np.maximum(workday(begins + rng.integers(0, 28, len(account))), begins)
        been = day < self.calendar.today
        account, step = account[been], step[been]
        return Occasions(account, step, day[been], self.life.mood[account, step].astype(np.float64))

    def at(self, rng: np.random.Generator, day: Ints) -> Ints:
        """An instant of each day between eight and six, ``NEVER`` where it has not come."""
        return self.calendar.instant(day, rng.integers(8 * 3600, 18 * 3600, len(day)))

    def later(self, at: Ints, seconds: Floats | Ints) -> Ints:
        """Instants that much later and awake, ``NEVER`` where they have not come yet."""
        never = at >= NEVER * DAY
        return np.where(never, at, self.calendar.past(self.calendar.awake(at + seconds.astype(np.int64))))

    def owner(self, account: Ints, day: Ints) -> Ints:
        """Who owned each account on each day: a CSM's number or ``POOL``."""
        step = np.searchsorted(self.calendar.starts, day, side="right") - 1
        found: Ints = self.ownership.owner[account, np.clip(step, 0, self.calendar.steps - 1)]
        return found

    def begun(self) -> Ints:
        """The day on which each account first paid, ``NEVER`` for prospects and trials that came to nothing."""
        day = self.calendar.day(self.traits.start_month, self.traits.day_of_month)
        return np.where(self.traits.converted & (day <= self.calendar.today), day, NEVER)

    def ended(self) -> Ints:
        """The day on which each account's first time as a customer ended or will end; ``NEVER`` while it lasts."""
        losses = self.life.log.read("loss")
        first = losses["generation"] == 1
        day = np.full(len(self.traits), NEVER)
        day[losses["account"][first]] = losses["day"][first]
        return day

    def champion_left(self) -> Ints:
        """The day on which each account's champion left, ``NEVER`` for most."""
        left = self.life.log.read("champion_left")
        day = np.full(len(self.traits), NEVER)
        day[left["account"]] = left["day"]
        return day
