"""Scores held against each other: churn risk, the health score, other tools', and what anybody could have known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Features, Floats, Numbers
from tenure.scores.health.score import Accounts, Scoring
from tenure.scores.learn import learn
from tenure.scores.linear import NAME as LOGISTIC
from tenure.scores.risk.amount import Amounts, amounts
from tenure.scores.risk.backtest import Band, Judged, Parts, Warned, by_band, judged, parted, warned
from tenure.scores.risk.causes import CauseJudged, causes_judged
from tenure.scores.risk.hazard import at_step, stacked
from tenure.scores.risk.outcome import Ends, Spells
from tenure.scores.risk.panel import LABELS, SIGNALS, Origin, Panel
from tenure.scores.signal import Knowns, Signal

if TYPE_CHECKING:
    from tenure.scores.health.model import Model

#: What a list of contracts tells.
CONTRACT = ("months_as_customer", "days_to_renewal")
#: All that churn risk is learned from.
RISK = (*SIGNALS, "months_as_customer", "mrr", "days_to_renewal", *LABELS)
_TENTH = 0.9
_ANY_WAY = Ends()
_OTHER = "other tool "


@dataclass(frozen=True)
class Compared:
    """One score's part of the back-test. ``name``: ``risk``, ``health``, ``contract`` or the other tool's; ``warned``: how
    the tenth of the customers of each month that it thinks worst of stands to those who left.
    """

    name: str
    judged: Judged
    warned: Warned


@dataclass(frozen=True)
class Suggestion:
    """Weights of the health score's components that would have told best who left (of 100), the present ones beside them."""

    component: str
    weight: float
    suggested: float


@dataclass(frozen=True)
class Comparison:
    """A back-test: the parts, every score, the ``bands`` of the health score, and what other weights of its components would
    have gained (``reweighted``).
    """

    parts: Parts
    scores: tuple[Compared, ...]
    bands: tuple[Band, ...]
    suggestions: tuple[Suggestion, ...]
    reweighted: Judged | None
    causes: tuple[CauseJudged, ...] = ()
    amounts: Amounts | None = None


def signals_of(models: Sequence[Model], others: Sequence[str]) -> dict[str, Signal]:
    """Every signal that a back-test needs: those of the risk, of the health score by each model, and other tools' scores."""
    of_health = {column_of(one.signal): one.signal for model in models for one in model.components}
    return {**SIGNALS, **of_health} | {_OTHER + name: Signal(120, judgement=name) for name in others}


def column_of(signal: Signal) -> str:
    """The column of what a health score goes by: that of the risk, where it goes by the same."""
    own = next((name for name, one in SIGNALS.items() if one == signal), "")
    of = signal.metric or signal.judgement or signal.risk_model
    return own or " ".join(["health", of, *signal.variant, str(signal.days), *(["trend"] if signal.trend else [])])


def compared(
    origins: Sequence[Origin],
    spells: Spells,
    horizon: int,
    today: date,
    model: Model,
    written: frozenset[str],
    became: Ends = _ANY_WAY,
) -> Comparison:
    """Back-test every score over the same customers and months. ``written``: components that CSMs write themselves.

    Raises ``DataError`` where too few customers left.
    """
    scored = {part.day: scoring_of(model, part, written) for part in origins}
    parts = parted(origins, spells, horizon, today, became)
    health = _columns(parts, scored)
    everything = _with(parts, health)
    others = [name for name in origins[0].values if name.startswith(_OTHER)]
    wanted = {"risk": RISK, "health": ("health",), "contract": CONTRACT}
    wanted |= {name.removeprefix(_OTHER): (name,) for name in others if _some(parts, name)}
    scores = []
    for name, columns in wanted.items():
        one = judged(everything, columns, horizon)
        scores.append(Compared(name, one, warned(parts, _worst(parts.tell, one.predicted))))
    whole = scores[0].judged
    bands = by_band([None if np.isnan(score) else model.band(score) for score in health[1]["health"]], parts.tell.left)
    if became.among:  # the health score is no score of this: its weights are not to be turned to it
        told = amounts(parts.learn, parts.tell, whole.predicted)
        return Comparison(parts, tuple(scores), tuple(bands), (), None, (), told)
    components = [f"points {one.name}" for one in model.components if _some(everything, f"points {one.name}")]
    reweighted = judged(everything, components, horizon, (LOGISTIC,)) if components else None
    suggested = _suggested(model, everything, components)
    causes = causes_judged(parts, whole, RISK, horizon)
    return Comparison(parts, tuple(scores), tuple(bands), suggested, reweighted, tuple(causes))


