"""From a figure by one convention to the same by another, line by line: the lines add up to the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tenure.core.money import ratio
from tenure.figures.apart import Apart
from tenure.figures.finish import plain

if TYPE_CHECKING:
    from tenure.figures.apart import Key
    from tenure.figures.figure import Figure

#: So many accounts are named with a line.
NAMED = 3
#: What the lines leave of a difference is rounding where it is smaller.
_ROUNDING = Fraction(1, 10**8)
#: The line of what no account explains.
UNEXPLAINED = "not explained"
_OTHERWISE = "counted otherwise"


@dataclass(frozen=True)
class Mover:
    """An account, and its part of a line."""

    account_id: str
    account: str
    change: Decimal


@dataclass(frozen=True)
class Line:
    """One reason for a difference.

    ``change``: its part of it, in the figure's unit. ``accounts``: how many it is about. ``numerator``, ``denominator``:
    what it changes of the sums; null where the value is not one sum over the other. ``biggest``: the accounts that
    matter most; none where some rows must not tell whose they are.
    """

    reason: str
    change: Decimal
    accounts: int
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    biggest: tuple[Mover, ...] = ()


@dataclass(frozen=True)
class Moved:
    """What moved an account's revenue at a time: the kind of movement, in words by its cause, and the amount."""

    at: datetime
    kind: str
    words: str
    amount: Fraction


@dataclass(frozen=True)
class Change:
    """What is changed: an ``axis`` (``window`` is one here), from an option to another; ``owned``: the figure is of some owners' accounts."""

    axis: str
    before: str
    after: str
    owned: bool = False


@dataclass(frozen=True)
class _Part:
    """What one account makes of the difference, for one reason."""

    key: Key
    reason: str
    change: Fraction
    num: Fraction
    den: Fraction


Movements = Mapping["Key", Sequence[Moved]]


def lines(
    change: Change, figures: tuple[Figure, Figure], sides: tuple[Apart, Apart], moves: Movements
) -> tuple[Line, ...]:
    """The lines from one figure to the other, the largest first. They add up to the difference of the values, which are
    both defined.
    """
    before, after = sides
    parts = [part for key in _keys(before, after) for part in _of_account(change, key, before, after, moves)]
    grouped: dict[str, list[_Part]] = {}
    for part in parts:
        grouped.setdefault(part.reason, []).append(part)
    sums = {reason: sum((part.change for part in of), Fraction(0)) for reason, of in grouped.items()}
    reasons = sorted(sums, key=lambda reason: (-abs(sums[reason]), reason))
    told, rest = _rounded(figures, [sums[reason] for reason in reasons])
    by_sums = before.divides == after.divides
    found = [
        _line(reason, grouped[reason], told[place], sides, by_sums=by_sums) for place, reason in enumerate(reasons)
    ]
    return (*found, *([Line(UNEXPLAINED, rest, 0)] if rest else []))


def whole(figures: tuple[Figure, Figure], reason: str) -> tuple[Line, ...]:
    """The difference as one line, of figures that do not divide over accounts."""
    before, after = (figure.value for figure in figures)
    if before is None or after is None or before == after:
        return ()
    return (Line(reason, plain(after - before), 0),)


def _keys(before: Apart, after: Apart) -> list[Key]:
    return list(dict.fromkeys((*before.pieces, *after.pieces)))


def _rounded(figures: tuple[Figure, Figure], changes: list[Fraction]) -> tuple[list[Decimal], Decimal]:
    """The changes rounded on the way from one value to the other, so that they reach it; and what they leave of it."""
    start, end = (figure.value or Decimal(0) for figure in figures)
    exact, reached, told = Fraction(start), start, []
    for change in changes:
        exact += change
        stop = _decimal(exact)
        told.append(plain(stop - reached))
        reached = stop
    rest = end - reached
    if told and abs(Fraction(rest)) < _ROUNDING:
        told[0] = plain(told[0] + rest)
        rest = Decimal(0)
    return told, rest


def _decimal(value: Fraction) -> Decimal:
    return ratio(value.numerator, value.denominator) or Decimal(0)  # the denominator of a fraction is never 0


def _line(reason: str, parts: list[_Part], change: Decimal, sides: tuple[Apart, Apart], *, by_sums: bool) -> Line:
    masked = sides[0].masked or sides[1].masked
    names = {**sides[0].names, **sides[1].names}
    by_account: dict[str, Fraction] = {}
    for part in parts:
        if part.key is not None:
            by_account[part.key] = by_account.get(part.key, Fraction(0)) + part.change
    largest = sorted(by_account, key=lambda key: (-abs(by_account[key]), key))[: 0 if masked else NAMED]
    of_sums = [sum((getattr(part, end) for part in parts), Fraction(0)) for end in ("num", "den")]
    has_den = bool(sides[0].den or sides[1].den)
    return Line(
        reason,
        change,
        len(by_account),
        _decimal(of_sums[0]) if by_sums else None,
        _decimal(of_sums[1]) if by_sums and has_den else None,
        tuple(_mover(key, by_account[key], names, sides) for key in largest if by_account[key]),
    )


