"""A panel of made-up customers of any size: what churn risk is learned from, without a warehouse."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from tenure.core.period import add_months
from tenure.scores.risk.outcome import NEVER, Spells
from tenure.scores.risk.panel import SIGNALS, Origin
from tenure.scores.signal import Customers

FIRST = date(2024, 10, 1)


def made(accounts: int, months: int, seed: int = 7, monthly: float = 0.015) -> tuple[list[Origin], Spells, date]:
    """Origins and spells of a company of which ``monthly`` leave, those who use the product little sooner; and today.

    Of three signals in ten nothing is known; all but use say nothing.
    """
    rng = np.random.default_rng(seed)
    use, segment = rng.uniform(0, 1, accounts), rng.integers(0, 4, accounts)
    hazard = monthly / 30 * np.exp(3.5 * (0.5 - use))
    ends = np.floor(rng.exponential(1 / hazard)) + FIRST.toordinal()
    since, today = FIRST - timedelta(days=400), add_months(FIRST, months)
    ids = [f"a{number:07}" for number in range(accounts)]
    spells: Spells = {
        one: [(since, date.fromordinal(int(end)) if end <= today.toordinal() else NEVER)]
        for one, end in zip(ids, ends, strict=True)
    }
    origins = []
    for month in range(months):
        day = add_months(FIRST, month)
        there = np.flatnonzero(ends > day.toordinal())
        size = len(there)
        values = {name: np.where(rng.uniform(size=size) < 0.3, np.nan, rng.normal(size=size)) for name in SIGNALS}
        values["use"] = np.clip(use[there] + rng.normal(0, 0.05, size), 0, 1)
        rows = there.tolist()
        due = [add_months(day, 1 + ahead) for ahead in range(12)]
        columns: dict[str, list[object]] = {
            "account_id": [ids[row] for row in rows], "name": [ids[row] for row in rows], "owner": ["ada"] * size,
            "owner_name": ["Ada"] * size, "team": ["north"] * size, "segment": [f"s{segment[row]}" for row in rows],
            "tier": [None] * size, "region": [f"r{row % 7}" for row in rows], "industry": [f"i{row % 12}" for row in rows],
            "since": [since] * size, "mrr": [1_000_000 + row for row in rows],
            "renewal_due": [due[(row + month) % 12] for row in rows],
        }  # fmt: skip
        origins.append(Origin(day, Customers(columns), values))
    return origins, spells, today
