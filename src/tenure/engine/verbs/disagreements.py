"""``disagreements``: accounts of which one signal looks well and another does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tenure.engine.disagreeing import Disagreement, Read, disagreeing
from tenure.engine.reach import seen
from tenure.engine.verbs.health import days_of, model_of, no_account
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.health.disagree import KINDS
from tenure.scores.health.gathered import gathered

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

__all__ = ["Disagreement", "Disagreements", "DisagreementsFound", "Read", "disagreements"]


@dataclass(frozen=True)
class Disagreements:
    """``account``: its id, or empty for all. ``at``, ``since``: the days compared, as of ``Health``. ``scope``: whose accounts."""

    account: str = ""
    at: str = ""
    since: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class DisagreementsFound:
    """Those that pay most first. ``kinds``: how many accounts there are of each kind that was looked for."""

    day: date
    since: date
    as_of: datetime
    currency: str
    kinds: dict[str, int]
    found: tuple[Disagreement, ...]


def disagreements(desk: Desk, request: Disagreements) -> DisagreementsFound:
    """The pairs of a day. Raises ``UsageError`` as ``health`` does."""
    settings, now = desk.settings, desk.clock()
    model = model_of(desk)
    day, since, known = days_of(request.at, request.since, settings, now)
    only, published = request.account or None, desk.fresh(now)
    with desk.in_warehouse(published, remember=True) as reader:
        inside = seen(reader, request.scope, now)
        here = gathered(model, reader, day, known, settings, only, held=published.held)
        if only and (only not in here.customers or not _in(only, inside)):
            raise no_account(only, day)
        there = gathered(model, reader, since, known, settings, only, held=published.held)
        found = disagreeing(reader, (there, here), known, settings, only, published.held)
    found = tuple(one for one in found if _in(one.account_id, inside))
    kinds = {kind: sum(one.kind == kind for one in found) for kind in KINDS}
    return DisagreementsFound(day, since, now.replace(tzinfo=UTC), settings.currency, kinds, found)


def _in(account: str, inside: set[str] | None) -> bool:
    return inside is None or account in inside
