"""What is filled in about who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.titles import titled
from tenure.engine.lines.draft import LEADS, NOBODY, Draft
from tenure.engine.lines.line import LEVELS
from tenure.web.kit.once import Once

if TYPE_CHECKING:
    from tenure.core.errors import UsageError
    from tenure.engine.verbs.lines import LinesFound
    from tenure.web.kit.shell import Text
    from tenure.web.lines.words import Teller

#: The company among units, and a level among them.
COMPANY, LEVEL = "company", "level:"
_NOBODY = "nobody"
_EVERY: dict[str, Text] = {
    "head": gettext_lazy("every head's line"), "team": gettext_lazy("every team leader's line"),
    "person": gettext_lazy("everybody's own accounts"),
}  # fmt: skip


class Setting(Once):
    """Who answers for which metrics, of whose accounts, from when on."""

    metrics = forms.MultipleChoiceField(
        label=gettext_lazy("For what"), widget=forms.SelectMultiple(attrs={"size": 9}),
        help_text=gettext_lazy("One metric or several, with Ctrl or ⌘."),
    )  # fmt: skip
    units = forms.MultipleChoiceField(
        label=gettext_lazy("Of whose accounts"), widget=forms.SelectMultiple(attrs={"size": 9}),
        help_text=gettext_lazy("Of one line or several: each gets its own."),
    )  # fmt: skip
    who = forms.ChoiceField(label=gettext_lazy("Who answers"))
    day = forms.DateField(label=gettext_lazy("From which day"), widget=forms.DateInput(attrs={"type": "date"}))
    takes_over = forms.BooleanField(
        label=gettext_lazy("It is taken over from those who answer now, who end on that day"), required=False
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)

    def __init__(self, *given: Any, about: Choices, **more: Any) -> None:
        super().__init__(*given, **more)
        self._about = about
        for name, choices in about.choices().items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def draft(self) -> Draft:
        """What the form says, as the engine takes it."""
        given = self.cleaned_data
        units = [unit for name in given["units"] for unit in self._about.units_of(name)]
        who = NOBODY if given["who"] == _NOBODY else given["who"]
        return Draft(tuple(given["metrics"]), tuple(units), who, given["day"], given["takes_over"], given["reason"])

    def refuse(self, error: UsageError) -> None:
        """Say what the engine refuses, at its field."""
        where = error.where if error.where in self.fields else None
        self.add_error(where, f"{error.message} {error.fix}".strip())


class Choices:
    """What can be chosen in the form, as far as somebody sets who answers."""

    def __init__(self, found: LinesFound, metrics: list[str], teller: Teller) -> None:
        self._found, self._metrics, self._teller = found, metrics, teller

    def choices(self) -> dict[str, list[Any]]:
        """The options of each field."""
        found, teller = self._found, self._teller
        measured = [(slug, titled(slug)) for slug in found.metrics]
        others = sorted(
            ((slug, titled(slug)) for slug in self._metrics if slug not in found.metrics), key=lambda one: one[1]
        )
        units = [(unit.id or COMPANY, teller.unit(unit.id)) for unit in found.units if unit.id in found.settable]
        people = sorted(((one, teller.name(one)) for one in found.people), key=lambda one: one[1])
        return {
            "metrics": [(_("What is measured"), measured), (_("Others"), others)],
            "units": [(_("Several at once"), [(f"{LEVEL}{level}", _EVERY[level]) for level in self._levels()]), (_("One by one"), units)],
            "who": [(LEADS, _("whoever leads each")), *people, (_NOBODY, _("nobody any more"))],
        }  # fmt: skip

    def units_of(self, name: str) -> list[str]:
        """The units that an option stands for."""
        if name.startswith(LEVEL):
            level = name.removeprefix(LEVEL)
            return [unit.id for unit in self._found.units if unit.level == level and unit.id in self._found.settable]
        return ["" if name == COMPANY else name]

    def _levels(self) -> list[str]:
        there = {unit.level for unit in self._found.units if unit.id in self._found.settable}
        return [level for level in LEVELS if level in there and level in _EVERY]
