"""``health``: the customer health score of every account, or of one with what it is made of and why it changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tenure.core import written
from tenure.core.errors import UsageError
from tenure.core.money import SCALE
from tenure.core.period import instant, local_day
from tenure.core.written import Written
from tenure.engine.reach import seen
from tenure.engine.remembered import Remembered
from tenure.figures.reader import FAR
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.health.changed import Line, Stages, changed
from tenure.scores.health.gathered import Gathered, gathered
from tenure.scores.health.model import NAME, Model, read, shipped
from tenure.scores.signal import Only

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader
    from tenure.scores.health.score import Part, Scored
    from tenure.scores.signal import Customer, Source

#: So many days before is what a score is compared with, where nobody says.
BEFORE = 91


@dataclass(frozen=True)
class Health:
    """``account``: its id, or empty for all. ``at``: the day (default: today): what had happened when it began, and of a
    past day no more than was known then. ``since``: the day that it is compared with. ``scope``: whose accounts.
    """

    account: str = ""
    at: str = ""
    since: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Component:
    """A part of a score. ``value``: in the unit of ``metric`` (of a trend: against the days before), null where it is not
    known; ``things``: on how many it stands. ``points``: 0 to 100. ``adds``: what it adds to the score, ``weighs``: its
    share of the known weight; ``costs``: what the score would gain if it were 100. ``age``: of a judgement, in days.
    ``by_csm``: CSMs write it themselves.
    """

    name: str
    metric: str
    value: Decimal | None
    things: int
    points: Decimal | None
    weighs: Decimal
    adds: Decimal
    costs: Decimal
    age: int | None
    by_csm: bool


@dataclass(frozen=True)
class Change:
    """A line of why a score changed: a component with its values before and after, ``late data`` or ``model``."""

    what: str
    change: Decimal
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class AccountHealth:
    """An account's score, of 100; null with a ``reason`` where there is none. ``band``: good, fair or poor. ``coverage``:
    the share of the weight that was known. ``before``: the score of the day it is compared with, as is known now.
    ``worst``: what costs it most. ``mrr`` in the reporting currency. ``components`` and ``why`` only where one account
    was asked for.
    """

    account_id: str
    name: str | None
    owner: str | None
    owner_name: str | None
    segment: str | None
    mrr: Decimal | None
    renewal_due: date | None
    score: Decimal | None
    band: str | None
    coverage: Decimal
    reason: str
    before: Decimal | None
    worst: str | None
    components: tuple[Component, ...] = ()
    why: tuple[Change, ...] = ()


@dataclass(frozen=True)
class HealthFound:
    """The accounts of a day, the lowest score first. ``model`` and ``version``: by which definition, ``definition``: what
    that says of itself. ``currency``: of the money.
    """

    day: date
    since: date
    as_of: datetime
    model: str
    version: str
    definition: str
    currency: str
    accounts: tuple[AccountHealth, ...] = field(default_factory=tuple)


def health(desk: Desk, request: Health) -> HealthFound:
    """The scores of a day. Raises ``UsageError`` for a date that is none, a model that is wrong, an account that is not
    there or is out of the scope.
    """
    settings, now = desk.settings, desk.clock()
    model = model_of(desk)
    today = local_day(now, settings.timezone)
    day = _day(request.at, "at", today) if request.at else today
    since = _day(request.since, "since", day - timedelta(days=1)) if request.since else day - timedelta(days=BEFORE)
    known = instant(day, settings.timezone) if day < today else FAR
    only = request.account or None
    with desk.in_warehouse(desk.fresh(now)) as reader:
        every = Remembered(desk, reader)
        source = Only(every, only) if only else every
        inside = seen(reader, request.scope, now)
        here = gathered(model, reader, day, known, settings, source)
        wanted = [each for each in here.customers if inside is None or each in inside]
        if only and only not in wanted:
            raise _no_account(only, day)
        there = gathered(model, reader, since, known, settings, source)
        if only:
            accounts: tuple[AccountHealth, ...] = (
                _told(only, here, there, _then(desk, reader, source, here, there, known)),
            )
        else:
            accounts = _listed(here, there, wanted)
    return HealthFound(
        day, since, now.replace(tzinfo=UTC), NAME, model.version, model.definition, settings.currency, accounts
    )


def model_of(desk: Desk) -> Model:
    """The definition of the score that is in force."""
    return read(definition(desk.home))


def definition(home: Path) -> Written:
    """The file that defines the score: the workspace's own, or the one that comes with Tenure."""
    own = {each.name: each for each in written.models(home)}
    return own.get(NAME, shipped())


@dataclass(frozen=True)
class _Then:
    """The scores of then as they were, and those of then and of now by the definition of then."""

    told: Gathered
    there: Gathered
    here: Gathered


