"""By how much revenue changes where it does: the share of its MRR that a customer gave back or added, a step at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.confidence import ratio_bca
from tenure.scores.evaluate import Measure

if TYPE_CHECKING:
    from tenure.core.features import Floats
    from tenure.scores.risk.outcome import Step
    from tenure.scores.risk.panel import Panel


@dataclass(frozen=True)
class Typical:
    """``share``: what steps came to over the MRR before them; ``square``: the same of their squares, which says how much single
    ones differ.
    """

    share: Measure
    square: float


def typical(steps: Iterable[Step], first: date, last: date) -> Typical | None:
    """Of the steps between two days (inclusive); the interval is by account (BCa). None without any.

    It is the ratio of the sums, so that times each customer's MRR and probability it gives the sum that is to be expected.
    """
    own = [step for step in steps if first <= step.day <= last]
    if not own:
        return None
    places = np.unique([step.account for step in own], return_inverse=True)[1]
    amount, before = (
        np.array([getattr(step, name) for step in own], dtype=np.float64) for name in ("amount", "before")
    )
    num, den = (np.bincount(places, each).astype(np.float64) for each in (amount, before))
    ends = ratio_bca(num, den)
    share = Measure(float(amount.sum() / before.sum()), ends.low, ends.high)
    return Typical(share, float((amount**2).sum() / (before**2).sum()))


@dataclass(frozen=True)
class Amounts:
    """What of the MRR of rows told was expected to change, and what did at their first step, in the reporting currency; and
    the ``share`` that was typical among those learned from.
    """

    expected: float
    came: float
    share: Measure


def amounts(learn: Panel, tell: Panel, predicted: Floats) -> Amounts | None:
    """The sums over the rows told: by what was typical before the day at which outcomes to learn from are cut off."""
    found = typical(learn.became.steps, date.fromordinal(int(learn.days.min())), learn.cut)
    if found is None or found.share.value is None:
        return None
    by = {(step.account, step.day.toordinal()): step.amount / 10_000 for step in tell.became.steps}
    accounts = [tell.accounts.levels[code] for code in tell.accounts.codes]
    came = sum(by[account, int(end)] for account, end, hit in zip(accounts, tell.ends, tell.left, strict=True) if hit)
    return Amounts(float((predicted * tell.mrr).sum() * found.share.value), came, found.share)
