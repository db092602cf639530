"""The choice of moves made better step by step: what one more move, or another in the place of one, gains by the squares themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tenure.portfolio.pair import Pair, Side

#: So often every move is held against all others, at most; less than that is no gain.
_SWEEPS, _LEAST = 8, 1e-9


class Polish:
    """The state of a choice: which pairs are made, and how far everybody is off. ``kinds``: which of hours, revenue and risk count,
    and what a square of each costs; ``costs``: of each pair, as a move.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        sides: Mapping[str, Side],
        kinds: Sequence[tuple[int, float]],
        costs: Any,
        most: int,
    ) -> None:
        people = {person: place for place, person in enumerate(sorted(sides))}
        accounts: dict[str, int] = {}
        self.account = np.array([accounts.setdefault(pair.account, len(accounts)) for pair in pairs])
        nowhere = len(people)  # who left has no load that counts
        self.giver = np.array([people.get(pair.giver, nowhere) for pair in pairs])
        self.taker = np.array([people[pair.taker] for pair in pairs])
        self.costs, self.most = np.asarray(costs, float), most
        self.weights = np.array([weight for _kind, weight in kinds])
        ordered = [sides[person] for person in people]
        self.off = np.array([[*(side.off(kind) for side in ordered), 0.0] for kind, _weight in kinds])
        steps = np.array([[*(side.step(kind, 1.0) for side in ordered), 0.0] for kind, _weight in kinds])
        hours = np.array([[pair.weight[kind] for pair in pairs] for kind, _weight in kinds])
        self.gives, self.takes = hours * steps[:, self.giver], hours * steps[:, self.taker]
        self.free = np.ones(len(accounts), bool)
        self.made: list[int] = []

    def polished(self, begun: Sequence[int]) -> list[int]:
        """The places of the pairs of a choice that no single step makes better, from one that was ``begun``."""
        for place in begun:
            self._make(place)
        deque(self.grown(), maxlen=0)
        for _sweep in range(_SWEEPS):
            if not self._swept():
                break
            deque(self.grown(), maxlen=0)
        return sorted(self.made)

    @property
    def cost(self) -> float:
        """What is made small, as the choice stands."""
        return float(self.weights @ (self.off**2).sum(axis=1) + self.costs[self.made].sum())

    def near(self, count: int) -> list[int]:
        """The places of so many pairs that gain most beside the choice, and of the choice itself."""
        ranked = np.argsort(-self._worth(), kind="stable")[:count].tolist()
        return sorted({*self.made, *ranked})

    def _gains(self) -> Any:
        """What each pair would gain if it were made now; minus infinity where its account moves already."""
        return np.where(self.free[self.account], self._worth(), -np.inf)

    def _worth(self) -> Any:
        """What each pair would gain, whether or not its account moves already."""
        over, under = self.off[:, self.giver], self.off[:, self.taker]
        change = over**2 - (over - self.gives) ** 2 + under**2 - (under + self.takes) ** 2
        return self.weights @ change - self.costs

    def grown(self) -> Iterator[float]:
        """One move after the other is made, each the best of those that are left; after each the standard deviation of how far people are off."""
        while len(self.made) < self.most:
            gains = self._gains()
            best = int(np.argmax(gains))
            if gains[best] <= _LEAST:
                return
            self._make(best)
            yield float(np.std(self.off[0][:-1]))

    def _swept(self) -> bool:
        """Hold each move against all others in its place; whether any was exchanged."""
        exchanged = False
        for place in sorted(self.made):
            self._take_back(place)
            gains = self._gains()
            best = int(np.argmax(gains))
            if gains[best] > max(gains[place], 0.0) + _LEAST:
                exchanged = True
                self._make(best)
            elif gains[place] > _LEAST:
                self._make(place)
            else:
                exchanged = True
        return exchanged

    def _make(self, place: int) -> None:
        self._shift(place, 1)
        self.made.append(place)

    def _take_back(self, place: int) -> None:
        self._shift(place, -1)
        self.made.remove(place)

    def _shift(self, place: int, sign: int) -> None:
        self.off[:, self.giver[place]] -= sign * self.gives[:, place]
        self.off[:, self.taker[place]] += sign * self.takes[:, place]
        self.off[:, -1] = 0.0
        self.free[self.account[place]] = sign < 0
