"""``risk``: how likely each customer is to leave, why, and what that may cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.errors import UsageError
from tenure.core.features import Labels, Numbers
from tenure.core.money import SCALE
from tenure.core.period import local_day
from tenure.engine.origins import past
from tenure.engine.reach import seen
from tenure.engine.verbs.health import model_of
from tenure.figures.reader import FAR
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.evaluate import Measure
from tenure.scores.risk.model import Learned, learned
from tenure.scores.risk.panel import SIGNALS, Origin, origin, whole

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: In days.
HORIZONS = (30, 90, 180)
#: The horizon that customers are ordered by, and reasons are given for.
MAIN = 90
#: Days after a renewal in which those who leave with it have left, and days ahead beyond which nothing is said.
_AFTER, _FARTHEST = 14, 194
_NORMAL = 1.959963984540054


@dataclass(frozen=True)
class Risk:
    """``account``: its id, or empty for all. ``scope``: whose accounts."""

    account: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Reason:
    """What is known of a customer and by what it multiplies its risk: 2 is twice as likely. ``value``: a number or a word,
    null where it is not known.
    """

    name: str
    value: Decimal | str | None
    factor: Decimal


@dataclass(frozen=True)
class AccountRisk:
    """``risk``: the probability of leaving, by days from now (30, 90, 180), and ``by_renewal``: until two weeks after the
    renewal, where one is due. ``arr`` and ``at_risk`` (of 90 days, times ``arr``) in the reporting currency. ``reasons``:
    of the risk of 90 days, the strongest first; times ``usual``, they multiply to its cumulated hazard.
    """

    account_id: str
    name: str | None
    owner: str | None
    owner_name: str | None
    segment: str | None
    renewal_due: date | None
    arr: Decimal | None
    risk: dict[str, Decimal]
    by_renewal: Decimal | None
    at_risk: Decimal | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class RiskFound:
    """The customers of a day, those first of whom most revenue is at risk. ``at_risk``: of 90 days, of all of them, with the
    interval in which what is lost will lie with 95 % if they leave independently. ``usual``: the cumulated hazard over 90
    days of a customer of whom all is usual. ``learned_from``: customers who left; ``auc``: how well it was told out of time
    who leaves within 90 days.
    """

    day: date
    as_of: datetime
    currency: str
    accounts: tuple[AccountRisk, ...]
    at_risk: Measure
    usual: Decimal
    learned_from: int
    auc: Measure


def today_as_known(desk: Desk) -> tuple[Origin, Learned]:
    """What is known of today's customers, and the model of who leaves, learned until today. Raises ``DataError`` where too
    few left to learn from.
    """
    settings, now = desk.settings, desk.clock()
    today = local_day(now, settings.timezone)
    with desk.in_warehouse(desk.fresh(now)) as reader:
        before, spells = past(desk, reader, model_of(desk), 1, now)
        here = origin(reader, today, FAR, settings, SIGNALS)
    desk.progress("learning", 0, 0)
    return here, learned(before, spells, MAIN, today)


def risk(desk: Desk, request: Risk) -> RiskFound:
    """The risk of today's customers. Raises ``DataError`` where too few left to learn from, ``UsageError`` for an account
    that is not there or is out of the scope.
    """
    settings, now = desk.settings, desk.clock()
    here, model = today_as_known(desk)
    with desk.published(desk.fresh(now)) as owners:
        inside = seen(owners, request.scope, now)
    wanted = [n for n, one in enumerate(here.customers) if inside is None or one.account_id in inside]
    if request.account:
        wanted = [number for number in wanted if here.customers[number].account_id == request.account]
        if not wanted:
            raise UsageError(
                f"There is no customer {request.account!r} today.",
                code="not_found",
                fix="tenure risk lists all of them.",
            )
    accounts = _accounts(here, model, wanted)
    return RiskFound(
        here.day, now.replace(tzinfo=UTC), settings.currency, accounts, _together(accounts), _decimal(model.usual, 6),
        model.leavers, model.auc,
    )  # fmt: skip


def _accounts(here: Origin, model: Learned, wanted: list[int]) -> tuple[AccountRisk, ...]:
    risks = {horizon: model.probability(here, horizon) for horizon in HORIZONS}
    factors = model.factors(here)
    table = whole(here)
    due = [(one.renewal_due - here.day).days + _AFTER if one.renewal_due else 0 for one in here.customers]
    renewal = model.probability(here, np.minimum(np.array(due, dtype=np.float64), _FARTHEST))
    found = []
    for number in wanted:
        one = here.customers[number]
        arr = None if one.mrr is None else 12 * Decimal(one.mrr) / SCALE
        reasons = [
            Reason(name, _value(table.columns[name], number), _decimal(float(factor[number]), 4))
            for name, factor in factors.items()
        ]
        reasons.sort(key=lambda reason: (-abs(np.log(max(float(reason.factor), 1e-9))), reason.name))
        main = _decimal(float(risks[MAIN][number]), 6)
        found.append(
            AccountRisk(
                one.account_id, one.name, one.owner, one.owner_name, one.segment, one.renewal_due, arr,
                {str(horizon): _decimal(float(risk[number]), 6) for horizon, risk in risks.items()},
                _decimal(float(renewal[number]), 6) if _AFTER < due[number] <= _FARTHEST else None,
                None if arr is None else round(arr * main, 2), tuple(reasons),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-(one.at_risk or 0), one.account_id)))


def _value(column: Numbers | Labels, number: int) -> Decimal | str | None:
    if isinstance(column, Labels):
        return column.levels[column.codes[number]] or None
    value = float(column.values[number])
    return None if np.isnan(value) else _decimal(value, 4)


def _together(accounts: tuple[AccountRisk, ...]) -> Measure:
    """What is at risk of all: the sum of the expected losses, and how far what is lost may be from it."""
    expected = sum(float(one.at_risk or 0) for one in accounts)
    variance = sum(
        float(one.risk[str(MAIN)] * (1 - one.risk[str(MAIN)])) * float(one.arr or 0) ** 2 for one in accounts
    )
    reach = _NORMAL * sqrt(variance)
    return Measure(expected, max(0.0, expected - reach), expected + reach)


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")
