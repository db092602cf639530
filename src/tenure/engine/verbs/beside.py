"""``beside``: what another tool reported of a metric, beside ours, and which of our conventions comes closest to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product
from math import prod
from statistics import median
from typing import TYPE_CHECKING

from tenure.core.errors import DataError, UsageError, unknown
from tenure.core.period import Grain, Period, Window, parse_bound, period_at
from tenure.engine.verbs.bridge import WINDOW, Bridge, Bridges, bridge
from tenure.figures import kept
from tenure.figures.answer import answer
from tenure.figures.attain import named_in
from tenure.figures.finish import plain
from tenure.figures.request import Asked, resolved, variants
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import Entry

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: So many conventions are tried at most all together; where there are more, the closest is sought step by step.
MOST = 40
#: So many of the next best are told.
_NEXT = 3
#: Fewer periods cannot show that another tool is off by a steady factor.
_STEADY = 3
_SAME = Decimal("1e-9")

Values = dict[date, Decimal | None]
#: A convention: an option for each axis, the window among them.
Options = dict[str, str]


@dataclass(frozen=True)
class Beside:
    """``asked``: the metric, the convention that counts as ours, the accounts, and (``start``) the period whose
    difference is bridged: the last reported one where it is empty. ``grain`` empty: the one that was reported most.
    ``tool``: whose figures. ``scope``: whose accounts.
    """

    asked: Asked
    tool: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Pair:
    """One period: what the other tool said, our figure, and that of the closest convention."""

    period_start: date
    period_end: date
    theirs: Decimal
    ours: Decimal | None
    closest: Decimal | None


@dataclass(frozen=True)
class Convention:
    """A convention, by what it changes of ours (``formula=movement_sum``), and how close it comes.

    ``middle`` and ``mean``: the median and mean distance from the other tool's figures, in the metric's unit. ``same``:
    in how many of ``periods`` they are equal as far as its decimals go.
    """

    changes: tuple[str, ...]
    middle: Decimal
    mean: Decimal
    same: int
    periods: int


@dataclass(frozen=True)
class Steady:
    """The other tool's figures are always about so many times those of the closest convention: on average, at least and
    at most.
    """

    times: Decimal
    least: Decimal
    most: Decimal


@dataclass(frozen=True)
class Parallel:
    """A parallel run.

    ``closest``: the closest of the ``tried`` conventions; ``of``: how many there are of what matters; ``further``: the
    next best. ``steady``: null where no factor is to be seen. ``bridged``: the period of the ``bridge`` from ours to the
    closest, which is null where that is ours; ``rest``: what the closest leaves of the difference there.
    """

    entry: Entry
    tool: str
    grain: str
    slice: dict[str, str]
    pairs: tuple[Pair, ...]
    ours: Convention
    closest: Convention
    further: tuple[Convention, ...]
    tried: int
    of: int
    steady: Steady | None
    bridged: Pair | None
    bridge: Bridges | None
    rest: Decimal | None
    notes: tuple[str, ...] = ()


def beside(desk: Desk, request: Beside) -> Parallel:
    """The parallel run. Raises ``UsageError`` for a tool or metric that nothing was reported of, and through a narrow
    scope, for what a tool reports is of all accounts.
    """
    if request.scope.narrow:
        raise UsageError(
            "What another tool reported is of accounts outside your scope too.", code="out_of_scope",
            fix="Ask somebody who sees everything.",
        )  # fmt: skip
    entry = kept.entry(request.asked.metric, desk.settings)
    desk.fresh(desk.clock())
    grain, theirs, notes = _reported(desk, request, entry)
    trial = _Trial(desk, entry, replace(request.asked, grain=grain.value), theirs)
    best = trial.best()
    pairs = tuple(
        _pair(period, value, trial, best) for period, value in sorted(theirs.items(), key=lambda of: of[0].start)
    )
    same = [trial.values(each) for each in (trial.ours, best)]
    ranked = [each for each in trial.ranked() if trial.values(each) not in same][:_NEXT]
    bridged, found, rest = _bridged(desk, replace(request.asked, grain=grain.value), trial, best, pairs)
    return Parallel(
        entry, request.tool, grain.value, dict(request.asked.where), pairs, trial.told(trial.ours), trial.told(best),
        tuple(trial.told(each) for each in ranked), len(trial.known), trial.of, _steady(pairs, trial.half), bridged, found, rest,
        notes,
    )  # fmt: skip


def _reported(desk: Desk, request: Beside, entry: Entry) -> tuple[Grain, dict[Period, Decimal], tuple[str, ...]]:
    """What the tool reported of the slice asked for, by period of one grain."""
    asked, settings = request.asked, desk.settings
    now = resolved(replace(asked, start="", end="", grain="month", window="period"), settings, desk.clock()).moment
    rows = desk.store.rows(
        "SELECT tool, metric, period_start, period_end, slice, value FROM reported_figure_version"
        " WHERE known_from < ? AND known_to >= ?", [now.known, now.known],
    )  # fmt: skip
    tools = {row[0] for row in rows}
    if request.tool not in tools:
        listing = f"Figures were reported by: {', '.join(sorted(tools))}." if tools else (
            "No figures of another tool are loaded: tenure tables reported_figure")  # fmt: skip
        raise unknown("tool", request.tool, tools, listing=listing)
    mine = [row for row in rows if row[0] == request.tool and row[1] == entry.slug]
    wanted = set(asked.where)
    year_start = settings.fiscal_year_start
    found: dict[Grain, dict[Period, Decimal]] = {}
    for _, _, start, end, part, value in mine:
        period = _period(start, end, year_start)
        if _slice(part) == wanted and period is not None:
            found.setdefault(period.grain, {})[period] = Decimal(value)
    if not found:
        metrics, slices = (
            sorted({row[1] for row in rows if row[0] == request.tool}),
            sorted({row[4] or "" for row in mine}),
        )
        told = f"Of it: {', '.join(filter(None, slices))}." if mine else f"It reported: {', '.join(metrics)}."
        raise DataError(f"{request.tool} reported no such figures of {entry.slug}.", code="not_reported", fix=told)
    grain = Grain(asked.grain) if asked.grain else max(found, key=lambda each: len(found[each]))
    if grain not in found:
        raise DataError(f"{request.tool} reported no {grain.value} of {entry.slug}.", code="not_reported",
                        fix=f"It reported by {', '.join(sorted(each.value for each in found))}.")  # fmt: skip
    other = sorted({row[4] for row in mine if row[4] and _slice(row[4]) != wanted})
    return grain, found[grain], ((f"Reported too: {', '.join(other)}",) if other else ())


def _period(start: date, end: date, year_start: int) -> Period | None:
    """The period of that beginning and end; None where they make none."""
    every = (period_at(grain, start, year_start) for grain in Grain)
    return next((period for period in every if (period.start, period.end) == (start, end)), None)


def _slice(text: str | None) -> set[tuple[str, str]] | None:
    """What a slice names; None where it is no slice, which is told as one that was reported too."""
    try:
        return set(named_in(text))
    except UsageError:
        return None


def _pair(period: Period, theirs: Decimal, trial: _Trial, best: Options) -> Pair:
    ours, closest = trial.values(trial.ours), trial.values(best)
    return Pair(period.start, period.end, plain(theirs), ours.get(period.start), closest.get(period.start))


class _Trial:
    """Our values by any convention, beside theirs. ``half``: half a unit of their last decimal."""

    def __init__(self, desk: Desk, entry: Entry, asked: Asked, theirs: dict[Period, Decimal]) -> None:
        self._desk = desk
        self._entry = entry
        self._asked = asked
        self._theirs = {period.start: value for period, value in theirs.items()}
        self._ends = min(theirs, key=lambda p: p.start).start, max(theirs, key=lambda p: p.start).end
        places = max(_decimals(value) for value in theirs.values())
        self.half = Decimal(5).scaleb(-places - 1)
        self.ours: Options = {**dict(variants(entry, asked.variant)), WINDOW: asked.window or entry.window}
        self.known: dict[tuple[str, ...], tuple[Options, Values]] = {}
        self.of = 1

    def values(self, options: Options) -> Values:
        """Our values by the convention, by period; nothing where it cannot be."""
        name = tuple(options.values())
        if name not in self.known:
            self._desk.progress(" ".join(name), len(self.known), 0)
            self.known[name] = options, self._asked_for(options)
        return self.known[name][1]

    def _asked_for(self, options: Options) -> Values:
        desk, now = self._desk, self._desk.clock()
        chosen = tuple(f"{axis}={option}" for axis, option in options.items() if axis != WINDOW)
        start, end = self._ends
        last = date.fromordinal(end.toordinal() - 1)
        asked = replace(
            self._asked, start=start.isoformat(), end=last.isoformat(), variant=chosen, window=options[WINDOW]
        )
        found = desk.fresh(now)
        try:
            request = resolved(asked, desk.settings, now)
            plan = kept.plan(request.question, found.ground, desk.settings)
            with desk.reader(request, plan, now) as reader:
                figures = answer(request, reader, desk.settings, found.held)
        except UsageError as error:
            if options == self.ours or error.code not in ("bad_variants", "unknown_variant", "window_too_short"):
                raise
            return {}
        values: dict[date, list[Decimal | None]] = {}
        for figure in figures:
            values.setdefault(figure.period_start, []).append(figure.value)
        return {start: each[0] for start, each in values.items() if len(each) == 1}

    def best(self) -> Options:
        """The closest convention."""
        self.values(self.ours)
        axes = {**self._entry.axes, WINDOW: tuple(window.value for window in Window)}
        matter = {axis: options for axis, options in axes.items() if self._matters(axis, options)}
        self.of = prod(len(options) for options in matter.values())
        if self.of <= MOST:
            for chosen in product(*matter.values()):
                self.values(self.ours | dict(zip(matter, chosen, strict=True)))
        else:
            self._sought(matter)
        return self.ranked()[0]

    def _matters(self, axis: str, options: Iterable[str]) -> bool:
        """Whether an option of the axis gives another value than ours."""
        ours = self.values(self.ours)
        others = [self.values(self.ours | {axis: option}) for option in options]
        return any(_differ(ours.get(start), other.get(start)) for other in others if other for start in self._theirs)

    def _sought(self, matter: dict[str, tuple[str, ...]]) -> None:
        """Change one axis after the other as long as that comes closer."""
        here = None
        while here != self.ranked()[0]:
            here = self.ranked()[0]
            for axis, options in matter.items():
                for option in options:
                    self.values(here | {axis: option})

    def ranked(self) -> list[Options]:
        """The conventions that have a value wherever ours has one, the closest first; of equally close ones the one that changes
        least.
        """
        ours = self.values(self.ours)
        needed = {start for start in self._theirs if ours.get(start) is not None}
        whole = [options for options, values in self.known.values()
                 if options == self.ours or (values and all(values.get(start) is not None for start in needed))]  # fmt: skip
        return sorted(whole, key=lambda options: (*self._far(options), len(self.changes(options))))

    def _far(self, options: Options) -> tuple[Decimal, int, Decimal]:
        """The median distance beyond what their rounding explains, in how many periods there is one, and the mean: a few
        periods that are wrong for a reason of their own decide last.
        """
        gaps = [max(gap - self.half, Decimal(0)) for gap in self._gaps(options)]
        if not gaps:
            return Decimal("Infinity"), 0, Decimal("Infinity")
        return median(gaps), sum(gap > 0 for gap in gaps), sum(gaps, Decimal(0)) / len(gaps)

    def _gaps(self, options: Options) -> list[Decimal]:
        values = self.values(options)
        pairs = ((theirs, values.get(start)) for start, theirs in self._theirs.items())
        return [abs(theirs - ours) for theirs, ours in pairs if ours is not None]

    def changes(self, options: Options) -> tuple[str, ...]:
        """What a convention changes of ours."""
        return tuple(f"{axis}={option}" for axis, option in options.items() if option != self.ours[axis])

    def told(self, options: Options) -> Convention:
        """A convention, and how close it comes."""
        gaps = self._gaps(options) or [Decimal(0)]
        mean = (sum(gaps, Decimal(0)) / len(gaps)).quantize(Decimal("1e-10"))
        same, periods = sum(gap <= self.half for gap in self._gaps(options)), len(self._gaps(options))
        return Convention(self.changes(options), plain(median(gaps)), plain(mean), same, periods)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _differ(one: Decimal | None, other: Decimal | None) -> bool:
    return (one is None) != (other is None) or (one is not None and other is not None and abs(one - other) > _SAME)


def _bridged(
    desk: Desk, asked: Asked, trial: _Trial, best: Options, pairs: tuple[Pair, ...]
) -> tuple[Pair | None, Bridges | None, Decimal | None]:
    """The bridge of one period from ours to the closest convention, and what that leaves."""
    known = [pair for pair in pairs if pair.ours is not None and pair.closest is not None]
    if asked.start:
        first = parse_bound(asked.start, "from", desk.settings.fiscal_year_start)
        known = [pair for pair in known if pair.period_start <= first < pair.period_end]
        if not known:
            raise DataError(f"Nothing was reported of {asked.start}.", code="not_reported",
                            fix="Name a period that was, or none for the last one.")  # fmt: skip
    if not known:
        return None, None, None
    pair, changes = known[-1], trial.changes(best)
    one = replace(asked, start=pair.period_start.isoformat(), end=pair.period_start.isoformat())
    found = bridge(desk, Bridge(one, changes)) if changes else None
    return pair, found, plain(pair.theirs - (pair.closest or Decimal(0)))


def _steady(pairs: tuple[Pair, ...], half: Decimal) -> Steady | None:
    """The factor between the two, where it is about the same in all periods and no rounding."""
    known = [(pair.theirs, pair.closest) for pair in pairs if pair.closest]
    times = [theirs / closest for theirs, closest in known if closest]
    if len(times) < _STEADY or all(abs(theirs - closest) <= half for theirs, closest in known if closest):
        return None
    mean, least, most = sum(times, Decimal(0)) / len(times), min(times), max(times)
    if most - least >= abs(mean - 1):
        return None
    return Steady(*(plain(each.quantize(Decimal("0.000001"))) for each in (mean, least, most)))