def _then(desk: Desk, reader: Reader, source: Source, here: Gathered, there: Gathered, known: datetime) -> _Then:
    """What a score is compared with, by the definition that was in force on that day."""
    settings, since = desk.settings, there.day
    at = instant(since, settings.timezone)
    model = here.scoring.model
    used = desk.store.rows(
        'SELECT version, definition FROM main.score_model WHERE model = ? AND "at" <= ? ORDER BY "at" DESC, batch DESC LIMIT 1',
        [NAME, at],
    )
    if used and used[0][0] != model.version:
        model = read(Written(f"{NAME}.toml, version {used[0][0]}", used[0][1]))
        there = gathered(model, reader, since, known, settings, source)
        here = gathered(model, reader, here.day, known, settings, source)
    return _Then(gathered(model, reader, since, at, settings, source), there, here)


def _listed(here: Gathered, there: Gathered, wanted: list[str]) -> tuple[AccountHealth, ...]:
    """All accounts, the lowest score first and those without one last."""
    then = {scored.account_id: scored for scored in there.scoring.scores()}
    worst = dict(zip(here.scoring.accounts.ids, here.scoring.worst(), strict=True))
    now = {scored.account_id: scored for scored in here.scoring.scores()}
    rows = [_row(here.customers[account], now[account], then.get(account), worst[account]) for account in wanted]
    return tuple(sorted(rows, key=lambda row: (row.score is None, row.score or 0, row.account_id)))


def _told(account: str, here: Gathered, there: Gathered, then: _Then) -> AccountHealth:
    """One account with everything."""
    scored, before = _scored(here, account), _scored(there, account)
    assert scored is not None
    why: tuple[Line, ...] = ()
    first = _scored(then.there, account)
    if scored.score is not None and first is not None and first.score is not None and _scored(then.here, account):
        told = _scored(then.told, account)
        was_told = then.told.scoring if told is not None and told.score is not None else None
        why = changed(account, Stages(was_told, then.there.scoring, then.here.scoring, here.scoring))
    worst = here.scoring.worst()[here.scoring.place[account]]
    components = _components(here, here.scoring.parts(account))
    return _row(here.customers[account], scored, before, worst, components, tuple(_line(line) for line in why))


def _scored(of: Gathered, account: str) -> Scored | None:
    """An account's score of a day; None where it was no customer then."""
    return of.scoring.scores()[of.scoring.place[account]] if account in of.customers else None


def _row(
    customer: Customer,
    scored: Scored,
    before: Scored | None,
    worst: str | None,
    components: tuple[Component, ...] = (),
    why: tuple[Change, ...] = (),
) -> AccountHealth:
    return AccountHealth(
        customer.account_id, customer.name, customer.owner, customer.owner_name, customer.segment,
        None if customer.mrr is None else Decimal(customer.mrr) / SCALE, customer.renewal_due,
        _hundredths(scored.score), scored.band, _rounded(Fraction(scored.coverage), 4), scored.reason,
        _hundredths(before.score) if before else None, None if scored.score is None else worst, components, why,
    )  # fmt: skip


def _components(of: Gathered, parts: tuple[Part, ...]) -> tuple[Component, ...]:
    named = {component.name: component for component in of.scoring.model.components}
    known = sum((part.weight for part in parts if part.points is not None), Fraction(0))
    found = []
    for part in parts:
        weighs = part.weight / known if part.points is not None and known else Fraction(0)
        found.append(
            Component(
                name=part.name,
                metric=named[part.name].signal.metric or named[part.name].signal.judgement,
                value=_rounded(Fraction(part.known.value), 6) if part.known else None,
                things=part.known.n if part.known else 0,
                points=None if part.points is None else _rounded(part.points, 2),
                weighs=_rounded(weighs, 4),
                adds=_rounded(part.adds, 4),
                costs=_rounded(weighs * (100 - (part.points or 0)), 4),
                age=part.known.age if part.known else None,
                by_csm=part.is_written,
            )
        )
    return tuple(found)


def _line(line: Line) -> Change:
    ends = (None if end is None else _rounded(Fraction(end), 6) for end in (line.before, line.after))
    return Change(line.what, _rounded(line.change, 4), *ends)


def _hundredths(score: float | None) -> Decimal | None:
    return None if score is None else Decimal(str(score))


def _rounded(value: Fraction, places: int) -> Decimal:
    scaled = value * 10**places
    return Decimal(round(scaled)).scaleb(-places)


def _day(text: str, name: str, latest: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no date.", code="no_date", fix="Write it as 2026-03-31.") from None
    if day > latest:
        raise UsageError(
            f"--{name} is {day}, but can be {latest} at most.", code="no_period", fix="Name an earlier day."
        )
    return day


def _no_account(account: str, day: date) -> UsageError:
    return UsageError(
        f"There is no customer {account!r} on {day}.", code="not_found", fix="tenure health lists all of them."
    )
