"""``renewal_accuracy``: what was forecast of past quarters' renewals, as it was known then, against what came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from tenure.core.confidence import ratio_delta
from tenure.core.errors import UsageError
from tenure.core.period import Grain, instant, last_complete, local_day
from tenure.engine import reports, today
from tenure.engine.forecasting import FACTS, Seen, lay_outcomes, seen_at
from tenure.engine.reports import Report
from tenure.engine.today import Footing
from tenure.figures import footing
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.risk.total import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from tenure.core.config import Settings
    from tenure.core.features import Floats
    from tenure.core.period import Period
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader

NAME = "renewal_accuracy"
#: How long before a quarter begins its forecast is looked at, in days.
LEADS = (90, 60, 30, 0)
MOST = 16
#: Fewer renewals say too little of somebody.
FEWEST = 10


@dataclass(frozen=True)
class RenewalAccuracy:
    """``quarters``: how many of the last that are over, up to 16. ``scope``: whose people."""

    quarters: int = 8
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Held:
    """A forecast held against what came. ``n`` renewals worth ``value`` of which both are known: ``forecast`` of them, and what
    ``came``; ``bias``: their difference as a share of the value, above nothing where too much was forecast, with its 95 %
    interval ``low`` to ``high``; ``error``: the sum of each renewal's difference, whatever its sign, as a share of the value. Null
    without any. ``inside``: whether what came lies in the range that was given with it (``range_low`` to ``range_high``).
    Judgements are held against what was renewed, the model against what of the value was kept: it does not foretell growth.
    """

    n: int
    value: Decimal
    forecast: Decimal
    came: Decimal
    bias: float | None
    low: float | None
    high: float | None
    error: float | None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    inside: bool | None = None


@dataclass(frozen=True)
class Quarter:
    """A quarter's forecast so many days (``lead``) before it began. ``due``: renewals known and open then, worth ``value``;
    ``undecided``: of which it is not known yet what came. ``judged``: by judgement, ``modelled``: by the risks that were kept.
    """

    label: str
    start: date
    end: date
    lead: int
    at: datetime
    due: int
    value: Decimal
    undecided: int
    judged: Held
    modelled: Held


@dataclass(frozen=True)
class Person:
    """One owner's judgements at the beginning of the quarters, all together. ``is_small``: so few that it says little;
    ``differs``: the interval of the bias does not hold that of all together.
    """

    owner: str
    quarters: int
    judged: Held
    is_small: bool
    differs: bool


@dataclass(frozen=True)
class RenewalAccuracyFound:
    """``quarters``: the oldest first, each at every lead. ``people``: by their ids, in no order of merit. ``together``: all of
    their judgements at the beginnings. ``apart``: whether people can be told apart at all (a test of whether their biases differ
    more than chance makes them, at 5 %); null where fewer than two were judged often enough.
    """

    as_of: datetime
    currency: str
    quarters: tuple[Quarter, ...]
    people: tuple[Person, ...]
    together: Held | None
    apart: bool | None
    notes: tuple[str, ...] = ()


class _Sums(msgspec.Struct, frozen=True):
    """Of one owner's renewals of a quarter at a lead, by judgement or model: what adds up."""

    n: int = 0
    value: float = 0.0
    forecast: float = 0.0
    came: float = 0.0
    error: float = 0.0
    gap_gap: float = 0.0
    value_value: float = 0.0
    gap_value: float = 0.0

    def plus(self, other: _Sums) -> _Sums:
        return _Sums(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))


class _Line(msgspec.Struct, frozen=True):
    """One owner's renewals of a quarter at a lead."""

    owner: str
    due: int
    value: float
    undecided: int
    judged: _Sums
    modelled: _Sums
    range: tuple[float, float] | None


class _Quarter(msgspec.Struct, frozen=True):
    label: str
    start: date
    end: date
    lead: int
    at: datetime
    lines: tuple[_Line, ...]
    range: tuple[float, float] | None


class _Kept(msgspec.Struct, frozen=True):
    """What is kept for the day: all quarters by owners, and what they stand on."""

    footing: Footing
    asked: int
    quarters: tuple[_Quarter, ...]


