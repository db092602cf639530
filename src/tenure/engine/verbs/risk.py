"""``risk``: how likely each customer is to leave, why, and what that may cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.errors import UsageError
from tenure.core.features import Labels, Numbers
from tenure.core.money import SCALE
from tenure.engine.reach import seen
from tenure.engine.standing import MAIN, Standing, standing
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.evaluate import Measure
from tenure.scores.risk.panel import features_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.scores.risk.model import Learned
    from tenure.scores.risk.panel import Origin

#: In days.
HORIZONS = (30, 90, 180)
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


def risk(desk: Desk, request: Risk) -> RiskFound:
    """The risk of today's customers. Raises ``DataError`` where too few left to learn from, ``UsageError`` for an account
    that is not there or is out of the scope.
    """
    settings, now = desk.settings, desk.clock()
    stands = standing(desk)
    with desk.published(desk.fresh(now)) as owners:
        inside = seen(owners, request.scope, now)
    return found_in(stands, request.account, inside, settings)


def found_in(stands: Standing, account: str, inside: Collection[str] | None, settings: Settings) -> RiskFound:
    """The risks of the customers that stand, of the ``account`` (empty: all) and ``inside`` (None: all). Raises
    ``UsageError`` for an account that is not among them.
    """
    here, model = stands.gathered.here, stands.model
    wanted = [
        number for number, one in enumerate(here.customers)
        if (inside is None or one.account_id in inside) and account in ("", one.account_id)
    ]  # fmt: skip
    if account and not wanted:
        raise UsageError(
            f"There is no customer {account!r} today.", code="not_found", fix="tenure risk lists all of them."
        )
    accounts = _accounts(here.take(wanted), model)
    return RiskFound(
        here.day, stands.gathered.as_of, settings.currency, accounts, _together(accounts), _decimal(model.usual, 6),
        model.leavers, model.auc,
    )  # fmt: skip


def _accounts(here: Origin, model: Learned) -> tuple[AccountRisk, ...]:
    risks = {horizon: model.probability(here, horizon) for horizon in HORIZONS}
    factors = model.factors(here)
    table = features_of([(here, number) for number in range(len(here.customers))])
    due = [(one.renewal_due - here.day).days + _AFTER if one.renewal_due else 0 for one in here.customers]
    renewal = model.probability(here, np.minimum(np.array(due, dtype=np.float64), _FARTHEST))
    found = []
    for number, one in enumerate(here.customers):
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
