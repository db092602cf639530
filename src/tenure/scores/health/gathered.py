"""What a health score goes by at a moment: the accounts, and what is known of each component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.core.period import Grain, Window, instant, local_day, periods
from tenure.figures import footing, kept
from tenure.figures.each import days_before, each, question
from tenure.figures.reader import Moment, Reader
from tenure.figures.request import paired
from tenure.metrics.kinds import FactKey
from tenure.scores.health.score import Accounts, Known, Scoring

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.each import One
    from tenure.scores.health.model import Component, Model

#: What CSMs write themselves; a component that stands on it can be made to look well.
WRITTEN = frozenset({"touchpoint", "judgement", "goal", "handover_item"})
PORTRAIT = FactKey("portrait", "month", "period")
JUDGED = FactKey("judged")


@dataclass(frozen=True)
class Customer:
    """A customer on a day, as known then: what the list of accounts shows of it. Money in ten-thousandths."""

    account_id: str
    name: str | None
    owner: str | None
    owner_name: str | None
    team: str | None
    segment: str | None
    since: date | None
    mrr: int | None
    renewal_due: date | None


@dataclass(frozen=True)
class Gathered:
    """The customers of a day with their scores."""

    day: date
    customers: dict[str, Customer]
    scoring: Scoring


def gathered(
    model: Model, reader: Reader, day: date, known: datetime, settings: Settings, only: Sequence[str] = ()
) -> Gathered:
    """Everything that the score of ``day`` stands on: what had happened when the day began, and was ``known`` before.

    ``only``: the accounts that are wanted (default: all customers). Raises ``UsageError`` for a model that names metrics
    which do not exist or have no value of a single account.
    """
    at = instant(day, settings.timezone)
    moment = Moment(at, known)
    customers = {c.account_id: c for c in _customers(reader, day, moment, settings) if not only or c.account_id in only}
    inputs, written = {}, set()
    for component in model.components:
        inputs[component.name] = _inputs(model, component, reader, day, moment, settings)
        if component.judgement or _written(component, reader, settings):
            written.add(component.name)
    accounts = Accounts(
        [*customers],
        [c.segment for c in customers.values()],
        [(day - c.since).days if c.since else 0 for c in customers.values()],
    )
    return Gathered(day, customers, Scoring(model, accounts, inputs, frozenset(written)))


def _customers(reader: Reader, day: date, moment: Moment, settings: Settings) -> list[Customer]:
    """Who was a customer when the day began."""
    eve = day - timedelta(days=1)
    months = periods(Grain.MONTH, eve, eve, settings.fiscal_year_start)
    reader.stand(paired(months, Window.PERIOD, settings, moment.now), moment)
    reader.provide(PORTRAIT)
    names, rows = reader.run(
        "SELECT account_id, name, owner, owner_name, team, segment, customer_since AS since, mrr, renewal_due"
        f" FROM {PORTRAIT.table} WHERE is_customer = 'yes' ORDER BY account_id"
    )
    return [Customer(**_dated(dict(zip(names, row, strict=True)), settings)) for row in rows]


def _dated(row: dict[str, Any], settings: Settings) -> dict[str, Any]:
    due = row["renewal_due"]
    return row | {"renewal_due": local_day(due, settings.timezone) if isinstance(due, datetime) else due}


def _inputs(
    model: Model, component: Component, reader: Reader, day: date, moment: Moment, settings: Settings
) -> dict[str, Known]:
    """What is known of a component, by account."""
    if component.judgement:
        return _judgements(component, reader, day, moment, settings)
    now = _values(model, component, reader, day, moment, settings)
    if not component.trend:
        return {account: Known(one.value, one.n) for account, one in now.items()}
    before = _values(model, component, reader, day - timedelta(days=component.days), moment, settings)
    return {
        account: Known(one.value / before[account].value, one.n)
        for account, one in now.items()
        if account in before and before[account].value
    }


def _values(
    model: Model, component: Component, reader: Reader, day: date, moment: Moment, settings: Settings
) -> dict[str, One]:
    """A component's metric over the days before ``day``, by account."""
    spans = days_before(day, component.days, settings)
    try:
        asked = question(component.metric, component.variant, settings)
        return each(asked, reader, spans, moment, settings)
    except UsageError as error:
        where = model.place("components", component.name, "metric")
        raise UsageError(error.message, code=error.code, where=where, fix=error.fix) from None


def _judgements(
    component: Component, reader: Reader, day: date, moment: Moment, settings: Settings
) -> dict[str, Known]:
    """The latest judgement of each account, unless it is too old."""
    reader.stand((), moment)
    reader.provide(JUDGED)
    since = instant(day - timedelta(days=component.days), settings.timezone)
    _, rows = reader.run(
        f'SELECT account_id, "at", score FROM {JUDGED.table} WHERE model = {_quoted(component.judgement)}'
        f' AND "at" >= TIMESTAMP \'{since}\' ORDER BY account_id, "at", score'
    )
    return {
        account: Known(float(score), 1, (day - local_day(at, settings.timezone)).days) for account, at, score in rows
    }


def _written(component: Component, reader: Reader, settings: Settings) -> bool:
    """Whether a component's metric stands on what CSMs write themselves."""
    asked = replace(question(component.metric, component.variant, settings), each=True, grain=Grain.DAY.value)
    plan = kept.plan(asked, reader.ground, settings)
    return bool(WRITTEN & footing.canonical(plan.tables, plan.facts, reader.ground, settings))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
