"""``review``: what happened to the health of customers since a week, to go through together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.money import SCALE
from tenure.engine.decided import Decision, decisions
from tenure.engine.disagreeing import Disagreement, disagreeing
from tenure.engine.reach import seen
from tenure.engine.verbs.health import days_of, model_of, rounded
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.health.changed import MODEL, Stages, changed
from tenure.scores.health.gathered import gathered

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.scores.health.gathered import Gathered
    from tenure.scores.signal import Customer

__all__ = ["Decision", "Disagreement", "Mover", "Review", "ReviewFound", "Who", "review"]

WEEK = 7
#: Points by which a score has moved at least that is worth a word.
LEAST = Decimal(2)


@dataclass(frozen=True)
class Review:
    """``at``: the day (default: today), ``since``: the one that it is compared with (default: a week before). ``scope``: whose
    accounts.
    """

    at: str = ""
    since: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Who:
    """A customer. ``mrr`` in the reporting currency."""

    account_id: str
    name: str | None
    owner: str | None
    owner_name: str | None
    mrr: Decimal | None


@dataclass(frozen=True)
class Mover(Who):
    """A customer whose score changed. ``most``: the component that did most of it, and by how many points."""

    before: Decimal
    score: Decimal
    change: Decimal
    band_before: str | None
    band: str | None
    most: str
    most_change: Decimal


@dataclass(frozen=True)
class ReviewFound:
    """``up``, ``down``: whose score changed by two points or more, both days by the model of now and as is known now, the
    largest change first. ``came``, ``left``: who is a customer on one of the two days only; with the MRR of that day.
    ``disagreements``: signals that do not go together, against a quarter ago. ``decisions``: that were made since, or are due.
    """

    day: date
    since: date
    as_of: datetime
    currency: str
    version: str
    accounts: int
    up: tuple[Mover, ...]
    down: tuple[Mover, ...]
    came: tuple[Who, ...]
    left: tuple[Who, ...]
    disagreements: tuple[Disagreement, ...]
    decisions: tuple[Decision, ...]


def review(desk: Desk, request: Review) -> ReviewFound:
    """The week. Raises ``UsageError`` for dates that are none, and a model that is wrong."""
    settings, now = desk.settings, desk.clock()
    model, published = model_of(desk), desk.fresh(now)
    day, quarter, known = days_of(request.at, "", settings, now)
    since = days_of(request.at, request.since, settings, now)[1] if request.since else day - timedelta(days=WEEK)
    with desk.in_warehouse(published, remember=True) as reader:
        inside = seen(reader, request.scope, now)
        here, there, before = (
            gathered(model, reader, one, known, settings, held=published.held) for one in (day, since, quarter)
        )
        pairs = disagreeing(reader, (before, here), known, settings, None, published.held)

    def is_seen(account: str) -> bool:
        return inside is None or account in inside

    movers = [one for one in _movers(there, here) if is_seen(one.account_id)]
    came, left = (
        tuple(_who(of.customers[account]) for account in of.customers if account not in other.customers and is_seen(account))
        for of, other in ((here, there), (there, here))
    )  # fmt: skip
    noted = tuple(
        one for one in decisions(desk, day, known)
        if is_seen(one.account_id) and (one.is_due or one.at.date() >= since)
    )  # fmt: skip
    return ReviewFound(
        day, since, now.replace(tzinfo=UTC), settings.currency, model.version,
        sum(map(is_seen, here.customers)), tuple(one for one in movers if one.change > 0),
        tuple(one for one in movers if one.change < 0), came, left,
        tuple(one for one in pairs if is_seen(one.account_id)), noted,
    )  # fmt: skip


def _movers(there: Gathered, here: Gathered) -> list[Mover]:
    """Those whose score is another one, the largest change first."""
    before = {one.account_id: one for one in there.scoring.scores()}
    found = []
    for now in here.scoring.scores():
        then = before.get(now.account_id)
        if then is None or then.score is None or now.score is None:
            continue
        change = Decimal(str(now.score)) - Decimal(str(then.score))
        if abs(change) < LEAST:
            continue
        lines = changed(now.account_id, Stages(None, there.scoring, here.scoring, here.scoring))
        most = next(line for line in lines if line.what != MODEL)
        who = _who(here.customers[now.account_id])
        found.append(
            Mover(
                who.account_id, who.name, who.owner, who.owner_name, who.mrr, Decimal(str(then.score)),
                Decimal(str(now.score)), change, then.band, now.band, most.what, rounded(most.change, 2),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-abs(one.change), one.account_id))


def _who(of: Customer) -> Who:
    return Who(of.account_id, of.name, of.owner, of.owner_name, None if of.mrr is None else Decimal(of.mrr) / SCALE)