def health_told(parts: Parts, origins: Sequence[Origin], model: Model, written: frozenset[str], horizon: int) -> Judged:
    """How well the health score by a ``model`` told who left, as a back-test says it."""
    columns = _columns(parts, {part.day: scoring_of(model, part, written) for part in origins})
    return judged(_with(parts, columns), ("health",), horizon)


def scoring_of(model: Model, part: Origin, written: frozenset[str]) -> Scoring:
    """The health scores of an origin, by the model, from what was known then."""
    ids = part.ids
    inputs = {}
    for component in model.components:
        values = part.values[column_of(component.signal)]
        there = np.flatnonzero(~np.isnan(values))
        inputs[component.name] = Knowns([ids[row] for row in there.tolist()], values[there], np.ones_like(there))
    days = [(part.day - since).days if since else 0 for since in part.columns["since"]]
    return Scoring(model, Accounts(ids, part.columns["segment"], days), inputs, written)


def _columns(parts: Parts, scored: Mapping[date, Scoring]) -> list[dict[str, Floats]]:
    """The columns of the health score, and of its components' points, for each part."""
    return [_of_panel(part, scored) for part in (parts.learn, parts.tell, parts.scale) if part is not None]


def _of_panel(panel: Panel, scored: Mapping[date, Scoring]) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    levels = panel.accounts.levels
    for day, scoring in scored.items():
        rows = np.flatnonzero(panel.days == day.toordinal())
        places = np.array([scoring.place[levels[code]] for code in panel.accounts.codes[rows].tolist()], dtype=np.intp)
        found.setdefault("health", np.full(panel.rows, np.nan))[rows] = scoring.columns().score[places]
        for number, component in enumerate(scoring.model.components):
            points = scoring.points[places, number]
            column = found.setdefault(f"points {component.name}", np.full(panel.rows, np.nan))
            column[rows] = np.where(points >= 0, points / 100, np.nan)
    return found


def _with(parts: Parts, columns: Sequence[Mapping[str, Floats]]) -> Parts:
    def wider(panel: Panel, more: Mapping[str, Floats]) -> Panel:
        every = {**panel.features.columns, **{name: Numbers(values) for name, values in more.items()}}
        return replace(panel, features=Features(every, panel.rows))

    return replace(
        parts,
        learn=wider(parts.learn, columns[0]),
        tell=wider(parts.tell, columns[1]),
        scale=wider(parts.scale, columns[2]) if parts.scale else None,
    )


def _some(parts: Parts, name: str) -> bool:
    """Whether a column says anything in the rows to learn from and in those to tell."""
    for panel in (parts.learn, parts.tell):
        column = panel.features.columns.get(name)
        if not isinstance(column, Numbers) or np.isnan(column.values).all():
            return False
    return True


def _worst(panel: Panel, predicted: Floats) -> NDArray[np.bool_]:
    """The tenth of the customers of each origin whose probability is highest."""
    found = np.zeros(panel.rows, dtype=bool)
    for day in np.unique(panel.days):
        rows = np.flatnonzero(panel.days == day)
        found[rows] = predicted[rows] >= np.quantile(predicted[rows], _TENTH)
    return found


def _suggested(model: Model, parts: Parts, components: Sequence[str]) -> tuple[Suggestion, ...]:
    """Weights in the proportions in which points told who left; none for what told the wrong way."""
    if not components:
        return ()
    known = Features({name: parts.learn.features.columns[name] for name in components}, parts.learn.rows)
    added = learn(LOGISTIC, stacked(parts.learn, components).known).contributions(at_step(known, 0))
    slopes = {}
    for name in components:
        column = known.columns[name]
        assert isinstance(column, Numbers)
        there = ~np.isnan(column.values)
        points, moved = column.values[there], added[name][there]
        spread = float(points.var())
        slopes[name] = max(0.0, -float(np.cov(points, moved)[0, 1]) / spread) if spread else 0.0
    whole, before = sum(slopes.values()), float(sum(model.weight(one, None) for one in model.components))
    if not whole:
        return ()
    return tuple(
        Suggestion(
            one.name, 100 * float(model.weight(one, None)) / before, 100 * slopes.get(f"points {one.name}", 0.0) / whole
        )
        for one in model.components
    )
