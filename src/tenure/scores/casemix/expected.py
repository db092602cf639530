"""What was to be expected: learnt out of fold from what was known at hand-over, whoever it was handed to.

A logistic discrete-time hazard (each account-month is a row; accounts that have not left stay in as long as they are
watched; Singer and Willett 1993) with an L2 penalty. Each account's expectation comes from a model that has not seen it.

While it is learnt what accounts make of it, who has them is held constant, and no expectation knows of that afterwards.
Otherwise what one CSM does would be ascribed to her region, and so excused in her (Kalbfleisch and Wolfe 2013). Under the
common penalty, which makes owners random effects, what all owners of a kind of account have in common is ascribed to the
accounts, and what one has alone is not.

The penalty is the weakest of a few that foretells out of fold no worse than the best one, but for chance (the rule of one
standard error; Breiman and others 1984), the strongest of which is to learn nothing: then everybody's expectation is the
company's rate. Not the best one: what foretells best is held back, and whose accounts are difficult would be allowed too
little for that. At last all are shifted alike (in log-odds), so that as much is expected as was observed.

What is learnt is not certain. By how much a group's expectation may be off follows from the curvature of the penalised
likelihood, with the scores of whole accounts in place of those of account-months (Huber 1967), since these are not
independent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.core.confidence import SEED
from tenure.scores.linear import solved

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
#: What are tried, from the strongest penalty on: the variances that coefficients are believed to have; 0: nothing is learnt.
PENALTIES = (0.0, 0.003, 0.03, 0.3, 3.0)
#: So many events, and as many account-months without, must there be in all: fewer teach nothing.
LEAST = 10
#: A name that stands for all words in less than so many rows.
_RARE = 10
_NEVER = 1e-9
_STEEPEST = 30.0  # of log-odds


@dataclass(frozen=True)
class Known:
    """What was known of each account-month: ``numbers`` (NaN: unknown) and ``words`` (empty: unknown), by feature."""

    numbers: Mapping[str, Floats]
    words: Mapping[str, NDArray[np.str_]]

    @property
    def told(self) -> tuple[str, ...]:
        """The features of which anything is known that is not the same everywhere."""
        numbers = (name for name, values in self.numbers.items() if len(np.unique(values[~np.isnan(values)])) > 1)
        return (*numbers, *(name for name, values in self.words.items() if len(np.unique(values)) > 1))

    def without(self, *names: str) -> Known:
        """The same but for these features."""
        numbers = {name: values for name, values in self.numbers.items() if name not in names}
        return Known(numbers, {name: values for name, values in self.words.items() if name not in names})


@dataclass(frozen=True)
class Expectation:
    """``share``: what share of each account-month's weight is expected to be lost or won. ``penalty``: the one chosen; 0:
    nothing was learnt. ``gain``: by which part the out-of-fold log-loss is below that of the company's rate for all.
    ``learnt``: how certain it is.
    """

    share: Floats
    penalty: float
    gain: float
    learnt: Learnt | None = None

    def doubt(self, group: Ints, weight: Floats, groups: int) -> Floats:
        """The variance of what is expected of each group because of what had to be learnt, in squares of the weights' unit."""
        return np.zeros(groups) if self.learnt is None else self.learnt.doubt(self.share, group, weight, groups)


@dataclass(frozen=True)
class Learnt:
    """``features``: the columns; ``covariance``: of what was learnt of them."""

    features: Floats
    covariance: Floats

    def doubt(self, share: Floats, group: Ints, weight: Floats, groups: int) -> Floats:
        """As ``Expectation.doubt``: what the company as a whole is expected to lose is certain."""
        moved = weight * share * (1 - share)
        inside = group >= 0
        by_group = np.column_stack(
            [np.bincount(group[inside], (moved * column)[inside], groups) for column in self.features.T]
        )
        expected = np.bincount(group[inside], (weight * share)[inside], groups)
        part = expected / (weight @ share)
        apart = by_group - part[:, None] * (moved @ self.features)
        return np.asarray(np.einsum("gi,ij,gj->g", apart, self.covariance, apart), dtype=np.float64)


