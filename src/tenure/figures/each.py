"""What a metric comes to for every single account over the days before a moment: what scores are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenure.core.errors import UsageError
from tenure.core.money import SCALE
from tenure.core.period import Grain, Period, Span, instant
from tenure.figures import kept
from tenure.figures.finish import SECONDS
from tenure.figures.question import EACH, Question, column, factor_of
from tenure.figures.reader import Moment, Reader, SpanPair
from tenure.figures.request import own_of, variants
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.figures.reader import Columns
    from tenure.metrics.kinds import Factor


@dataclass(frozen=True)
class One:
    """One account's value, in the metric's unit, and on how many things it stands."""

    value: float
    n: int


@dataclass(frozen=True, eq=False)
class Ones(Mapping[str, One]):
    """The values of many accounts, as columns: of each account its value (``numbers``), and on how
    many things it stands (``counts``).
    """

    accounts: Sequence[str]
    numbers: NDArray[np.float64]
    counts: NDArray[np.int64]

    @cached_property
    def place(self) -> dict[str, int]:
        """Where an account stands."""
        return {account: number for number, account in enumerate(self.accounts)}

    def __getitem__(self, account: str) -> One:
        number = self.place[account]
        return One(float(self.numbers[number]), int(self.counts[number]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.accounts)

    def __len__(self) -> int:
        return len(self.accounts)


def days_before(day: date, days: int, settings: Settings) -> tuple[SpanPair, ...]:
    """The local days ``[day - days, day)`` as a period of their own, with as many before them."""
    spans = []
    for last in (day, day - timedelta(days=days)):
        first = last - timedelta(days=days)
        opens, closes = instant(first, settings.timezone), instant(last, settings.timezone)
        spans.append(Span(Period(Grain.DAY, first, last), opens, closes, first, last))
    return ((spans[0], spans[1]),)


def question(metric: str, variant: tuple[str, ...], settings: Settings) -> Question:
    """The question of a metric, without slices. Raises ``UsageError`` for names that do not exist."""
    entry = kept.entry(metric, settings)
    return Question(entry.slug, variants(entry, variant), **own_of(entry, settings))


def each(
    question: Question,
    reader: Reader,
    spans: tuple[SpanPair, ...],
    moment: Moment,
    settings: Settings,
) -> list[Ones]:
    """The values of the accounts that have one, over each of some periods, in one statement. ``question``: without slices.
    The periods begin on different days.

    Raises ``UsageError`` for a metric that looks at other times than those it is asked for, or is fitted to many.
    """
    question = replace(question, grain=Grain.DAY.value, window="period", each=True)
    plan = kept.plan(question, reader.ground, settings)
    if plan.model:
        raise _no_single(question.metric)
    if plan.factors:
        return _products(question, plan, reader, spans, moment, settings)
    by_row = plan.stepped or plan.kind == "cases"
    nth = " ".join(f"WHEN DATE '{span.period.start}' THEN {number}" for number, (span, _) in enumerate(spans))
    told = f"excluded IS NULL AND {quoted(column(EACH))} IS NOT NULL"
    if plan.respondents:
        told += f" AND (anonymous = 0 OR n >= {settings.figures.anonymity_floor})"
    sql = (_BY_ROW if by_row else _ADDED[plan.kind]).format(
        account=quoted(column(EACH)), nth=f"CASE period {nth} END", sums=moment.fill(plan.sums, spans), told=told
    )
    reader.prepare(plan.facts, sql, spans, moment)
    if by_row:
        rows = reader.rows(sql)
        return [_together([row for row in rows if row["nth"] == number], plan) for number in range(len(spans))]
    return _divided(reader.columns(sql), plan, len(spans))


# The sums of each account: none that are left out, nor those of anonymous answers of few.
_ADDED = {
    "ratio": "SELECT {account} AS account, {nth} AS nth, CAST(sum(num) AS DOUBLE PRECISION) AS num,"
    " CAST(sum(den) AS DOUBLE PRECISION) AS den, CAST(sum(n) AS BIGINT) AS n FROM ({sums}) AS asked WHERE {told}"
    " GROUP BY 1, 2",
    "total": "SELECT {account} AS account, {nth} AS nth, CAST(sum(value) AS DOUBLE PRECISION) AS value,"
    " CAST(sum(n) AS BIGINT) AS n FROM ({sums}) AS asked WHERE {told} GROUP BY 1, 2",
}
_BY_ROW = "SELECT asked.*, {nth} AS nth FROM ({sums}) AS asked WHERE {told}"


def _divided(found: Columns, plan: Plan, periods: int) -> list[Ones]:
    """The accounts' values from their sums, those that are undefined left out. The units are those of ``figures.finish``."""
    if plan.kind == "total":
        there = np.arange(len(found["n"]))
        values = np.nan_to_num(found["value"]) / plan.scale / (SCALE if plan.unit == "money" else plan.den_parts)
    else:
        num, den = np.nan_to_num(found["num"]), np.nan_to_num(found["den"])
        there = np.flatnonzero(den)
        values = num[there] / den[there] * plan.den_parts * (100 if plan.unit == "points" else 1)
        if plan.money_num and not plan.money_den:
            values /= SCALE
    accounts, nth, counts = found["account"][there], found["nth"][there], found["n"][there].astype(np.int64)
    rows = [np.flatnonzero(nth == number) for number in range(periods)]
    return [Ones(list(accounts[own]), values[own], counts[own]) for own in rows]


