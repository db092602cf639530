"""Companies whose CSMs' true effects are known: who left when, at which risk, under whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.scores.casemix.expected import Known
from tenure.scores.casemix.standing import Months


@dataclass(frozen=True)
class Simulated:
    """``months``: with the true chance of an average CSM as ``share``; ``risk``: what was known at hand-over, by account-month."""

    months: Months
    risk: np.ndarray

    @property
    def known(self) -> Known:
        return Known({"risk": self.risk}, {})


def simulated(
    rng: np.random.Generator, owners: int = 20, accounts: int = 30, months: int = 24, *,
    effect: np.ndarray | float = 0.0, portfolio: np.ndarray | float = 0.0, monthly: float = 0.015, on_risk: float = 0.8,
) -> Simulated:  # fmt: skip
    """``accounts`` for each owner, watched until they leave. ``effect``: by owner, what she adds to the log-odds of leaving;
    ``portfolio``: by owner, what is added to her accounts' risk, which is known and has the spread 1.
    """
    owner = np.repeat(np.arange(owners), accounts)
    risk = rng.normal(size=len(owner)) + np.broadcast_to(portfolio, owners)[owner]
    base = np.log(monthly / (1 - monthly)) + on_risk * risk
    average = 1 / (1 + np.exp(-base))
    true = 1 / (1 + np.exp(-(base + np.broadcast_to(effect, owners)[owner])))
    left = np.minimum(rng.geometric(true) - 1, months)  # the month of leaving, or none
    seen = np.minimum(left + 1, months)
    account = np.repeat(np.arange(len(owner)), seen)
    month = np.arange(seen.sum()) - np.repeat(np.cumsum(seen) - seen, seen)
    ones = np.ones(len(account))
    gone = (month == left[account]).astype(float)
    return Simulated(Months(owner[account], account, gone, ones, ones, average[account]), risk[account])
