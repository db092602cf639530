"""What people fill in about when something runs."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.post import words
from tenure.web.post.models import Every, Schedule
from tenure.web.post.times import Rule

NEVER = "never"


class When(forms.Form):
    """How often, on which day and at what time of the organisation's clocks; ``never`` where that is one of the answers."""

    every = forms.ChoiceField(label=_("How often"), choices=Every.choices)
    day = forms.IntegerField(label=_("On day"), min_value=1, max_value=31, initial=1, widget=forms.Select)
    at = forms.TimeField(label=_("At"), initial=time(8), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *data: Any, may_never: bool = False, **more: Any) -> None:
        super().__init__(*data, **more)
        if may_never:
            every = self.fields["every"]
            assert isinstance(every, forms.ChoiceField)
            every.choices = [(NEVER, _("Never")), *Every.choices]
        weekdays = [(number, words.weekday(number)) for number in range(1, 8)]
        self.fields["day"].widget.choices = [
            (_("Of a week"), weekdays),
            (_("Of a month"), [(number, str(number)) for number in range(1, 32)]),
        ]
        self.fields["day"].help_text = _("Of a week or a month; it does not matter for what runs every day.")

    def clean(self) -> dict[str, Any]:
        """A day of a week is one of seven."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("every") == Every.WEEK and given.get("day", 1) > 7:
            self.add_error("day", _("A week has seven days: choose one of them."))
        return given

    def rule(self) -> Rule | None:
        """The rule; None for never."""
        given = self.cleaned_data
        return None if given["every"] == NEVER else Rule(Every(given["every"]), given["at"], given["day"])


def initial_of(schedule: Schedule | None) -> dict[str, Any]:
    """What the form shows of a schedule that there is; of none, never."""
    if schedule is None:
        return {"every": NEVER}
    return {"every": schedule.every, "day": schedule.day, "at": schedule.at}
