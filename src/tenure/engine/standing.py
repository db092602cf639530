"""The model of risk that stands today: learned once a day, kept as a report, and learned anew where it would be another.

A model stands as long as the day, the code and the settings do, and nothing was told since that changes the past: rows that
say they were known before, rows taken back, and whatever says who is a customer. What comes in today is learned from tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from tenure.core.period import instant, local_day
from tenure.engine import reports, today
from tenure.engine.origins import past
from tenure.engine.reports import Report
from tenure.engine.today import Footing
from tenure.engine.verbs.health import model_of
from tenure.figures import footing
from tenure.scores.evaluate import Measure
from tenure.scores.risk.model import Learned, learned
from tenure.scores.risk.panel import SPELL
from tenure.scores.stored import Stored, stored

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from tenure.engine.desk import Desk
    from tenure.engine.today import Gathered
    from tenure.figures.published import Published

NAME = "risk"
#: The horizon in days that a learner is chosen for, customers are ordered by and reasons are given for.
MAIN = 90


class Kept(msgspec.Struct, frozen=True):
    """A ``Learned`` model and what it stands on: ``footing.tables`` say who is a customer."""

    footing: Footing
    model: Stored
    horizon: int
    leavers: int
    auc: Measure

    def read(self) -> Learned:
        """The model."""
        return Learned(self.model.model_of(), self.horizon, self.leavers, self.auc)


@dataclass(frozen=True)
class Standing:
    """Today's customers as known, and the model of who leaves."""

    gathered: Gathered
    model: Learned


def standing(desk: Desk) -> Standing:
    """What stands now: kept where it still does, else made and kept. Raises ``DataError`` where too few left to learn from."""
    now = desk.clock()
    published, day = desk.fresh(now), local_day(now, desk.settings.timezone)
    report = reports.kept(desk.home, NAME, Kept)
    there = report.found if report else None
    if there is None or not _stands(desk, there.footing, now):
        try:
            there = _learned(desk, published, now)
        except reports.REFUSALS as error:
            reports.keep(desk.home, NAME, reports.refusal(error, now))
            raise
        reports.keep(desk.home, NAME, Report(now.replace(tzinfo=UTC), there))
    return Standing(today.customers_today(desk, day, published, now), there.read())


def kept(home: Path, accounts: Collection[str] = ()) -> Report[Standing] | None:
    """What stood when it was last made, of every customer or of some; None where it never was."""
    report = reports.kept(home, NAME, Kept)
    if report is None:
        return None
    if report.found is None:
        return Report[Standing](report.as_of, None, report.refused, report.fix)
    gathered = today.customers_kept(home, accounts)
    return None if gathered is None else Report(gathered.as_of, Standing(gathered, report.found.read()))


def _stands(desk: Desk, on: Footing, now: datetime) -> bool:
    """Whether a model that stands on this would come out the same now."""
    zone = desk.settings.timezone
    if on.day != local_day(now, zone) or on.word != today.word_of(desk.settings):
        return False
    since = today.told_since(desk, on)
    if since is None or since & set(on.tables):
        return False
    return not today.of_the_past(desk, on, since, instant(on.day, zone))


def _learned(desk: Desk, published: Published, now: datetime) -> Kept:
    day = local_day(now, desk.settings.timezone)
    with desk.in_warehouse(published) as reader:
        on = today.footing_now(desk, day, footing.canonical((), [SPELL], reader.ground, desk.settings))
        before, spells = past(desk, reader, model_of(desk), 1, now)
    desk.progress("learning", 0, 0)
    found = learned(before, spells, MAIN, day)
    return Kept(on, stored(found.model), found.horizon, found.leavers, found.auc)
