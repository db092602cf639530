"""What is filled in about objectives."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.core.period import Grain, period_at
from tenure.core.titles import titled
from tenure.engine.objectives.draft import Draft
from tenure.engine.objectives.measured import window_of
from tenure.web.kit import aims, figure
from tenure.web.kit.once import Once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tenure.engine import Entry
    from tenure.engine.objectives.told import Objective

_DAY = {"type": "date"}
_HUNDRED = Decimal(100)
#: How sure somebody may be.
CONFIDENCE = (
    ("0.9", gettext_lazy("almost sure (90 %)")), ("0.7", gettext_lazy("likely (70 %)")), ("0.5", gettext_lazy("even (50 %)")),
    ("0.3", gettext_lazy("unlikely (30 %)")), ("0.1", gettext_lazy("hardly (10 %)")),
)  # fmt: skip


class Setting(Once):
    """An objective: goal, measure, target, window, and who answers for it."""

    name = forms.CharField(
        label=gettext_lazy("Goal"), max_length=200,
        help_text=gettext_lazy("What is to be reached, in words that everybody understands."),
    )  # fmt: skip
    level = forms.ChoiceField(label=gettext_lazy("Whose"))
    csm_id = forms.ChoiceField(label=gettext_lazy("Who answers for it"))
    team = forms.ChoiceField(label=gettext_lazy("Which team"), required=False)
    period = forms.ChoiceField(label=gettext_lazy("Window"))
    metric = forms.ChoiceField(label=gettext_lazy("Measured by"), required=False)
    slice = forms.CharField(
        label=gettext_lazy("Of which accounts"), max_length=300, required=False,
        help_text=gettext_lazy("segment=SMB, say; several separated by commas. Whose accounts count is added. variant=NAME and window=3m name what is not usual."),
    )  # fmt: skip
    target = forms.DecimalField(
        label=gettext_lazy("Target"), required=False, max_digits=24, decimal_places=6,
        help_text=gettext_lazy("In the measure's unit: shares in per cent, support times in minutes, money in the reporting currency."),
    )  # fmt: skip
    direction = forms.ChoiceField(
        label=gettext_lazy("Good is"), required=False,
        choices=(("", gettext_lazy("as the measure says")), ("at_least", gettext_lazy("at least that")), ("at_most", gettext_lazy("at most that"))),
    )  # fmt: skip
    serves = forms.ChoiceField(label=gettext_lazy("Which objective does it serve?"), required=False)
    ramp_start = forms.DateField(
        label=gettext_lazy("Ramp begins"), required=False, widget=forms.DateInput(attrs=_DAY),
        help_text=gettext_lazy("For somebody new: at first only a share of the target is expected."),
    )  # fmt: skip
    ramp_end = forms.DateField(
        label=gettext_lazy("All of it is expected from"), required=False, widget=forms.DateInput(attrs=_DAY)
    )
    ramp_share = forms.DecimalField(
        label=gettext_lazy("Share at the beginning, in per cent"), required=False, max_digits=5, decimal_places=2
    )
    reason = forms.CharField(label=gettext_lazy("Why it is changed"), max_length=300, required=False)

    def __init__(self, *given: Any, about: Choices, **more: Any) -> None:
        super().__init__(*given, **more)
        self._about = about
        for name, choices in about.choices().items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if about.known is None:
            del self.fields["reason"]
        else:
            for name in ("level", "team", "metric", "slice", *(("csm_id",) if about.known.level == "person" else ())):
                self.fields[name].disabled = True

    def draft(self) -> Draft:
        """What the form says, as the engine takes it."""
        given, known = self.cleaned_data, self._about.known
        ramp, target = given["ramp_share"], given["target"]
        if target is not None and self._about.is_share(given["metric"]):
            target = target / _HUNDRED
        return Draft(
            given["level"], given["csm_id"], given["name"], given["period"], given["team"] if given["level"] == "team" else "",
            given["metric"], given["slice"], target, given["direction"] or None, given["serves"], given["ramp_start"],
            given["ramp_end"], None if ramp is None else ramp / _HUNDRED, known.id if known else "", given.get("reason", ""),
        )  # fmt: skip

    def refuse(self, error: UsageError) -> None:
        """Say what the engine refuses, at its field."""
        where = error.where if error.where in self.fields else None
        self.add_error(where, f"{error.message} {error.fix}".strip())


class Choices:
    """What can be chosen in the form, for one who may set objectives of ``people`` and ``teams``."""

    def __init__(
        self, people: Sequence[tuple[str, str]], teams: Sequence[str], served: Sequence[Objective],
        metrics: Mapping[str, Entry], today: date, year_start: int, *, company: bool, known: Objective | None = None,
    ) -> None:  # fmt: skip
        self.people, self.teams, self.served, self.metrics = people, teams, served, metrics
        self.today, self.year_start, self.company, self.known = today, year_start, company, known

    def choices(self) -> dict[str, list[Any]]:
        """The options of each field."""
        levels = [(name, word) for name, word in aims.LEVELS.items() if self._may(name)]
        metrics = sorted((titled(slug), slug) for slug in self.metrics)
        served = [(one.id, f"{one.name} ({aims.window(one)})") for one in self.served]
        return {
            "level": levels, "csm_id": list(self.people), "team": [("", _("none")), *((one, one) for one in self.teams)],
            "period": self._periods(), "metric": [("", _("nothing: it is a milestone")), *((slug, name) for name, slug in metrics)],
            "serves": [("", _("none")), *served],
        }  # fmt: skip

    def is_share(self, metric: str) -> bool:
        """Whether values of a metric are shares, which are written in per cent."""
        entry = self.metrics.get(metric)
        return entry is not None and entry.unit == "share"

    def _may(self, level: str) -> bool:
        return {"company": self.company, "team": bool(self.teams), "person": bool(self.people)}[level]

    def _periods(self) -> list[tuple[str, str]]:
        found = []
        for grain, count in ((Grain.QUARTER, 3), (Grain.MONTH, 4), (Grain.HALF, 2), (Grain.YEAR, 2)):
            period = period_at(grain, self.today, self.year_start)
            for _turn in range(count):
                found.append((period.label, figure.period(period.start, period.end)))
                period = period_at(grain, period.end, self.year_start)
        if self.known is not None:
            found = [*self._own(), *(each for each in found if each[0] not in dict(self._own()))]
        return found

    def _own(self) -> list[tuple[str, str]]:
        assert self.known is not None
        label = period_label(self.known, self.year_start)
        return [(label, aims.window(self.known))] if label else []


def period_label(one: Objective, year_start: int) -> str:
    """An objective's window as a period is written; empty for one that is none."""
    try:
        return window_of(one, year_start).label
    except UsageError:
        return ""


