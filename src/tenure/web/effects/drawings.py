"""The charts of an effect: what became of each side, and how the gap between them moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.kit.charts import Chart, Estimates, Lines, Series, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.engine.verbs.effect import Effect, Group, Step
    from tenure.web.effects.words import Words
    from tenure.web.kit.charts import Tone

_TONES: dict[str, Tone] = {"treated": "new", "held_out": "fifth", "others": "fifth"}


def names() -> Mapping[str, str]:
    """What the sides are called."""
    return {"treated": _("Treated"), "held_out": _("Held out"), "others": _("Others")}


def sides(found: Effect, words: Words) -> Chart | None:
    """The value of each side: with its interval, or before and after. None where there is nothing to draw."""
    if any(group.value is None for group in found.groups):
        return None
    return _arms(found, words) if found.method == "hold_out" else _before_and_after(found, words)


def _arms(found: Effect, words: Words) -> Estimates:
    called = [names()[group.name] for group in found.groups]
    told = [(words.value(group.value), words.between((group.low, group.high))) for group in found.groups]
    says = "; ".join(
        f"{name}: {value}" + (f" ({ends})" if ends else "") for name, (value, ends) in zip(called, told, strict=True)
    )
    table = Table(
        ("", _("Value"), _("95 % interval")), tuple((name, *two) for name, two in zip(called, told, strict=True))
    )

    def only(value: float | None, at: int) -> tuple[float | None, ...]:
        return tuple(value if place == at else None for place in range(len(called)))

    series = tuple(
        Series(name, only(group.value, at), _TONES[group.name], only(group.low, at), only(group.high, at))
        for at, (name, group) in enumerate(zip(called, found.groups, strict=True))
    )
    return Estimates(says, table, words.scale, tuple(called), series, across=True)


def _before_and_after(found: Effect, words: Words) -> Lines:
    called = [names()[group.name] for group in found.groups]
    series = [
        Series(name, (group.before, group.value), _TONES[group.name])
        for name, group in zip(called, found.groups, strict=True)
    ]
    rows = [
        (name, words.value(group.before), words.value(group.value))
        for name, group in zip(called, found.groups, strict=True)
    ]
    treated: Group = found.groups[0]
    if found.method == "difference_in_differences" and treated.value is not None and found.effect is not None:
        alike, name = treated.value - found.effect, _("Treated, if alike")
        series.append(Series(name, (treated.before, alike), "muted", dashed=True))
        rows.append((name, words.value(treated.before), words.value(alike)))
    told = _("%(name)s: %(before)s before, %(after)s after")
    says = "; ".join(told % {"name": name, "before": before, "after": after} for name, before, after in rows)
    table = Table(("", _("Before"), _("After")), tuple(rows))
    return Lines(says, table, words.scale, (_("Before"), _("After")), tuple(series))


def steps(found: Effect, words: Words) -> Estimates | None:
    """By how much the gap between treated and others moved, month by month: None where the months were not compared."""
    if not found.steps:
        return None
    months = [f"{step.month}".replace("-", "−") for step in found.steps]
    rows = tuple(
        (name, words.change(step.effect), words.between((step.low, step.high), change=True))
        for name, step in zip(months, found.steps, strict=True)
    )

    series = (
        _part(_("Before"), "muted", [step if step.month < 0 else None for step in found.steps], words),
        _part(_("From the play on"), "new", [step if step.month >= 0 else None for step in found.steps], words),
    )
    first, last = found.steps[0].month, found.steps[-1]
    says = _("How the gap between treated and others moved from month %(first)s to month %(last)s; %(change)s at the end.") % {
        "first": f"{first}".replace("-", "−"), "last": last.month, "change": words.change(last.effect),
    }  # fmt: skip
    table = Table((_("Month"), _("Gap moved by"), _("95 % interval")), rows)
    return Estimates(
        says, table, words.scale_of_change, tuple(months), series, level=0.0, began=-first,
        category_name=_("Months from the one in which the play began"),
    )  # fmt: skip


def _part(name: str, tone: Tone, steps: Sequence[Step | None], words: Words) -> Series:
    return Series(
        name,
        tuple(words.drawn(step.effect) if step else None for step in steps),
        tone,
        tuple(words.drawn(step.low) if step else None for step in steps),
        tuple(words.drawn(step.high) if step else None for step in steps),
    )
