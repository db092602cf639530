"""Customers made up for tests: whoever uses the product little leaves sooner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from tenure.core.period import add_months
from tenure.scores.risk.outcome import NEVER, Spells
from tenure.scores.risk.panel import SIGNALS, Origin
from tenure.scores.signal import Customer

TODAY, FIRST = date(2026, 7, 1), date(2024, 1, 1)


def customer(account, since=date(2023, 1, 1), mrr=1_000_000, due=None):
    return Customer(account, account.title(), "ada", "Ada", "north", "SMB", None, None, None, since, mrr, due)


def company(accounts=400, months=30, seed=7, *, tells=True, rate=0.02):
    """Origins and spells of a company of which each customer leaves at ``rate`` a month times what its use makes of it.

    Use is between 0 and 1; with ``tells`` at 0.1 four times as many leave as usual, at 0.9 a quarter.
    """
    rng = np.random.default_rng(seed)
    use = rng.uniform(0, 1, accounts)
    hazard = rate / 30 * (np.exp(3.5 * (0.5 - use)) if tells else np.ones(accounts))
    days = np.floor(rng.exponential(1 / hazard)).astype(int)
    ends = [min(FIRST + timedelta(days=int(min(n, 20_000))), NEVER) for n in days]
    ids = [f"a{n:04}" for n in range(accounts)]
    spells: Spells = {
        one: [(date(2023, 1, 1), end if end <= TODAY else NEVER)] for one, end in zip(ids, ends, strict=True)
    }
    origins = []
    for month in range(months):
        day = add_months(FIRST, month)
        there = [n for n in range(accounts) if ends[n] > day]
        values = {name: np.full(len(there), np.nan) for name in SIGNALS}
        values["use"] = np.clip(use[there] + rng.normal(0, 0.05, len(there)), 0, 1)
        origins.append(Origin(day, [customer(ids[n]) for n in there], values))
    return origins, spells


@dataclass(frozen=True)
class Drawn:
    """A company as the product reads it, and what it cannot know: ``chances`` of leaving within ``HORIZON`` days, by account and
    origin.
    """

    origins: list[Origin]
    spells: Spells
    chances: dict[tuple[str, date], float]


HORIZON = 90
#: The signals that matter.
TELLING = ("use", "tickets", "payment_regularity", "net_promoter_score")
_TERM = 365
_BEFORE_THE_END = 45


def drawn(rng: np.random.Generator, accounts: int = 600, months: int = 30) -> Drawn:
    """A company of which customers leave at a rate of their own, 0.5 to 2 % a month on average, four times as high before the end of
    a yearly term. It depends on four signals and the segment; not all is known of everybody, and the other signals do not
    matter. Who leaves is replaced by a new customer on the first of the next month.
    """
    until = (add_months(FIRST, months) - FIRST).days
    traits = {name: rng.normal(size=(accounts, months + 1)) for name in TELLING}
    segment = rng.integers(0, 3, (accounts, months + 1))
    log_rate = (
        -0.7 * traits["use"] + 0.5 * traits["tickets"] - 0.4 * np.abs(traits["payment_regularity"])
        - 0.3 * traits["net_promoter_score"] + np.array([0.4, 0.0, -0.5])[segment]
    )  # fmt: skip
    rate = rng.uniform(0.005, 0.02) / 30.4 * np.exp(log_rate - np.log(np.exp(log_rate).mean()))
    origins: list[list[tuple[str, int, int, int]]] = [[] for _ in range(months)]
    starts = np.array([(add_months(FIRST, month) - FIRST).days for month in range(months)])
    spells: Spells = {}
    chances: dict[tuple[str, date], float] = {}
    for place in range(accounts):
        began, nth = -int(rng.integers(1, 700)), 0
        while began < until:
            name = f"a{place:04}-{nth:02}"
            days = np.arange(max(began, 0), until + HORIZON)
            late = (days - began) % _TERM >= _TERM - _BEFORE_THE_END
            hazard = np.cumsum(rate[place, nth] * np.where(late, 4.0, 1.0))
            gone = int(np.searchsorted(hazard, rng.exponential()))
            left = int(days[gone]) + 1 if gone < len(days) else None
            end = NEVER if left is None else FIRST + timedelta(days=left)
            spells[name] = [(FIRST + timedelta(days=began), end if end <= TODAY else NEVER)]
            for month, day in enumerate(starts):
                if day >= days[0] and day > began and (left is None or day < left):
                    at = day - days[0]
                    before = hazard[at - 1] if at else 0.0
                    chances[name, add_months(FIRST, month)] = float(-np.expm1(before - hazard[at + HORIZON - 1]))
                    origins[month].append((name, place, nth, began))
            if left is None:
                break
            nth, began = nth + 1, int(starts[np.searchsorted(starts, left)]) if left < starts[-1] else until
    found = [_origin(rng, add_months(FIRST, month), rows, traits, segment) for month, rows in enumerate(origins)]
    return Drawn(found, spells, chances)


def _origin(
    rng: np.random.Generator, day: date, rows: list[tuple[str, int, int, int]], traits: dict[str, np.ndarray],
    segment: np.ndarray,
) -> Origin:  # fmt: skip
    """What is known of the customers of a day: of each signal 15 % is missing."""
    there = []
    for name, place, nth, began in rows:
        since = FIRST + timedelta(days=began)
        due = since + timedelta(days=_TERM * (1 + (day - since).days // _TERM))
        one = customer(name, since, int(rng.lognormal(7, 1)) * 10_000, due)
        there.append(replace(one, segment=("small", "middle", "large")[segment[place, nth]]))
    places, nths = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    values = {name: rng.normal(size=len(rows)) for name in SIGNALS}
    values |= {name: trait[places, nths] for name, trait in traits.items()}
    missing = {name: rng.random(len(rows)) < 0.15 for name in values}
    return Origin(day, there, {name: np.where(missing[name], np.nan, told) for name, told in values.items()})
