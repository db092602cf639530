"""What is said of objectives, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.titles import titled
from tenure.web.kit import figure, formats
from tenure.web.kit.scores import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Entry
    from tenure.engine.objectives.measured import Measured
    from tenure.engine.objectives.standing import Standing, Status
    from tenure.engine.objectives.told import Objective
    from tenure.web.kit.shell import Text

LEVELS: dict[str, Text] = {
    "company": gettext_lazy("Company"),
    "team": gettext_lazy("Team"),
    "person": gettext_lazy("Person"),
}
_STATUS: dict[str, tuple[Tone, Text]] = {
    "reached": ("good", gettext_lazy("reached")),
    "on_track": ("good", gettext_lazy("on track")),
    "in_doubt": ("warn", gettext_lazy("in doubt")),
    "off_track": ("bad", gettext_lazy("off track")),
    "missed": ("bad", gettext_lazy("missed")),
    "not_measurable": ("", gettext_lazy("not yet measurable")),
}
_HOW: dict[str, Text] = {
    "final": gettext_lazy("The window is over: this is what came of it, as is known now."),
    "run_rate": gettext_lazy(
        "What is there, and for the days that are left as much as the stretches before brought on average. The interval says "
        "how far such stretches vary."
    ),
    "trend": gettext_lazy(
        "Where it stands, changed as much as the stretches before changed it on average. The interval says how far such changes vary."
    ),
    "so_far": gettext_lazy(
        "As if the days that are left went as those so far: the value so far, and its 95 % interval."
    ),
}
_WHY_NOT: dict[str, Text] = {
    "not_begun": gettext_lazy("Its window has not begun."),
    "no_value": gettext_lazy("Nothing has happened yet that it could be measured by."),
    "no_interval": gettext_lazy(
        "Its value has no interval, or rests on too few to have one: nothing is said of how it will end."
    ),
    "too_short": gettext_lazy("Too little is known of the time before to say how it will end: it takes six stretches."),
    "milestone": gettext_lazy("A milestone is done or not: nothing is forecast of it."),
}
_MEANS: dict[str, Text] = {
    "reached": gettext_lazy("The target is reached."),
    "on_track": gettext_lazy("All of the interval reaches the target."),
    "in_doubt": gettext_lazy("The target lies inside the interval: it may be reached or missed."),
    "off_track": gettext_lazy("All of the interval misses the target."),
    "missed": gettext_lazy("The target was missed."),
    "not_measurable": gettext_lazy("Nothing is said of it yet."),
}
CHANGED: dict[str, Text] = {
    "target": gettext_lazy("target"), "direction": gettext_lazy("direction"), "period_start": gettext_lazy("opens"),
    "period_end": gettext_lazy("closes"), "ramp_start": gettext_lazy("ramp begins"), "ramp_end": gettext_lazy("ramp ends"),
    "ramp_share": gettext_lazy("ramp begins at"), "dropped_at": gettext_lazy("given up"), "name": gettext_lazy("goal"),
    "csm_id": gettext_lazy("who answers for it"), "serves": gettext_lazy("serves"), "weight": gettext_lazy("weight"),
    "done_at": gettext_lazy("done"),
}  # fmt: skip


@dataclass(frozen=True)
class Pill:
    """A word in its colour."""

    tone: Tone
    word: Text


def status(one: Standing) -> Pill:
    """How it stands, in a word."""
    if one.objective.dropped_at:
        return Pill("", _("given up"))
    if one.phase == "ahead":
        return Pill("", _("to come"))
    if one.why_not == "milestone" and one.status == "not_measurable":
        return Pill("", _("open"))
    if one.why_not == "milestone" and one.status == "reached":
        return Pill("good", _("done"))
    return pill(one.status)


def pill(status: Status) -> Pill:
    """A status in a word."""
    return Pill(*_STATUS[status])


def meaning(one: Standing) -> str:
    """The same in a sentence, and why nothing is said where nothing is."""
    if one.told:
        return one.told
    if one.why_not:
        return str(_WHY_NOT[one.why_not])
    return str(_MEANS[one.status])


def how(one: Standing) -> str:
    """How the forecast was made."""
    return str(_HOW[one.forecast.how]) if one.forecast else ""


@dataclass(frozen=True)
class Teller:
    """Tells values of one workspace: its currency, the catalogue, the names of people."""

    currency: str
    metrics: Mapping[str, Entry]
    people: Mapping[str, str]

    def unit(self, one: Objective) -> str:
        """The unit of its metric; empty where there is none."""
        entry = self.metrics.get(one.metric)
        return entry.unit if entry else ""

    def value(self, one: Objective, value: Decimal | None) -> str:
        """A value in the unit of its metric."""
        return figure.told(value, self.unit(one), self.currency) if value is not None else formats.UNKNOWN

    def interval(self, one: Objective, low: Decimal | None, high: Decimal | None) -> str:
        """An interval; empty where there is none."""
        if low is None and high is None:
            return ""
        return " – ".join("…" if end is None else self.value(one, end) for end in (low, high))

    def target(self, one: Objective, value: Decimal | None = None) -> str:
        """``at least 90.0%``; of a milestone that it is to be done."""
        if not one.metric:
            return _("done")
        told = self.value(one, one.target if value is None else value)
        return (_("at least %(value)s") if one.direction == "at_least" else _("at most %(value)s")) % {"value": told}

    def measure(self, one: Objective) -> str:
        """The metric's name, and of what it is beside whose; of a milestone that it is one."""
        if not one.metric:
            return _("milestone")
        own = {f"owner={one.csm_id}", f"agent={one.csm_id}", f"team={one.team}"}
        more = [each.partition("=")[2] for each in one.slice.split(",") if each and each not in own]
        return ", ".join([titled(one.metric), *(each.replace("_", " ") for each in more)])

    def whose(self, one: Objective) -> str:
        """The company, the team or the person."""
        if one.level == "company":
            return _("Company")
        return one.team if one.level == "team" else self.person(one.csm_id)

    def person(self, csm_id: str) -> str:
        """Somebody's name."""
        return self.people.get(csm_id, csm_id)

    def changed(self, one: Objective, what: str, told: str) -> str:
        """A value that was changed, as it is read."""
        if not told:
            return formats.UNKNOWN
        if what == "target":
            return self.value(one, Decimal(told))
        if what in ("weight", "ramp_share"):
            return formats.percent(Decimal(told), 0)
        return self.person(told) if what == "csm_id" else told


def window(one: Objective) -> str:
    """The window as a period."""
    return figure.period(one.opens, one.closes)


def attainable(found: Measured) -> str:
    """``The target would have been reached in 3 of the last 8 windows (95 % interval 14% – 69%).``"""
    past = found.past
    if not past.of or past.low is None or past.high is None:
        return _("Of the windows before nothing is known: nobody can say whether this can be reached.")
    return ngettext(
        "This target would have been reached in %(reached)s of the one window that was measured: %(share)s, with a 95 %% interval of %(low)s – %(high)s.",
        "This target would have been reached in %(reached)s of the last %(of)s windows that were measured: %(share)s, with a 95 %% interval of %(low)s – %(high)s.",
        past.of,
    ) % {
        "reached": formats.number(past.reached), "of": formats.number(past.of),
        "share": formats.percent(past.reached / past.of, 0), "low": formats.percent(past.low, 0),
        "high": formats.percent(past.high, 0),
    }  # fmt: skip
