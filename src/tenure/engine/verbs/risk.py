"""``risk``: how likely each customer is to leave, why, and what that may cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.errors import UsageError, unknown
from tenure.core.features import Floats, Labels, Numbers
from tenure.core.money import SCALE
from tenure.engine.reach import seen
from tenure.engine.standing import MAIN, Standing, standing
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.evaluate import Measure
from tenure.scores.risk.outcome import CHURN, OUTCOMES, Outcome
from tenure.scores.risk.panel import whole

if TYPE_CHECKING:
    from collections.abc import Collection

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.scores.risk.model import Learned
    from tenure.scores.risk.panel import Origin

__all__ = ["AccountRisk", "Measure", "Reason", "Risk", "RiskFound", "risk"]

#: In days.
HORIZONS = (30, 90, 180)
#: Days after a renewal in which those who leave with it have left, and days ahead beyond which nothing is said.
_AFTER, _FARTHEST = 14, 194
_NORMAL = 1.959963984540054
EVERY = slice(None)


@dataclass(frozen=True)
class Risk:
    """``account``: its id, or empty for all. ``of``: churn, contraction or growth. ``scope``: whose accounts."""

    account: str = ""
    of: str = CHURN.name
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Reason:
    """What is known of a customer and by what it multiplies its hazard: 2 is twice as likely. ``value``: a number or a word,
    null where it is not known.
    """

    name: str
    value: Decimal | str | None
    factor: Decimal


@dataclass(frozen=True)
class AccountRisk:
    """``risk``: the probability of the outcome, by days from now (30, 90, 180), and ``by_renewal``: until two weeks after the
    renewal, where one is due. ``arr`` in the reporting currency, ``at_risk``: what of it is expected to be lost (of growth:
    to be won) within 90 days; of contraction and growth with its interval, as far as the ``typical`` amount is known.
    ``reasons``: of the risk of 90 days, the strongest first; times ``usual``, they multiply to its cumulated hazard.
    ``causes``: of churn, the probability of leaving by each within 90 days: together they are that of leaving.
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
    causes: dict[str, Decimal] = field(default_factory=dict)
    at_risk_low: Decimal | None = None
    at_risk_high: Decimal | None = None


@dataclass(frozen=True)
class CauseKnown:
    """A cause by which customers left: how many, their ``share`` of all who did, and ``how`` it is told apart: by its ``own``
    hazard, by one ``pooled`` with other causes, or as a ``constant`` share, where too few left by it.
    """

    name: str
    leavers: int
    share: Decimal
    how: str


@dataclass(frozen=True)
class RiskFound:
    """The customers of a day, those first of whom most revenue is at risk. ``at_risk``: of 90 days, of all of them, with the
    interval in which what is lost will lie with 95 % if they act independently. ``usual``: the cumulated hazard over 90
    days of a customer of whom all is usual. ``learned_from``: customers who left; ``auc``: how well it was told out of time
    who leaves within 90 days. ``of``: churn, contraction or growth: then whatever is said of leaving is said of that, and
    ``typical`` is by which share of its MRR a customer changes that does. ``customers``, ``arr``: how many there are in all,
    and what they pay, where ``accounts`` are some of them.
    """

    day: date
    as_of: datetime
    currency: str
    customers: int
    arr: Decimal
    accounts: tuple[AccountRisk, ...]
    at_risk: Measure
    usual: Decimal
    learned_from: int
    auc: Measure
    of: str = CHURN.name
    causes: tuple[CauseKnown, ...] = ()
    typical: Measure | None = None


def outcome_of(name: str) -> Outcome:
    """The outcome of that name. Raises ``UsageError`` where there is none."""
    if name not in OUTCOMES:
        raise unknown("outcome", name, OUTCOMES, listing=f"There are: {', '.join(OUTCOMES)}.")
    return OUTCOMES[name]


def risk(desk: Desk, request: Risk) -> RiskFound:
    """The risk of today's customers. Raises ``DataError`` where too few came to the outcome to learn from, ``UsageError`` for
    an account that is not there or is out of the scope, and an outcome that there is not.
    """
    settings, now, outcome = desk.settings, desk.clock(), outcome_of(request.of)
    stands = standing(desk, outcome)
    with desk.published(desk.fresh(now)) as owners:
        inside = seen(owners, request.scope, now)
    return found_in(stands, request.account, inside, settings)


