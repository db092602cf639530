"""From values to scores: what each component is worth, what is known of them, and how they add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from tenure.scores.signal import Known, beside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.scores.health.model import Model

#: In the place of points, which are hundredths: nothing is known.
UNKNOWN = -1


@dataclass(frozen=True)
class Part:
    """A component of an account's score. ``known``: None where there is nothing to go by. ``weight``: as it counts for the
    account, of what CSMs write (``is_written``) as far as it is trusted. ``points``: what it is worth, 0 to 100;
    ``adds``: its points of the score, which all parts' make.
    """

    name: str
    known: Known | None
    weight: Fraction
    points: Fraction | None
    adds: Fraction
    is_written: bool


@dataclass(frozen=True)
class Scored:
    """An account's score: of 100, to a hundredth; None with ``reason`` where there is none. ``coverage``: the share of the
    weight of which something is known.
    """

    account_id: str
    segment: str | None
    score: float | None
    coverage: float
    band: str | None
    reason: str = ""


@dataclass(frozen=True)
class Columns:
    """Scores of 100, nan where there is none, with their ``coverage``; ``young``: who is no customer long enough."""

    score: NDArray[np.float64]
    coverage: NDArray[np.float64]
    young: NDArray[np.bool_]


#: What is known by component and account.
Inputs = Mapping[str, Mapping[str, Known]]


@dataclass(frozen=True)
class Accounts:
    """Whom scores are worked out for, in one order: their segments, and for how many days they are customers."""

    ids: Sequence[str]
    segments: Sequence[str | None]
    days: Sequence[int]


class Scoring:
    """The scores of many accounts under one model. ``written``: the components that CSMs write themselves."""

    def __init__(self, model: Model, accounts: Accounts, inputs: Inputs, written: frozenset[str] = frozenset()) -> None:
        self.model = model
        self.accounts = accounts
        self.inputs = inputs
        self.written = written
        self.place = {account: number for number, account in enumerate(accounts.ids)}
        self.points = np.full((len(accounts.ids), len(model.components)), UNKNOWN, dtype=np.int64)
        for number, component in enumerate(model.components):
            self.points[:, number] = component.points(beside(inputs.get(component.name, {}), self.place))
        self.weights = self._weights()

    def _weights(self) -> NDArray[np.int64]:
        """What each component counts for each account, in whole numbers that stand to each other as the weights do."""
        rows = {segment: self._of_segment(segment) for segment in set(self.accounts.segments)}
        common = lcm(*(weight.denominator for row in rows.values() for weight in row))
        whole = {segment: [int(weight * common) for weight in row] for segment, row in rows.items()}
        place = {segment: number for number, segment in enumerate(whole)}
        of = np.array([place[segment] for segment in self.accounts.segments], dtype=np.intp)
        found = np.array(list(whole.values()), dtype=np.int64).reshape(len(whole), len(self.model.components))
        return np.asarray(found[of])

    def _of_segment(self, segment: str | None) -> list[Fraction]:
        trust = Fraction(self.model.written_share)
        return [
            self.model.weight(component, segment) * (trust if component.name in self.written else 1)
            for component in self.model.components
        ]

    def columns(self) -> Columns:
        """All accounts' scores, in their order."""
        known = self.points >= 0
        whole, there = self.weights.sum(axis=1), (self.weights * known).sum(axis=1)
        added = (self.weights * np.where(known, self.points, 0)).sum(axis=1)
        hundredths = (2 * added + there) // np.maximum(2 * there, 1)  # to the nearest, halves up
        coverage = there / np.maximum(whole, 1)
        young = np.asarray(self.accounts.days, dtype=np.int64) < self.model.minimum_days
        known_of = (coverage > 0) & (coverage >= float(self.model.minimum_coverage))
        return Columns(np.where(known_of & ~young, hundredths / 100, np.nan), coverage, young)

    def scores(self) -> list[Scored]:
        """The same, one by one."""
        found = self.columns()
        rows = zip(
            self.accounts.ids, self.accounts.segments, found.score.tolist(), found.coverage.tolist(), strict=True
        )
        return [
            Scored(account, segment, score, coverage, self.model.band(score))
            if score == score  # noqa: PLR0124 - nan is not
            else Scored(account, segment, None, coverage, None, self._reason(number, young=bool(found.young[number])))
            for number, (account, segment, score, coverage) in enumerate(rows)
        ]

    def _reason(self, number: int, *, young: bool) -> str:
        if young:
            return f"a customer for {self.accounts.days[number]} days, of {self.model.minimum_days}"
        return "too little is known"

    def worst(self) -> list[str | None]:
        """The component that costs each account most: what its score would gain if that were 100; None where none does."""
        known = self.points >= 0
        there = np.maximum((self.weights * known).sum(axis=1), 1)[:, np.newaxis]
        whole, left = np.divmod(self.weights * np.where(known, 10_000 - self.points, 0) * 100, there)
        even = (2 * left == there) & (whole % 2 == 0)  # of ten-thousandths, as they are shown: halves to the even
        costs = whole + ((2 * left >= there) & ~even)
        names = [component.name for component in self.model.components]
        return [names[at] if cost else None for at, cost in zip(costs.argmax(axis=1), costs.max(axis=1), strict=True)]

    def parts(self, account: str) -> tuple[Part, ...]:
        """What one account's score is made of, exactly; a score is their sum, rounded."""
        number = self.place[account]
        weights = self._of_segment(self.accounts.segments[number])
        worth = [Fraction(int(points), 100) if points >= 0 else None for points in self.points[number]]
        there = sum((weight for weight, points in zip(weights, worth, strict=True) if points is not None), Fraction(0))
        return tuple(
            Part(
                component.name,
                self.inputs.get(component.name, {}).get(account),
                weight,
                points,
                weight * points / there if points is not None and there else Fraction(0),
                component.name in self.written,
            )
            for component, weight, points in zip(self.model.components, weights, worth, strict=True)
        )
