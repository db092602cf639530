"""How people or teams differ in a share of counted things: a funnel plot, and in words who differs by more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.confidence import Interval, share_limits
from tenure.engine.result import Figure
from tenure.web.kit import figure, formats
from tenure.web.kit.charts import FunnelPlot, Limit, Mark, Point, Scale, Table

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine import Entry

#: Slices in which people or teams are compared.
COMPARED = (*figure.PEOPLE, "team")
INNER, OUTER = 0.95, 0.998
#: So many are needed: of two, each lies as far from their mean as the other.
_FEWEST = 3
_POINTS = 60
#: A share that stands on a limit lies inside it.
_HAIR = 1e-9

Side = Literal[-1, 0, 1]


@dataclass(frozen=True)
class Compared:
    """Who differs: in sentences, and drawn; ``chart`` is None where there are too few to compare, and ``says`` tells."""

    period: str
    says: tuple[str, ...]
    chart: FunnelPlot | None


@dataclass(frozen=True)
class _Member:
    """One of those compared. ``inner``, ``outer``: on which side of the limits it lies, 0 inside."""

    name: str
    size: float
    value: float
    count: int
    limits: tuple[Interval, Interval]
    inner: Side
    outer: Side


def compared(
    entry: Entry, figures: Sequence[Figure], by: str, options: Sequence[str], settings: Settings,
    people: Mapping[str, str],
) -> Compared | None:  # fmt: skip
    """Who differs among the slices ``by`` of one period; None where the metric's value is no share of counted things,
    or the slices are neither people nor teams.

    The mean is of all that are given, also of what belongs to nobody. Who rests on fewer than the anonymity floor is
    not compared.
    """
    if by not in COMPARED or not entry.counts(options) or not figures:
        return None
    known = [each for each in figures if each.numerator is not None and each.denominator]
    whole = sum(float(each.denominator or 0) for each in known)
    period = figure.period(figures[0].period_start, figures[0].period_end)
    mean = sum(float(each.numerator or 0) for each in known) / whole if whole else 0.0
    named = [each for each in known if each.slice[by] not in (None, "")]
    evaluated = [each for each in named if each.n >= settings.figures.anonymity_floor]
    left_out = _left_out(len(named) - len(evaluated), settings.figures.anonymity_floor)
    if len(evaluated) < _FEWEST:
        few = _("A funnel plot would show here who differs from the mean by more than chance. It needs three or more to "
                "compare, and you see %(count)s.") % {"count": formats.number(len(evaluated))}  # fmt: skip
        return Compared(period, (few, *left_out), None)
    members = [_member(each, mean, figure.named(by, each.slice[by], people)) for each in evaluated]
    says = (*_sentences(entry, members, mean, settings.figures.small_n), *left_out)
    return Compared(period, says, _plot(entry, members, mean, " ".join(says), settings.figures.small_n))


def _member(each: Figure, mean: float, name: str) -> _Member:
    size = float(each.denominator or 0)
    value = float(each.numerator or 0) / size
    limits = share_limits(mean, size, INNER), share_limits(mean, size, OUTER)
    inner, outer = (_side(value, limit) for limit in limits)
    return _Member(name, size, value, each.n, limits, inner, outer)


def _side(value: float, limit: Interval) -> Side:
    low, high = limit.low or 0.0, 1.0 if limit.high is None else limit.high
    return -1 if value < low - _HAIR else 1 if value > high + _HAIR else 0


# In words


def _sentences(entry: Entry, members: Sequence[_Member], mean: float, small_n: int) -> tuple[str, ...]:
    far = [each for each in members if each.outer]
    near = [each for each in members if each.inner and not each.outer]
    rest = len(members) - len(far) - len(near)
    said = [_("The mean of all that you see is %(mean)s.") % {"mean": formats.percent(mean)}]
    if far:
        said.append(_("Outside the 99.8 %% limits, where chance alone puts one in 500: %(names)s.")
                    % {"names": _listed(entry, far)})  # fmt: skip
    if near:
        said.append(_("Outside the 95 %% limits only, where chance alone puts one in 20: %(names)s.")
                    % {"names": _listed(entry, near)})  # fmt: skip
    if not far and not near:
        said.append(_("None of the %(count)s differs from it by more than chance.") % {"count": len(members)})
    elif rest:
        told = ngettext("The other one does not differ from the mean by more than chance.",
                        "The other %(count)s do not differ from the mean by more than chance.", rest)  # fmt: skip
        said.append(told % {"count": formats.number(rest)})
    small = sum(each.count < small_n for each in members)
    if small:
        told = ngettext("One rests on fewer than %(few)s: hardly anything could show.",
                        "%(count)s rest on fewer than %(few)s each: hardly anything could show.", small)  # fmt: skip
        said.append(told % {"count": formats.number(small), "few": formats.number(small_n)})
    return (*said, _("Who was given the harder accounts is not taken into account."))


def _left_out(count: int, floor_: int) -> tuple[str, ...]:
    if not count:
        return ()
    told = ngettext("One with fewer than %(floor)s is not compared.",
                    "%(count)s with fewer than %(floor)s each are not compared.", count)  # fmt: skip
    return (told % {"count": formats.number(count), "floor": formats.number(floor_)},)


def _listed(entry: Entry, members: Sequence[_Member]) -> str:
    """``Ada Vogel (35.0%, n 20, worse)``, the farthest first."""
    told = [
        _("%(name)s (%(value)s, n %(count)s, %(how)s)")
        % {"name": each.name, "value": formats.percent(each.value), "count": formats.number(each.count),
           "how": _how(entry, each.inner)}
        for each in sorted(members, key=lambda each: -each.inner * each.value)
    ]  # fmt: skip
    return ", ".join(told)


def _how(entry: Entry, side: Side) -> str:
    match _mark(entry, side):
        case "good":
            return _("better")
        case "bad":
            return _("worse")
    return _("above") if side > 0 else _("below")


def _mark(entry: Entry, side: Side) -> Mark:
    """What lying on that side means."""
    if not entry.better:
        return "outside"
    return "good" if (side > 0) == (entry.better == "more") else "bad"


def _where(each: _Member) -> str:
    side = _("above") if each.inner > 0 else _("below")
    if each.outer:
        return _("%(side)s the 99.8 %% limits") % {"side": side}
    return _("%(side)s the 95 %% limits") % {"side": side} if each.inner else _("inside")


# Drawn


def _plot(entry: Entry, members: Sequence[_Member], mean: float, says: str, small_n: int) -> FunnelPlot:
    ordered = sorted(members, key=lambda each: (-abs(each.outer), -abs(each.inner), each.name))
    points = tuple(
        Point(each.name, each.size, each.value,
              _mark(entry, each.outer) if each.outer else "noted" if each.inner else "", small=each.count < small_n)
        for each in ordered
    )  # fmt: skip
    sizes = _sizes([each.size for each in members])
    return FunnelPlot(
        says, _table(ordered), Scale("percent", 1), points,
        (_limit(_("95 % limits"), mean, sizes, INNER), _limit(_("99.8 % limits"), mean, sizes, OUTER)),
        mean, _("Mean"), _size_name(members),
    )  # fmt: skip


def _sizes(of: Sequence[float]) -> tuple[float, ...]:
    """Where the limits are drawn: a little farther than who is compared, closer together where they bend."""
    low, high = max(1, floor(min(of) * 0.8)), ceil(max(of) * 1.06) + 1
    return tuple(sorted({float(round(low + (high - low) * (step / _POINTS) ** 1.6)) for step in range(_POINTS + 1)}))


def _limit(name: str, mean: float, sizes: tuple[float, ...], level: float) -> Limit:
    ends = [share_limits(mean, size, level) for size in sizes]
    return Limit(name, sizes, tuple(each.low for each in ends), tuple(each.high for each in ends))


def _size_name(members: Sequence[_Member]) -> str:
    shared = any(abs(each.size - each.count) > _HAIR for each in members)
    return _("n (shared accounts count in part)") if shared else _("n")


def _table(members: Sequence[_Member]) -> Table:
    columns = ("", _size_name(members), _("Value"), _("95 % limits"), _("99.8 % limits"), _("Lies"))
    rows = tuple(
        (each.name, formats.number(each.size, 0 if each.size == round(each.size) else 1), formats.percent(each.value),
         *(f"{formats.percent(limit.low)} – {formats.percent(limit.high)}" for limit in each.limits), _where(each))
        for each in members
    )  # fmt: skip
    return Table(columns, rows)
