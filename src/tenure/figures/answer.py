"""Answering a request: sums from where the facts lie, made into figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.confidence import mover_difference
from tenure.core.errors import UsageError
from tenure.core.period import Span, instant
from tenure.figures import kept
from tenure.figures.attain import attained
from tenure.figures.compiledform import BOOTSTRAP_UP_TO
from tenure.figures.figure import NOT_OVER, NOT_YET, SAME, Figure
from tenure.figures.finish import Finished, Sums, compounded, exact, finish, plain, product, suppress
from tenure.figures.question import one_of, or_none
from tenure.figures.reader import Reader, SpanPair
from tenure.figures.request import (
    Request,
    by_months,
    compared_with,
    factor_request,
    months_before,
    months_within,
    spans_of,
    with_compared,
)
from tenure.figures.scope import HOLDER, SEEN
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.metrics.kinds import Factor

Slice = tuple[Any, ...]
Cells = dict[tuple[date, Slice], Sums]
Values = dict[tuple[date, Slice], tuple[list[float], list[float]]]
#: The families whose figures the setting ``customers.lapse_days`` changes.
BRIDGED = ("retention", "revenue")


def answer(request: Request, reader: Reader, settings: Settings, held: Mapping[str, str] | None = None) -> list[Figure]:
    """The figures of a request, by period and slice, each compared with the one of the period before.

    ``held``: the facts that a check holds, and what it says; figures that stand on them have no value.
    """
    plan = kept.plan(request.question, reader.ground, settings)
    look(request, reader, *((HOLDER,) if plan.respondents else ()))
    spans = with_compared(request, settings)
    if plan.factors:
        made = _products(request, plan, reader, spans, settings)
    else:
        made = _finished(request, plan, reader, spans, settings)
    figures = attained(_figures(request, plan, made, settings), request, reader, held)
    reasons = tuple(sorted({held[name] for name in plan.tables if name in held})) if held else ()
    return [_as_held(figure, reasons) for figure in figures] if reasons else figures


def as_unknown(figure: Figure) -> Figure:
    """A figure of a moment at which nothing of it was known."""
    note = "nothing of this was known then: a first import of the past is loaded with --history"
    return replace(
        figure, value=None, numerator=None, denominator=None, n=0, low=None, high=None, bounds=None, extra={},
        notes=(note,),
    )  # fmt: skip


def _as_held(figure: Figure, reasons: tuple[str, ...]) -> Figure:
    return replace(
        figure, value=None, numerator=None, denominator=None, low=None, high=None, bounds=None, status="held",
        extra={}, notes=(*reasons, *figure.notes),
    )  # fmt: skip


def rows_behind(request: Request, reader: Reader, settings: Settings) -> list[dict[str, Any]]:
    """The rows behind the figures of a request, with the account's name and the dimensions asked for."""
    how = kept.detail(request.question, reader.ground, settings, "rows")
    if not how.sql:
        return []
    look(request, reader)
    return reader.fetch(how.facts, filtered(how.sql, request, request.spans), request.spans, request.moment)


def look(request: Request, reader: Reader, *more: str) -> None:
    """Lay the small tables of the request's scope, where it is narrow."""
    if request.scope.narrow:
        reader.look(request.scope, request.asked_at, SEEN, *more)


def filtered(sql: str, request: Request, spans: Sequence[SpanPair]) -> str:
    """The statement at the request's moment over these spans, its rows narrowed to the values asked for; an empty value means none."""
    sql = request.moment.fill(sql, spans)  # before any text of the user's is in it
    if not request.filters:
        return sql
    conditions = []
    for name, values in request.filters.items():
        column = quoted(f"by_{name}")
        told = [f"CAST({column} AS VARCHAR) = {_quoted(value)}" for value in values if value]
        told += [f"{column} IS NULL"] if "" in values else []
        conditions.append("(" + " OR ".join(told) + ")")
    return f"SELECT * FROM ({sql}) AS asked WHERE {' AND '.join(conditions)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _slice(plan: Plan, row: Mapping[str, Any]) -> Slice:
    return tuple(row[f"by_{name}"] for name in plan.by)