def initial(one: Objective, metrics: Mapping[str, Entry], year_start: int) -> dict[str, Any]:
    """What a form about a known objective begins with."""
    entry = metrics.get(one.metric)
    target = one.target
    if target is not None:
        target = (target * _HUNDRED if entry is not None and entry.unit == "share" else target).normalize()
    ramp = one.ramp
    return {
        "name": one.name, "level": one.level, "csm_id": one.csm_id, "team": one.team, "metric": one.metric,
        "slice": one.slice, "target": None if target is None else format(target, "f"), "direction": one.direction if one.metric else "",
        "serves": one.serves, "period": period_label(one, year_start), "ramp_start": ramp.start if ramp else None,
        "ramp_end": ramp.end if ramp else None, "ramp_share": ramp.share * _HUNDRED if ramp else None,
    }  # fmt: skip


class Said(Once):
    """A check-in."""

    confidence = forms.ChoiceField(
        label=gettext_lazy("How sure are you that it will be reached?"), choices=CONFIDENCE, initial="0.5"
    )
    text = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )


class Settled(Once):
    """A milestone is done, or an objective is given up."""

    day = forms.DateField(label=gettext_lazy("Done on"), required=False, widget=forms.DateInput(attrs=_DAY))
    reason = forms.CharField(label=gettext_lazy("Why it is given up"), required=False, max_length=300)


class Weights(Once):
    """The parts of the objectives of one owner in one window, in per cent."""

    def __init__(self, *given: Any, of: Sequence[Objective], **more: Any) -> None:
        super().__init__(*given, **more)
        for number, one in enumerate(of):
            self.fields[f"weight-{number}"] = forms.DecimalField(
                label=one.name, min_value=Decimal("0.01"), max_value=_HUNDRED, max_digits=5, decimal_places=2,
                initial=None if one.weight is None else format((one.weight * _HUNDRED).normalize(), "f"),
            )  # fmt: skip
        self.fields["reason"] = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)
        self._of = of

    def weights(self) -> dict[str, Decimal]:
        """The parts by objective, as shares."""
        return {one.id: self.cleaned_data[f"weight-{number}"] / _HUNDRED for number, one in enumerate(self._of)}
