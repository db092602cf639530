"""What the estimators give on companies whose truth is known. ``bench/proof.py`` measures many, ``test_proof.py`` a few."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from tenure.scores.casemix.judge import judged as owners_judged
from tenure.scores.casemix.outcome import OUTCOMES
from tenure.scores.evaluate import Curve, Told
from tenure.scores.learn import platt
from tenure.scores.risk.backtest import judged as risk_judged
from tenure.scores.risk.backtest import parted
from tenure.scores.risk.compare import RISK
from tests.scores.casemix import companies
from tests.scores.risk import made

#: CSMs' effects on the log-odds spread by as much, drawn evenly: nobody differs, to some lose twice as many as others.
WIDEST = 0.5


@dataclass(frozen=True)
class Owners:
    """The CSMs of companies. ``spread``: of their company's true effects; ``covered``: the true ratio lies within the 95 %
    interval; ``outside``: beyond which limits what was observed lies. ``pairs``: of CSMs, of which ``apart`` were told apart.
    """

    spread: np.ndarray
    covered: np.ndarray
    outside: np.ndarray
    pairs: int
    apart: int


def owners(seed: int, spread: float | None = None, unrecorded: float = 0.0) -> Owners:
    """The CSMs of one company: as ``tenure team compare`` judges them, and as they are. ``spread``: None: it is drawn."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0, WIDEST) if spread is None else spread
    company = companies.drawn(rng, truth, unrecorded)
    found = owners_judged(company.months, company.known, "owner", OUTCOMES["customer_retention_rate"])
    ratios, groups = company.ratios(found.names), found.standings.groups
    return Owners(
        np.full(len(groups), truth),
        np.array([each.interval.covers(float(ratios[each.group])) for each in groups], dtype=bool),
        np.array([each.outside for each in groups]),
        len(groups) * (len(groups) - 1) // 2,
        sum(len(each.before) for each in groups),
    )


def together(parts: Iterable[Owners]) -> Owners:
    """The CSMs of several companies."""
    all_of = list(parts)
    return Owners(
        np.concatenate([each.spread for each in all_of]), np.concatenate([each.covered for each in all_of]),
        np.concatenate([each.outside for each in all_of]), sum(each.pairs for each in all_of),
        sum(each.apart for each in all_of),
    )  # fmt: skip


@dataclass(frozen=True)
class Risks:
    """Customers at origins: the probability that was told, the true one, and whether they left."""

    told: np.ndarray
    true: np.ndarray
    left: np.ndarray

    @property
    def auc(self) -> float:
        """How well the risk that was told tells who left."""
        return _auc(self.told, self.left)

    @property
    def best(self) -> float:
        """How well the true probabilities do: nothing can do better but by chance."""
        return _auc(self.true, self.left)


def risks(seed: int, accounts: int = 600) -> Risks:
    """The customers that are told in the back-test of one company."""
    company = made.drawn(np.random.default_rng(seed), accounts)
    parts = parted(company.origins[:-3], company.spells, made.HORIZON, made.TODAY)
    tell = parts.tell
    rows = zip(tell.accounts.codes, tell.days, strict=True)
    true = [company.chances[tell.accounts.levels[code], date.fromordinal(int(day))] for code, day in rows]
    return Risks(risk_judged(parts, RISK, made.HORIZON).predicted, np.array(true), tell.left)


def slope(told: Iterable[np.ndarray], left: Iterable[np.ndarray]) -> float:
    """The calibration slope over all companies: 1 where risks are as far apart as they should be, below it where too far."""
    chances = np.concatenate(list(told))
    return platt(np.log(chances) - np.log1p(-chances), np.concatenate(list(left)), None)[0]


def _auc(chances: np.ndarray, left: np.ndarray) -> float:
    return Curve(Told(chances, left)).values(None)["auc"]
