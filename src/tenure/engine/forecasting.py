"""What was forecast of the renewals of a quarter at a moment, as it was known then, beside what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.horizons import AHEAD, WITH_RENEWAL
from tenure.core.period import Grain, Window, add_months, instant, local_day, periods
from tenure.engine.renewals import AFTER, CALLED, DUE, JUDGED
from tenure.figures.reader import Moment
from tenure.figures.request import paired
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from tenure.core.config import Settings
    from tenure.core.features import Floats
    from tenure.figures.reader import Reader

STINT, NEXT = FactKey("stint"), FactKey("next_renewal")
#: Facts that a moment of the past is asked for.
FACTS = (DUE, JUDGED, STINT, NEXT)
#: A risk that was kept longer before a moment does not count as known then, in days.
_OLD = 7
_FINALLY = "came_of_renewals"


@dataclass(frozen=True)
class Seen:
    """The renewals of a quarter as they were known at a moment, a column each. ``called``, ``chance``: nan where nothing was
    judged, or no risk was kept; ``came``: what was renewed, and ``kept``: of it no more than the value; nan where it is not decided yet. Money in the reporting currency at the
    rates of then. ``sure``: decided already at the moment.
    """

    owner: NDArray[np.object_]
    value: Floats
    called: Floats
    chance: Floats
    came: Floats
    kept: Floats
    sure: NDArray[np.bool_]


def lay_outcomes(reader: Reader, settings: Settings, now: datetime) -> None:
    """Lay what came of every renewal, as it is known now: the share of its value, empty while it is open."""
    _stand(reader, settings, Moment(now))
    reader.provide(DUE)
    reader.run(
        f"CREATE OR REPLACE TEMP TABLE {_FINALLY} AS SELECT renewal_id, CASE WHEN still_open = 0 THEN "
        f"renewed_value::DOUBLE / nullif(value, 0) END AS share FROM {DUE.table}"
    )


def seen_at(reader: Reader, settings: Settings, at: datetime, opens: date, closes: date) -> Seen:
    """The renewals whose term ends from ``opens`` on and before ``closes`` as known at a moment."""
    _stand(reader, settings, Moment(at, at))
    for key in FACTS:
        reader.provide(key)
    first, end = (_moment(instant(day, settings.timezone)) for day in (opens, closes))
    moment = _moment(at)
    called = f"CASE WHEN j.category IS NOT NULL THEN {CALLED} END"
    days = f"date_diff('day', CAST({moment} AS DATE), CAST(d.term_end AS DATE)) + {AFTER}"
    leaves = "CASE WHEN d.term_end = n.renewal_due AND r.risk_renewal IS NOT NULL THEN r.risk_renewal " + " ".join(
        f"WHEN {days} <= {ahead + (AFTER if ahead == AHEAD[-1] else 0)} THEN r.risk_{ahead}" for ahead in AHEAD
    ) + " END"  # fmt: skip
    found = reader.columns(
        f"SELECT s.owner, d.value::DOUBLE * 0.0001 AS value, ({called})::DOUBLE * 0.0001 AS called, "
        f"1 - ({leaves})::DOUBLE * 0.01 AS chance, f.share::DOUBLE AS share, (d.still_open = 0)::INTEGER AS sure "
        f"FROM {DUE.table} d "
        f"LEFT JOIN {JUDGED.table} j ON j.renewal_id = d.renewal_id "
        f"LEFT JOIN {NEXT.table} n ON n.account_id = d.account_id LEFT JOIN ({_risks(at)}) r ON r.account_id = d.account_id "
        f"LEFT JOIN (SELECT account_id, owner FROM {STINT.table} WHERE valid_from <= {moment} AND valid_to > {moment} "
        "QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY share DESC, owner) = 1) s ON s.account_id = d.account_id "
        f"LEFT JOIN {_FINALLY} f ON f.renewal_id = d.renewal_id "
        f"WHERE d.term_end >= {first} AND d.term_end < {end} ORDER BY d.renewal_id"
    )
    value, share = _numbers(found["value"]), _numbers(found["share"])
    known = ~np.isnan(value)
    return Seen(
        np.asarray(found["owner"], dtype=object)[known],
        value[known],
        _numbers(found["called"])[known],
        _numbers(found["chance"])[known],
        (value * share)[known],
        (value * np.minimum(share, 1))[known],
        (_numbers(found["sure"]) > 0)[known],
    )


def _risks(at: datetime) -> str:
    """SQL of the risks that were kept last before a moment, if that was lately: a row an account."""
    models = [*(f"churn_risk_{ahead}" for ahead in AHEAD), WITH_RENEWAL]
    columns = ", ".join(
        f"max(score) FILTER (model = {literal(model)}) AS risk_{model.removeprefix('churn_risk_')}" for model in models
    )
    lately = (
        f'model IN ({", ".join(map(literal, models))}) AND "at" >= {_moment(at - timedelta(days=_OLD))} '
        f'AND "at" < {_moment(at)} AND known_from < {_moment(at)} AND known_to >= {_moment(at)}'
    )
    return (
        f'SELECT account_id, {columns} FROM score_version WHERE {lately} AND "at" = (SELECT max("at") FROM score_version '
        f"WHERE {lately}) GROUP BY account_id"
    )


def _stand(reader: Reader, settings: Settings, moment: Moment) -> None:
    """Stand in the month that runs at a moment, whose first instant is of the one before."""
    month = local_day(moment.now, settings.timezone).replace(day=1)
    months = periods(Grain.MONTH, add_months(month, -1), month, 1)
    reader.stand(paired(months, Window.PERIOD, settings, moment.now)[-1:], moment)


def _moment(at: datetime) -> str:
    return f"TIMESTAMP '{at.isoformat(sep=' ')}'"


def _numbers(column: object) -> Floats:
    return np.asarray(column).astype(np.float64)