def _cells(plan: Plan, rows: list[dict[str, Any]]) -> Cells:
    cells: Cells = {}
    for row in rows:
        cells.setdefault((row["period"], _slice(plan, row)), Sums()).add(row, plan)
    return cells


def _several(request: Request, plan: Plan) -> tuple[str, ...]:
    """The dimensions of which several values are asked for together, where what is asked for does not add up over them."""
    if plan.model or not (plan.kind == "cases" or plan.stepped):
        return ()
    return tuple(name for name, values in request.filters.items() if len(values) > 1 and name not in plan.by)


def _together(
    request: Request, several: tuple[str, ...], reader: Reader, spans: tuple[SpanPair, ...], settings: Settings
) -> Cells:
    """The cells of rows that count together before anything is made of them."""
    left = {name: values for name, values in request.filters.items() if name not in several}
    question = replace(request.question, where=tuple(left), among=several)
    plan = kept.plan(question, reader.ground, settings)
    sql = plan.sums
    for name in several:
        values = request.filters[name]
        sql = sql.replace(_quoted(or_none(name)), "'yes'" if "" in values else "'no'")
        sql = sql.replace(_quoted(one_of(name)), ", ".join(_quoted(value) for value in values))
    narrowed = replace(request, filters=left)
    return _cells(plan, reader.fetch(plan.facts, filtered(sql, narrowed, spans), spans, request.moment))


def _values(
    plan: Plan, cells: Cells, request: Request, reader: Reader, spans: tuple[SpanPair, ...], settings: Settings
) -> Values:
    """Single numerators and denominators of the cells small enough for the bootstrap."""
    small = {key for key, cell in cells.items() if 0 < cell.clusters <= BOOTSTRAP_UP_TO}
    if plan.spread != "ratio" or plan.stepped or not small:
        return {}
    found: Values = {key: ([], []) for key in small}
    how = kept.detail(request.question, reader.ground, settings, "values")
    for row in reader.fetch(how.facts, filtered(how.sql, request, spans), spans, request.moment):
        pair = found.get((row["period"], _slice(plan, row)))
        if pair is not None:
            pair[0].extend(row["num"])
            pair[1].extend(den / plan.den_parts for den in row["den"])
    return found


def _by_months(request: Request, plan: Plan, reader: Reader, spans: tuple[SpanPair, ...], settings: Settings) -> Cells:
    """The cells of ``owner_months``: each window's months, under their owner of the time, compounded."""
    if plan.kind != "ratio":
        raise UsageError(f"{request.entry.slug} has no account-months.", code="unknown_variant")
    monthly_question = replace(request.question, grain="month", window="period")
    monthly = kept.plan(monthly_question, reader.ground, settings)
    months = months_within(spans, settings, request.moment.now)
    by_month = _cells(
        monthly, reader.fetch(monthly.facts, filtered(monthly.sums, request, months), months, request.moment)
    )
    cells: Cells = {}
    slices = {key[1] for key in by_month}
    for span, _ in spans:
        inside = [
            m.period.start for m, _ in months if span.opens_day <= m.opens_day and m.closes_day <= span.closes_day
        ]
        for slice_ in slices:
            parts = [by_month[month, slice_] for month in inside if (month, slice_) in by_month]
            if parts:
                cells[span.period.start, slice_] = compounded(parts, complement=plan.complement)
    return cells


def _hidden(
    request: Request, plan: Plan, cells: Cells, reader: Reader, spans: tuple[SpanPair, ...], settings: Settings
) -> set[tuple[date, Slice]]:
    """The cells that must not be shown, so that no anonymous answer can be told from this table, nor from what it is
    narrowed to beside what it is not.
    """
    floor = settings.figures.anonymity_floor
    hidden = {(period, slice_) for period, table in _tables(cells).items() for slice_ in suppress(table, floor)}
    if not request.filters and not request.scope.narrow:
        return hidden
    # The table with the dimensions that are only filtered by, and whose the accounts are now where that narrows, whole;
    # and which of its cells are asked for.
    if request.scope.narrow:
        plan = kept.plan(replace(request.question, scoped=False, held=True), reader.ground, settings)
    wide = replace(plan, by=(*plan.by, *plan.where))
    tables = _tables(
        _cells(wide, reader.fetch(plan.facts, request.moment.fill(plan.sums, spans), spans, request.moment))
    )
    whole = {period: suppress(table, floor) for period, table in tables.items()}
    told = {(period, key): sums for period, table in tables.items() for key, sums in table.items()}
    if request.filters:
        told = _cells(wide, reader.fetch(plan.facts, filtered(plan.sums, request, spans), spans, request.moment))
    if request.scope.narrow:
        told = {key: sums for key, sums in told.items() if request.scope.holds(key[1][-1])}
    for period, slice_ in cells:
        # What is shown holds all of a slice's hidden cells or none: so no two answers differ by some of them.
        block = {key for key in whole.get(period, ()) if key[: len(plan.by)] == slice_}
        inside = {key for key in block if (period, key) in told}
        answers = sum(told[period, key].n for key in inside)
        if inside and (inside != block or len(block) < 2 or answers < floor):
            hidden.add((period, slice_))
    return hidden


