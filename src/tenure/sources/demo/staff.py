"""The people who look after customers: CSMs in teams, their managers, and who owned which account in which month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.sources.demo.columns import draws
from tenure.sources.demo.days import Calendar, Flags, Floats, Ints
from tenure.sources.demo.traits import Traits
from tenure.sources.demo.words import REGIONS

_TEAM = 12  # of every twelve CSMs one leaves and one joins during the window
_LEAVER, _JOINER, _MOVER = 5, 7, 10
_EFFECT = 0.6  # the best CSM lifts the mood of an account by that much, the worst lowers it
_HAND_OVER = 0.004  # the share of accounts that change hands in a month, besides leavers and joiners
POOL = -1  # looked after by the digital pool, by nobody in person


@dataclass(frozen=True)
class Staff:
    """One entry per CSM: the team (a region), the true effect on mood, and the months from and to which they work."""

    team: Ints
    effect: Floats
    joins: Ints
    leaves: Ints
    moves: Ints  # the month in which they change the team on paper; far ahead for most

    def __len__(self) -> int:
        return len(self.team)


@dataclass(frozen=True)
class Ownership:
    """Who owned every account, by step (``POOL`` or the CSM's number), and the second owner of a shared one."""

    owner: Ints  # account x step
    second: Ints  # by account: the CSM who shares it from the start, or -1

    @property
    def handed(self) -> Flags:
        """Account x step: the owner is not the one of the step before."""
        changed = np.zeros(self.owner.shape, dtype=np.bool_)
        changed[:, 1:] = self.owner[:, 1:] != self.owner[:, :-1]
        return changed


def draw_staff(accounts: int, calendar: Calendar, seed: int) -> Staff:
    """Twelve CSMs, more only for very many accounts; their effects are evenly spaced and dealt at random."""
    rng = draws(seed, "staff")
    size = max(12, min(120, accounts // 400))
    number, window = np.arange(size), calendar.steps - 1 - (calendar.opens - calendar.first)
    far = calendar.first + calendar.steps + 1200
    kind = number % _TEAM
    return Staff(
        team=number % len(REGIONS),
        effect=rng.permutation(np.linspace(-_EFFECT, _EFFECT, size)),
        joins=np.where(kind == _JOINER, calendar.opens + window * 3 // 8, calendar.first),
        leaves=np.where(kind == _LEAVER, calendar.opens + window * 2 // 3, far),
        moves=np.where(kind == _MOVER, calendar.opens + window * 7 // 12, far),
    )


def assign(traits: Traits, staff: Staff, calendar: Calendar, seed: int) -> Ownership:
    """Owners by month: from the team of the region, the senior ones with more of the large accounts."""
    rng, accounts = draws(seed, "ownership"), len(traits)
    owner = np.empty((accounts, calendar.steps), dtype=np.int64)
    now = _draw(traits, staff, calendar.first, rng)
    pooled = (traits.segment == 0) & (rng.random(accounts) < 0.12)
    now[pooled] = POOL
    for step in range(calendar.steps):
        month = calendar.first + step
        fresh = _draw(traits, staff, month, rng)
        gone = (now >= 0) & (staff.leaves[now] <= month)
        to_joiner = (now >= 0) & (staff.joins[fresh] == month) & (rng.random(accounts) < 0.5) & (step > 0)
        moved = gone | to_joiner | (rng.random(accounts) < _HAND_OVER)
        now = np.where(moved & ~pooled, fresh, now)
        owner[:, step] = now
    shared = (traits.segment == 2) & (rng.random(accounts) < 0.06)
    second = np.where(shared, _draw(traits, staff, calendar.first, rng), -1)
    return Ownership(owner, second)


def _draw(traits: Traits, staff: Staff, month: int, rng: np.random.Generator) -> Ints:
    """A CSM of the region's team who works in that month, for every account."""
    drawn, chance = np.zeros(len(traits), dtype=np.int64), rng.random(len(traits))
    for region in range(len(REGIONS)):
        team = np.flatnonzero((staff.team == region) & (staff.joins <= month) & (staff.leaves > month))
        for segment in range(3):
            who = (traits.region == region) & (traits.segment == segment)
            seniority = 1 + 0.35 * (segment - 1) * np.linspace(-1, 1, len(team))
            edges = np.cumsum(seniority / seniority.sum())
            drawn[who] = team[np.minimum(np.searchsorted(edges, chance[who]), len(team) - 1)]
    return drawn


def levels(traits: Traits, staff: Staff, ownership: Ownership) -> Floats:
    """The usual mood of every account in every step: its own temper and its owner's effect."""
    effect = np.append(staff.effect, 0.0)  # the last entry is the pool's
    level: Floats = traits.fit[:, None] + effect[ownership.owner]
    return level
