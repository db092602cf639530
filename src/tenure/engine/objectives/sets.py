"""Weights: what parts the objectives of one owner in one window have, and whether they make a whole."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tenure.engine.objectives.told import Objective


@dataclass(frozen=True)
class Weighed:
    """The objectives (``ids``) of one owner in one window that were not given up: the sum of their weights. ``whole``: each has one, and
    they make 1; ``bare``: none has.
    """

    level: str
    owner: str
    opens: date
    closes: date
    ids: tuple[str, ...]
    total: Decimal
    whole: bool
    bare: bool


def set_key(one: Objective) -> tuple[str, str, date, date]:
    """Which set an objective is of."""
    return *one.owner, one.opens, one.closes


def weighed(found: Iterable[Objective]) -> tuple[Weighed, ...]:
    """All sets, in the order of their first objectives."""
    sets: dict[tuple[str, str, date, date], list[Objective]] = {}
    for one in found:
        if one.dropped_at is None:
            sets.setdefault(set_key(one), []).append(one)
    return tuple(_weighed(key, members) for key, members in sets.items())


def _weighed(key: tuple[str, str, date, date], members: list[Objective]) -> Weighed:
    weights = [one.weight for one in members if one.weight is not None]
    total = sum(weights, Decimal(0))
    whole = len(weights) == len(members) and total == 1
    return Weighed(*key, tuple(one.id for one in members), total, whole, not weights)
