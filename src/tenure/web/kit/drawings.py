"""The charts of a metric's page: its course, by slices too, and how its rows are spread."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.engine.result import Figure
from tenure.web.kit import figure, formats
from tenure.web.kit.annotations import NOTHING, Marks
from tenure.web.kit.charts import Bars, Chart, Distribution, Lines, Scale, Series, Table, Tone
from tenure.web.kit.movements import KINDS

if TYPE_CHECKING:
    from tenure.engine import Entry

_Slice = tuple[Any, ...]
#: More lines than this cannot be told apart.
_MOST = 6
_TONES: tuple[Tone, ...] = get_args(Tone)[:_MOST]


def course(
    entry: Entry, figures: Sequence[Figure], currency: str, people: Mapping[str, str], marks: Marks = NOTHING
) -> Chart | None:
    """The metric over time: a line with the band of its interval, a line a slice, or bars for what adds up.

    ``people``: names by id; ``marks``: what was written down of its moments.
    """
    periods = list(dict.fromkeys((each.period_start, each.period_end) for each in figures))
    if len(periods) < 2 or not any(each.value is not None for each in figures):
        return None
    slices = _largest(figures)
    if not slices:
        return None
    periods_named = tuple(figure.period(start, end) for start, end in periods)
    names = [_named(each, people) for each in slices.values()]
    by_place = {(each.period_start, _slice(each)): each for each in figures}
    unit = figures[0].unit
    series = tuple(
        _series(name, [by_place.get((start, of)) for start, _end in periods], _tone(of, place), banded=len(slices) == 1)
        for place, (name, of) in enumerate(zip(names, slices, strict=True))
    )
    meant = [by_place.get((start, ())) for start, _end in periods]
    aims = tuple(None if each is None or "target" not in each.extra else float(each.extra["target"]) for each in meant)
    aimed = any(aim is not None for aim in aims)
    rows = tuple(
        (name, *(_told(by_place.get((start, of)), unit, currency) for of in slices))
        for name, (start, _end) in zip(periods_named, periods, strict=True)
    )
    title = titled(entry.slug)
    table = Table((_("Period"), *(name or title for name in names)), rows)
    if aimed:
        series = (replace(series[0], name=title), Series(_("Target"), aims, "muted", dashed=True))
        told = [figure.told(each.extra["target"], unit, currency) if each and "target" in each.extra else "–"
                for each in meant]  # fmt: skip
        table = Table((*table.columns, _("Target")), tuple((*row, aim) for row, aim in zip(rows, told, strict=True)))
    last = by_place.get((periods[-1][0], next(iter(slices))))
    says = _("%(metric)s from %(first)s to %(last)s; %(value)s at the end.") % {
        "metric": title, "first": periods_named[0], "last": periods_named[-1], "value": _told(last, unit, currency),
    }  # fmt: skip
    scale = figure.scale(unit, currency)
    flags = marks.on((entry.slug,), periods)
    if "kind" in figures[0].slice and unit == "money":
        return Bars(says, table, scale, periods_named, series, flags=flags)
    return Lines(says, table, scale, periods_named, series, from_zero=unit in ("money", "count"), flags=flags)


def spread(values: Sequence[Decimal], currency: str) -> Distribution | None:
    """How an amount is spread over the rows, in classes of 1, 2, 5, 10, 20, ..."""
    amounts = sorted(abs(value) for value in values if value)
    if len(amounts) < 3:
        return None
    ends = [Decimal(step).scaleb(power) for power in range(-1, 10) for step in (1, 2, 5)]
    low, high = bisect.bisect_right(ends, amounts[0]), bisect.bisect_right(ends, amounts[-1])
    ends = ends[max(low - 1, 0) : high + 1]
    counts = [bisect.bisect_left(amounts, above) - bisect.bisect_left(amounts, below)
              for below, above in pairwise(ends)]  # fmt: skip
    written = [(formats.money if below < 1 else formats.money_short)(below, currency) for below in ends[:-1]]
    names = tuple(_("from %(amount)s") % {"amount": each} for each in written)
    table = Table(
        (_("From"), _("Rows")), tuple((name, formats.number(n)) for name, n in zip(names, counts, strict=True))
    )
    says = _("How the amounts of %(count)s rows are spread.") % {"count": formats.number(len(amounts))}
    return Distribution(says, table, Scale(), names, tuple(float(n) for n in counts), _("Rows"))


def _largest(figures: Sequence[Figure]) -> dict[_Slice, Figure]:
    """The slices with the most to show at the end, in the order in which they come, each with a figure of it."""
    end = figures[-1].period_end
    weights = {
        _slice(each): abs(each.denominator or each.value or Decimal(0)) for each in figures if each.period_end == end
    }
    every = {_slice(each): each for each in figures}
    chosen = set(sorted(every, key=lambda of: -weights.get(of, Decimal(0)))[:_MOST])
    return {of: each for of, each in every.items() if of in chosen}


def _slice(each: Figure) -> _Slice:
    return tuple(each.slice.values())


def _named(each: Figure, people: Mapping[str, str]) -> str:
    return " · ".join(figure.named(name, value, people) for name, value in each.slice.items())


def _tone(of: _Slice, place: int) -> Tone:
    """The movements have their colours everywhere; other slices take the colours in turn."""
    return KINDS.get(str(of[0]), _TONES[place]) if of else _TONES[place]


def _series(name: str, figures: Sequence[Figure | None], tone: Tone, *, banded: bool) -> Series:
    values = tuple(None if each is None or each.value is None else float(each.value) for each in figures)
    low = tuple(None if each is None or each.low is None else float(each.low) for each in figures)
    high = tuple(None if each is None or each.high is None else float(each.high) for each in figures)
    banded = banded and any(value is not None for value in low)
    return Series(name, values, tone, low if banded else (), high if banded else ())


def _told(each: Figure | None, unit: str, currency: str) -> str:
    if each is None:
        return "–"
    value, span = figure.told(each.value, unit, currency), figure.interval(each, currency)
    return f"{value} ({span})" if span else value
