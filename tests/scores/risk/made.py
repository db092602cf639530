"""Customers made up for tests: whoever uses the product little leaves sooner."""

from __future__ import annotations

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
