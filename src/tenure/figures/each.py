"""What a metric comes to for every single account over the days before a moment: what scores are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.core.money import SCALE
from tenure.core.period import Grain, Period, Span, instant
from tenure.figures import kept
from tenure.figures.finish import SECONDS
from tenure.figures.plan import EACH, column
from tenure.figures.question import Question, factor_of
from tenure.figures.reader import Moment, Reader, SpanPair
from tenure.figures.request import own_of, variants

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.metrics.kinds import Factor


@dataclass(frozen=True)
class One:
    """One account's value, in the metric's unit, and on how many things it stands."""

    value: float
    n: int


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
    question: Question, reader: Reader, spans: tuple[SpanPair, ...], moment: Moment, settings: Settings
) -> dict[str, One]:
    """The values of the accounts that have one, over one period. ``question``: without slices.

    Raises ``UsageError`` for a metric that looks at other times than those it is asked for, or is fitted to many.
    """
    question = replace(question, grain=Grain.DAY.value, window="period", each=True)
    plan = kept.plan(question, reader.ground, settings)
    if plan.model:
        raise _no_single(question.metric)
    if plan.factors:
        return _product(question, plan, reader, spans, moment, settings)
    rows = reader.fetch(plan.facts, moment.fill(plan.sums, spans), spans, moment)
    counted = [row for row in rows if row["excluded"] is None and row[column(EACH)] is not None]
    if plan.respondents:
        floor = settings.figures.anonymity_floor
        counted = [row for row in counted if not row["anonymous"] or row["n"] >= floor]
    return _together(counted, plan)


def _together(rows: list[dict[str, Any]], plan: Plan) -> dict[str, One]:
    """The accounts' values from their rows: steps multiply, parts add up."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[column(EACH)], []).append(row)
    values = {account: (_value(own, plan), sum(int(row["n"]) for row in own)) for account, own in found.items()}
    return {account: One(value, n) for account, (value, n) in values.items() if value is not None}


def _value(rows: list[dict[str, Any]], plan: Plan) -> float | None:
    """The value of an account's rows; None where it is undefined. The units are those of ``figures.finish``."""
    if plan.kind == "total":
        total = sum(int(row["value"] or 0) for row in rows) / plan.scale
        return total / (SCALE if plan.unit == "money" else plan.den_parts)
    if plan.kind == "cases":
        middle = rows[0]["middle"]
        return None if middle is None else float(middle) / SECONDS[plan.unit]
    if plan.stepped:
        return _stepped(rows, plan)
    num, den = (sum(float(row[end] or 0) for row in rows) for end in ("num", "den"))
    if den == 0:
        return None
    value = num / den * plan.den_parts * (100 if plan.unit == "points" else 1)
    return value / SCALE if plan.money_num and not plan.money_den else value


def _stepped(rows: list[dict[str, Any]], plan: Plan) -> float | None:
    kept_of = 1.0
    for row in rows:
        if not row["den"]:
            return None
        part = float(row["num"] or 0) / float(row["den"]) * plan.den_parts
        kept_of *= 1 - part if plan.complement else part
    return 1 - kept_of if plan.complement else kept_of


def _product(
    question: Question, plan: Plan, reader: Reader, spans: tuple[SpanPair, ...], moment: Moment, settings: Settings
) -> dict[str, One]:
    """The accounts for which all factors have a value."""
    factors = [
        (factor, each(_factor(question, factor, settings), reader, spans, moment, settings))
        for factor in plan.factors.values()
    ]
    common = set.intersection(*(set(values) for _, values in factors))
    found = {}
    for account in common:
        value = float(plan.times)
        for factor, values in factors:
            own = values[account].value
            if factor.power < 0 and not own:
                break
            own = own**factor.power
            value *= min(own, float(factor.most)) if factor.most else own
        else:
            found[account] = One(value, min(values[account].n for _, values in factors))
    return found


def _factor(question: Question, factor: Factor, settings: Settings) -> Question:
    if factor.months_before or factor.window:
        raise _no_single(question.metric)
    return factor_of(question, factor, kept.entry(factor.metric, settings).axes)


def _no_single(metric: str) -> UsageError:
    return UsageError(
        f"{metric} has no value of a single account over some days.", code="no_single_value",
        fix="Take the metrics that it is made of.",
    )  # fmt: skip
