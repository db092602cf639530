"""How those who judge accounts compare with the facts, and with what became of the accounts.

For calibration, and no evaluation: whoever knows more of a customer than the other components do is right to differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tenure.core.confidence import UNKNOWN, Interval, mean_interval, wilson
from tenure.core.features import Floats

#: Below so many accounts nothing is said of anybody.
FEWEST = 5


@dataclass(frozen=True)
class Judgement:
    """What somebody thought of an account (``judged``, in points) and what the facts said then (``facts``). ``is_good``:
    whether it was judged to be well; ``left``: whether it left afterwards, None where that is not known yet.
    """

    by: str
    account: str
    judged: float
    facts: float
    is_good: bool
    left: bool | None


@dataclass(frozen=True)
class Leaning:
    """How one person's judgements lie to the facts: means of the accounts, each counted once. ``difference`` with its interval
    of 95 % (None below ``FEWEST`` accounts), ``shrunk``: drawn towards all others' as far as it is uncertain. ``good``: how
    often an account was judged to be well, ``left``: after how many of these it left; ``left_low``, ``left_high``: of that
    share.
    """

    by: str
    judgements: int
    accounts: int
    judged: float
    facts: float
    difference: float | None
    low: float | None
    high: float | None
    shrunk: float | None
    good: int
    left: int
    left_low: float | None
    left_high: float | None


def leanings(judgements: Iterable[Judgement]) -> list[Leaning]:
    """Everybody who judged, those that judge best against the facts first, and last those with too few accounts."""
    by_judge: dict[str, list[Judgement]] = {}
    for one in judgements:
        by_judge.setdefault(one.by, []).append(one)
    means = {by: _by_account(own) for by, own in by_judge.items()}
    enough = {by: judged - facts for by, (judged, facts) in means.items() if len(judged) >= FEWEST}
    drawn = dict(zip(enough, shrunk(list(enough.values())), strict=True))
    found = [_leaning(by, own, *means[by], drawn.get(by)) for by, own in by_judge.items()]
    return sorted(found, key=lambda one: (one.shrunk is None, -(one.shrunk or 0), one.by))


def _by_account(own: Sequence[Judgement]) -> tuple[Floats, Floats]:
    """What was judged and what the facts said, of each account on average."""
    rows: dict[str, list[Judgement]] = {}
    for one in own:
        rows.setdefault(one.account, []).append(one)
    ends = [[(float(np.mean([r.judged for r in of])), float(np.mean([r.facts for r in of])))] for of in rows.values()]
    table = np.array(ends, dtype=np.float64).reshape(len(rows), 2)
    return table[:, 0], table[:, 1]


def _leaning(by: str, own: Sequence[Judgement], judged: Floats, facts: Floats, drawn: float | None) -> Leaning:
    apart = judged - facts
    bounds = mean_interval(len(apart), float(apart.sum()), float((apart**2).sum())) if drawn is not None else UNKNOWN
    good = [one for one in own if one.is_good and one.left is not None]
    left = sum(bool(one.left) for one in good)
    share = wilson(left, len(good)) if good else Interval(None, None)
    return Leaning(
        by, len(own), len(apart), float(judged.mean()), float(facts.mean()),
        None if drawn is None else float(apart.mean()), bounds.low, bounds.high, drawn, len(good), left, share.low,
        share.high,
    )  # fmt: skip


def shrunk(groups: Sequence[Floats]) -> list[float]:
    """The mean of each group, drawn towards all: groups' true means are taken to be normal around a common one, with the
    variance that is left of theirs when chance is taken off (DerSimonian and Laird 1986).
    """
    if not groups:
        return []
    means = np.array([group.mean() for group in groups])
    pooled = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
    within = pooled / max(1, sum(len(group) - 1 for group in groups))
    chance = np.array([within / len(group) for group in groups])
    if len(groups) < 2 or not within:
        return [float(mean) for mean in means]
    weight = 1 / chance
    centre = float((weight * means).sum() / weight.sum())
    spread = float((weight * (means - centre) ** 2).sum())
    between = max(0.0, (spread - (len(groups) - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    weight = 1 / (chance + between)
    centre = float((weight * means).sum() / weight.sum())
    return [
        float(centre + between / (between + own) * (mean - centre)) for mean, own in zip(means, chance, strict=True)
    ]
