"""What a model goes by: how much each column moved the scores of the rows that were told, and which way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tenure.core.features import Column, Features, Floats, Labels, Places
from tenure.scores.learn import Sum
from tenure.scores.prepare import FEWEST

_ONE_WAY = 0.8


@dataclass(frozen=True)
class Matter:
    """A column that was learned from. ``kind``: ``number`` or ``label``; ``weight``: by how much it moves a score on average,
    in log-odds (log-rates). ``highest`` and ``lowest``: where it moves scores up and down most: labels, or for a number that
    works one way ``high`` and ``low``; None where it does not.
    """

    name: str
    kind: str
    weight: float
    highest: str | None
    lowest: str | None


def what_matters(models: Sequence[Sum], table: Features, tested: Sequence[Places]) -> list[Matter]:
    """All columns, the one that moves most first."""
    added: dict[str, list[Floats]] = {name: [] for name in table.columns}
    for model, rows in zip(models, tested, strict=True):
        found = model.contributions(table.take(rows))
        for name, parts in added.items():
            parts.append(found.get(name, np.zeros(len(rows))))
    rows = np.concatenate(tested)
    matters = [_matter(name, table.columns[name].take(rows), np.concatenate(parts)) for name, parts in added.items()]
    return sorted(matters, key=lambda matter: (-matter.weight, matter.name))


def _matter(name: str, column: Column, added: Floats) -> Matter:
    weight = float(np.abs(added).mean())
    if isinstance(column, Labels):
        known = column.codes >= 0
        sizes = np.bincount(column.codes[known], minlength=len(column.levels))
        means = np.bincount(column.codes[known], added[known], len(column.levels)) / np.maximum(sizes, 1)
        frequent = np.flatnonzero(sizes >= min(FEWEST, sizes.max(initial=0)))
        if not len(frequent) or not weight:
            return Matter(name, "label", weight, None, None)
        high, low = frequent[np.argmax(means[frequent])], frequent[np.argmin(means[frequent])]
        return Matter(name, "label", weight, column.levels[high], column.levels[low])
    known = ~np.isnan(column.values)
    values, moved = column.values[known], added[known]
    values = values / (np.abs(values).max(initial=0.0) or 1.0)  # squares of very large numbers are none
    if len(values) < 2 or not values.std() or not moved.std():
        return Matter(name, "number", weight, None, None)
    ranks = np.unique(values, return_inverse=True)[1].astype(np.float64)
    together = max((float(np.corrcoef(own, moved)[0, 1]) for own in (ranks, values)), key=abs)
    if abs(together) < _ONE_WAY:
        return Matter(name, "number", weight, None, None)
    return Matter(name, "number", weight, *(("high", "low") if together > 0 else ("low", "high")))
