"""Scorecards in words: what a line, a hint or what became of an account is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.titles import titled
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.engine.scorecards.hints import Hint
    from tenure.engine.scorecards.lines import Expected, Line
    from tenure.web.kit.scores import Tone
    from tenure.web.kit.shell import Text

BECAME: dict[str, Text] = {
    "kept": gettext_lazy("kept"), "grew": gettext_lazy("grew"), "shrank": gettext_lazy("shrank"), "left": gettext_lazy("left"),
    "unknown": gettext_lazy("not known"),
}  # fmt: skip
TONES: dict[str, Tone] = {"grew": "good", "shrank": "warn", "left": "bad"}
KINDS: dict[str, Text] = {
    "expansion": gettext_lazy("expansion"), "contraction": gettext_lazy("contraction"), "churn": gettext_lazy("churn"),
    "reactivation": gettext_lazy("reactivation"),
}  # fmt: skip
APART: dict[str, Text] = {
    "small_team": gettext_lazy("What the team came to is not shown: so few share it that one could be told from it."),
    "no_team": gettext_lazy("No team is known at the close of this window."),
}  # fmt: skip
#: Variants in words; of another one its name. Of account-months each group of lines tells.
_VARIANTS: dict[str, Text] = {
    "csm": gettext_lazy("inquiries to the CSM"), "per_item": gettext_lazy("item by item"), "owner_months": "",
    "all": gettext_lazy("any contact logged"), "champion": gettext_lazy("a champion known"), "pulse": gettext_lazy("judged in time"),
    "forecast": gettext_lazy("renewals judged"), "plan": gettext_lazy("nothing of the plan overdue"),
    "attributes": gettext_lazy("segment, tier, industry and region told"),
}  # fmt: skip


def measure(line: Line) -> str:
    """What a line is called."""
    return " · ".join(filter(None, (titled(line.metric), *(variant(one) for one in line.variant))))


def variant(name: str) -> str:
    """A variant in words."""
    return str(_VARIANTS.get(name, titled(name)))


def remark(one: Expected) -> str:
    """What an expectation tells of the result."""
    if one.few:
        return _("too little is expected to say")
    if one.remark.startswith("better"):
        return _("better than expected, more than chance makes of it")
    if one.remark.startswith("worse"):
        return _("worse than expected, more than chance makes of it")
    return _("cannot be told from what was expected")


def hint(one: Hint) -> tuple[str, str]:
    """What can be told, and what to look at next."""
    given = {"name": measure(one.line)}
    if one.weak is not None:
        given |= {"where": titled(one.weak.dimension), "value": one.weak.value}
    if one.aim is not None:
        given["aim"] = one.aim.name
    said, then = _SAID[one.kind]
    return str(said) % given, str(then)


_SAID: dict[str, tuple[Text, Text]] = {
    "worse_than_expected": (
        gettext_lazy("%(name)s: worse than was to be expected of these accounts."),
        gettext_lazy("Go through the accounts behind it: what did those that did badly have in common?"),
    ),
    "missed": (
        gettext_lazy("%(name)s: the target of “%(aim)s” is missed by more than chance."),
        gettext_lazy("Was the target within reach? What stood in the way?"),
    ),
    "weak_in": (
        gettext_lazy("%(name)s is weaker in %(where)s %(value)s than in all these accounts together."),
        gettext_lazy("Is it meant so? If not, these accounts come first."),
    ),
    "worse_than_before": (
        gettext_lazy("%(name)s: worse than in the window before, by more than chance."),
        gettext_lazy("What changed: the book, the product, the way of working?"),
    ),
    "better_than_expected": (
        gettext_lazy("%(name)s: better than was to be expected of these accounts."),
        gettext_lazy("What of it can others learn?"),
    ),
    "reached": (gettext_lazy("%(name)s: the target of “%(aim)s” is reached, by more than chance."), ""),
    "better_than_before": (
        gettext_lazy("%(name)s: better than in the window before, by more than chance."),
        gettext_lazy("What helped?"),
    ),
}  # fmt: skip


def share(value: float | None) -> str:
    """A probability, never as certain."""
    if value is None:
        return formats.UNKNOWN
    return formats.percent(min(max(value, 0.01), 0.99), 0)
