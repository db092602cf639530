"""``ready``: make what the first page about an account would wait for on a day, so that nobody does."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.errors import TenureError
from tenure.core.period import Grain, last_complete, local_day
from tenure.engine.laid import Laid
from tenure.engine.verbs.health import Health, days_of, health
from tenure.engine.verbs.scorecard import ScorecardOf, scorecard
from tenure.metrics.kinds import FactKey
from tenure.scores.signal import customers

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Ready:
    """``scorecards``: these too, which takes longest."""

    scorecards: bool = False


@dataclass(frozen=True)
class MadeReady:
    """``explained``: whether there is a customer whose score can be explained; ``measured``: whether there is somebody who has a scorecard."""

    explained: bool
    measured: bool = False


def ready(desk: Desk, request: Ready) -> MadeReady:
    """Lay what is known of accounts by account, and remember what is known of all customers on the days that an explained health
    score compares: one account's score is explained as it is on its page, and what that found out of all of them is kept. Where it is asked for, one person's
    scorecard and one team's are made, of each kind of window, so that what they ask is compiled.

    Raises ``UsageError`` for a model that is wrong.
    """
    Laid.fresh(desk)
    day, _since, known = days_of("", "", desk.settings, desk.clock())
    with desk.in_warehouse(desk.fresh(desk.clock()), remember=True) as reader:
        there = customers(reader, day, known, desk.settings)
    if there:
        health(desk, Health(there[0].account_id))
    return MadeReady(bool(there), request.scorecards and _scorecards(desk))


_STINT = FactKey("stint")


def _scorecards(desk: Desk) -> bool:
    """Make the scorecard of whoever has most customers now, and that of the team."""
    now, settings = desk.clock(), desk.settings
    with desk.published(desk.fresh(now)) as reader:
        reader.provide(_STINT)
        _, rows = reader.run(
            f"SELECT owner, team FROM {_STINT.table} WHERE is_customer AND team IS NOT NULL AND owner IS NOT NULL AND valid_from <= "
            f"TIMESTAMP '{now}' AND valid_to > TIMESTAMP '{now}' GROUP BY ALL ORDER BY count(*) DESC, owner LIMIT 1"
        )
    today = local_day(now, settings.timezone)
    kinds = [
        last_complete(grain, 1, today, settings.fiscal_year_start)[0].label for grain in (Grain.QUARTER, Grain.MONTH)
    ]
    for owner, team in rows:
        for start in ("", *kinds):
            for of in (ScorecardOf(str(owner), start=start), ScorecardOf(team=str(team), start=start)):
                with suppress(TenureError):  # whoever asks for it is told why
                    scorecard(desk, of)
    return bool(rows)
