"""Companies whose CSMs' true effects are known: who left when, at which risk, under whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from tenure.core.period import add_months
from tenure.scores.casemix.expected import Known
from tenure.scores.casemix.exposure import AccountMonth
from tenure.scores.casemix.standing import Months

FIRST = date(2024, 1, 1)


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


@dataclass(frozen=True)
class Drawn:
    """A company as the product reads it, and what it cannot know. ``average``: of each account-month the chance that it would be
    lost under an average CSM; ``true``: the one under its own.
    """

    months: list[AccountMonth]
    known: Known
    average: np.ndarray
    true: np.ndarray

    def ratios(self, names: tuple[str, ...], weight: np.ndarray | None = None) -> np.ndarray:
        """What each owner's accounts truly come to, beside what they would under an average CSM, the company's being 1."""
        counts = np.ones(len(self.true)) if weight is None else weight
        place = {name: at for at, name in enumerate(names)}
        group = np.array([place[each.owner] for each in self.months if each.owner is not None])
        true, average = (np.bincount(group, counts * chance, len(names)) for chance in (self.true, self.average))
        return np.asarray(true / average / ((counts @ self.true) / (counts @ self.average)))


def drawn(rng: np.random.Generator, spread: float, unrecorded: float = 0.0) -> Drawn:
    """A company as they are: 5 to 25 CSMs of 15 to 50 accounts each, one to three years, 0.7 to 2.5 % lost a month.

    What is lost depends on five things that are known (one of them not of every account), on one that nobody knows, and on the
    CSM, whose effects on the log-odds spread by ``spread``; three things that are known do not matter. Accounts are not
    given out by lot: CSMs differ in how risky theirs are and have a home region, and one in five accounts is handed on.
    ``unrecorded``: how much CSMs' accounts differ, besides, in what nobody knows.
    """
    owners, months = int(rng.integers(5, 26)), int(rng.integers(12, 37))
    home = np.repeat(np.arange(owners), rng.integers(15, 51, owners))
    n = len(home)
    risk = rng.normal(size=n) + rng.normal(0, 0.7, owners)[home]
    size, age = rng.normal(size=n), rng.normal(size=n)
    segment = rng.integers(0, 3, n)
    region = np.where(rng.random(n) < 0.7, home % 4, rng.integers(0, 4, n))
    log_odds = (
        0.6 * risk - 0.3 * size + 0.2 * age + np.array([0.3, 0.0, -0.4])[segment] + rng.normal(0, 0.3, 4)[region]
        + rng.normal(0, 0.5, n) + rng.normal(0, unrecorded, owners)[home]
    )  # fmt: skip
    monthly = rng.uniform(0.007, 0.025)
    base = log_odds + np.log(monthly) - np.log(np.exp(log_odds).mean())
    later, at = rng.integers(0, owners, n), np.arange(months)
    handed = np.where(rng.random(n) < 0.2, rng.integers(1, months, n), months)
    began = np.where(at < handed[:, None], 0, handed[:, None])
    owner = np.where(began == 0, home[:, None], later[:, None])
    rows = {"average": np.broadcast_to(base[:, None], owner.shape), "owner": owner}
    odds = {"average": rows["average"], "true": rows["average"] + rng.normal(0, spread, owners)[owner]}
    chance = {name: 1 / (1 + np.exp(-value)) for name, value in odds.items()}
    lost = rng.random(owner.shape) < chance["true"]
    there = np.cumsum(lost, axis=1) - lost == 0
    account, month = np.nonzero(there)
    numbers = {
        "risk": risk, "size": size, "age": np.where(rng.random(n) < 0.15, np.nan, age),
        **{f"nothing {each}": rng.normal(size=n) for each in range(3)},
    }  # fmt: skip
    words = {"segment": np.array(["small", "middle", "large"])[segment], "region": np.array(list("nesw"))[region]}
    since = began[there]
    known = Known(
        {**{name: values[account] for name, values in numbers.items()}, "months_under_owner": np.log1p(month - since)},
        {name: values[account] for name, values in words.items()},
    )
    days = [add_months(FIRST, each) for each in range(months)]
    found = [
        AccountMonth(f"a{a}", days[m], f"csm {o:02}", None, days[s], 1.0, 1.0, float(gone))
        for a, m, o, s, gone in zip(account, month, owner[there], since, lost[there], strict=True)
    ]
    return Drawn(found, known, chance["average"][there], chance["true"][there])
