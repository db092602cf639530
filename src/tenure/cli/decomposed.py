"""Why a figure changed, for a person: what each slice did by itself, what its weight did, and in words where it misleads."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.figures import Frame, slice_text
from tenure.cli.output import paragraph
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean
from tenure.core.titles import titled
from tenure.engine.decompose import Against, Why

if TYPE_CHECKING:
    from tenure.engine.decompose import Decomposition, Slice

_ZERO = Decimal(0)
#: Why there is no split, in a sentence.
WHY = {
    Why.TIMES: "A median is no sum over its slices: its change has no split.",
    Why.PRODUCT: "It is a product of other figures: split theirs (tenure explain names them).",
    Why.KINDS: "It always comes by kind and has no whole that could be split: split mrr, or one kind by --where.",
    Why.HELD: "A check holds it, and so the split too: tenure check",
    Why.HIDDEN: "A slice is hidden to keep its answers anonymous; the split would tell what it hides.",
    Why.UNDEFINED: "It is undefined at one of the two ends: there is no change to split.",
    Why.STEPS: "It is compounded from steps, each divided for itself: its change has no split.",
    Why.APART: "The slices do not add up to the whole (one account counts in several): its change has no split.",
}


def decomposed(found: Decomposition, frame: Frame, style: Style, rows: int) -> list[str]:
    """The change as lines; ``rows``: at most so many slices, those that did most (0: all)."""
    before = frame.period(found.before_start, found.before_end)
    now = frame.period(found.period_start, found.period_end)
    title = f"{titled(found.metric)}, {now} against {before}, by {clean(found.by)}"
    lines = [style.bold(title), ""]
    if found.why:
        return [*lines, *paragraph(WHY[found.why], style)]
    table = _ratio(found, before, now, rows) if found.rate is not None else _total(found, before, now, rows)
    drawn = table.lines(style)
    lines += [*drawn[:-1], drawn[1], style.bold(drawn[-1]), ""]
    for sentence in (_summed(found), *warnings(found)):
        lines += paragraph(sentence, style)
    if found.different is False:
        lines.append("The change itself cannot be told from chance.")
    if found.rate is not None:
        told = "Weight: the share of the denominator. Rate: its own value changed. Mix: its weight did."
        lines += [style.grey(line) for line in paragraph(told, style)]
    return lines


def warnings(found: Decomposition) -> list[str]:
    """What must be said of the change so that nobody is misled; nothing where the slices tell the same as the whole."""
    moved, places = found.shifted, _places(found)
    if found.mix is None or found.change is None or moved is None or not round(found.mix * 100, places):
        return []
    shift = f"{slice_text(moved.slice)} from {_share(moved.weight_before)} to {_share(moved.weight_after)} of the base"
    name = clean(found.by).replace("_", " ")
    if found.against:
        many = "Every" if found.against is Against.EVERY else "Nearly every"
        way, other = ("fell", "rose") if found.change > 0 else ("rose", "fell")
        return [f"{many} {name} {way}, the total {other}: the mix changed ({shift})."]
    if not found.mostly_mix:
        return []
    if found.mix * found.change > 0:
        return [f"More than half of the change is mix ({shift})."]
    return [f"The mix worked against it ({shift}); without that: {_change(found, found.rate)}."]


def _summed(found: Decomposition) -> str:
    change = f"{_value(found, found.before)} to {_value(found, found.after)} is {_change(found, found.change)}"
    if found.rate is None:
        return f"{change}, the sum of the contributions."
    return f"{change}: {_change(found, found.rate)} by the slices' own change, {_change(found, found.mix)} by the mix."


def _ratio(found: Decomposition, before: str, now: str, rows: int) -> Table:
    titles = (before, now, f"weight {before}", f"weight {now}", "rate", "mix", "together")
    table = Table([Column(clean(found.by), flexible=True), *(Column(title, right=True) for title in titles)])
    kept, rest = _kept(found.slices, rows)
    for each in kept:
        cells = [_value(found, each.before), _value(found, each.after), _share(each.weight_before),
                 _share(each.weight_after)]  # fmt: skip
        effects = [_change(found, part) for part in (each.rate, each.mix, each.contribution)]
        table.rows.append([slice_text(each.slice), *cells, *effects])
    if rest:
        weights = [_share(_sum(rest, name)) for name in ("weight_before", "weight_after")]
        effects = [_change(found, _sum(rest, name)) for name in ("rate", "mix", "contribution")]
        table.rows.append([f"… {len(rest):,} more", "", "", *weights, *effects])
    whole = [_value(found, found.before), _value(found, found.after), "", ""]
    table.rows.append(["All", *whole, *(_change(found, part) for part in (found.rate, found.mix, found.change))])
    return table


def _total(found: Decomposition, before: str, now: str, rows: int) -> Table:
    titles = (before, now, "contribution")
    table = Table([Column(clean(found.by), flexible=True), *(Column(title, right=True) for title in titles)])
    kept, rest = _kept(found.slices, rows)
    for each in kept:
        ends = [_value(found, each.before), _value(found, each.after)]
        table.rows.append([slice_text(each.slice), *ends, _change(found, each.contribution)])
    if rest:
        table.rows.append([f"… {len(rest):,} more", "", "", _change(found, _sum(rest, "contribution"))])
    table.rows.append(["All", _value(found, found.before), _value(found, found.after), _change(found, found.change)])
    return table


def _kept(slices: Sequence[Slice], rows: int) -> tuple[list[Slice], list[Slice]]:
    """The slices that did most, in their order, and the others."""
    most = sorted(slices, key=lambda each: -abs(each.contribution))[: rows or len(slices)]
    return [each for each in slices if each in most], [each for each in slices if each not in most]


def _sum(slices: Sequence[Slice], name: str) -> Decimal:
    return sum((getattr(each, name) or _ZERO for each in slices), _ZERO)


def _places(found: Decomposition) -> int:
    """One more than its values have: parts of a change are small. Sums have none more."""
    places = numbers.places_for(found.unit, [found.before, found.after])
    return places + 1 if found.rate is not None and found.unit != "money" else places


def _value(found: Decomposition, value: Decimal | None) -> str:
    return numbers.figure(value, found.unit, numbers.places_for(found.unit, [found.before, found.after]))


def _change(found: Decomposition, change: Decimal | None) -> str:
    return numbers.NOTHING if change is None else numbers.change(change, found.unit, _places(found))


def _share(weight: Decimal | None) -> str:
    return numbers.NOTHING if weight is None else f"{numbers.plain(weight * 100, 1)} %"
