"""An effect in words: the verdict, whether it is the play's doing, and all that it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.titles import titled
from tenure.web.effects import drawings, limits
from tenure.web.effects.words import Words, probability
from tenure.web.kit import figure, formats
from tenure.web.kit.charts import Chart

if TYPE_CHECKING:
    from tenure.engine import Entry
    from tenure.engine.verbs.effect import Effect, Group
    from tenure.web.kit.scores import Tone

#: From here on, in standard deviations, a difference between arms is marked.
_APART = 0.25


@dataclass(frozen=True)
class Side:
    """A side of the comparison as text; ``before`` and ``change`` are empty where only what came after is compared."""

    name: str
    accounts: str
    before: str
    value: str
    change: str
    interval: str


@dataclass(frozen=True)
class Trait:
    """What accounts were like before the play, on both sides. ``apart``: they differ enough to look at."""

    name: str
    treated: str
    held_out: str
    difference: str
    apart: bool


@dataclass(frozen=True)
class Told:
    """``change`` with its ``interval`` and ``relative`` size; ``tone``: whether it is good, where it can be told from none.

    ``standing`` is the label, of ``standing_tone``, ``because`` its reason, and ``result`` what the change is called by that.
    ``paired``: values of before stand beside those of after, and ``supposed`` says what else is drawn. ``alike``: whether
    both went alike before the play.
    """

    metric: str
    metric_page: str
    summary: str
    months: str
    verdict: str
    more: str
    change: str
    relative: str
    interval: str
    tone: Tone
    standing: str
    standing_tone: Tone
    because: str
    method: str
    warnings: tuple[str, ...]
    result: str
    paired: bool
    sides: tuple[Side, ...]
    picture: Chart | None
    supposed: str
    steps: Chart | None
    steps_unit: str
    alike: str
    traits: tuple[Trait, ...]
    balance: str
    split: str
    remarks: tuple[str, ...]
    limits: tuple[str, ...]


def told(found: Effect, entry: Entry, currency: str) -> Told:
    """All that is said of an effect."""
    words = Words.of(found, currency)
    standing, standing_tone = _standing(found)
    verdict, more = _verdict(found, words)
    return Told(
        metric=titled(found.metric),
        metric_page=figure.page_of(found.metric),
        summary=figure.summary(entry),
        months=_months(found),
        verdict=verdict,
        more=more,
        change=words.change(found.effect),
        relative=_relative(found),
        interval=words.between((found.low, found.high), change=True),
        tone=_tone(found),
        standing=standing,
        standing_tone=standing_tone,
        because=_sentence(found.because),
        method=_method(found),
        warnings=found.warnings,
        result=_("Difference") if found.standing == "not_causal" else _("Effect"),
        paired=found.method != "hold_out",
        sides=tuple(_side(group, found, words) for group in found.groups),
        picture=drawings.sides(found, words),
        supposed=_supposed(found),
        steps=drawings.steps(found, words),
        steps_unit=words.unit_of_change,
        alike=_alike(found),
        traits=tuple(_traits(found, words)),
        balance=_balance(found),
        split=_split(found),
        remarks=tuple(_remarks(found, words)),
        limits=limits.of(found.method),
    )


def _verdict(found: Effect, words: Words) -> tuple[str, str]:
    """What came out, and what is to be known of it at once."""
    if found.told_from_none is None or found.effect is None:
        return _("Nothing can be told from chance."), _("No interval can be given: too little varies.")
    if not found.told_from_none:
        seen = _("A change of %(size)s or more would have been seen, in 80 of 100 such comparisons.")
        return _("It cannot be told from no effect."), (
            seen % {"size": words.size(found.smallest)} if found.smallest is not None else ""
        )
    if found.standing == "not_causal":
        return _("It differs by more than chance alone gives; whether the play made it so cannot be said."), ""
    way = {"good": _("That is the good way."), "bad": _("That is the bad way.")}.get(_tone(found), "")
    if found.standing == "conditional":
        return _("It changed by more than chance alone gives."), way
    return _("The play changed it, by more than chance alone gives."), way


def _tone(found: Effect) -> Tone:
    """Whether what changed is good. What is not the play's doing is neither."""
    if not found.told_from_none or found.standing == "not_causal" or not found.better or not found.effect:
        return ""
    return "good" if (found.effect > 0) == (found.better == "more") else "bad"


def _standing(found: Effect) -> tuple[str, Tone]:
    named: dict[str, tuple[str, Tone]] = {
        "causal": (_("Causal"), "good" if found.told_from_none else ""),
        "conditional": (_("Causal on a condition"), "warn"),
        "not_causal": (_("Not causal"), "bad"),
    }  # fmt: skip
    return named[found.standing]


def _method(found: Effect) -> str:
    return {
        "hold_out": _(
            "Treated against held out, each by the arm it was assigned to, from the day of the assignment on."
        ),
        "difference_in_differences": _(
            "Treated against accounts on which it was not, or not yet, tried: by how much the gap between them changed "
            "(difference in differences)."
        ),
        "before_after": _("The treated alone, before and after."),
    }[found.method]


