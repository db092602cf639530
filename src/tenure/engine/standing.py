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
from tenure.engine.origins import past, refuse_held
from tenure.engine.reports import Report
from tenure.engine.today import Footing
from tenure.engine.verbs.health import model_of
from tenure.figures import footing
from tenure.scores.evaluate import Measure
from tenure.scores.risk.amount import Typical
from tenure.scores.risk.causes import Cause
from tenure.scores.risk.model import Learned, learned
from tenure.scores.risk.outcome import CHURN, CONTRACTION, ENDING, GROWTH, MOVEMENT, SPELL, Outcome
from tenure.scores.risk.panel import SIGNALS
from tenure.scores.stored import Stored, stored

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from tenure.engine.desk import Desk
    from tenure.engine.today import Gathered
    from tenure.figures.published import Published

#: The reports that models are kept as, by outcome.
NAMES = {CHURN.name: "risk", CONTRACTION.name: "risk_contraction", GROWTH.name: "risk_growth"}
#: The horizon in days that a learner is chosen for, customers are ordered by and reasons are given for.
MAIN = 90


class _Cause(msgspec.Struct, frozen=True):
    name: str
    leavers: int
    share: float
    model: Stored | None
    pool: str


class Kept(msgspec.Struct, frozen=True):
    """A ``Learned`` model and what it stands on: ``footing.tables`` say when customers come to the outcome."""

    footing: Footing
    model: Stored
    horizon: int
    leavers: int
    auc: Measure
    causes: tuple[_Cause, ...]
    rival: Stored | None
    typical: Typical | None

    @classmethod
    def of(cls, on: Footing, model: Learned) -> Kept:
        """To be kept."""
        causes = tuple(
            _Cause(one.name, one.leavers, one.share, stored(one.model) if one.model else None, one.pool)
            for one in model.causes
        )
        return cls(
            on, stored(model.model), model.horizon, model.leavers, model.auc, causes,
            stored(model.rival) if model.rival else None, model.typical,
        )  # fmt: skip

    def read(self) -> Learned:
        """The model."""
        causes = tuple(
            Cause(one.name, one.leavers, one.share, one.model.model_of() if one.model else None, one.pool)
            for one in self.causes
        )
        rival = self.rival.model_of() if self.rival else None
        return Learned(self.model.model_of(), self.horizon, self.leavers, self.auc, causes, rival, self.typical)


@dataclass(frozen=True)
class Standing:
    """Today's customers as known, and the model of who comes to the outcome."""

    outcome: Outcome
    gathered: Gathered
    model: Learned


def standing(desk: Desk, outcome: Outcome = CHURN) -> Standing:
    """What stands now: kept where it still does, else made and kept. Raises ``DataError`` where too few came to the outcome to
    learn from.
    """
    now, name = desk.clock(), NAMES[outcome.name]
    published, day = desk.fresh(now), local_day(now, desk.settings.timezone)
    report = reports.kept(desk.home, name, Kept)
    there = report.found if report else None
    try:
        if published.held:
            with desk.in_warehouse(published) as reader:
                refuse_held(desk, reader, SIGNALS, now)
        if there is None or not _stands(desk, there.footing, now):
            there = _learned(desk, published, now, outcome)
            reports.keep(desk.home, name, Report(now.replace(tzinfo=UTC), there))
    except reports.REFUSALS as error:
        reports.keep(desk.home, name, reports.refusal(error, now))
        raise
    return Standing(outcome, today.customers_today(desk, day, published, now), there.read())


def kept(home: Path, outcome: Outcome = CHURN, accounts: Collection[str] = ()) -> Report[Standing] | None:
    """What stood when it was last made, of every customer or of some; None where it never was."""
    report = reports.kept(home, NAMES[outcome.name], Kept)
    if report is None:
        return None
    if report.found is None:
        return Report[Standing](report.as_of, None, report.refused, report.fix)
    gathered = today.customers_kept(home, accounts)
    return None if gathered is None else Report(gathered.as_of, Standing(outcome, gathered, report.found.read()))


def _stands(desk: Desk, on: Footing, now: datetime) -> bool:
    """Whether a model that stands on this would come out the same now."""
    zone = desk.settings.timezone
    if on.day != local_day(now, zone) or on.word != today.word_of(desk.settings):
        return False
    since = today.told_since(desk, on)
    if since is None or since & set(on.tables):
        return False
    return not today.of_the_past(desk, on, since, instant(on.day, zone))


def _learned(desk: Desk, published: Published, now: datetime, outcome: Outcome) -> Kept:
    day = local_day(now, desk.settings.timezone)
    facts = [SPELL, ENDING] if outcome is CHURN else [SPELL, MOVEMENT]
    with desk.in_warehouse(published) as reader:
        on = today.footing_now(desk, day, footing.canonical((), facts, reader.ground, desk.settings))
        before = past(desk, reader, model_of(desk), 1, now, outcome=outcome)
    desk.progress("learning", 0, 0)
    return Kept.of(on, learned(before.origins, before.spells, MAIN, day, before.ends))