def found_in(
    stands: Standing, account: str, inside: Collection[str] | None, settings: Settings, some: slice = EVERY
) -> RiskFound:
    """The risks of the customers that stand, of the ``account`` (empty: all) and ``inside`` (None: all); ``some``: only these
    of the order are told one by one. Raises ``UsageError`` for an account that is not among them.
    """
    here, model = stands.gathered.here, stands.model
    wanted = [
        number for number, one in enumerate(here.ids)
        if (inside is None or one in inside) and account in ("", one)
    ]  # fmt: skip
    if account and not wanted:
        raise UsageError(
            f"There is no customer {account!r} today.", code="not_found", fix="tenure risk lists all of them."
        )
    here = here.take(wanted)
    risk = model.probability(here, MAIN)
    mrr = [one or 0 for one in here.columns["mrr"]]
    arr = 12 * np.array(mrr, dtype=np.float64) / SCALE
    most = sorted(range(len(wanted)), key=lambda number: (-arr[number] * risk[number], here.ids[number]))
    causes = tuple(CauseKnown(one.name, one.leavers, _decimal(one.share, 4), one.how) for one in model.causes)
    return RiskFound(
        here.day, stands.gathered.as_of, settings.currency, len(wanted), 12 * Decimal(sum(mrr)) / SCALE,
        _accounts(here.take(most[some]), model), _together(risk, arr, model), _decimal(model.usual, 6), model.leavers,
        model.auc, stands.outcome.name, causes, model.typical.share if model.typical else None,
    )  # fmt: skip


def with_renewal(here: Origin, model: Learned) -> Floats:
    """The probability that each has left two weeks after its next renewal; nan where none is due, or too far ahead."""
    days = [(one.renewal_due - here.day).days + _AFTER if one.renewal_due else 0 for one in here.customers]
    due = np.array(days, dtype=np.float64)
    told = model.probability(here, np.minimum(due, _FARTHEST))
    return np.where((due > _AFTER) & (due <= _FARTHEST), told, np.nan)


def _accounts(here: Origin, model: Learned) -> tuple[AccountRisk, ...]:
    risks = {horizon: model.probability(here, horizon) for horizon in HORIZONS}
    factors, causes = model.factors(here), model.by_cause(here)
    table = whole(here)
    renewal = with_renewal(here, model)
    found = []
    for number, one in enumerate(here.customers):
        arr = None if one.mrr is None else 12 * Decimal(one.mrr) / SCALE
        reasons = [
            Reason(name, _value(table.columns[name], number), _decimal(float(factor[number]), 4))
            for name, factor in factors.items()
        ]
        reasons.sort(key=lambda reason: (-abs(np.log(max(float(reason.factor), 1e-9))), reason.name))
        main = _decimal(float(risks[MAIN][number]), 6)
        lost, low, high = _expected(main, arr, model.typical.share if model.typical else None)
        found.append(
            AccountRisk(
                one.account_id, one.name, one.owner, one.owner_name, one.segment, one.renewal_due, arr,
                {str(horizon): _decimal(float(risk[number]), 6) for horizon, risk in risks.items()},
                None if np.isnan(renewal[number]) else _decimal(float(renewal[number]), 6),
                lost, tuple(reasons), _adding_up({name: own[number] for name, own in causes.items()}, main), low, high,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-(one.at_risk or 0), one.account_id)))


def _expected(
    risk: Decimal, arr: Decimal | None, typical: Measure | None
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """What of a yearly revenue is expected to change: all of it, or the typical share with its bounds."""
    if arr is None:
        return None, None, None
    if typical is None:
        return round(arr * risk, 2), None, None
    ends = (typical.value, typical.low, typical.high)
    value, low, high = (None if end is None else round(arr * risk * Decimal(str(end)), 2) for end in ends)
    return value, low, high


def _adding_up(parts: dict[str, float], whole: Decimal) -> dict[str, Decimal]:
    """The parts to six digits, what rounding leaves with the largest, so that they add up to the whole."""
    found = {name: _decimal(float(part), 6) for name, part in parts.items()}
    if found:
        found[max(found, key=found.__getitem__)] += whole - sum(found.values())
    return found


def _value(column: Numbers | Labels, number: int) -> Decimal | str | None:
    if isinstance(column, Labels):
        return column.levels[column.codes[number]] or None
    value = float(column.values[number])
    return None if np.isnan(value) else _decimal(value, 4)


def _together(risk: Floats, arr: Floats, model: Learned) -> Measure:
    """What is at risk of all: the sum of the expected losses, and how far what is lost may be from it."""
    share, square = 1.0, 1.0
    if model.typical is not None:
        share, square = model.typical.share.value or 0.0, model.typical.square
    expected = float((risk * arr).sum()) * share
    variance = float((risk * square * arr**2 - (risk * arr * share) ** 2).sum())
    reach = _NORMAL * sqrt(max(0.0, variance))
    return Measure(expected, max(0.0, expected - reach), expected + reach)


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")
