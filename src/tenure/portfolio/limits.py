"""What keeps loads from being spread half as far: how many accounts may move, or one of the guards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from tenure.portfolio.balance import EASED, HALF, options

if TYPE_CHECKING:
    from tenure.portfolio.balance import Ground, Options, Plan

Guard = Literal["settled", "renewal", "nobody"]
#: The guards that are looked past one by one, in the order in which one would give them up.
_GUARDS: tuple[Guard, ...] = ("settled", "renewal", "nobody")


@dataclass(frozen=True)
class Limit:
    """``by``: moves (there may be too few; with so many ``moves`` it would be halved), the guard without which it would be, however many moved (``settled``,
    ``renewal``, or ``nobody``: that who takes over fits), or several, where no single one makes the difference.
    """

    by: Literal["moves", "settled", "renewal", "nobody", "several"]
    moves: int = 0


def limit_of(ground: Ground, plan: Plan) -> Limit | None:
    """What holds a proposal back; None where it halves the spread, or there is none."""
    goal = HALF * plan.spread_before
    if plan.spread_after <= goal:
        return None
    if plan.most < len(ground.accounts) and (moves := _fewest(ground, plan.most, goal)):
        return Limit("moves", moves)
    for guard in _GUARDS:
        looked_past = replace(ground, past=frozenset({guard}))
        if _first(_course(options(looked_past), len(ground.accounts), ground), goal):
            return Limit(guard)
    return Limit("several")


def _fewest(ground: Ground, most: int, goal: float) -> int:
    """With how many moves, more than ``most``, the goal is reached, to within a few hundredths; 0 with none."""
    found, every = options(ground), len(ground.accounts)
    first = _first(_course(found, every, ground), goal)
    if not first:
        return 0
    moves = max(first, most + 1)
    while moves < every and not _first(
        _course(found, moves, ground), goal
    ):  # a move costs the more, the fewer are allowed
        moves = min(every, moves + max(1, moves // 30))
    return moves


def _first(spreads: list[float], goal: float) -> int:
    """After how many moves a goal is reached; 0 for never."""
    return next((count for count, spread in enumerate(spreads, start=1) if spread <= goal), 0)


def _course(found: Options, most: int, ground: Ground) -> list[float]:
    from tenure.portfolio.solver import course  # with numpy, which takes its time

    return course(found.pairs, found.sides, most, ground.rules.guards, EASED)
