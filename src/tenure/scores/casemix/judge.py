"""Account-months and what was known of them, made into standings of owners or teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tenure.scores.casemix.expected import Expectation, Known, expected, tells
from tenure.scores.casemix.exposure import AccountMonth
from tenure.scores.casemix.outcome import Outcome
from tenure.scores.casemix.standing import Months, Standings, standings

By = Literal["owner", "team"]
#: From this on a feature is as good as the name of whom it was handed to (see ``expected.tells``).
_AS_GOOD = 0.8


@dataclass(frozen=True)
class Judged:
    """``names``: of the groups, in the order of the standings. ``features``: what expectations were learnt from; ``left_out``: what
    they were not, because it tells the group. ``observed``: of the whole company, as much as was expected of it.
    """

    names: tuple[str, ...]
    standings: Standings
    expectation: Expectation
    features: tuple[str, ...]
    left_out: tuple[str, ...]
    observed: float
    months: float


def judged(months: Sequence[AccountMonth], known: Known, by: By, what: Outcome) -> Judged:
    """Where each owner or team stands. What is nobody's teaches what to expect, too."""
    whose = [each.owner if by == "owner" else each.team for each in months]
    names = tuple(sorted({name for name in whose if name is not None}))
    number = {name: at for at, name in enumerate(names)}
    group = np.array([-1 if name is None else number[name] for name in whose])
    _, account = np.unique([each.account for each in months], return_inverse=True)
    outcome, amount, part = (
        np.array([getattr(each, column) for each in months]) for column in ("outcome", "amount", "part")
    )
    owned = group >= 0
    left_out = tuple(
        name
        for name, texts in known.words.items()
        if owned.any() and tells(texts[owned], group[owned], part[owned]) >= _AS_GOOD
    )
    learnt = known.without(*left_out)
    owner = np.array([each.owner or "" for each in months])
    expectation = expected(learnt, outcome, amount * part, account, owner)
    counted = Months(group, account, outcome, amount, part, expectation.share)
    doubt = expectation.doubt(group, counted.weight, len(names))
    found = standings(counted, len(names), counted=what.counted, less_is_better=what.lost, doubt=doubt)
    return Judged(
        names, found, expectation, learnt.told, left_out, float((counted.weight * outcome).sum()), float(part.sum())
    )
