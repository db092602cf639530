"""Signals: what is known of every customer on a day, and nothing that was learned later. Scores are made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tenure.core.period import Grain, Window, instant, local_day, periods
from tenure.figures import footing, kept
from tenure.figures.each import days_before, each, question
from tenure.figures.reader import Moment, Reader
from tenure.figures.request import paired
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.each import One
    from tenure.figures.question import Question

#: What CSMs write themselves; a signal that stands on it can be made to look well.
WRITTEN = frozenset({"touchpoint", "judgement", "goal", "handover_item"})
PORTRAIT = FactKey("portrait", "month", "period")
JUDGED = FactKey("judged")


@dataclass(frozen=True)
class Signal:
    """The ``metric`` (with its ``variant``) of an account over the ``days`` before, with ``trend`` divided by that of as many
    days before those; or the latest ``judgement`` of that model, unless it is older than these days.
    """

    days: int
    metric: str = ""
    variant: tuple[str, ...] = ()
    trend: bool = False
    judgement: str = ""


@dataclass(frozen=True)
class Known:
    """What is known: ``value`` in the metric's unit, and on how many things it stands. Of a judgement ``age``, in days."""

    value: float
    n: int = 1
    age: int | None = None


@dataclass(frozen=True)
class Customer:
    """A customer on a day, as known then: what the list of accounts shows of it. Money in ten-thousandths."""

    account_id: str
    name: str | None
    owner: str | None
    owner_name: str | None
    team: str | None
    segment: str | None
    tier: str | None
    region: str | None
    industry: str | None
    since: date | None
    mrr: int | None
    renewal_due: date | None


def customers(reader: Reader, day: date, known: datetime, settings: Settings) -> list[Customer]:
    """Who was a customer when the day began, by id."""
    moment, eve = Moment(instant(day, settings.timezone), known), day - timedelta(days=1)
    months = periods(Grain.MONTH, eve, eve, settings.fiscal_year_start)
    reader.stand(paired(months, Window.PERIOD, settings, moment.now), moment)
    reader.provide(PORTRAIT)
    names, rows = reader.run(
        "SELECT account_id, name, owner, owner_name, team, segment, tier, region, industry, customer_since AS since, mrr,"
        f" renewal_due FROM {PORTRAIT.table} WHERE is_customer ORDER BY account_id"
    )
    return [Customer(**_dated(dict(zip(names, row, strict=True)), settings)) for row in rows]


def _dated(row: dict[str, Any], settings: Settings) -> dict[str, Any]:
    due = row["renewal_due"]
    return row | {"renewal_due": local_day(due, settings.timezone) if isinstance(due, datetime) else due}


def known_of(signal: Signal, reader: Reader, day: date, known: datetime, settings: Settings) -> dict[str, Known]:
    """What is known of a signal when ``day`` begins, of what was learned before ``known``, by account.

    Raises ``UsageError`` for a metric that there is not, or that has no value of a single account.
    """
    moment = Moment(instant(day, settings.timezone), known)
    if signal.judgement:
        return _judgements(signal, reader, day, moment, settings)
    now = _values(signal, reader, day, moment, settings)
    if not signal.trend:
        return {account: Known(one.value, one.n) for account, one in now.items()}
    before = _values(signal, reader, day - timedelta(days=signal.days), moment, settings)
    return {
        account: Known(one.value / before[account].value, one.n)
        for account, one in now.items()
        if account in before and before[account].value
    }


def is_written(signal: Signal, reader: Reader, settings: Settings) -> bool:
    """Whether a signal stands on what CSMs write themselves."""
    if signal.judgement:
        return True
    plan = kept.plan(question_of(signal, settings), reader.ground, settings)
    return bool(WRITTEN & footing.canonical(plan.tables, plan.facts, reader.ground, settings))


def question_of(signal: Signal, settings: Settings) -> Question:
    """The question of a signal's metric, by account."""
    return replace(question(signal.metric, signal.variant, settings), each=True, grain=Grain.DAY.value)


def _values(signal: Signal, reader: Reader, day: date, moment: Moment, settings: Settings) -> dict[str, One]:
    """The metric over the days before ``day``, by account."""
    asked = question(signal.metric, signal.variant, settings)
    return each(asked, reader, days_before(day, signal.days, settings), moment, settings)


def _judgements(signal: Signal, reader: Reader, day: date, moment: Moment, settings: Settings) -> dict[str, Known]:
    """The latest judgement of each account, unless it is too old."""
    reader.stand((), moment)
    reader.provide(JUDGED)
    since = instant(day - timedelta(days=signal.days), settings.timezone)
    _, rows = reader.run(
        f'SELECT account_id, "at", score FROM {JUDGED.table} WHERE model = {literal(signal.judgement)}'
        f' AND "at" >= TIMESTAMP \'{since}\' ORDER BY account_id, "at", score'
    )
    return {
        account: Known(float(score), 1, (day - local_day(at, settings.timezone)).days) for account, at, score in rows
    }
