"""What is filled in about skills, courses, praise and the pulse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.growing.pulse import SCALE
from tenure.web.kit.once import Once

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tenure.engine.growing_rules import Question
    from tenure.engine.review_rules import Skill

_DAY = {"type": "date"}
_LONG = 4_000
Options = list[tuple[str, str]]


class SkillLevel(Once):
    """At which level somebody is seen, and what that rests on."""

    level = forms.TypedChoiceField(label=gettext_lazy("Level"), coerce=int, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What it rests on"), max_length=_LONG, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("An example: what was done, when, with whom."),
    )  # fmt: skip

    def __init__(self, *data: Any, skill: Skill, **more: Any) -> None:
        super().__init__(*data, **more)
        level = self.fields["level"]
        assert isinstance(level, forms.ChoiceField)
        level.choices = [(place, f"{place}. {words}") for place, words in enumerate(skill.levels, 1)]


class Assign(Once):
    """A course for some people."""

    people = forms.MultipleChoiceField(label=gettext_lazy("Who"), widget=forms.CheckboxSelectMultiple)
    course = forms.CharField(label=gettext_lazy("Course"), max_length=200)
    due = forms.DateField(label=gettext_lazy("By when"), required=False, widget=forms.DateInput(attrs=_DAY))
    required = forms.BooleanField(
        label=gettext_lazy("Has to be taken"), required=False, initial=True,
    )  # fmt: skip

    def __init__(self, *data: Any, people: Options, **more: Any) -> None:
        super().__init__(*data, **more)
        field = self.fields["people"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = people


class Plan(Once):
    """The courses of a plan for somebody, from a first day on."""

    person = forms.ChoiceField(label=gettext_lazy("Who"))
    plan = forms.ChoiceField(label=gettext_lazy("Plan"))
    first = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs=_DAY),
        help_text=gettext_lazy("Courses are due so many days after it; what would be due before today is due today."),
    )  # fmt: skip

    def __init__(self, *data: Any, people: Options, plans: Iterable[str], **more: Any) -> None:
        super().__init__(*data, **more)
        for name, choices in (("person", people), ("plan", [(one, one) for one in plans])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class Done(Once):
    """When a course was taken, and with what result."""

    day = forms.DateField(label=gettext_lazy("Taken on"), required=False, widget=forms.DateInput(attrs=_DAY))
    score = forms.DecimalField(
        label=gettext_lazy("Result"), required=False, max_digits=12, decimal_places=4,
        help_text=gettext_lazy("On the course's own scale, where it has one."),
    )  # fmt: skip


class Give(Once):
    """What somebody thanks another one for."""

    to = forms.TypedChoiceField(label=gettext_lazy("Whom"), coerce=int)
    text = forms.CharField(
        label=gettext_lazy("For what"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What was done, and what came of it."),
    )  # fmt: skip
    account = forms.ChoiceField(label=gettext_lazy("At which account"), required=False)

    def __init__(self, *data: Any, people: Options, accounts: Options, **more: Any) -> None:
        super().__init__(*data, **more)
        for name, choices in (("to", people), ("account", [("", _("none in particular")), *accounts])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class Rhythm(forms.Form):
    """How far rounds of the pulse are apart; empty: they are asked by hand."""

    every = forms.IntegerField(
        label=gettext_lazy("Days from one to the next"), min_value=14, max_value=365, required=False,
        help_text=gettext_lazy("Empty: only when you ask."),
    )  # fmt: skip


class Answers(forms.Form):
    """The questions of a round. Each may be left out. It names nothing that could tell one sending from another."""

    def __init__(self, *data: Any, questions: Sequence[Question], **more: Any) -> None:
        super().__init__(*data, **more)
        for one in questions:
            self.fields[one.slug] = (
                forms.CharField(label=one.text, required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}))
                if one.kind == "words"
                else forms.TypedChoiceField(
                    label=one.text, required=False, coerce=int, empty_value=None, widget=forms.RadioSelect,
                    choices=[(value, _scaled(value, one)) for value in SCALE],
                )
            )  # fmt: skip


def _scaled(value: int, one: Question) -> str:
    """``1 (not at all)`` at the ends, the number between them."""
    end = {SCALE[0]: one.low, SCALE[-1]: one.high}.get(value, "")
    return f"{value} ({end})" if end else str(value)
