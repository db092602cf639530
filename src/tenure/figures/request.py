"""What a user asks for, in her words, made into a question and its periods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from tenure.core.errors import UsageError, unknown
from tenure.core.period import (
    Grain,
    Period,
    Span,
    Window,
    add_months,
    instant,
    last_complete,
    local_day,
    parse_bound,
    period_at,
    periods,
    resolve,
)
from tenure.figures import kept
from tenure.figures.question import Question, factor_of
from tenure.figures.reader import Moment, SpanPair
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.own.words import FAMILY as OWN

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.metrics.kinds import Entry, Factor

SHOWN = 12
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Asked:
    """A request for figures as a command or a page writes it.

    ``start`` and ``end`` are period texts (``2026``, ``2026-Q1``, ``2026-03``, a date; ``end`` is the last period shown);
    empty means the last 12 complete periods. ``where`` holds ``(dimension, value)`` pairs; several of one dimension
    mean any of them. ``as_of``: a date; what was learned after its end is not known. ``compare``: with the period ``before``,
    or with the same period a ``year`` before.
    """

    metric: str
    start: str = ""
    end: str = ""
    grain: str = "month"
    window: str = ""
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    variant: tuple[str, ...] = ()
    as_of: str = ""
    compare: str = "before"


class Compare(StrEnum):
    """What a figure is compared with."""

    BEFORE = "before"
    YEAR = "year"


@dataclass(frozen=True)
class Request:
    """A request that makes sense: its question, its periods and the moment it looks at.

    ``scope``: whose accounts it may see, as of ``asked_at``: when it is asked, whatever moment it looks at.
    """

    entry: Entry
    question: Question
    filters: dict[str, tuple[str, ...]]
    spans: tuple[SpanPair, ...]
    moment: Moment
    as_of: date | None
    asked_at: datetime
    scope: Scope = EVERYTHING
    compare: Compare = Compare.BEFORE

    @property
    def variant(self) -> str:
        """The options chosen, joined as the output names them."""
        return "+".join(option for _, option in self.question.variant)


def resolved(asked: Asked, settings: Settings, now: datetime, scope: Scope = EVERYTHING) -> Request:
    """The request behind the words, through a scope.

    Raises ``UsageError`` for whatever does not exist or does not make sense.
    """
    entry = kept.entry(asked.metric, settings)
    grain = _choice("grain", asked.grain, Grain)
    window = _choice("window", asked.window or entry.window, Window)
    filters: dict[str, tuple[str, ...]] = {}
    for name, value in asked.where:
        filters[name] = (*filters.get(name, ()), value)
    question = Question(
        entry.slug, variants(entry, asked.variant), _unique(asked.by), tuple(filters), grain.value, window.value,
        scope.narrow, **own_of(entry, settings),
    )  # fmt: skip
    moment, as_of = _moment(asked.as_of, settings, now)
    chosen = _periods(asked, grain, settings, moment.now)
    spans = paired(chosen, window, settings, moment.now)
    if not spans:
        raise UsageError("None of these periods has begun.", code="no_period", fix="Ask for periods up to today.")
    compare = _choice("comparison", asked.compare, Compare)
    return Request(entry, question, filters, spans, moment, as_of, now, scope, compare)


def own_of(entry: Entry, settings: Settings) -> dict[str, Any]:
    """What a question says of a metric of the workspace's own, besides its name."""
    if entry.family != OWN:
        return {}
    return {"own": next(each for each in settings.own if each.name == entry.slug), "zone": settings.timezone}