def renewal_accuracy(desk: Desk, request: RenewalAccuracy) -> RenewalAccuracyFound:
    """The comparison, worked out once a day and where something it stands on was told since. Raises ``UsageError`` for a number of
    quarters that cannot be.
    """
    if not 1 <= request.quarters <= MOST:
        raise UsageError(
            f"{request.quarters} quarters cannot be looked back on.", code="bad_quarters", fix=f"Ask for 1 to {MOST}."
        )
    now = desk.clock()
    found = desk.fresh(now)
    report = reports.kept(desk.home, NAME, _Kept)
    there = report.found if report else None
    if report is None or there is None or there.asked < request.quarters or not _stands(desk, there.footing, now):
        with desk.in_warehouse(found) as reader:
            there = _made(desk, reader, request.quarters, now)
        report = Report(now.replace(tzinfo=UTC), there)
        reports.keep(desk.home, NAME, report)
    return _of(report, there, request, desk.settings)


def _of(report: Report[_Kept], kept: _Kept, request: RenewalAccuracy, settings: Settings) -> RenewalAccuracyFound:
    firsts = sorted({one.start for one in kept.quarters})[-request.quarters :]
    wanted = tuple(one for one in kept.quarters if one.start in firsts)
    return _told(_narrowed(wanted, request.scope), settings.currency, report.as_of)


def _stands(desk: Desk, on: Footing, now: datetime) -> bool:
    if on.day != local_day(now, desk.settings.timezone) or on.word != today.word_of(desk.settings):
        return False
    since = today.told_since(desk, on)
    return since is not None and not since & set(on.tables)


def _made(desk: Desk, reader: Reader, quarters: int, now: datetime) -> _Kept:
    settings, day = desk.settings, local_day(now, desk.settings.timezone)
    tables = footing.canonical((), FACTS, reader.ground, settings) | {"score"}
    on = today.footing_now(desk, day, tables)
    found = []
    lay_outcomes(reader, settings, now)
    for number, quarter in enumerate(last_complete(Grain.QUARTER, quarters, day, settings.fiscal_year_start)):
        desk.progress("past forecasts", number, quarters)
        found += [_quarter(reader, desk, quarter, lead) for lead in LEADS]
    return _Kept(on, quarters, tuple(found))


def _quarter(reader: Reader, desk: Desk, quarter: Period, lead: int) -> _Quarter:
    at = instant(quarter.start - timedelta(days=lead), desk.settings.timezone)
    seen = seen_at(reader, desk.settings, at, quarter.start, quarter.end)
    names = sorted({owner or "" for owner in seen.owner.tolist()})
    owners = np.array([owner or "" for owner in seen.owner.tolist()], dtype=object)
    lines = tuple(_line(name, seen, owners == name) for name in names)
    return _Quarter(
        quarter.label, quarter.start, quarter.end, lead, at.replace(tzinfo=UTC), lines, _range(seen, ~seen.sure)
    )


def _line(owner: str, seen: Seen, mine: NDArray[np.bool_]) -> _Line:
    untold = np.isnan(seen.came)
    to_come = mine & ~seen.sure
    told = to_come & ~untold
    return _Line(
        owner, int(to_come.sum()), float(seen.value[to_come].sum()), int((to_come & untold).sum()),
        _sums(seen, seen.called, seen.came, told),
        _sums(seen, seen.value * seen.chance, seen.kept, told), _range(seen, to_come),
    )  # fmt: skip


def _sums(seen: Seen, forecast: Floats, came: Floats, rows: NDArray[np.bool_]) -> _Sums:
    rows = rows & ~np.isnan(forecast)
    value, told, came = seen.value[rows], forecast[rows], came[rows]
    gap = told - came
    return _Sums(
        int(rows.sum()), float(value.sum()), float(told.sum()), float(came.sum()), float(np.abs(gap).sum()),
        float((gap**2).sum()), float((value**2).sum()), float((gap * value).sum()),
    )  # fmt: skip


def _range(seen: Seen, mine: NDArray[np.bool_]) -> tuple[float, float] | None:
    """In which what came of the renewals with a probability was to lie."""
    known = mine & ~np.isnan(seen.chance) & ~np.isnan(seen.came)
    if not known.any():
        return None
    found = total(seen.value[known], seen.chance[known], 0)
    return found.low, found.high


