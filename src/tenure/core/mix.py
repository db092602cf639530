"""Why a ratio changed: because its parts did (rate), or because weight moved between them (mix)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

S = TypeVar("S")
#: A numerator and a denominator.
Parts = tuple[Decimal | int, Decimal | int]
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Effect:
    """What one part did to the whole: ``rate`` by its own ratio, ``mix`` by its weight. Exact."""

    rate: Fraction
    mix: Fraction


def effects(before: Mapping[S, Parts], after: Mapping[S, Parts]) -> dict[S, Effect]:
    """The change of ``R = sum(num) / sum(den)`` between two moments, by part. All rates and mixes add up to it exactly.

    With ``w`` a part's share of the denominator, ``r`` its own ratio and means of both moments (the midpoint form of
    Marshall and Edgeworth, in which neither moment comes first):

        rate = mean(w) * (r1 - r0)          mix = (mean(r) - mean(R)) * (w1 - w0)

    A part without a denominator at one moment has no ratio there to compare: all that it changes is mix, as if its ratio
    had always been the one it has. Parts come in the order of ``after``, then those that were before only.

    Raises ``ZeroDivisionError`` where the denominators add up to nothing.

    >>> effects({"a": (1, 2), "b": (1, 10)}, {"a": (3, 4), "b": (1, 8)})["a"]
    Effect(rate=Fraction(1, 16), mix=Fraction(1, 16))
    """
    bases = [sum((Fraction(den) for _, den in parts.values()), Fraction(0)) for parts in (before, after)]
    wholes = [
        sum((Fraction(num) for num, _ in parts.values()), Fraction(0)) / base
        for parts, base in zip((before, after), bases, strict=True)
    ]
    level = sum(wholes) * _HALF
    nothing: Parts = (0, 0)
    return {
        part: _effect(before.get(part, nothing), after.get(part, nothing), bases, level)
        for part in dict.fromkeys([*after, *before])
    }


def _effect(before: Parts, after: Parts, bases: Sequence[Fraction], level: Fraction) -> Effect:
    ends = [(Fraction(num), Fraction(den)) for num, den in (before, after)]
    weights = [den / base for (_, den), base in zip(ends, bases, strict=True)]
    gives = [num / base for (num, _), base in zip(ends, bases, strict=True)]
    if not all(weights):
        return Effect(Fraction(0), gives[1] - gives[0] - level * (weights[1] - weights[0]))
    ratios = [num / den for num, den in ends]
    rate = sum(weights) * _HALF * (ratios[1] - ratios[0])
    return Effect(rate, (sum(ratios) * _HALF - level) * (weights[1] - weights[0]))


def printed(values: Sequence[Fraction], total: Decimal, places: int) -> list[Decimal]:
    """Fractions as decimals that add up to ``total`` to the last digit: what rounding leaves is passed on to the next.

    ``total``: their sum, rounded to so many places.

    >>> [str(value) for value in printed([Fraction(1, 3)] * 3, Decimal(1), 2)]
    ['0.33', '0.34', '0.33']
    """
    scale = 10**places
    told: list[Decimal] = []
    exact, before = Fraction(0), 0
    for value in values:
        exact += value
        reached = round(exact * scale)
        told.append(Decimal(reached - before).scaleb(-places))
        before = reached
    if told:
        told[-1] += total - sum(told)
    return told
