"""The choice of moves: step by step, and where they are few by a mixed-integer program among the pairs that matter.

What is made small is a sum of squares: of how far each person's load, revenue and revenue at risk lie off what their share of
all capacity would be. In the program squares are laid out in tangents, so that it stays linear; what it chooses is then made better by
the squares themselves. Of many moves the steps alone come as near to the best, in a tenth of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from tenure.portfolio.pair import Pair, Side
from tenure.portfolio.polish import Polish
from tenure.portfolio.rules import Guards

#: What a move costs of what evenness is worth in all, when all that are allowed are made.
_PRICE = 0.1
#: An account that must have somebody is worth more than evenness.
_MUST = 3.0
#: So many tangents on each side of the mean; so many pairs are a program, where so many moves are allowed or there are no more.
_TANGENTS, _LEAST, _FEW = 12, 1_500, 60
#: How near the program comes to the best, and after how many steps it stops.
_GAP, _NODES = 0.01, 200


def chosen(
    pairs: Sequence[Pair], sides: Mapping[str, Side], most: int, guards: Guards, ease: float = 1.0
) -> list[Pair]:
    """The pairs to be made, at most so many, each account once, in the order of accounts. ``ease``: what all that is not evenness of hours weighs."""
    if not pairs or most < 1 or not sides:
        return []
    ordered = sorted(pairs, key=lambda one: (one.account, one.taker))
    program = _Program(ordered, sides, most, guards, ease)
    stepped = program.polish()
    found = stepped.polished([])
    if most <= _FEW or len(ordered) <= _LEAST:
        places = stepped.near(_LEAST)
        among = _Program([ordered[place] for place in places], sides, most, guards, ease).solved()
        whole = program.polish()
        begun = whole.polished([places[place] for place in among])
        found = begun if whole.cost < stepped.cost else found
    return [ordered[place] for place in found]


def course(
    pairs: Sequence[Pair], sides: Mapping[str, Side], most: int, guards: Guards, ease: float = 1.0
) -> list[float]:
    """The standard deviation of loads after one move, after two and so on, each the best of those that are left."""
    if not sides or not pairs:
        return []
    ordered = sorted(pairs, key=lambda one: (one.account, one.taker))
    polish = _Program(ordered, sides, most, guards, ease).polish()
    mean = next(iter(sides.values())).means[0]
    return [spread * mean for spread in polish.grown()]


class _Program:
    """Variables: a share of each pair, then for each person and kind a bound of the square."""

    def __init__(
        self, pairs: Sequence[Pair], sides: Mapping[str, Side], most: int, guards: Guards, ease: float
    ) -> None:
        self.pairs, self.sides, self.most, self.ease = pairs, sides, most, ease
        self.people = sorted(sides)
        self.kinds = [
            (kind, weight)
            for kind, weight in enumerate((1.0, float(guards.arr) * ease, float(guards.risk) * ease))
            if weight and next(iter(sides.values())).means[kind]
        ]
        self.cost = self._cost()

    def polish(self) -> Polish:
        """What makes a choice better step by step, by the same costs."""
        count = len(self.pairs)
        kinds = [
            (kind, float(self.cost[count + group * len(self.people)]))
            for group, (kind, _weight) in enumerate(self.kinds)
        ]
        return Polish(self.pairs, self.sides, kinds, self.cost[:count], self.most)

    def solved(self) -> list[int]:
        """The places of the pairs of the best choice that was found; none where that is no better than doing nothing."""
        low, high = self._bounds()
        rows, tops = self._rows()
        integral = np.zeros(len(self.cost))
        integral[: len(self.pairs)] = 1
        found = milp(
            self.cost, integrality=integral, bounds=Bounds(low, high), constraints=LinearConstraint(rows, -np.inf, tops),
            options={"mip_rel_gap": _GAP, "node_limit": _NODES},
        )  # fmt: skip
        if found.x is None:
            return []
        return np.flatnonzero(found.x[: len(self.pairs)] > 0.5).tolist()

    def _bounds(self) -> tuple[Any, Any]:
        bounds = len(self.cost) - len(self.pairs)
        return np.zeros(len(self.cost)), np.concatenate([np.ones(len(self.pairs)), np.full(bounds, np.inf)])

    def _cost(self) -> Any:
        price = _PRICE * self.ease / self.most
        moves = [price * pair.cost - (_MUST if pair.must else 0.0) for pair in self.pairs]
        squares = [sum(side.off(kind) ** 2 for side in self.sides.values()) for kind, _ in self.kinds]
        least = max(squares[0] if squares else 0.0, 1e-9)
        bounds = [
            weight / max(square, least)
            for (_, weight), square in zip(self.kinds, squares, strict=True)
            for _ in self.people
        ]
        return np.array([*moves, *bounds])

    def _rows(self) -> tuple[csr_array, Any]:
        """At most so many moves, each account once, and the tangents of every square."""
        count = len(self.pairs)
        accounts: dict[str, int] = {}
        for pair in self.pairs:
            accounts.setdefault(pair.account, len(accounts))
        rows, columns, values = [np.zeros(count, int)], [np.arange(count)], [np.ones(count)]
        rows.append(np.array([1 + accounts[pair.account] for pair in self.pairs], dtype=int))
        columns.append(np.arange(count))
        values.append(np.ones(count))
        tops = [float(self.most), *[1.0] * len(accounts)]
        touched = self._touched()
        for group, (kind, _weight) in enumerate(self.kinds):
            for number, person in enumerate(self.people):
                places, steps = touched[person]
                side, at = self.sides[person], count + group * len(self.people) + number
                moved = steps * side.step(kind, 1.0) * self._weights[kind][places]
                for tangent in self._tangents(kind):
                    # bound >= 2 a (off + moved) - a * a, so: 2 a moved - bound <= a * a - 2 a off
                    row = len(tops)
                    rows += [np.full(len(places), row), np.array([row])]
                    columns += [places, np.array([at])]
                    values += [2 * tangent * moved, np.array([-1.0])]
                    tops.append(tangent * tangent - 2 * tangent * side.off(kind))
        shape = (len(tops), len(self.cost))
        laid = coo_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
        return laid.tocsr(), np.array(tops)

    def _touched(self) -> dict[str, tuple[Any, Any]]:
        """The pairs that change somebody's book, and whether they add (1) or take away (-1)."""
        self._weights = [np.array([pair.weight[kind] for pair in self.pairs]) for kind in range(3)]
        found: dict[str, tuple[list[int], list[float]]] = {person: ([], []) for person in self.people}
        for place, pair in enumerate(self.pairs):
            for person, sign in ((pair.taker, 1.0), (pair.giver, -1.0)):
                if person in found:
                    found[person][0].append(place)
                    found[person][1].append(sign)
        return {person: (np.array(places, dtype=int), np.array(signs)) for person, (places, signs) in found.items()}

    def _tangents(self, kind: int) -> list[float]:
        """Where squares are touched: closer near the mean, up to the farthest that anybody is off."""
        far = max(abs(side.off(kind)) for side in self.sides.values()) or 1.0
        steps = [far * (number / _TANGENTS) ** 1.5 for number in range(1, _TANGENTS + 1)]
        return [*(-step for step in reversed(steps)), *steps]