def _tables(cells: Cells) -> dict[date, dict[Slice, Sums]]:
    """The cells of each period."""
    tables: dict[date, dict[Slice, Sums]] = {}
    for (period, slice_), sums in cells.items():
        tables.setdefault(period, {})[slice_] = sums
    return tables


@dataclass(frozen=True)
class _Cell:
    """A finished cell with its place."""

    finished: Finished
    sums: Sums
    hidden: bool = False


Made = dict[tuple[date, Slice], _Cell]


def _finished(request: Request, plan: Plan, reader: Reader, spans: tuple[SpanPair, ...], settings: Settings) -> Made:
    """The finished cells of these spans."""
    values: Values = {}
    if by_months(request):
        cells = _by_months(request, plan, reader, spans, settings)
    elif several := _several(request, plan):
        cells = _together(request, several, reader, spans, settings)
    else:
        cells = _cells(plan, reader.fetch(plan.facts, filtered(plan.sums, request, spans), spans, request.moment))
        values = _values(plan, cells, request, reader, spans, settings)
    hidden = _hidden(request, plan, cells, reader, spans, settings) if plan.respondents else set()
    if not plan.by:
        for span, _ in spans:
            cells.setdefault((span.period.start, ()), Sums())
    made: Made = {}
    for key, sums in cells.items():
        plan_here = replace(plan, stepped=True) if sums.log_variance is not None else plan
        made[key] = _Cell(finish(plan_here, sums, values.get(key)), sums, key in hidden)
    return made


def _products(request: Request, plan: Plan, reader: Reader, spans: tuple[SpanPair, ...], settings: Settings) -> Made:
    """The cells of a product, from those of its factors."""
    factors = {}
    for name, factor in plan.factors.items():
        asked = factor_request(request, factor)
        own = kept.plan(asked.question, reader.ground, settings)
        factors[name] = _factor(asked, factor, own, reader, spans, settings)
    found: Made = {}
    for key in {key for cells in factors.values() for key in cells}:
        parts = {name: cells.get(key) for name, cells in factors.items()}
        there = [part for part in parts.values() if part is not None]
        sums = Sums(n=min(part.sums.n for part in there) if len(there) == len(parts) else 0)
        sums.notes = {note for part in there for note in part.sums.notes} | ({plan.note} if plan.note else set())
        done = {name: part.finished if part else None for name, part in parts.items()}
        found[key] = _Cell(product(plan, done), sums, any(part.hidden for part in there))
    return found


def _factor(
    asked: Request, factor: Factor, plan: Plan, reader: Reader, spans: tuple[SpanPair, ...], settings: Settings
) -> Made:
    """A factor's cells, under the periods of the product."""
    if not factor.months_before:
        return _finished(asked, plan, reader, spans_of(factor, spans, settings, asked.moment.now), settings)
    months = {
        span.period.start: months_before(span, factor.months_before, settings, asked.moment.now) for span, _ in spans
    }
    every = tuple(sorted({pair for pairs in months.values() for pair in pairs}, key=lambda pair: pair[0].period.start))
    by_month = _cells(plan, reader.fetch(plan.facts, filtered(plan.sums, asked, every), every, asked.moment))
    cells: Cells = {}
    for start, pairs in months.items():
        for slice_ in {key[1] for key in by_month}:
            for month, _ in pairs:
                if (part := by_month.get((month.period.start, slice_))) is not None:
                    cells.setdefault((start, slice_), Sums()).join(part)
    return {key: _Cell(finish(plan, sums, None), sums) for key, sums in cells.items()}


