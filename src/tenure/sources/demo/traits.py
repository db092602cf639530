"""What each account is before anything happens to it: segment, place, first purchase, terms and temper."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tenure.sources.demo.columns import draws
from tenure.sources.demo.days import WARM_UP, Calendar, Flags, Floats, Ints
from tenure.sources.demo.words import LIST_CENTS, PLACES, REGIONS, SEGMENTS

_SEGMENT_WEIGHTS = (0.52, 0.33, 0.15)
_SEATS = (11.0, 38.0, 110.0)  # the median first order
_FIT = (-0.10, 0.0, 0.20)  # the mean temper by segment
_YEARLY = (0.35, 0.75, 1.0)  # how many sign for a year or longer
_PLAN_WEIGHTS = ((0.55, 0.40, 0.05, 0.0), (0.10, 0.55, 0.30, 0.05), (0.0, 0.20, 0.50, 0.30))


@dataclass(frozen=True)
class Traits:
    """One array per trait, an entry per account. Codes index the lists of ``words``; -1 means none."""

    segment: Ints
    place: Ints
    industry: Ints
    foreign: Flags  # billed in the currency of its country
    start_month: Ints
    day_of_month: Ints  # 1 to 28: the day on which its billing months begin
    step: Ints  # months between two bills: 1, 3 or 12
    term: Ints  # months of a contract: 12, 24, 36; 1 is evergreen, 0 is none
    seats: Ints
    rank: Ints
    unit: Ints  # cents a seat a month
    discount: Ints  # per cent
    discount_months: Ints  # how long it lasts; 0 is for good
    once: Flags  # the first discount is given once instead
    trial_days: Ints
    converted: Flags
    fit: Floats
    lead: Ints  # months before the end of a term in which the renewal is decided
    is_test: Flags
    is_partner: Flags
    merged_into: Ints
    parent: Ints

    def __len__(self) -> int:
        return len(self.segment)

    @property
    def region(self) -> Ints:
        """The region's code by account."""
        regions = np.array([REGIONS.index(place.region) for place in PLACES])
        found: Ints = regions[self.place]
        return found


def draw_traits(accounts: int, calendar: Calendar, seed: int) -> Traits:
    """The traits of that many accounts, the same for the same seed."""
    rng = draws(seed, "traits")
    segment = rng.choice(len(SEGMENTS), accounts, p=_SEGMENT_WEIGHTS)
    weights = np.array([place.weight for place in PLACES])
    place = rng.choice(len(PLACES), accounts, p=weights / weights.sum())
    step, term = _terms(segment, rng)
    rank = _plans(segment, rng)
    discount, discount_months, once = _discounts(segment, rng)
    unit = np.array(LIST_CENTS)[rank]
    unit = np.where(step == 12, unit * 9 // 100 * 10, unit)  # a tenth less by the year
    traits = Traits(
        segment=segment,
        place=place,
        industry=rng.integers(0, 8, accounts),
        foreign=rng.random(accounts) < 0.8,
        start_month=_start_months(accounts, calendar, rng),
        day_of_month=np.where(rng.random(accounts) < 0.3, 1, rng.integers(1, 29, accounts)),
        step=step,
        term=term,
        rank=rank,
        unit=unit,
        discount=discount,
        discount_months=discount_months,
        once=once,
        seats=np.maximum(3, np.array(_SEATS)[segment] * np.exp(rng.normal(0, 0.45, accounts))).astype(np.int64),
        trial_days=np.where((segment < 2) & (rng.random(accounts) < 0.25), rng.choice([14, 30], accounts), 0),
        converted=np.ones(accounts, dtype=np.bool_),
        fit=np.array(_FIT)[segment] + rng.normal(0, 0.55, accounts),
        lead=rng.integers(2, 5, accounts),
        is_test=np.zeros(accounts, dtype=np.bool_),
        is_partner=rng.random(accounts) < 0.01,
        merged_into=np.full(accounts, -1),
        parent=np.full(accounts, -1),
    )
    return _related(_special(traits, calendar, rng), rng)


def _start_months(accounts: int, calendar: Calendar, rng: np.random.Generator) -> Ints:
    """More than half signed before the window, the others evenly during it; the last may still be prospects."""
    before = calendar.opens - 1 - (WARM_UP * rng.random(accounts) ** 1.3).astype(np.int64)
    during = calendar.opens + rng.integers(0, calendar.steps - WARM_UP, accounts)
    return np.where(rng.random(accounts) < 0.56, np.maximum(before, calendar.first), during)


def _terms(segment: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Months between bills, and months of the contract."""
    accounts = len(segment)
    yearly = rng.random(accounts) < np.array(_YEARLY)[segment]
    long = (segment > 0) & (rng.random(accounts) < 0.18)
    term = np.where(long, rng.choice([24, 36], accounts, p=[0.6, 0.4]), 12)
    evergreen = (segment == 1) & (rng.random(accounts) < 0.4)
    quarterly = rng.random(accounts) < 0.12
    return np.where(yearly, 12, np.where(quarterly, 3, 1)), np.where(yearly, term, np.where(evergreen, 1, 0))


def _plans(segment: Ints, rng: np.random.Generator) -> Ints:
    edges = np.cumsum(np.array(_PLAN_WEIGHTS), axis=1)[segment]
    drawn: Ints = (rng.random(len(segment))[:, None] > edges[:, :3]).sum(axis=1)
    return drawn


def _discounts(segment: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Flags]:
    """Large customers get one for good, some of the others one that ends, a few one that is given once."""
    accounts = len(segment)
    lasting = (segment == 2) & (rng.random(accounts) < 0.6)
    kind = rng.random(accounts)
    ending, once = ~lasting & (kind < 0.25), ~lasting & (kind > 0.97)
    percent = np.where(lasting | ending, rng.choice([10, 15, 20], accounts), np.where(once, 50, 0))
    return percent, np.where(ending, rng.choice([6, 12], accounts), 0), once


def _special(traits: Traits, calendar: Calendar, rng: np.random.Generator) -> Traits:
    """Trials that came to nothing, and the few accounts that are only tests."""
    accounts = len(traits)
    in_window = traits.start_month >= calendar.opens
    lost = in_window & (traits.segment == 0) & (rng.random(accounts) < 0.08)
    is_test = np.zeros(accounts, dtype=np.bool_)
    is_test[rng.choice(accounts, max(3, accounts // 100), replace=False)] = True
    return replace(traits, converted=~lost, trial_days=np.where(lost, 30, traits.trial_days), is_test=is_test)


def _related(traits: Traits, rng: np.random.Generator) -> Traits:
    """Groups under a parent, and pairs that turned out to be one customer."""
    accounts = len(traits)
    usual = ~traits.is_test & traits.converted
    heads = np.flatnonzero(usual & (traits.segment == 2))
    child = usual & (traits.segment < 2) & (rng.random(accounts) < 0.06)
    parent = np.where(child & (len(heads) > 0), rng.choice(heads if len(heads) else [0], accounts), -1)
    free = rng.permutation(np.flatnonzero(usual & (traits.segment == 0) & (parent < 0)))
    pairs = min(max(2, accounts // 150), len(free) // 2)
    merged, kept = free[:pairs], free[pairs : 2 * pairs]
    merged_into = np.full(accounts, -1)
    merged_into[merged] = kept
    place = traits.place.copy()
    place[merged] = place[kept]  # the same company, entered twice
    return replace(traits, parent=parent, merged_into=merged_into, place=place)