def _mover(key: str, change: Fraction, names: Mapping[Key, str], sides: tuple[Apart, Apart]) -> Mover:
    """An account by its name. A head of a family that has no row of its own, and so may be out of sight, is told by a
    member.
    """
    if key not in names:
        members = {member for side in sides for member in side.members.get(key, ()) if member}
        key = min(members, default=key)
    return Mover(key, names.get(key, key), _decimal(change))


def _of_account(change: Change, key: Key, before: Apart, after: Apart, moves: Movements) -> list[_Part]:
    """What an account makes of the difference: in one part, or one for each movement that makes it."""
    zero = Fraction(0)
    num = after.num.get(key, zero) - before.num.get(key, zero)
    den = after.den.get(key, zero) - before.den.get(key, zero)
    difference = _difference(key, num, den, before, after)
    by_sums = before.divides == after.divides
    if not (difference or (by_sums and (num or den))):
        return []
    reason = _excluded(key, change, before, after) or _by_axis(change, key, before, after)
    moved = moves.get(key, ())
    if reason is None and not den and before.money and by_sums:
        split = _split(moved, num)
        total = sum(split.values(), zero)
        if total:
            return [
                _Part(key, _inside(change, words), difference * amount / total, num * amount / total, den)
                for words, amount in split.items()
            ]
    return [_Part(key, reason or _by_movement(change, key, before, after, moved), difference, num, den)]


def _difference(key: Key, num: Fraction, den: Fraction, before: Apart, after: Apart) -> Fraction:
    """An account's part of the difference. Of two ratios A and B: (its numerators' difference - A x its
    denominators' difference) / B's denominator; these add up to B - A.
    """
    if before.divides and after.divides:
        top, bottom = before.sums
        return after.factor * (num - top / bottom * den) / after.sums[1]
    return after.pieces.get(key, Fraction(0)) - before.pieces.get(key, Fraction(0))


def _excluded(key: Key, change: Change, before: Apart, after: Apart) -> str | None:
    """The reason for which an account's rows count on one side only."""
    was, now = (side.excluded.get(key, Counter()) for side in (before, after))
    for reason in dict.fromkeys((*now, *was)):
        if now[reason] != was[reason]:
            side = change.after if now[reason] > was[reason] else change.before
            return f"not counted by {_plain(side)}: {_plain(reason)}"
    return None


def _by_axis(change: Change, key: Key, before: Apart, after: Apart) -> str | None:
    """The reason that lies in what is changed."""
    if change.axis == "rate":
        return f"valued at the {'budget rates' if change.after == 'budget_rate' else 'rates of the opening'}"
    if change.axis == "dating":
        return "dated at the notice" if change.after == "request_day" else "dated at the end of the paid time"
    if change.axis == "ownership" and change.owned:
        if key not in before.pieces or key not in after.pieces:
            monthly = change.after if key in after.pieces else change.before
            return "owned in some months only" if monthly == "owner_months" else "owned at the start only"
        if max(before.steps[key], after.steps[key]) < max(before.most_steps, after.most_steps):
            return "owned in some months only"
    return None


#: What is said before a movement where it matters for the sake of what is changed.
_WITHIN = {"entity": "accounts of one parent", "ownership": "compounded month by month"}
_STATES = {"reactivation": "came back", "churn": "left", "new": "new customers"}


def _by_movement(change: Change, key: Key, before: Apart, after: Apart, moved: Sequence[Moved]) -> str:
    """The reason that lies in what the account did, or on which side it counts."""
    kinds = {each.kind for each in moved}
    reason = next((words for kind, words in _STATES.items() if kind in kinds), "")
    if reason or change.axis in _WITHIN:
        return _inside(change, reason)
    if change.axis == "window":
        return f"over {_plain(change.after)} instead of {_plain(change.before)}"
    if key not in after.pieces or key not in before.pieces:
        return f"counted only by {_plain(change.before if key in before.pieces else change.after)}"
    return _OTHERWISE


def _inside(change: Change, reason: str) -> str:
    """The reason, where it is one for the sake of what is changed."""
    return ": ".join(filter(None, (_WITHIN.get(change.axis, ""), reason)))


def _split(moved: Sequence[Moved], num: Fraction) -> dict[str, Fraction]:
    """The movements that make a change of the numerator, by their words: all since the account came back, those of one
    kind, or those of one cause. None where no such sum is the change.
    """
    ordered = sorted(moved, key=lambda each: each.at)
    back = next((place for place, each in enumerate(ordered) if each.kind == "reactivation"), len(ordered))
    groups = [ordered[back:]]
    groups += [[each for each in ordered if each.kind == kind] for kind in dict.fromkeys(e.kind for e in ordered)]
    groups += [[each for each in ordered if each.words == words] for words in dict.fromkeys(e.words for e in ordered)]
    for group in groups:
        total = sum((each.amount for each in group), Fraction(0))
        if total and abs(total) == abs(num):
            found: dict[str, Fraction] = {}
            for each in group:
                found[each.words] = found.get(each.words, Fraction(0)) + each.amount
            return found
    return {}


def _plain(name: str) -> str:
    return name.replace("_", " ")
