"""What is chosen and written of a business review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.decks.asked import LONGEST, OWN, SECTIONS, USUAL, quarters
from tenure.web.kit import formats
from tenure.web.kit.once import Once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tenure.core.config import Settings

_DAY = {"type": "date"}
_MOST_QUOTED = 200
#: Nothing is known of earlier years, and the calendar begins with one.
_FIRST_YEAR = 1990


class Quoted(forms.MultipleChoiceField):
    """Answers whose words are shown. Those of another period, which was chosen before, do no harm: they are not found."""

    def valid_value(self, value: Any) -> bool:
        """Any id will do."""
        return len(str(value)) <= 300


class Review(Once):
    """The form. ``answers``: by id, those whose words can be shown."""

    over = forms.ChoiceField(label=gettext_lazy("Period"))
    start = forms.DateField(
        label=gettext_lazy("From, of days of your own"), required=False, widget=forms.DateInput(attrs=_DAY)
    )
    last = forms.DateField(label=gettext_lazy("To, the last day"), required=False, widget=forms.DateInput(attrs=_DAY))
    presenter = forms.CharField(label=gettext_lazy("Presented by"), max_length=200, required=False)
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Slides"), choices=list(SECTIONS.items()), required=False, widget=forms.CheckboxSelectMultiple,
        template_name="kit/checks.html",  # type: ignore[call-arg]  # since Django 5.0; the stubs lack it
    )  # fmt: skip
    amounts = forms.BooleanField(label=gettext_lazy("Show amounts of the contract"), required=False)
    summary = forms.CharField(
        label=gettext_lazy("Summary"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("A line is a point of the slide."),
    )  # fmt: skip
    steps = forms.CharField(
        label=gettext_lazy("Next steps"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("A line is a point. The open steps of the success plan stand below them."),
    )  # fmt: skip
    quoted = Quoted(
        label=gettext_lazy("Words to show, without the name"), required=False, widget=forms.CheckboxSelectMultiple,
        template_name="kit/checks.html",  # type: ignore[call-arg]  # since Django 5.0; the stubs lack it
    )  # fmt: skip

    def __init__(
        self, *data: Any, settings: Settings, today: date, answers: Sequence[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(*data, **more)
        self._today = today
        found = quarters(settings, today)
        told = [(each.label, _("%(quarter)s, so far") % {"quarter": each.label} if place == 0 else each.label)
                for place, each in enumerate(found)]  # fmt: skip
        over, quoted = self.fields["over"], self.fields["quoted"]
        assert isinstance(over, forms.ChoiceField)
        assert isinstance(quoted, Quoted)
        over.choices = [*told, (OWN, _("Days of your own"))]
        quoted.choices = list(answers)
        if not answers:
            del self.fields["quoted"]

    def clean(self) -> dict[str, Any]:
        """Days of one's own are two, in order, and not to come."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("over") != OWN:
            return given
        start, last = given.get("start"), given.get("last")
        if not start or not last:
            self.add_error("start", _("Say from which day to which."))
        elif start > last:
            self.add_error("last", _("The last day comes after the first."))
        elif start > self._today or last > self._today:
            self.add_error("last", _("Choose days up to today, %(day)s.") % {"day": formats.day(self._today)})
        elif start.year < _FIRST_YEAR:
            self.add_error("start", _("Choose days from %(year)s on.") % {"year": _FIRST_YEAR})
        elif last - start >= LONGEST:
            self.add_error("last", _("Choose three years at most."))
        return given

    def told(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What a draft keeps of it; ``before``: what it kept, of which the words that this form did not offer stay."""
        given = self.cleaned_data
        own = given["over"] == OWN
        days = {name: given[name].isoformat() if own and given[name] else "" for name in ("start", "last")}
        plain = {name: given[name] for name in ("over", "presenter", "summary", "steps", "sections", "amounts")}
        quoted = given["quoted"] if "quoted" in self.fields else before.get("quoted", [])
        return {**plain, **days, "quoted": list(quoted)[:_MOST_QUOTED]}


def initial_of(kept: Mapping[str, Any], over: str, presenter: str) -> dict[str, Any]:
    """What the form shows of a draft, or of none: ``over`` the last quarter, by who opens it."""
    return {"over": over, "presenter": presenter, "sections": list(USUAL), **kept}
