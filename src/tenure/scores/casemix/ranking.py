"""Who can be told apart: ranks as far as the data carry them, and no farther.

Ranks are worked out in each of many joint draws of all groups' true ratios (Goldstein and Spiegelhalter 1996, "League
tables and their limitations"), with a fixed seed: asked again they are the same. Where fewer than 20 events are
expected nobody is ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from tenure.core.confidence import LEVEL, SEED
from tenure.scores.casemix.shrunk import Belief

Floats = NDArray[np.float64]

#: So many events must be expected, of all groups for ranks at all, and of two groups to tell them apart.
FEWEST = 20
DRAWS = 4000


@dataclass(frozen=True)
class Ranking:
    """``low``, ``high``: the ranks within which each group lies with 95 %, 1 being the best. ``apart``: pairs of groups,
    the better one first, that are told apart with 97.5 %.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    apart: tuple[tuple[int, int], ...]


def ranking(believed: Belief, expected: Floats, *, less_is_better: bool, draws: int = DRAWS) -> Ranking | None:
    """Ranks of the groups; None where fewer than 20 (effective) events are ``expected`` of all together, or there is one
    group only.
    """
    if len(expected) < 2 or expected.sum() < FEWEST:
        return None
    drawn = believed.draws(draws, SEED)
    if not less_is_better:
        drawn = -drawn
    ranks = 1 + drawn.argsort(axis=1).argsort(axis=1)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=0, method="inverted_cdf").astype(int)
    return Ranking(tuple(low.tolist()), tuple(high.tolist()), tuple(_apart(drawn, expected)))


def _apart(drawn: Floats, expected: Floats) -> list[tuple[int, int]]:
    """The pairs that expect enough and of which one is better in nearly all draws."""
    sure, found = 1 - (1 - LEVEL) / 2, []
    for one in range(len(expected)):
        better = (drawn[:, [one]] < drawn).mean(axis=0)
        told = (better >= sure) & (expected + expected[one] >= FEWEST)
        found += [(one, int(other)) for other in np.flatnonzero(told) if other != one]
    return found


def months_needed(expected: float, months: int) -> int | None:
    """How many months like these bring 20 expected events; None where nothing is expected."""
    return None if expected <= 0 else ceil(FEWEST / (expected / months))