def _months(found: Effect) -> str:
    text = (
        ngettext("over the month from each account's own day on", "over the %(count)s months from each account's own day on",
                 found.months)
        if found.method == "hold_out"
        else ngettext("over the month in which it began for each account",
                      "over %(count)s months, the first of them that in which it began for each account", found.months)
    )  # fmt: skip
    return text % {"count": formats.number(found.months)}


def _relative(found: Effect) -> str:
    if found.relative is None or not found.told_from_none or found.standing == "not_causal":
        return ""
    return ("+" if found.relative > 0 else "−") + formats.percent(abs(found.relative), 0)


def _side(group: Group, found: Effect, words: Words) -> Side:
    paired = found.method != "hold_out"
    gap = None if group.value is None or group.before is None else group.value - group.before
    return Side(
        drawings.names()[group.name],
        formats.number(group.accounts),
        words.value(group.before) if paired else "",
        words.value(group.value),
        words.change(gap) if paired else "",
        words.between((group.low, group.high)),
    )


def _supposed(found: Effect) -> str:
    if found.method != "difference_in_differences":
        return ""
    if found.standing == "not_causal":
        return _("Treated, if alike: had they changed as the others did. What lies between is the difference.")
    return _("Treated, if alike: had they changed as the others did. What lies between is the effect.")


def _alike(found: Effect) -> str:
    if found.alike_before is None:
        return ""
    text = (
        _("In the months before, the gap moved by more than chance alone moves it (%(p)s, all together).")
        if found.standing == "not_causal"
        else _("In the months before, the gap moved by no more than chance alone moves it (%(p)s, all together).")
    )
    return text % {"p": probability(found.alike_before)}


def _traits(found: Effect, words: Words) -> Iterator[Trait]:
    for trait in found.balance.traits if found.balance else ():
        one, other = (_mean(trait.name, value, words) for value in (trait.treated, trait.held_out))
        gap = trait.difference
        told = formats.UNKNOWN if gap is None else ("+" if gap > 0 else "−") + formats.number(abs(gap), 2)
        yield Trait(_trait(trait.name, found.metric), one, other, told, gap is not None and abs(gap) >= _APART)


def _trait(name: str, metric: str) -> str:
    named = {
        "months as a customer": _("Months as a customer"), "active users of licensed": _("Active users of licensed"),
        "the metric before": _("%(metric)s before") % {"metric": titled(metric)},
    }  # fmt: skip
    if name.startswith("segment "):
        return _("Segment %(name)s") % {"name": name.removeprefix("segment ")}
    return named.get(name, name)


def _mean(name: str, value: float, words: Words) -> str:
    if isnan(value):
        return formats.UNKNOWN
    if name == "MRR":
        return formats.money(value, words.currency)
    if name == "the metric before":
        return words.value(value)
    return formats.number(value, 1) if name == "months as a customer" else formats.percent(value, 0)


def _balance(found: Effect) -> str:
    if found.balance is None or found.balance.p is None:
        return ""
    text = (
        _("The arms differ by more than chance (%(p)s, all together).")
        if found.balance.suspect
        else _("The arms differ by no more than chance (%(p)s, all together).")
    )
    return text % {"p": probability(found.balance.p)}


def _split(found: Effect) -> str:
    if found.split is None:
        return ""
    share = formats.percent(found.split.share, 0)
    if found.split.planned is None or found.split.p is None:
        return _("%(share)s were treated. The planned share, above, tests the lot against it.") % {"share": share}
    return _("%(share)s were treated, %(planned)s were planned (%(p)s).") % {
        "share": share, "planned": formats.percent(found.split.planned, 0), "p": probability(found.split.p),
    }  # fmt: skip


def _remarks(found: Effect, words: Words) -> Iterator[str]:
    """Who was left out and why, and how values were made."""
    yield from _counted(found)
    for reason, count in (found.left_out or {}).items():
        text = ngettext("%(count)s assigned account is left out: %(reason)s.",
                        "%(count)s assigned accounts are left out: %(reason)s.", count)  # fmt: skip
        yield text % {"count": formats.number(count), "reason": reason}
    if found.cohorts:
        text = ngettext("It began in one month; %(before)s months before are looked at, each against the last of them.",
                        "It began in %(count)s months; %(before)s months before each are looked at, against the last of them.",
                        found.cohorts)  # fmt: skip
        yield text % {"count": formats.number(found.cohorts), "before": formats.number(found.months_before)}
    if words.unit in ("money", "count"):
        yield _("Values are per account.") if found.method == "hold_out" else _("Values are per account and month.")
    if found.plain is not None:
        text = _("The effect is adjusted by what each account had before; the values themselves differ by %(change)s.")
        yield text % {"change": words.change(found.plain)}
    if found.told_from_none is not None:
        yield _("Intervals at 95 %%: %(how)s.") % {"how": found.how}
    yield from found.notes


def _counted(found: Effect) -> Iterator[str]:
    """How many of those who were in the lot the metric counts."""
    if found.method != "hold_out":
        return
    for group in found.groups:
        text = (
            _("The metric counts %(counted)s of %(assigned)s treated whose months are over.")
            if group.name == "treated"
            else _("The metric counts %(counted)s of %(assigned)s held out whose months are over.")
        )
        yield text % {"counted": formats.number(group.accounts), "assigned": formats.number(group.assigned)}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
