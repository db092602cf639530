"""The back-test: what each score would have said, held against who left afterwards.

Everything is as it would have been: what is learned from lies before a day, outcomes of which more is known today are cut
off there, and the customers told are others than those learned from. A score of whatever kind (a health score, another tool's,
a few facts of the contract) is learned from alone in the same way, so that all are measured on the same scale and rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenure.core.confidence import wilson
from tenure.core.errors import DataError
from tenure.core.features import Features, Floats, Places
from tenure.scores.evaluate import Bin, Measures, Told, calibration, measures, population_stability
from tenure.scores.fit import FEWEST
from tenure.scores.folds import FOLDS, deal, label_keys
from tenure.scores.learn import LEARNERS, Calibrated, Known, learn, learn_all, level, platt
from tenure.scores.linear import NAME as LOGISTIC
from tenure.scores.linear import loss_of
from tenure.scores.matter import Matter, what_matters
from tenure.scores.risk.hazard import Stacked, at_step, cumulated, probability, stacked
from tenure.scores.risk.outcome import Ends
from tenure.scores.risk.panel import Panel, panel

if TYPE_CHECKING:
    from tenure.scores.risk.outcome import Spells
    from tenure.scores.risk.panel import Origin

#: Of the origins so many of the latest are told; of those before, so many of the latest bring scores to scale.
_TOLD, LATEST = 1 / 3, 1 / 4
_FEWEST_ORIGINS = 6
_ANY_WAY = Ends()


@dataclass(frozen=True)
class Parts:
    """The panel by time, each part with what was known at its end: to ``learn`` from, to ``scale`` scores by (None where
    too few left for that), to ``tell``. ``learned_until``: the day at which outcomes to learn from are cut off.
    """

    learn: Panel
    scale: Panel | None
    tell: Panel
    learned_until: date


def parted(origins: Sequence[Origin], spells: Spells, horizon: int, today: date, became: Ends = _ANY_WAY) -> Parts:
    """The latest third of the origins is told by those before. Raises ``DataError`` where too few customers left."""
    did = became.outcome.did
    days = [part.day for part in origins]
    if len(days) < _FEWEST_ORIGINS:
        raise DataError(
            f"There are {len(days)} months of which it is known who {did}, and at least {_FEWEST_ORIGINS} are needed.",
            code="too_few_events", fix="Load more of the past (--history), or wait.",
        )  # fmt: skip
    late = round(len(days) * (1 - _TOLD))
    tell = panel(origins[late:], spells, horizon, today, became)
    whole = panel(origins[:late], spells, horizon, days[late], became)
    for part, word in ((whole, f"before {days[late]}, to learn from,"), (tell, f"from {days[late]} on, to be told,")):
        if part.leavers < FEWEST:
            raise DataError(
                f"Of the customers {word} {part.leavers} {did} within {horizon} days, and at least {FEWEST} are needed.",
                code="too_few_events", fix="Load more of the past (--history), take a longer horizon, or wait.",
            )  # fmt: skip
    middle = round(late * (1 - LATEST))
    learn = panel(origins[:middle], spells, horizon, days[middle], became)
    scale = panel(origins[middle:late], spells, horizon, days[late], became)
    if min(learn.leavers, scale.leavers) < FEWEST:
        return Parts(whole, None, tell, days[late])
    return Parts(learn, scale, tell, days[middle])


@dataclass(frozen=True)
class Judged:
    """How well one score told who left. ``model``: the learner that did better on the rows to scale by. ``drift``: PSI of
    the scores from the rows learned from to those told. ``predicted``: the probability of each row told. ``rounds``: the models
    that told them.
    """

    model: str
    measures: Measures
    calibration: list[Bin]
    drift: float | None
    columns: list[Matter]
    predicted: Floats
    rounds: tuple[Round, ...] = ()


@dataclass(frozen=True)
class Round:
    """A model, the rows of the part to learn from that it may know, and the rows that it told."""

    model: Calibrated
    learn: Places
    tell: Places


def judged(parts: Parts, columns: Sequence[str], horizon: int, learners: Sequence[str] = LEARNERS) -> Judged:
    """Learn from these columns only, and tell. Customers are told by models that have learned from others."""
    panels = [parts.learn, parts.tell, *([parts.scale] if parts.scale else [])]
    known = [stacked(part, columns) for part in panels if part is not parts.tell]
    folds = _folds(panels)
    tell = Features({name: parts.tell.features.columns[name] for name in columns}, parts.tell.rows)
    runs = {name: _run(name, known, [folds[0], *folds[2:]]) for name in learners}
    chosen = min(runs, key=lambda name: runs[name].loss)
    rounds = tuple(
        Round(model, np.flatnonzero(folds[0] != own), np.flatnonzero(folds[1] == own))
        for own, model in enumerate(runs[chosen].models)
    )
    rivals = _rivals(parts.learn, columns, rounds)
    learned = Features({name: parts.learn.features.columns[name] for name in columns}, parts.learn.rows)
    hazard, chance, before = np.empty(tell.rows), np.empty(tell.rows), np.empty(parts.learn.rows)
    for own, (each, rival) in enumerate(zip(rounds, rivals, strict=True)):
        hazard[each.tell] = cumulated(each.model, tell.take(each.tell), horizon)
        chance[each.tell] = (
            -np.expm1(-hazard[each.tell]) if rival is None
            else probability(each.model, tell.take(each.tell), horizon, rival)
        )  # fmt: skip
        rows = np.flatnonzero(folds[0] == own)
        before[rows] = cumulated(each.model, learned.take(rows), horizon)
    told = Told(chance, parts.tell.left, None, parts.tell.accounts.codes)
    models, places = [each.model for each in rounds], [each.tell for each in rounds]
    return Judged(
        chosen, measures(told), calibration(told), population_stability(np.log(before), np.log(hazard)),
        what_matters(models, at_step(tell, 0), places), told.predicted, rounds,
    )  # fmt: skip


def rival_of(panel: Panel, columns: Sequence[str], rows: Places | None = None) -> Calibrated | None:
    """The hazard of what ends the watch without being the outcome, learned from some rows (default: all); None where nothing
    does.
    """
    found = stacked(panel, columns, ~panel.counts)
    known = found.known if rows is None else found.known.take(np.flatnonzero(np.isin(found.rows, rows)))
    return Calibrated(learn(LOGISTIC, known)) if known.outcome.any() else None


def _rivals(panel: Panel, columns: Sequence[str], rounds: Sequence[Round]) -> list[Calibrated | None]:
    return [rival_of(panel, columns, each.learn) if panel.became.among else None for each in rounds]


@dataclass(frozen=True)
class _Run:
    models: list[Calibrated]
    loss: float


def _folds(panels: Sequence[Panel]) -> list[Places]:
    """The fold of each row of each part: an account is in the same one everywhere."""
    levels = sorted({level for part in panels for level in part.accounts.levels})
    place = {level: number for number, level in enumerate(levels)}
    codes = [np.array([place[level] for level in part.accounts.levels])[part.accounts.codes] for part in panels]
    keys = [label_keys(part.accounts) for part in panels]
    dealt = deal(
        np.concatenate([part.left for part in panels]), np.concatenate(keys), np.concatenate(codes).astype(np.int32)
    )
    ends = np.cumsum([len(own) for own in codes])
    return np.split(dealt, ends[:-1])


def _run(name: str, known: Sequence[Stacked], folds: Sequence[Places]) -> _Run:
    """One learner: a model for each fold of the accounts, which learns from the other accounts and tells these.

    Scores are brought to scale by all rows before those told, each told by a model that has not learned from its account: of
    the rows in between alone too few left to say how far apart risks should be. How high they are the rows in between say,
    where there are any.
    """
    learn, own = known[0], folds[0][known[0].rows]
    taught = [learn.known.take(np.flatnonzero(own != fold)) for fold in range(FOLDS)]
    models = [Calibrated(model) for model in learn_all(name, taught)]
    by = learn.known if len(known) == 1 else learn.known.joined(known[-1].known)
    parts = [scores_of(models, part.known, own[part.rows]) for part, own in zip(known, folds, strict=True)]
    rows = np.concatenate(parts)
    slope, shift = platt(rows, by.outcome, by.exposure, steady=True)
    now = level(slope * parts[-1], known[-1].known, shift) if len(known) > 1 else shift
    return _Run(
        [Calibrated(model.model, slope, now) for model in models],
        loss_of(slope * rows + shift, by.outcome, by.exposure),
    )


def scores_of(models: Sequence[Calibrated], known: Known, folds: Places) -> Floats:
    """Each row's score by the model that has not learned from its account."""
    found = np.empty(known.table.rows)
    for own, model in enumerate(models):
        rows = np.flatnonzero(folds == own)
        found[rows] = model.score(known.table.take(rows))
    return found


