"""``optimism``: how the judgements of those who look after customers compare with the facts, for calibration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.errors import DataError
from tenure.core.money import SCALE
from tenure.core.period import add_months, local_day
from tenure.engine.origins import lately
from tenure.engine.reach import seen
from tenure.engine.verbs.health import model_of
from tenure.figures.reader import FAR, Moment
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.health.gathered import gathered
from tenure.scores.health.optimism import FEWEST, Judgement, Leaning, leanings
from tenure.scores.risk.compare import scoring_of
from tenure.scores.risk.outcome import leaving
from tenure.scores.signal import JUDGED, is_written
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader
    from tenure.scores.health.gathered import Gathered
    from tenure.scores.health.model import Component, Model
    from tenure.scores.health.score import Scoring
    from tenure.scores.risk.outcome import Spells

__all__ = ["FEWEST", "Beyond", "Leaning", "Optimism", "OptimismFound", "optimism"]

#: Judgements of so many months are looked at; whether a customer left is asked for so many days.
MONTHS, HORIZON = 12, 90
#: A judgement that lies so many points above the facts is much better than they are.
MUCH = 25
NOTES = (
    "This is for calibration and no evaluation: whoever knows more of a customer than the facts do is right to differ.",
    "The facts are what of the health score nobody writes, without the risk, which is learned from judgements too.",
)


@dataclass(frozen=True)
class Optimism:
    """``scope``: whose accounts and people."""

    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Beyond:
    """An account whose latest judgement lies much above what the facts say of it today, both in points of 100."""

    account_id: str
    name: str | None
    by: str
    by_name: str | None
    mrr: Decimal | None
    age: int
    judged: Decimal
    facts: Decimal


@dataclass(frozen=True)
class OptimismFound:
    """``people``: those who judged in the last 12 months, each with the difference of judgement and facts in points, those
    first that judge best against them. ``names``: of them. ``usual``: the mean difference of all accounts. ``left``: of what was judged to be
    well, within 90 days. ``beyond``: accounts that are judged much better than the facts, the widest apart first.
    ``judgement``: which.
    """

    day: date
    as_of: datetime
    currency: str
    judgement: str
    since: date
    people: tuple[Leaning, ...]
    names: dict[str, str]
    usual: float | None
    beyond: tuple[Beyond, ...]
    notes: tuple[str, ...] = NOTES


def optimism(desk: Desk, request: Optimism) -> OptimismFound:
    """Compare judgements with facts. Raises ``DataError`` where the model of the health score has no judgement or nothing
    else, and where nobody judged.
    """
    settings, now = desk.settings, desk.clock()
    model, published = model_of(desk), desk.fresh(now)
    today = local_day(now, settings.timezone)
    with desk.in_warehouse(published, remember=True) as reader:
        judgement = _judgement(model)
        facts = _facts(model, reader, settings)
        inside = seen(reader, request.scope, now)
        told = _judged(reader, judgement, now, today - timedelta(days=31 * MONTHS), settings)
        told = [one for one in told if _is_seen(one.account, one.by, inside, request.scope)]
        scorings = {one.day: scoring_of(facts, one, frozenset()) for one in lately(desk, reader, facts, MONTHS, now)}
        here = gathered(facts, reader, today, FAR, settings, held=published.held)
        scorings[today] = here.scoring
        rows = _rows(told, judgement, model, scorings, leaving(reader, now), today)
    if not rows:
        raise DataError(
            f"Nobody judged a customer ({judgement.signal.judgement}) in the last {MONTHS} months.", code="nothing_judged",
            fix="Load judgements: tenure tables judgement",
        )  # fmt: skip
    people = tuple(leanings(rows))
    names = _names(desk, {one.by for one in people} | {one.by for one in told})
    usual = float(np.mean([one.judged - one.facts for one in rows]))
    beyond = _beyond(told, judgement, here, names, today)
    return OptimismFound(
        today, now.replace(tzinfo=UTC), settings.currency, judgement.signal.judgement, min(scorings), people, names, usual,
        beyond,
    )  # fmt: skip


def _judgement(model: Model) -> Component:
    found = [one for one in model.components if one.signal.judgement]
    if not found:
        raise DataError(
            "The health score goes by no judgement, so that nothing says what one is worth.", code="no_judgement",
            fix='Give the model a component with judgement = "csm_pulse".',
        )  # fmt: skip
    return found[0]


def _facts(model: Model, reader: Reader, settings: Settings) -> Model:
    """The model with those components only that nobody writes himself."""
    left = tuple(
        one for one in model.components if not one.signal.risk and not is_written(one.signal, reader, settings)
    )
    if not left:
        raise DataError(
            "The health score goes by nothing but judgements.",
            code="no_facts",
            fix="Give the model components of facts.",
        )
    return replace(model, components=left, minimum_days=0)


@dataclass(frozen=True)
class _Told:
    """A judgement as it was written, on a day."""

    account: str
    by: str
    day: date
    score: float


def _judged(reader: Reader, judgement: Component, now: datetime, since: date, settings: Settings) -> list[_Told]:
    """The judgements of which is known who made them, in the order in which they were."""
    reader.stand((), Moment(now))
    reader.provide(JUDGED)
    rows = reader.run(
        f'SELECT account_id, "by", "at", score FROM {JUDGED.table} WHERE model = {literal(judgement.signal.judgement)}'
        f' AND "by" IS NOT NULL ORDER BY "at", account_id, score'
    )[1]
    told = [_Told(account, by, local_day(at, settings.timezone), float(score)) for account, by, at, score in rows]
    return [one for one in told if one.day >= since]


def _is_seen(account: str, by: str, inside: set[str] | None, scope: Scope) -> bool:
    return inside is None or (account in inside and by in (scope.owners or ()))


def _rows(
    told: list[_Told], judgement: Component, model: Model, scorings: dict[date, Scoring], spells: Spells, today: date
) -> list[Judgement]:
    """Each judgement beside the facts at the beginning of the month that followed (of the month that runs: today), of an
    account's last in the month.
    """
    latest = {(one.account, min(_next(one.day), today)): one for one in told}
    facts = {
        day: {one.account_id: one.score for one in scoring.scores() if one.score is not None}
        for day, scoring in scorings.items()
    }
    found = []
    for (account, day), one in latest.items():
        fact = facts.get(day, {}).get(account)
        if fact is not None:
            points = _points(judgement, one.score)
            last = day + timedelta(days=HORIZON)
            gone = any(day < until <= last for _, until in spells.get(account, ()))
            found.append(
                Judgement(one.by, account, points, fact, points >= model.good, gone if last <= today else None)
            )
    return found


def _next(day: date) -> date:
    """The beginning of a month that comes next, or is that day."""
    return day if day.day == 1 else add_months(day.replace(day=1), 1)


def _points(judgement: Component, score: float) -> float:
    return float(judgement.points(np.array([score]))[0]) / 100


def _beyond(
    told: list[_Told], judgement: Component, here: Gathered, names: dict[str, str], today: date
) -> tuple[Beyond, ...]:
    """The accounts of today whose latest judgement is still counted, and lies much above the facts."""
    facts = {one.account_id: one.score for one in here.scoring.scores()}
    found = []
    for one in {each.account: each for each in told}.values():
        customer, fact, age = here.customers.get(one.account), facts.get(one.account), (today - one.day).days
        points = _points(judgement, one.score)
        if customer and fact is not None and age <= judgement.signal.days and points - fact >= MUCH:
            mrr = None if customer.mrr is None else Decimal(customer.mrr) / SCALE
            found.append(
                Beyond(
                    one.account, customer.name, one.by, names.get(one.by), mrr, age, Decimal(f"{points:.2f}"),
                    Decimal(f"{fact:.2f}"),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.facts - one.judged, one.account_id)))


def _names(desk: Desk, people: set[str]) -> dict[str, str]:
    rows = desk.store.rows("SELECT csm_id, name FROM csm_version WHERE known_to = TIMESTAMP '9999-12-31'")
    return {csm: name for csm, name in rows if csm in people and name}
