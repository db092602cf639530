"""Why a figure changed, told by its slices: their own change, and weight that moved between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure.core.mix import Effect, Parts, effects, printed
from tenure.core.money import ratio
from tenure.figures.figure import Figure
from tenure.figures.finish import plain

if TYPE_CHECKING:
    from tenure.core.period import Period
    from tenure.figures.request import Request

#: Slices that hold so much of the weight are nearly all of them.
NEARLY_ALL = Fraction(9, 10)
#: Sums may differ by so much a slice: some denominators are shown with six decimals.
_ROUNDED = Decimal("0.000001")
#: Decimals of a ratio, and so of its parts.
_PLACES = 10


class Why(StrEnum):
    """Why there is no decomposition; empty where there is one."""

    NONE = ""
    TIMES = "times"  # a median is no sum
    PRODUCT = "product"  # it is made of other figures
    KINDS = "kinds"  # it always comes by kind, so there is no whole
    HELD = "held"  # by a check
    HIDDEN = "hidden"  # a slice is: its part would tell what it hides
    UNDEFINED = "undefined"  # at one end or both
    STEPS = "steps"  # compounded, not one sum over another
    APART = "apart"  # the slices do not add up to the whole


class Against(StrEnum):
    """Which slices moved the other way than the whole (Simpson's reversal): all, or those with nearly all the weight."""

    NONE = ""
    EVERY = "every"
    NEARLY = "nearly"


@dataclass(frozen=True)
class Cut:
    """The figures of one period, whole and sliced by one dimension."""

    period: Period
    whole: Sequence[Figure]
    slices: Sequence[Figure]


@dataclass(frozen=True)
class Slice:
    """One slice's part in the change. ``before``, ``after``: its own value, null where it has none.

    Of a ratio: ``weight_before`` and ``weight_after``, its share of the denominator, and ``rate`` and ``mix``, which add up
    to its ``contribution``. Of a sum these are null.
    """

    slice: Any
    before: Decimal | None
    after: Decimal | None
    weight_before: Decimal | None
    weight_after: Decimal | None
    rate: Decimal | None
    mix: Decimal | None
    contribution: Decimal


@dataclass(frozen=True)
class Decomposition:
    """The change of a figure from one period to another, split by one dimension.

    ``rate``, ``mix``: the parts of ``change``, to which they add up to the last digit; null for a sum, to whose change the
    slices' contributions simply add up. ``against``: which slices moved against the whole. ``mostly_mix``: mix is more
    than half of the change. ``different``: whether the change can be told from chance; null where that is unknown.
    ``why``: why it cannot be split; then ``slices`` is empty.
    """

    metric: str
    variant: str
    window: str
    unit: str
    by: str
    before_start: date
    before_end: date
    period_start: date
    period_end: date
    before: Decimal | None = None
    after: Decimal | None = None
    change: Decimal | None = None
    rate: Decimal | None = None
    mix: Decimal | None = None
    against: Against = Against.NONE
    mostly_mix: bool = False
    different: bool | None = None
    slices: tuple[Slice, ...] = ()
    why: Why = Why.NONE

    @property
    def shifted(self) -> Slice | None:
        """The slice whose weight changed most; of two by as much, the one that grew."""
        moved = [(each.weight_after - each.weight_before, each) for each in self.slices
                 if each.weight_after is not None and each.weight_before is not None]  # fmt: skip
        return max(moved, key=lambda pair: (abs(pair[0]), pair[0]))[1] if moved else None


def decompose(request: Request, before: Cut, after: Cut) -> Decomposition:
    """The change between two cuts of one figure. ``request``: what was asked, by its one dimension."""
    entry, (by,) = request.entry, request.question.by
    place: dict[str, Any] = {
        "metric": entry.slug, "variant": request.variant, "window": request.question.window, "unit": entry.unit, "by": by,
        "before_start": before.period.start, "before_end": before.period.end,
        "period_start": after.period.start, "period_end": after.period.end,
    }  # fmt: skip
    kind = _kind(entry.kind, after)
    if why := _refused(kind, before, after):
        return Decomposition(**place, why=why)
    one, other = before.whole[0].value, after.whole[0].value
    assert one is not None
    assert other is not None
    place |= {"before": one, "after": other, "change": plain(other - one)}
    if kind == "total":
        return Decomposition(**place, slices=_contributions(by, before, after))
    return _ratio(place, by, before, after)


def _kind(kind: str, cut: Cut) -> str:
    """What the figures are: a variant of a product may be a ratio of sums."""
    divided = all(figure.denominator is not None for figure in cut.whole)
    return "ratio" if kind == "derived" and cut.whole and divided else kind


def _refused(kind: str, before: Cut, after: Cut) -> Why:
    if kind == "cases":
        return Why.TIMES
    if kind == "derived":
        return Why.PRODUCT
    figures = [figure for cut in (before, after) for figure in (*cut.whole, *cut.slices)]
    statuses = {figure.status for figure in figures}
    if "held" in statuses:
        return Why.HELD
    if "suppressed" in statuses:
        return Why.HIDDEN
    if any(figure.slice for cut in (before, after) for figure in cut.whole):
        return Why.KINDS
    if any(len(cut.whole) != 1 or cut.whole[0].value is None for cut in (before, after)):
        return Why.UNDEFINED
    if kind != "total" and not all(_divides(figure) for figure in figures if figure.value is not None):
        return Why.STEPS
    return Why.NONE if all(_adds_up(cut) for cut in (before, after)) else Why.APART


def _divides(figure: Figure) -> bool:
    """Whether the value is nothing but the one sum over the other."""
    if figure.numerator is None or not figure.denominator or figure.value is None:
        return False
    value = Fraction(figure.value)
    gap = abs(_factor(figure) * Fraction(figure.numerator) / Fraction(figure.denominator) - value)
    return gap <= Fraction(_ROUNDED) * max(Fraction(1), abs(value))


def _factor(figure: Figure) -> int:
    return 100 if figure.unit == "points" else 1


def _adds_up(cut: Cut) -> bool:
    """Whether the slices are the whole: not so where a unit is split (by product), or counts in several."""
    room = _ROUNDED * (len(cut.slices) + 1)
    for name in ("numerator", "denominator"):
        parts = [getattr(figure, name) or Decimal(0) for figure in cut.slices]
        if abs(sum(parts, Decimal(0)) - (getattr(cut.whole[0], name) or Decimal(0))) > room:
            return False
    return True


def _by_slice(by: str, cut: Cut) -> dict[Any, Figure]:
    return {figure.slice[by]: figure for figure in cut.slices}


def _contributions(by: str, before: Cut, after: Cut) -> tuple[Slice, ...]:
    """Of a sum: how much more or less each slice is."""
    earlier, now = _by_slice(by, before), _by_slice(by, after)
    found = []
    for each in dict.fromkeys([*now, *earlier]):
        ends = [cells[each].value if each in cells else None for cells in (earlier, now)]
        gain = (ends[1] or Decimal(0)) - (ends[0] or Decimal(0))
        found.append(Slice(each, ends[0], ends[1], None, None, None, None, plain(gain)))
    return tuple(found)


def _ratio(place: dict[str, Any], by: str, before: Cut, after: Cut) -> Decomposition:
    earlier, now = _by_slice(by, before), _by_slice(by, after)
    factor, change = _factor(after.whole[0]), place["change"]
    split = effects(_parts(earlier), _parts(now))
    names = list(split)
    exact = [each.rate * factor for each in split.values()] + [each.mix * factor for each in split.values()]
    told = printed(exact, change, max(_PLACES, -int(change.as_tuple().exponent)))
    rates, mixes = told[: len(names)], told[len(names) :]
    slices = tuple(
        Slice(name, *_ends(name, earlier, now), *_weights(name, earlier, now), *map(plain, (rate, mix, rate + mix)))
        for name, rate, mix in zip(names, rates, mixes, strict=True)
    )
    mix = sum(mixes, Decimal(0))
    return Decomposition(
        **place, rate=plain(sum(rates, Decimal(0))), mix=plain(mix), against=_against(split, earlier, now, change),
        mostly_mix=2 * abs(mix) > abs(change), different=after.whole[0].extra.get("different"), slices=slices,
    )  # fmt: skip


def _parts(cells: Mapping[Any, Figure]) -> dict[Any, Parts]:
    return {name: (cell.numerator or Decimal(0), cell.denominator or Decimal(0)) for name, cell in cells.items()}


def _ends(name: Any, *ends: Mapping[Any, Figure]) -> tuple[Decimal | None, Decimal | None]:
    before, after = (cells[name].value if name in cells else None for cells in ends)
    return before, after


def _weights(name: Any, *ends: Mapping[Any, Figure]) -> tuple[Decimal, Decimal]:
    found = []
    for cells in ends:
        base = sum((cell.denominator or Decimal(0) for cell in cells.values()), Decimal(0))
        found.append(ratio(cells[name].denominator or 0 if name in cells else 0, base) or Decimal(0))
    return found[0], found[1]


def _against(
    split: Mapping[Any, Effect], earlier: Mapping[Any, Figure], now: Mapping[Any, Figure], change: Decimal
) -> Against:
    """Whether the slices moved the other way than the whole. Weighed by the mean of both ends; one slice is no mixture."""
    both = [name for name in split if all(end is not None for end in _ends(name, earlier, now))]
    opposed = [name for name in both if split[name].rate * Fraction(change) < 0]
    weight = sum((Fraction(each) for name in opposed for each in _weights(name, earlier, now)), Fraction(0)) / 2
    if len(both) < 2 or weight < NEARLY_ALL:
        return Against.NONE
    return Against.EVERY if len(opposed) == len(both) else Against.NEARLY
