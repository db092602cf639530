"""By which cause customers leave: the whole risk, split among voluntary churn, non-payment, merger, and what nobody told.

Each cause of which enough left has a hazard of its own, in which leaving by another cause only ends the watch; the whole hazard
is split in their proportions. Of what is too few to learn from, the share is that of all who left. So the causes add up
to the risk exactly, and the reasons of the risk stay what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Features, Floats, Places
from tenure.scores.evaluate import Bin, Measures, Told, calibration, measures
from tenure.scores.fit import FEWEST
from tenure.scores.learn import Calibrated, learn
from tenure.scores.linear import NAME as LOGISTIC
from tenure.scores.risk.hazard import incidences, stacked

if TYPE_CHECKING:
    from tenure.scores.risk.backtest import Judged, Parts
    from tenure.scores.risk.hazard import Score
    from tenure.scores.risk.panel import Panel

UNKNOWN = "unknown"
#: What the causes too few left by are learned as, where all of them together are enough.
_POOL = "others"
_BINS = 5


@dataclass(frozen=True)
class Cause:
    """``leavers``: how many left by it; ``share``: of all who left. ``model``: of its hazard, or of that of all causes with the
    same ``pool`` together; None where its share of the whole hazard is constant.
    """

    name: str
    leavers: int
    share: float
    model: Calibrated | None = None
    pool: str = ""

    @property
    def how(self) -> str:
        """``own`` hazard, ``pooled`` with others, or a ``constant`` share."""
        return "constant" if self.model is None else "pooled" if self.pool == _POOL else "own"


def leavers_by_cause(panel: Panel) -> dict[str, int]:
    """How many customers left by each cause, each counted once, the most frequent first."""
    gone = np.flatnonzero(panel.left)
    names = _names(panel)
    each = {(int(panel.accounts.codes[row]), panel.ends[row]): names[panel.causes.codes[row]] for row in gone}
    counts = {name: sum(own == name for own in each.values()) for name in sorted(set(each.values()))}
    return dict(sorted(counts.items(), key=lambda one: -one[1]))


def apart(panel: Panel, columns: Sequence[str], rows: Places | None = None) -> tuple[Cause, ...]:
    """The causes by which customers left, learned from the ``rows`` of a panel (default: all); none where nothing is told of
    anybody.
    """
    counts = leavers_by_cause(panel)
    if not set(counts) - {UNKNOWN}:
        return ()
    whole = sum(counts.values())
    enough = [name for name, n in counts.items() if n >= FEWEST]
    few = [name for name in counts if name not in enough]
    pools = {name: [name] for name in enough}
    if sum(counts[name] for name in few) >= FEWEST:
        pools[_POOL] = few
    models = {pool: _hazard(panel, columns, rows, names) for pool, names in pools.items()} if len(pools) > 1 else {}
    pool_of = {name: pool for pool, names in pools.items() for name in names if pool in models}
    return tuple(
        Cause(name, n, n / whole, models.get(pool_of.get(name, "")), pool_of.get(name, ""))
        for name, n in counts.items()
    )


def _names(panel: Panel) -> list[str]:
    return [name or UNKNOWN for name in panel.causes.levels]


def _hazard(panel: Panel, columns: Sequence[str], rows: Places | None, names: Sequence[str]) -> Calibrated:
    events = np.array([name in names for name in _names(panel)], dtype=np.bool_)[panel.causes.codes]
    found = stacked(panel, columns, events)
    known = found.known if rows is None else found.known.take(np.flatnonzero(np.isin(found.rows, rows)))
    return Calibrated(learn(LOGISTIC, known))


def split(causes: Sequence[Cause], table: Features) -> NDArray[np.float64]:
    """The share of each cause (a row) in the hazard of each customer: they add up to 1."""
    pools = {cause.pool: cause.model for cause in causes if cause.model is not None}
    sizes = {pool: sum(cause.share for cause in causes if cause.pool == pool and cause.model) for pool in pools}
    found = np.array([np.full(table.rows, cause.share) for cause in causes])
    if not pools:
        return found
    scores = np.array([model.score(table) for model in pools.values()])
    odds = np.exp(scores - scores.max(axis=0))
    parts = dict(zip(pools, sum(sizes.values()) * odds / odds.sum(axis=0), strict=True))
    for number, cause in enumerate(causes):
        if cause.model is not None:
            found[number] = parts[cause.pool] * (cause.share / sizes[cause.pool])
    return found


def by_cause(whole: Score, causes: Sequence[Cause], table: Features, horizon: Floats | int) -> list[Floats]:
    """The probability that each customer leaves within so many days by each cause: together they are that it leaves."""

    def rates(at: Features) -> list[Floats]:
        return list(np.exp(whole.score(at)) * split(causes, at))

    return incidences(rates, table, horizon)


@dataclass(frozen=True)
class CauseJudged:
    """How well a cause was told. ``leavers``: of those learned from, and of those told; ``expected``: how many of the rows told
    were to leave by it, of which ``came`` did. ``measures`` and ``calibration`` only where enough of those told left by it.
    """

    name: str
    how: str
    leavers: tuple[int, int]
    expected: float
    came: int
    measures: Measures | None
    calibration: list[Bin]


def causes_judged(parts: Parts, whole: Judged, columns: Sequence[str], horizon: int) -> list[CauseJudged]:
    """Each cause by which anybody left, told as the whole was (``judged``): by what was learned from other customers; none
    where nothing is told of anybody.
    """
    tell = parts.tell
    everything = apart(parts.learn, columns)
    if not everything:
        return []
    told = {cause.name: np.zeros(tell.rows) for cause in everything}
    table = Features({name: tell.features.columns[name] for name in columns}, tell.rows)
    for one in whole.rounds:
        causes = apart(parts.learn, columns, one.learn)
        for cause, found in zip(causes, by_cause(one.model, causes, table.take(one.tell), horizon), strict=True):
            told[cause.name][one.tell] = found
    later = leavers_by_cause(tell)
    return [_judged(cause, told[cause.name], tell, later.get(cause.name, 0)) for cause in everything]


def _judged(cause: Cause, predicted: Floats, tell: Panel, later: int) -> CauseJudged:
    own = np.array([name == cause.name for name in _names(tell)], dtype=np.bool_)[tell.causes.codes]
    came = tell.left * own
    enough = later >= FEWEST and cause.leavers >= FEWEST
    of = Told(predicted, came, None, tell.accounts.codes) if enough else None
    return CauseJudged(
        cause.name, cause.how, (cause.leavers, later), float(predicted.sum()), int(came.sum()),
        measures(of) if of else None, calibration(of, _BINS) if of else [],
    )  # fmt: skip
