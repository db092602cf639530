"""Why a figure changed, by its slices: their own change and their weight's, drawn, as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.engine.decompose import Against, Decomposition, Slice, Why
from tenure.web.kit import figure, formats
from tenure.web.kit.charts import Bars, Scale, Series, Table

#: So many slices are drawn: those that did most.
_MOST = 10
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Decomposed:
    """The change of a figure. ``warns``: what would mislead; ``says``: how it adds up, or why it has no split.

    ``misleads``: the slices moved against the whole. ``in_points``: it is drawn in percentage points.
    """

    period: str
    in_points: bool
    misleads: bool
    warns: tuple[str, ...]
    says: str
    chart: Bars | None


def decomposed(found: Decomposition, currency: str, people: Mapping[str, str]) -> Decomposed:
    """The change, as a page shows it. ``people``: names by id."""
    now = figure.period(found.period_start, found.period_end)
    before = figure.period(found.before_start, found.before_end)
    period = _("%(now)s against %(before)s") % {"now": now, "before": before}
    if found.change is None:
        return Decomposed(period, False, False, (), _why(found.why), None)
    says = _summed(found, currency)
    warns = _warnings(found, people)
    if found.different is False:
        says = f"{says} {_('The change itself cannot be told from chance.')}"
    drawn = _drawn(found, " ".join((*warns, says)), (before, now), currency, people)
    return Decomposed(period, found.unit == "share", bool(found.against), warns, says, drawn)


def _why(why: Why) -> str:
    return {
        Why.TIMES: _("A median is no sum over its slices: its change has no split."),
        Why.PRODUCT: _("It is a product of other figures, which have the split."),
        Why.KINDS: _("It always comes by kind and has no whole that could be split."),
        Why.HELD: _("A check holds it, and so the split too."),
        Why.HIDDEN: _("A slice is hidden to keep its answers anonymous; the split would tell what it hides."),
        Why.UNDEFINED: _("It is undefined at one of the two ends: there is no change to split."),
        Why.STEPS: _("It is compounded from steps, each divided for itself: its change has no split."),
        Why.APART: _("The slices do not add up to the whole: its change has no split."),
    }[why]


def _warnings(found: Decomposition, people: Mapping[str, str]) -> tuple[str, ...]:
    """What must be said so that nobody is misled; nothing where the slices tell the same as the whole."""
    moved = found.shifted
    if moved is None or found.mix is None or found.change is None or not _shows(found.mix, found.unit):
        return ()
    said = {
        "slice": figure.named(found.by, moved.slice, people), "by": titled(found.by),
        "from": formats.percent(moved.weight_before), "to": formats.percent(moved.weight_after),
    }  # fmt: skip
    rose = found.change < 0
    match found.against:
        case Against.EVERY:
            told = _("%(by)s: all rose, the total fell.") if rose else _("%(by)s: all fell, the total rose.")
        case Against.NEARLY:
            told = (
                _("%(by)s: nearly all rose, the total fell.") if rose else _("%(by)s: nearly all fell, the total rose.")
            )
        case _:
            if not found.mostly_mix:
                return ()
            told = (_("More than half of the change is mix.") if found.mix * found.change > 0
                    else _("The mix worked against the change."))  # fmt: skip
    shift = _("The mix changed: %(slice)s went from %(from)s to %(to)s of the base.")
    return (told % said, shift % said)


def _shows(by: Decimal, unit: str) -> bool:
    return bool(round(by * 100, 1) if unit == "share" else round(by, 2))


def _summed(found: Decomposition, currency: str) -> str:
    ends = [figure.told(end, found.unit, currency) for end in (found.before, found.after)]
    parts = [figure.moved(part or _ZERO, found.unit, currency) for part in (found.change, found.rate, found.mix)]
    said = dict(zip(("before", "after", "change", "rate", "mix"), (*ends, *parts), strict=True))
    if found.rate is None:
        return _("%(before)s to %(after)s is %(change)s, to which the slices add up.") % said
    return _("%(before)s to %(after)s is %(change)s: %(rate)s by the slices' own change (rate), %(mix)s by their weights "
             "(mix).") % said  # fmt: skip


def _drawn(found: Decomposition, says: str, periods: tuple[str, str], currency: str, people: Mapping[str, str]) -> Bars:
    most = sorted(found.slices, key=lambda each: -abs(each.contribution))[:_MOST]
    kept = [each for each in found.slices if each in most]
    rest = [each for each in found.slices if each not in most]
    names = tuple(figure.named(found.by, each.slice, people) for each in kept) + ((_("Others"),) if rest else ())
    factor = 100 if found.unit == "share" else 1

    def series(name: str, attribute: str) -> Series:
        values = [getattr(each, attribute) for each in kept]
        values += [_sum(rest, attribute)] if rest else []
        return Series(
            name, tuple(float(value * factor) for value in values), "sixth" if attribute == "mix" else "fifth"
        )

    drawn = ((series(_("Own change (rate)"), "rate"), series(_("Weight (mix)"), "mix")) if found.rate is not None
             else (series(_("Contribution"), "contribution"),))  # fmt: skip
    scale = Scale("number", 1) if found.unit == "share" else figure.scale(found.unit, currency)
    return Bars(says, _table(found, periods, currency, people), scale, names, drawn)


def _table(found: Decomposition, periods: tuple[str, str], currency: str, people: Mapping[str, str]) -> Table:
    """Every slice, and all together."""
    by = titled(found.by)
    rows = []
    for each in found.slices:
        ends = [figure.told(end, found.unit, currency) for end in (each.before, each.after)]
        rows.append((figure.named(found.by, each.slice, people), *ends, *_effects(found, each, currency)))
    ends = [figure.told(end, found.unit, currency) for end in (found.before, found.after)]
    told = [found.change] if found.rate is None else [found.rate, found.mix, found.change]
    weights = () if found.rate is None else ("", "")
    changes = [figure.moved(part or _ZERO, found.unit, currency) for part in told]
    rows.append((_("All"), *ends, *weights, *changes))
    if found.rate is None:
        return Table((by, *periods, _("Contribution")), tuple(rows))
    weighed = tuple(_("Weight %(period)s") % {"period": period} for period in periods)
    return Table((by, *periods, *weighed, _("Rate"), _("Mix"), _("Together")), tuple(rows))


def _effects(found: Decomposition, each: Slice, currency: str) -> list[str]:
    parts = [each.contribution] if each.rate is None else [each.rate, each.mix, each.contribution]
    weights = [] if each.rate is None else [formats.percent(each.weight_before), formats.percent(each.weight_after)]
    return [*weights, *(figure.moved(part or _ZERO, found.unit, currency) for part in parts)]


def _sum(slices: Sequence[Slice], name: str) -> Decimal:
    return sum((getattr(each, name) or _ZERO for each in slices), _ZERO)