def variants(entry: Entry, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """An option for each axis of a metric: the one named, else the default.

    A name is an option, or ``axis=option`` where two axes share one. Raises ``UsageError`` for an unknown one and for
    two of one axis.
    """
    chosen: dict[str, str] = {}
    every = {option: axis for axis, options in entry.axes.items() for option in options}
    for name in names:
        axis, _, option = name.rpartition("=")
        axis = axis or every.get(option, "")
        if option not in entry.axes.get(axis, ()):
            listing = "; ".join(f"{axis}: {', '.join(options)}" for axis, options in entry.axes.items())
            raise unknown("variant", name, every, listing=f"{entry.slug} has: {listing or 'no variants'}.")
        if axis in chosen:
            raise UsageError(
                f"Two variants of one axis: {chosen[axis]} and {option}.", code="two_variants", fix="Name one."
            )
        chosen[axis] = option
    return tuple((axis, chosen.get(axis, options[0])) for axis, options in entry.axes.items())


def _choice(kind: str, text: str, options: type[E]) -> E:
    try:
        return options(text)
    except ValueError:
        listing = f"There are: {', '.join(option.value for option in options)}."
        raise unknown(kind, text, [option.value for option in options], listing=listing) from None


def _unique(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _moment(text: str, settings: Settings, now: datetime) -> tuple[Moment, date | None]:
    """Now and what is known: with as-of, the end of that local day."""
    if not text:
        return Moment(now), None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no date.", code="no_date", fix="Write it as 2026-03-31.") from None
    end = instant(day + timedelta(days=1), settings.timezone)
    return Moment(min(now, end), end), day


def _periods(asked: Asked, grain: Grain, settings: Settings, now: datetime) -> list[Period]:
    year_start = settings.fiscal_year_start
    today = local_day(now, settings.timezone)
    if not asked.start and not asked.end:
        return last_complete(grain, SHOWN, today, year_start)
    last = parse_bound(asked.end, "to", year_start) if asked.end else today
    if asked.start:
        first = parse_bound(asked.start, "from", year_start)
    else:
        first = _before(period_at(grain, last, year_start), year_start, SHOWN - 1).start
    if last < first:
        raise UsageError("--from is later than --to.", code="no_period", fix="Exchange them.")
    return periods(grain, first, last, year_start)


def _before(period: Period, year_start: int, times: int = 1) -> Period:
    for _ in range(times):
        period = period_at(period.grain, period.start - timedelta(days=1), year_start)
    return period


def paired(chosen: list[Period], window: Window, settings: Settings, now: datetime) -> tuple[SpanPair, ...]:
    """Each period with the one before it, resolved."""
    pairs = []
    for period in chosen:
        here = resolve([period], window, settings.timezone, now)
        if here:
            before = resolve([_before(period, settings.fiscal_year_start)], window, settings.timezone, now)
            pairs.append((here[0], before[0]))
    return tuple(pairs)


def with_compared(request: Request, settings: Settings) -> tuple[SpanPair, ...]:
    """The spans asked for and those that they are compared with, in their order."""
    if request.compare is Compare.BEFORE:
        chosen = [request.spans[0][1].period]
    else:
        there = {span.period for span, _ in request.spans}
        earlier = [year_before(span.period, settings) for span, _ in request.spans]
        chosen = [period for period in earlier if period not in there]
    window = Window(request.question.window)
    return (*paired(chosen, window, settings, request.moment.now), *request.spans)


def compared_with(request: Request, pair: SpanPair, settings: Settings) -> Period:
    """The period that one is compared with."""
    span, before = pair
    return before.period if request.compare is Compare.BEFORE else year_before(span.period, settings)


def year_before(period: Period, settings: Settings) -> Period:
    """The same period a year before: of a week the one 52 weeks before, of 29 February the 28th."""
    if period.grain is Grain.WEEK:
        return _before(period, settings.fiscal_year_start, 52)
    return period_at(period.grain, add_months(period.start, -12), settings.fiscal_year_start)


def by_months(request: Request) -> bool:
    """Whether the figures are put together from the months of their windows."""
    return request.question.option("ownership", "owner_at_start") == "owner_months"


def factor_request(request: Request, factor: Factor) -> Request:
    """The request of a figure that the one asked for is made of."""
    entry = kept.entry(factor.metric)  # never one of the workspace's own
    return replace(request, entry=entry, question=factor_of(request.question, factor, entry.axes))


def spans_of(factor: Factor, spans: tuple[SpanPair, ...], settings: Settings, now: datetime) -> tuple[SpanPair, ...]:
    """The spans of a factor with a window of its own."""
    if not factor.window:
        return spans
    return paired([span.period for span, _ in spans], Window(factor.window), settings, now)


def months_before(span: Span, count: int, settings: Settings, now: datetime) -> tuple[SpanPair, ...]:
    """The whole months before the one in which a period closes, each with the one before it."""
    month = period_at(Grain.MONTH, span.closes_day - timedelta(days=1), settings.fiscal_year_start)
    months = [_before(month, settings.fiscal_year_start, back) for back in range(count, 0, -1)]
    return paired(months, Window.PERIOD, settings, now)


def spans_read(request: Request, plan: Plan, settings: Settings) -> tuple[SpanPair, ...]:
    """Every span that the facts must hold for a request to be answered."""
    spans, now = with_compared(request, settings), request.moment.now
    if plan.factors:
        return tuple(
            pair
            for factor in plan.factors.values()
            for span in spans
            for pair in (
                months_before(span[0], factor.months_before, settings, now)
                if factor.months_before
                else spans_of(factor, (span,), settings, now)
            )
        )
    return months_within(spans, settings, request.moment.now) if by_months(request) else spans


def months_within(spans: tuple[SpanPair, ...], settings: Settings, now: datetime) -> tuple[SpanPair, ...]:
    """The months that lie in any of the windows, each with the one before it."""
    year_start = settings.fiscal_year_start
    months: dict[date, Period] = {}
    for span, _ in spans:
        last = span.closes_day - timedelta(days=1)
        months |= {month.start: month for month in periods(Grain.MONTH, span.opens_day, last, year_start)}
    return paired([months[start] for start in sorted(months)], Window.PERIOD, settings, now)
