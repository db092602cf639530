"""What is told of a play: who it was tried on, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tenure.scores.effect.balance import Balance
from tenure.scores.effect.staggered import Step

Method = Literal["hold_out", "difference_in_differences", "before_after"]
#: An effect is watched for so many months at most.
MOST_MONTHS = 24
#: Whether the difference is the play's doing: yes; if what ``because`` names is so; it cannot be said.
Standing = Literal["causal", "conditional", "not_causal"]


@dataclass(frozen=True)
class Play:
    """A play with its arms, in accounts by their first assignment, and when it began for the first and the last of them.

    ``again``: accounts that were assigned more than once, ``both``: those of them that were in both arms.
    """

    play: str
    treated: int
    held_out: int
    first: date
    last: date
    again: int
    both: int


@dataclass(frozen=True)
class Group:
    """One side of a comparison. ``assigned``: accounts; ``accounts``: those of them in the figure's base.

    ``before``: its value in the months before, where those are compared too; ``value``: in the months after, with the
    interval at 95 % where it stands by itself.
    """

    name: Literal["treated", "held_out", "others"]
    assigned: int
    accounts: int
    value: float | None
    before: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Split:
    """How many were treated of all who were drawn, the share that was planned (None: not told), and how often a lot comes
    out so uneven. ``lots``: how often lots of one share differ as much between the months in which they were drawn.
    """

    share: float
    planned: float | None = None
    p: float | None = None
    lots: float | None = None


@dataclass(frozen=True)
class Effect:
    """What a play changed in a metric, in the metric's unit: ``effect``, treated minus the others, at 95 %.

    ``because``: why it is causal or not. ``relative``: the effect over the value it would have been (None of points).
    ``smallest``: the least effect that would have been seen in 80 of 100 such comparisons. ``how``: the interval's method. ``balance`` and
    ``split``: of a hold-out. ``alike_before``, ``steps``: of a difference in differences (``tenure.scores.effect.staggered``).
    ``left_out``: assigned accounts that are not compared, by reason. ``warnings``: what speaks against the result.
    ``plain``: the difference of the two values, where the effect is adjusted by what each account was like before.
    """

    play: str
    metric: str
    unit: str
    better: str
    months: int
    method: Method
    standing: Standing
    because: str
    effect: float | None
    low: float | None
    high: float | None
    relative: float | None
    smallest: float | None
    how: str
    groups: tuple[Group, ...]
    balance: Balance | None = None
    split: Split | None = None
    months_before: int = 0
    cohorts: int = 0
    alike_before: float | None = None
    steps: tuple[Step, ...] = ()
    left_out: dict[str, int] | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    plain: float | None = None

    @property
    def told_from_none(self) -> bool | None:
        """Whether the interval lies on one side of no effect; None where there is no interval."""
        if self.low is None or self.high is None:
            return None
        return not self.low <= 0 <= self.high