def _together(rows: list[dict[str, Any]], plan: Plan) -> Ones:
    """The accounts' values from their rows: steps multiply; a median is there already."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[column(EACH)], []).append(row)
    values = {account: (_value(own, plan), sum(int(row["n"]) for row in own)) for account, own in found.items()}
    return _ones({account: One(value, n) for account, (value, n) in values.items() if value is not None})


def _ones(found: Mapping[str, One]) -> Ones:
    return Ones(
        list(found), np.array([one.value for one in found.values()], dtype=np.float64),
        np.array([one.n for one in found.values()], dtype=np.int64),
    )  # fmt: skip


def _value(rows: list[dict[str, Any]], plan: Plan) -> float | None:
    """The value of an account's rows; None where it is undefined."""
    if plan.kind == "cases":
        middle = rows[0]["middle"]
        return None if middle is None else float(middle) / SECONDS[plan.unit]
    kept_of = 1.0
    for row in rows:
        if not row["den"]:
            return None
        part = float(row["num"] or 0) / float(row["den"]) * plan.den_parts
        kept_of *= 1 - part if plan.complement else part
    return 1 - kept_of if plan.complement else kept_of


def _products(
    question: Question,
    plan: Plan,
    reader: Reader,
    spans: tuple[SpanPair, ...],
    moment: Moment,
    settings: Settings,
) -> list[Ones]:
    """Each period's accounts for which all factors have a value."""
    factors = [
        (factor, each(_factor(question, factor, settings), reader, spans, moment, settings))
        for factor in plan.factors.values()
    ]
    return [
        _product(float(plan.times), [(factor, values[number]) for factor, values in factors])
        for number in range(len(spans))
    ]


def _product(times: float, factors: Sequence[tuple[Factor, Ones]]) -> Ones:
    common = set.intersection(*(set(values) for _, values in factors))
    found = {}
    for account in common:
        value = times
        for factor, values in factors:
            own = values[account].value
            if factor.power < 0 and not own:
                break
            own = own**factor.power
            value *= min(own, float(factor.most)) if factor.most else own
        else:
            found[account] = One(value, min(values[account].n for _, values in factors))
    return _ones(found)


def _factor(question: Question, factor: Factor, settings: Settings) -> Question:
    if factor.months_before or factor.window:
        raise _no_single(question.metric)
    return factor_of(question, factor, kept.entry(factor.metric, settings).axes)


def _no_single(metric: str) -> UsageError:
    return UsageError(
        f"{metric} has no value of a single account over some days.", code="no_single_value",
        fix="Take the metrics that it is made of.",
    )  # fmt: skip
