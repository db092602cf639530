"""``health``: the customer health score of every account, or of one with what it is made of and why it changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tenure.core import written
from tenure.core.errors import UsageError
from tenure.core.money import SCALE
from tenure.core.period import instant, local_day
from tenure.core.written import Written
from tenure.engine.decided import Decision, decisions
from tenure.engine.disagreeing import Disagreement, disagreeing
from tenure.engine.reach import seen
from tenure.figures.reader import FAR
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.health.changed import Line, Stages, changed
from tenure.scores.health.gathered import Gathered, gathered
from tenure.scores.health.model import NAME, Model, read, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader
    from tenure.scores.health.score import Part, Scored
    from tenure.scores.signal import Customer, Signal

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
    share of the known weight; ``costs``: what the score would gain if it were 100. ``age``: of a judgement or a risk, in
    days. ``by_csm``: CSMs write it themselves. ``reason``: why it is known of nobody, where that is so.
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
    reason: str = ""


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
    ``worst``: what costs it most. ``mrr`` in the reporting currency. ``components``, ``why``, ``disagreements``
    (signals that do not go together) and ``decisions`` (the latest first) only where one account was asked for.
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
    disagreements: tuple[Disagreement, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class Stood:
    """What a component stands on. ``newest``: the day of the newest row behind it, so many days ago (``age``); null where
    there is none, or where it stands on nothing that goes on coming in. ``silent``: why nothing is known of it of anybody:
    nothing so new as the days that it looks at, or a check that holds it, with what frees it; else empty.
    """

    name: str
    newest: date | None
    age: int | None
    silent: str


@dataclass(frozen=True)
class HealthFound:
    """The accounts of a day, the lowest score first. ``model`` and ``version``: by which definition, ``definition``: what
    that says of itself. ``currency``: of the money. ``sources``: what the components stand on.
    """

    day: date
    since: date
    as_of: datetime
    model: str
    version: str
    definition: str
    currency: str
    accounts: tuple[AccountHealth, ...] = field(default_factory=tuple)
    sources: tuple[Stood, ...] = ()


def health(desk: Desk, request: Health) -> HealthFound:
    """The scores of a day. Raises ``UsageError`` for a date that is none, a model that is wrong, an account that is not
    there or is out of the scope.
    """
    settings, now = desk.settings, desk.clock()
    model = model_of(desk)
    day, since, known = days_of(request.at, request.since, settings, now)
    only, published = request.account or None, desk.fresh(now)
    with desk.in_warehouse(published, remember=True) as reader:
        inside = seen(reader, request.scope, now)
        here = gathered(model, reader, day, known, settings, only, held=published.held)
        wanted = [each for each in here.customers if inside is None or each in inside]
        if only and only not in wanted:
            raise no_account(only, day)
        there = gathered(model, reader, since, known, settings, only, held=published.held)
        if only:
            told = _told(only, here, there, _then(desk, reader, here, there, known, only, published.held))
            pairs = disagreeing(reader, (there, here), known, settings, only, published.held)
            noted = tuple(each for each in decisions(desk, day, known) if each.account_id == only)
            accounts: tuple[AccountHealth, ...] = (replace(told, disagreements=pairs, decisions=noted),)
        else:
            accounts = _listed(here, there, wanted)
    return HealthFound(
        day, since, now.replace(tzinfo=UTC), NAME, model.version, model.definition, settings.currency, accounts,
        stood(here),
    )  # fmt: skip


def stood(of: Gathered) -> tuple[Stood, ...]:
    """What the components of a day stand on, in their order."""
    found = []
    for component in of.scoring.model.components:
        source = of.sources[component.name]
        age = None if source.newest is None else (of.day - source.newest).days
        silent = source.held
        if not silent and source.is_stale:
            newest = "there is nothing" if source.newest is None else f"the newest is of {source.newest}"
            silent = f"nothing came in for {component.signal.days} days: {newest}"
        found.append(Stood(component.name, source.newest, age, silent))
    return tuple(found)


def days_of(at: str, since: str, settings: Settings, now: datetime) -> tuple[date, date, datetime]:
    """The day, the day that it is compared with, and until when what was learned is known. Raises ``UsageError``."""
    today = local_day(now, settings.timezone)
    day = _day(at, "at", today) if at else today
    before = _day(since, "since", day - timedelta(days=1)) if since else day - timedelta(days=BEFORE)
    return day, before, instant(day, settings.timezone) if day < today else FAR


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


def _then(
    desk: Desk, reader: Reader, here: Gathered, there: Gathered, known: datetime, only: str, held: Mapping[str, str]
) -> _Then:
    """What a score is compared with, by the definition by which scores were last kept until that day."""
    settings, since = desk.settings, there.day
    at = instant(since, settings.timezone)
    model = here.scoring.model
    used = desk.store.rows(
        "SELECT s.version, m.definition FROM main.score s JOIN main.score_model m USING (model, version)"
        ' WHERE model = ? AND s."at" <= ? ORDER BY s."at" DESC, m."at" DESC, m.batch DESC LIMIT 1',
        [NAME, at],
    )
    if used and used[0][0] != model.version:
        model = read(Written(f"{NAME}.toml, version {used[0][0]}", used[0][1]))
        there = gathered(model, reader, since, known, settings, only, other=there, held=held)
        here = gathered(model, reader, here.day, known, settings, only, other=here, held=held)
    return _Then(gathered(model, reader, since, at, settings, only, held=held), there, here)


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
        _hundredths(scored.score), scored.band, rounded(Fraction(scored.coverage), 4), scored.reason,
        _hundredths(before.score) if before else None, None if scored.score is None else worst, components, why,
    )  # fmt: skip


def _components(of: Gathered, parts: tuple[Part, ...]) -> tuple[Component, ...]:
    named = {component.name: component for component in of.scoring.model.components}
    known = sum((part.weight for part in parts if part.points is not None), Fraction(0))
    silent = {each.name: each.silent for each in stood(of)}
    found = []
    for part in parts:
        weighs = part.weight / known if part.points is not None and known else Fraction(0)
        found.append(
            Component(
                name=part.name,
                metric=_of(named[part.name].signal),
                value=rounded(Fraction(part.known.value), 6) if part.known else None,
                things=part.known.n if part.known else 0,
                points=None if part.points is None else rounded(part.points, 2),
                weighs=rounded(weighs, 4),
                adds=rounded(part.adds, 4),
                costs=rounded(weighs * (100 - (part.points or 0)), 4),
                age=part.known.age if part.known else None,
                by_csm=part.is_written,
                reason=silent[part.name],
            )
        )
    return tuple(found)


def _of(signal: Signal) -> str:
    """What a component goes by: a metric, whose judgement, or the model of the risk."""
    return signal.metric or signal.judgement or signal.risk_model


def _line(line: Line) -> Change:
    ends = (None if end is None else rounded(Fraction(end), 6) for end in (line.before, line.after))
    return Change(line.what, rounded(line.change, 4), *ends)


def _hundredths(score: float | None) -> Decimal | None:
    return None if score is None else Decimal(str(score))


def rounded(value: Fraction | float, places: int) -> Decimal:
    """Exactly so many decimals."""
    scaled = Fraction(value) * 10**places
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


def no_account(account: str, day: date) -> UsageError:
    """The error for a customer that is not to be seen on that day."""
    return UsageError(
        f"There is no customer {account!r} on {day}.", code="not_found", fix="tenure health lists all of them."
    )