def _figures(request: Request, plan: Plan, made: Made, settings: Settings) -> list[Figure]:
    figures = []
    for pair in request.spans:
        start = pair[0].period.start
        than = compared_with(request, pair, settings).start
        keys = sorted((key for key in made if key[0] == start), key=lambda key: _order(plan, key[1]))
        figures += [_figure(request, plan, pair, key[1], made[key], made.get((than, key[1])), settings) for key in keys]
    return figures


def _order(plan: Plan, slice_: Slice) -> tuple[tuple[bool, int, str], ...]:
    """Slices in their natural order where the metric has one, else by name; what has none comes last."""
    places = {value: place for place, value in enumerate(plan.order)}
    return tuple((value is None, places.get(value, len(places)), str(value)) for value in slice_)


def _figure(
    request: Request,
    plan: Plan,
    pair: SpanPair,
    slice_: Slice,
    cell: _Cell,
    earlier: _Cell | None,
    settings: Settings,
) -> Figure:
    span, done, sums = pair[0], cell.finished, cell.sums
    base = _place(request, plan, span, slice_)
    if cell.hidden:
        return replace(base, status="suppressed", notes=(f"fewer than {settings.figures.anonymity_floor} respondents",))
    notes = sorted(sums.notes)
    if settings.customers.lapse_days and request.entry.family in BRIDGED:
        notes.append(f"lapses of up to {settings.customers.lapse_days} days are bridged")
    if plan.kind == "cases" and not plan.model and done.value is None and sums.n:
        notes.append(NOT_YET)
    if span.closes < instant(span.period.end, settings.timezone):
        notes.append(NOT_OVER)
    compared = _compared(done, earlier.finished) if earlier and not earlier.hidden else {}
    if compared.get("different") is False:
        notes.append(SAME[request.compare.value])
    small = plan.kind != "total" and done.value is not None and sums.n < settings.figures.small_n
    return replace(
        base,
        value=done.value, numerator=done.numerator, denominator=done.denominator, n=sums.n,
        low=exact(done.interval.low), high=exact(done.interval.high),
        status="small" if small else "ok",
        bounds=done.bounds,
        excluded=dict(sorted(sums.excluded.items())),
        extra=done.extra | _annualised(request, plan, done) | compared,
        notes=tuple(notes),
    )  # fmt: skip


def _annualised(request: Request, plan: Plan, done: Finished) -> dict[str, Decimal | None]:
    """What a monthly share of loss comes to over a year of such months. Growth and more than all have no such share."""
    monthly = request.question.grain == "month" and request.question.window == "period"
    if not monthly or not plan.complement or done.value is None or not 0 <= done.value <= 1:
        return {}
    return {"annualised_rate": exact(float(1 - (1 - done.value) ** 12))}


def _place(request: Request, plan: Plan, span: Span, slice_: Slice) -> Figure:
    """A figure without numbers: what it is about."""
    return Figure(
        metric=request.entry.slug,
        variant=request.variant,
        period_start=span.period.start,
        period_end=span.period.end,
        window=request.question.window,
        slice=dict(zip(plan.by, slice_, strict=True)),
        value=None, numerator=None, denominator=None, n=0, low=None, high=None,
        unit=plan.unit,
        as_of=request.moment.now.replace(tzinfo=UTC),
    )  # fmt: skip


def _compared(now: Finished, before: Finished) -> dict[str, Any]:
    """The value of the period before, the change, and whether the two can be told apart."""
    if now.value is None or before.value is None:
        return {}
    found: dict[str, Any] = {"before": before.value, "change": plain(now.value - before.value)}
    same = _same(now, before)
    return found if same is None else found | {"different": not same}


def _same(now: Finished, before: Finished) -> bool | None:
    """Whether the interval of the difference holds zero; null where there is none."""
    if None in (now.interval.low, now.interval.high, before.interval.low, before.interval.high):
        return None
    values = [None if cell.value is None else float(cell.value) for cell in (now, before)]
    return mover_difference(values[0], now.interval, values[1], before.interval).covers(0)