def expected(known: Known, outcome: Floats, weight: Floats, account: NDArray[Any], owner: NDArray[Any]) -> Expectation:
    """What was to be expected of each account-month.

    ``outcome``: 0 or 1, or of amounts a share within [0, 1]; ``weight``: how much it counts, above 0 somewhere; ``account``
    and ``owner``: any values that tell them apart. Everything has one entry an account-month. With too few events nothing
    is learnt.
    """
    fold = _folds(account)
    scaled = weight / weight.mean()
    lost, kept = float((outcome > 0).sum()), float((outcome < 1).sum())
    tried = PENALTIES if min(lost, kept) >= LEAST else PENALTIES[:1]
    features = _matrix(known, len(outcome)) if len(tried) > 1 else np.zeros((len(outcome), 0))
    held = _matrix(Known({}, {"owner": owner.astype(np.str_)}), len(outcome))
    found = _out_of_fold(features, held, outcome, scaled, fold, tried)
    losses = {penalty: scaled * _log_loss(outcome, share) for penalty, share in found.items()}
    chosen = _weakest(losses, account)
    nothing = float(losses[0.0].sum())
    gain = 1 - float(losses[chosen].sum()) / nothing if nothing > 0 else 0.0
    share = _shifted(found[chosen], outcome, weight)
    learnt = _learnt(features, held, outcome - share, scaled, share, account, chosen) if chosen else None
    return Expectation(share, chosen, gain, learnt)


def _weakest(losses: Mapping[float, Floats], account: NDArray[Any]) -> float:
    """The weakest penalty (the largest value) that is worse than the best one by no more than a standard error, over accounts,
    and better than nothing.
    """
    total = {penalty: float(own.sum()) for penalty, own in losses.items()}
    best = min(total, key=lambda penalty: (total[penalty], penalty))
    _, which = np.unique(account, return_inverse=True)
    chosen = best
    for penalty, own in losses.items():
        off = np.bincount(which, own - losses[best])
        if best and penalty > best and total[penalty] < total[0.0] and off.sum() <= np.sqrt((off**2).sum()):
            chosen = penalty
    return chosen


def _learnt(features: Floats, held: Floats, residual: Floats, weight: Floats, share: Floats, account: NDArray[Any],
            penalty: float) -> Learnt:  # fmt: skip
    """How certain the features' part is, owners held constant: curvature, scores of accounts and penalty as a sandwich."""
    columns = np.column_stack([np.ones(len(share)), features, held])
    ridge = np.full(columns.shape[1], 1 / penalty)
    ridge[0] = _NEVER
    bread = np.linalg.inv((columns * (weight * share * (1 - share))[:, None]).T @ columns + np.diag(ridge))
    _, which = np.unique(account, return_inverse=True)
    scores = np.column_stack([np.bincount(which, weight * residual * column) for column in columns.T])
    whole = bread @ (scores.T @ scores + np.diag(ridge)) @ bread
    own = slice(1, 1 + features.shape[1])
    return Learnt(features, whole[own, own])


def tells(words: NDArray[np.str_], group: Ints, weight: Floats) -> float:
    """How well a feature tells the group: by which part fewer guesses of it are wrong where it is known (Goodman and
    Kruskal's lambda, 1954). 0: it tells nothing, 1: it is as good as the group itself. ``group``: whole numbers from 0.
    """
    _, level = np.unique(words, return_inverse=True)
    table = np.zeros((level.max(initial=0) + 1, group.max(initial=0) + 1))
    np.add.at(table, (level, group), weight)
    most, total = table.sum(axis=0).max(), table.sum()
    return float((table.max(axis=1).sum() - most) / (total - most)) if total > most else 0.0


def _folds(account: NDArray[Any]) -> Ints:
    """The fold of each row: all of an account are in one, and the folds are as many accounts each as can be."""
    names, which = np.unique(account, return_inverse=True)
    return (np.random.default_rng(SEED).permutation(len(names)) % FOLDS)[which]


