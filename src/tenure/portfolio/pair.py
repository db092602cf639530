"""An account and who could take it, and how full people are: what the choice of moves is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Side:
    """Somebody's capacity and book: hours, revenue and revenue at risk, against the ``means`` of all per hour of capacity."""

    person: str
    capacity: float
    book: tuple[float, float, float]
    means: tuple[float, float, float]
    takes: bool

    @property
    def over(self) -> float:
        """How far the load lies above the mean of all."""
        return self.book[0] / self.capacity - self.means[0]

    def off(self, kind: int) -> float:
        """How far hours, revenue or risk lie off their mean, as a share of it."""
        mean = self.means[kind]
        return self.book[kind] / self.capacity / mean - 1 if mean else 0.0

    def step(self, kind: int, weight: float) -> float:
        """By how much an account of that weight moves that."""
        return weight / self.capacity / self.means[kind] if self.means[kind] else 0.0


@dataclass(frozen=True)
class Pair:
    """An account and who could take it. ``weight``: its hours, revenue and revenue at risk; ``must``: it has nobody else."""

    account: str
    giver: str
    taker: str
    weight: tuple[float, float, float]
    cost: float
    must: bool