@dataclass(frozen=True)
class Band:
    """Customers at origins whose health lay in a band: how many there were, and how many left within the horizon."""

    band: str
    n: int
    left: int
    share: float
    low: float | None
    high: float | None


def by_band(bands: Sequence[str | None], left: Floats) -> list[Band]:
    """The share that left, by band of the score (none: without a score), with Wilson's interval."""
    found = []
    for band in ("good", "fair", "poor", None):
        rows = np.array([each == band for each in bands], dtype=bool)
        n, gone = int(rows.sum()), int(left[rows].sum())
        if n:
            ends = wilson(gone, n)
            found.append(Band(band or "no score", n, gone, gone / n, ends.low, ends.high))
    return found


@dataclass(frozen=True)
class Warned:
    """Of the customers that left: ``warned``, of which the highest tenth of the risk, or the band poor, told at the last
    origin before; ``lead``: the median of the days from when it first did until they left; ``missed``: the share of the
    lost revenue of which nothing told.
    """

    left: int
    warned: int
    lead: float | None
    missed: float | None


def warned(parts: Parts, flagged: NDArray[np.bool_]) -> Warned:
    """How early and for how much of the revenue a flag told of who left, by the rows told."""
    tell = parts.tell
    rows: dict[tuple[int, float], list[int]] = {}
    for number in np.flatnonzero(tell.left).tolist():
        rows.setdefault((int(tell.accounts.codes[number]), float(tell.ends[number])), []).append(number)
    told, leads, lost, missed = 0, [], 0.0, 0.0
    for (_, end), own in rows.items():
        own.sort(key=lambda number: tell.days[number])
        lost += tell.mrr[own[-1]]
        if not flagged[own].any():
            missed += tell.mrr[own[-1]]
            continue
        told += 1
        first = next(number for number in own if flagged[number])
        leads.append(end - tell.days[first])
    return Warned(len(rows), told, float(np.median(leads)) if leads else None, float(missed / lost) if lost else None)
