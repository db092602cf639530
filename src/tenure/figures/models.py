"""Figures that a model gives: what customers will yet be worth, by the models of Fader and Hardie (``tenure.core.lifetime``).

A model is fitted to the cases of one cell, counted where they are alike (``Sums.alike``: the columns ``of``, what they are
worth together in ten-thousandths, how many). The order of the rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.confidence import UNKNOWN, Interval
from tenure.core.errors import DataError
from tenure.core.lifetime import ShiftedBetaGeometric, bg_nbd, gamma_gamma, shifted_beta_geometric_of
from tenure.core.likelihood import Floats, beta_of
from tenure.core.money import SCALE
from tenure.figures.finish import Finished, exact, plain

if TYPE_CHECKING:
    from tenure.figures.compiledform import Plan
    from tenure.figures.finish import Sums

NONE = Finished(None, None, None, UNKNOWN)
_Z = 1.959963984540054
_DAYS_A_YEAR = 365.25
#: The parameters' steps by which a slope is measured.
_STEP = 1e-4


def modelled(plan: Plan, sums: Sums) -> Finished:
    """A cell's number by its model; without one where the cases do not settle it, with a note of why."""
    if not sums.alike:
        return NONE
    told = np.array(sorted(sums.alike))
    try:
        return _renewing(plan, told, sums.notes) if plan.model == "sbg" else _buying(plan, told)
    except DataError as error:
        sums.notes.add(f"no model: {error.message[0].lower()}{error.message[1:].rstrip('.')}")
        return NONE


def _renewing(plan: Plan, told: Floats, notes: set[str]) -> Finished:
    """What those who are there will yet pay: of each the revenue of a renewal times the renewals still to be expected,
    discounted (``discount``: by renewal), over their number.
    """
    made, left, worth, many = told.T
    renewals = np.unique(made)
    gone, there, paid = (
        np.array([chosen[made == k].sum() for k in renewals]) for chosen in (many * left, many * (1 - left), worth)
    )
    model = shifted_beta_geometric_of(renewals, gone, there)
    discount, times = float(plan.given["discount"]), float(plan.given["times"])
    customers = float(there.sum())

    def value(of: ShiftedBetaGeometric) -> float:
        return float((paid * of.residual_lifetime(renewals, discount)).sum()) * times / customers / SCALE

    if not customers:
        return NONE
    if model.alike:
        notes.add("those who have renewed often leave as easily as others")
    found = value(model)
    expected = float((there * model.residual_lifetime(renewals, discount)).sum()) / customers
    return Finished(_shown(found), None, None, _apart(model, found, value), None, {"renewals": exact(expected)})


def _apart(model: ShiftedBetaGeometric, found: float, value: Callable[[ShiftedBetaGeometric], float]) -> Interval:
    """The interval that comes of not knowing the parameters, by the delta method on the logarithm."""
    if model.unsure is None or found <= 0:
        return UNKNOWN
    mean, total = np.log(model.alpha / model.beta), np.log(model.alpha + model.beta)
    slope = []
    for place in range(2):
        ends = []
        for side in (1, -1):
            point = [mean, total]
            point[place] += side * _STEP
            ends.append(np.log(value(ShiftedBetaGeometric(*beta_of(*point)))))
        slope.append((ends[0] - ends[1]) / (2 * _STEP))
    reach = _Z * float(np.sqrt(np.array(slope) @ model.unsure @ np.array(slope)))
    return Interval(found * float(np.exp(-reach)), found * float(np.exp(reach)))


def _buying(plan: Plan, told: Floats) -> Finished:
    """What customers will yet buy within so many ``years``, each year's purchases discounted as of its middle."""
    frequency, recency, age, spent, _, many = told.T
    times = np.repeat(np.arange(len(many)), np.maximum(1, np.round(many)).astype(int))
    frequency, recency, age, spent = (column[times] for column in (frequency, recency, age, spent))
    bought = frequency > 0
    average = np.where(bought, spent / np.where(bought, frequency, 1), 0.0) / SCALE
    purchases = bg_nbd(frequency, recency, age)
    kept = bought & (average > 0)
    worth = gamma_gamma(np.where(kept, frequency, 0), average).expected_of(np.where(kept, frequency, 0), average)
    discount, before = float(plan.given["discount"]), np.zeros(len(times))
    expected = np.zeros(len(times))
    for year in range(int(plan.given["years"])):
        until = purchases.expected_of(frequency, recency, age, (year + 1) * _DAYS_A_YEAR)
        expected += (until - before) / (1 + discount) ** (year + 0.5)
        before = until
    each = worth * expected * float(plan.given["times"])
    if not np.isfinite(each).all():  # two customers at least: fewer have no model
        raise DataError("The purchases vary so much that their mean has no end.", code="no_mean")
    found, spread = float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each)))
    extra = {
        "purchases": exact(float(expected.mean())),
        "alive": exact(float(purchases.alive(frequency, recency, age).mean())),
    }
    ends = Interval(max(0.0, found - _Z * spread), found + _Z * spread)
    return Finished(_shown(found), None, None, ends, None, extra)


def _shown(value: float) -> Decimal:
    return plain(Decimal(repr(round(value, 6))))