def _out_of_fold(
    features: Floats, held: Floats, outcome: Floats, weight: Floats, fold: Ints, penalties: Sequence[float]
) -> dict[float, Floats]:
    """The share expected of each row by a model of the other folds, with each penalty. Owners count as 0 where it is asked for."""
    columns = np.column_stack([features, held, np.ones(len(outcome))])
    found = {penalty: np.zeros(len(outcome)) for penalty in penalties}
    for test, train in _parts(fold):
        rate = float(np.average(outcome[train], weights=weight[train])) if weight[train].any() else 0.0
        b = np.zeros(columns.shape[1])
        taught = _Weighted(columns[train], outcome[train], weight[train])
        for penalty in penalties:
            found[penalty][test] = rate
            if penalty and 0 < rate < 1:
                b[-1] = b[-1] or np.log(rate / (1 - rate))
                b = solved(taught.held_back(penalty), b)  # from where the last one ended
                found[penalty][test] = 1 / (1 + np.exp(-(features[test] @ b[: features.shape[1]] + b[-1])))
    return {penalty: np.clip(share, _NEVER, 1 - _NEVER) for penalty, share in found.items()}


def _parts(fold: Ints) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    for each in range(FOLDS):
        test = fold == each
        if test.any():
            yield test, ~test if not test.all() else test


class _Weighted:
    """The loss of shares that weigh, over ``columns`` of which the last is the intercept. The curvature costs far more than
    everything else: it is worked out only at the first few coefficients of each penalty.
    """

    _LOOKS = 2

    def __init__(self, columns: Floats, outcome: Floats, weight: Floats) -> None:
        self._columns, self._outcome, self._weight = columns, outcome, weight
        self._ridge = np.zeros(columns.shape[1])
        self._looks, self._curvature = 0, np.zeros((0, 0))

    def held_back(self, penalty: float) -> _Weighted:
        """With another penalty."""
        self._ridge[:-1] = 1 / penalty
        self._looks = self._LOOKS
        return self

    def at(self, b: Floats) -> tuple[float, Floats, Floats]:
        """As ``linear.Convex.at``."""
        score = np.clip(self._columns @ b, -_STEEPEST, _STEEPEST)
        expected = 1 / (1 + np.exp(-score))
        loss = float(self._weight @ (np.logaddexp(0, score) - self._outcome * score) + self._ridge @ b**2 / 2)
        gradient = self._columns.T @ (self._weight * (self._outcome - expected)) - self._ridge * b
        if self._looks > 0:
            self._curvature = (self._columns * (self._weight * expected * (1 - expected))[:, None]).T @ self._columns
            self._looks -= 1
        return loss, gradient, self._curvature + np.diag(self._ridge + _NEVER)


def _matrix(known: Known, rows: int) -> Floats:
    """Numbers around 0 with the spread 1, an unknown one at the mean with a column that says so; words as columns of 0 and 1."""
    columns = []
    for values in known.numbers.values():
        missing = np.isnan(values)
        mean = float(values[~missing].mean()) if not missing.all() else 0.0
        spread = float(values[~missing].std()) if not missing.all() else 0.0
        if spread > 0:
            columns.append(np.where(missing, 0.0, (values - mean) / spread))
        if missing.any() and not missing.all():
            columns.append(missing.astype(np.float64))
    for texts in known.words.values():
        names, which, count = np.unique(texts, return_inverse=True, return_counts=True)
        columns += [(which == at).astype(np.float64) for at in range(len(names)) if _RARE <= count[at] < rows]
    return np.column_stack(columns) if columns else np.zeros((rows, 1))


def _log_loss(outcome: Floats, share: Floats) -> Floats:
    value: Floats = -(outcome * np.log(share) + (1 - outcome) * np.log1p(-share))
    return value


def _shifted(share: Floats, outcome: Floats, weight: Floats) -> Floats:
    """The shares with their log-odds shifted alike, so that their weighted sum is that of the outcome."""
    target = float((weight * outcome).sum())
    if not 0 < target < float(weight.sum()):
        return np.full(len(share), 0.0 if target <= 0 else 1.0)
    odds, low, high = np.log(share) - np.log1p(-share), -30.0, 30.0
    for _ in range(100):
        middle = (low + high) / 2
        total = float((weight / (1 + np.exp(-(odds + middle)))).sum())
        low, high = (middle, high) if total < target else (low, middle)
    value: Floats = 1 / (1 + np.exp(-(odds + (low + high) / 2)))
    return value
