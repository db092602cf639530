"""The lines of a scorecard: a measure of somebody's accounts with its trend, what was aimed at and expected, and the team's value."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tenure.core.errors import UsageError
from tenure.engine.scorecards.aims import Aim
from tenure.figures import kept
from tenure.figures.figure import Figure
from tenure.figures.request import Asked
from tenure.scores.casemix.outcome import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.core.config import Settings
    from tenure.engine.scorecards.rules import Group, Measure
    from tenure.engine.scorecards.window import Window
    from tenure.engine.verbs.fairness import Compared, Comparison

#: Fewer expected events say little of one person.
FEW = 5
#: Where the figures of somebody's accounts are told apart: in which of these they are weak.
PLACES = ("tier", "segment")
#: Why there is no value of the team beside: too few share it; nobody knows the team; it is a team's scorecard.
Apart = Literal["", "small_team", "no_team", "no_more"]
Better = Literal["", "more", "less"]
Answered = Callable[[Asked], tuple[Figure, ...]]


@dataclass(frozen=True)
class Expected:
    """What came of somebody's accounts, of ``what`` is counted (``of`` so many), against what was to be expected of them at hand-over; see
    ``fairness.Compared``. ``few``: too little is expected to say anything. ``as_of``: when it was worked out (UTC).
    """

    what: str
    of: str
    unit: str
    size: Decimal
    observed: Decimal
    expected: Decimal
    ratio: float | None
    believed: float
    low: float | None
    high: float | None
    better: float
    events: float
    remark: str
    few: bool
    features: tuple[str, ...]
    as_of: datetime | None = None


@dataclass(frozen=True)
class Weak:
    """A part of the accounts in which a measure is worse than in all of them together, more than chance makes of it."""

    dimension: str
    value: str
    figure: Figure


@dataclass(frozen=True)
class Line:
    """A measure. ``figure``: of the window, compared with the one before; None where ``told`` says why the metric refuses. ``few``:
    too little to say anything. ``better``: the good way to go.
    """

    key: str
    metric: str
    variant: tuple[str, ...]
    better: Better
    figure: Figure | None
    few: bool
    aims: tuple[Aim, ...]
    expected: Expected | None
    team: Figure | None
    apart: Apart
    weak: tuple[Weak, ...]
    told: str = ""


@dataclass(frozen=True)
class Lines:
    """A group with its lines."""

    slug: str
    name: str
    beside: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Asking:
    """Whoever answers for figures, and whose they are: ``whose`` as a slice, ``team`` that of all of them (None: ``apart`` says why not).
    ``figures``: answers a question, and the same by further dimensions; ``of_team``: one about the team, which its other members asked, too.
    """

    settings: Settings
    window: Window
    whose: tuple[str, str]
    team: tuple[str, str] | None
    apart: Apart
    figures: Callable[[Asked, tuple[str, ...]], AbstractContextManager[Answered]]
    of_team: Callable[[Asked], tuple[Figure, ...]]
    compared: Callable[[str], tuple[Comparison, datetime] | None]


def lines_of(by: Asking, group: Group, aims: Mapping[str, tuple[Aim, ...]]) -> Lines:
    """The lines of a group."""
    return Lines(
        group.slug, group.name, group.beside,
        tuple(_line(by, one, () if group.beside else aims.get(one.metric, ()), group.beside) for one in group.measures),
    )  # fmt: skip


def _line(by: Asking, one: Measure, aims: tuple[Aim, ...], beside: bool) -> Line:
    entry = kept.entry(one.metric, by.settings)
    weak: tuple[Weak, ...] = ()
    mine_asked = by.window.asked(one, by.whose)
    try:
        with by.figures(mine_asked, PLACES) as answered:
            mine = _last(answered(mine_asked))
            few = mine is None or mine.value is None or mine.status != "ok" or mine.n < by.settings.figures.small_n
            if not few and not beside and entry.better:
                weak = _weak(by, one, mine, entry.better, answered)
        team = _last(by.of_team(by.window.asked(one, by.team))) if by.team else None
    except UsageError as error:
        return Line(one.key, one.metric, one.variant, entry.better, None, True, aims, None, None, by.apart, (), error.message)  # fmt: skip
    expected = None if beside or one.metric not in OUTCOMES else _expected(by, one.metric)
    return Line(one.key, one.metric, one.variant, entry.better, mine, few, aims, expected, team, by.apart, weak)


def _last(figures: tuple[Figure, ...]) -> Figure | None:
    return figures[-1] if figures else None


def _expected(by: Asking, metric: str) -> Expected | None:
    found = by.compared(metric)
    if found is None:
        return None
    of, as_of = found
    mine = next((each for each in of.groups if each.id == by.whose[1]), None)
    return _told(of, mine, as_of) if mine else None


def _told(of: Comparison, mine: Compared, as_of: datetime) -> Expected:
    return Expected(
        of.what, of.of, of.unit, mine.size, mine.observed, mine.expected, mine.ratio, mine.shrunk, mine.low, mine.high,
        mine.better, mine.events, mine.remark, mine.events < FEW, of.features, as_of,
    )  # fmt: skip


def _weak(by: Asking, one: Measure, mine: Figure | None, better: Better, answered: Answered) -> tuple[Weak, ...]:
    """Where it is worse than in all accounts together: the whole interval of a part lies on the bad side of the value of all."""
    if mine is None or mine.value is None or (mine.low is None and mine.high is None):
        return ()
    found = []
    for name in PLACES:
        for each in answered(by.window.asked(one, by.whose, by=(name,))):
            part, most, least = each.slice.get(name), each.high, each.low
            if not part or each.status != "ok" or each.n < by.settings.figures.small_n or each.n >= mine.n:
                continue
            if (better == "more" and most is not None and most < mine.value) or (
                better == "less" and least is not None and least > mine.value
            ):
                found.append(Weak(name, str(part), each))
    return tuple(found)