def _narrowed(quarters: Iterable[_Quarter], scope: Scope) -> list[_Quarter]:
    """The quarters with the lines of a scope's people only."""
    if scope.owners is None:
        return list(quarters)
    found = []
    for one in quarters:
        mine = tuple(line for line in one.lines if line.owner in scope.owners)
        found.append(msgspec.structs.replace(one, lines=mine, range=mine[0].range if len(mine) == 1 else None))
    return found


def _told(quarters: Sequence[_Quarter], currency: str, as_of: datetime) -> RenewalAccuracyFound:
    told = tuple(_of_quarter(one) for one in quarters if any(line.due for line in one.lines))
    starts = [one for one in quarters if one.lead == 0]
    by_owner: dict[str, list[_Line]] = {}
    for one in starts:
        for line in one.lines:
            if line.owner and line.judged.n:
                by_owner.setdefault(line.owner, []).append(line)
    together = _held(_added(line.judged for lines in by_owner.values() for line in lines))
    sums = {owner: _added(line.judged for line in lines) for owner, lines in sorted(by_owner.items())}
    people = tuple(_person(owner, len(by_owner[owner]), each, together) for owner, each in sums.items())
    notes = () if any(one.modelled.n for one in told) else (
        "No risks were kept at these times, so that nothing can be said of the model: tenure run keeps them from now on.",
    )  # fmt: skip
    return RenewalAccuracyFound(as_of, currency, told, people, together if together.n else None, _apart(people), notes)


def _of_quarter(one: _Quarter) -> Quarter:
    modelled = _held(_added(line.modelled for line in one.lines))
    if one.range is not None and modelled.n:
        low, high = one.range
        inside = low - 0.005 <= float(modelled.came) <= high + 0.005
        modelled = replace(modelled, range_low=_money(low), range_high=_money(high), inside=inside)
    return Quarter(
        one.label, one.start, one.end, one.lead, one.at, sum(line.due for line in one.lines),
        _money(sum(line.value for line in one.lines)), sum(line.undecided for line in one.lines),
        _held(_added(line.judged for line in one.lines)), modelled,
    )  # fmt: skip


def _added(parts: Iterable[_Sums]) -> _Sums:
    found = _Sums()
    for part in parts:
        found = found.plus(part)
    return found


def _held(sums: _Sums) -> Held:
    bias = (sums.forecast - sums.came) / sums.value if sums.value else None
    ends = ratio_delta(sums.n, sums.forecast - sums.came, sums.value, sums.gap_gap, sums.value_value, sums.gap_value)
    error = sums.error / sums.value if sums.value else None
    return Held(
        sums.n, _money(sums.value), _money(sums.forecast), _money(sums.came), bias, ends.low, ends.high, error,
    )  # fmt: skip


def _person(owner: str, quarters: int, sums: _Sums, together: Held) -> Person:
    held = _held(sums)
    is_small = sums.n < FEWEST
    away = (
        not is_small and held.low is not None and held.high is not None and together.bias is not None
        and not held.low <= together.bias <= held.high
    )  # fmt: skip
    return Person(owner, quarters, held, is_small, away)


def _apart(people: Sequence[Person]) -> bool | None:
    """Whether biases differ by more than chance: Cochran's Q of those judged often enough."""
    from scipy.stats import chi2

    told = [
        one.judged for one in people if not one.is_small and one.judged.low is not None and one.judged.high is not None
    ]
    known = [(one.bias or 0.0, ((one.high or 0) - (one.low or 0)) / 3.92) for one in told]
    known = [(bias, error) for bias, error in known if error > 0]
    if len(known) < 2:
        return None
    weights = [1 / error**2 for _, error in known]
    mean = sum(weight * bias for weight, (bias, _) in zip(weights, known, strict=True)) / sum(weights)
    q = sum(weight * (bias - mean) ** 2 for weight, (bias, _) in zip(weights, known, strict=True))
    return bool(chi2.sf(q, len(known) - 1) < 0.05)


def _money(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")
