"""Why an account's score is another one than it was: in steps that add up exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.scores.health.score import Part, Scoring

#: What was told later of the time before; another definition of the score.
LATE, MODEL = "late data", "model"


@dataclass(frozen=True)
class Line:
    """``change``: the points of the score that this made. ``before``, ``after``: the component's value, in its metric's
    unit; None where it was not known, and for what is no component.
    """

    what: str
    change: Fraction
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True)
class Stages:
    """One account's score four times over: as it was then; of the same day, as is known now; now, under the model of then;
    and now. Those two in between are what the steps go by. None: it had none.
    """

    then: Scoring | None
    then_as_known_now: Scoring
    now_under_that_model: Scoring
    now: Scoring


def changed(account: str, stages: Stages) -> tuple[Line, ...]:
    """The lines between the score of then and that of now, those of components by size. Their sum is the difference of the
    two exact scores.

    Both must be there. Where nothing was known at the time, what was told later is no part of it: then begins as is known now.
    """
    before, after = stages.then_as_known_now.parts(account), stages.now_under_that_model.parts(account)
    lines = []
    if stages.then is not None and account in stages.then.place:
        lines.append(Line(LATE, total(before) - total(stages.then.parts(account))))
    shares = [_shares(parts) for parts in (before, after)]
    middle = (total(before) + total(after)) / 2
    moved = [
        Line(then.name, _moved(then, now, then_share, now_share, middle), _value(then), _value(now))
        for then, now, then_share, now_share in zip(before, after, *shares, strict=True)
    ]
    lines += sorted(moved, key=lambda line: (-abs(line.change), line.what))
    lines.append(Line(MODEL, total(stages.now.parts(account)) - total(after)))
    return tuple(line for line in lines if line.change or line.what not in (LATE, MODEL))


def total(parts: tuple[Part, ...]) -> Fraction:
    """The exact score of its parts."""
    return sum((part.adds for part in parts), Fraction(0))


def _shares(parts: tuple[Part, ...]) -> list[Fraction]:
    """What each part weighs of all that is known."""
    known = sum((part.weight for part in parts if part.points is not None), Fraction(0))
    return [part.weight / known if part.points is not None and known else Fraction(0) for part in parts]


def _moved(then: Part, now: Part, then_share: Fraction, now_share: Fraction, middle: Fraction) -> Fraction:
    """What one component did: by its points at the mean of its shares, and by its share as far as its points are above or
    below the score.

    Shares add up to one before and after, so that whatever is taken off the points in the second term takes nothing off
    the sum. With the ``middle`` of the two scores, a component that was not known before counts by how far it is from it.
    """
    worth = [part.points for part in (then, now) if part.points is not None]
    if not worth:
        return Fraction(0)
    rise = (worth[-1] - worth[0]) * (then_share + now_share) / 2
    return rise + (now_share - then_share) * (sum(worth, Fraction(0)) / len(worth) - middle)


def _value(part: Part) -> float | None:
    return part.known.value if part.known else None
