"""What is filled in about success plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tenure.web.kit.once import Once
from tenure.web.plans.links import LASTS

_DAY = {"type": "date"}
_NUMBER: dict[str, Any] = {"required": False, "max_digits": 14, "decimal_places": 4}


class Goal(Once):
    """What the customer wants to achieve."""

    name = forms.CharField(label=_("Goal, in the customer's words"), max_length=300)
    measure = forms.CharField(label=_("Measured by"), max_length=200, required=False)
    baseline = forms.DecimalField(label=_("It began at"), **_NUMBER)
    current = forms.DecimalField(label=_("It stands at"), **_NUMBER)
    target = forms.DecimalField(label=_("It is to be"), **_NUMBER)
    due_at = forms.DateField(label=_("By when"), required=False, widget=forms.DateInput(attrs=_DAY))

    def row(self, account_id: str, goal_id: str) -> dict[str, Any]:
        """The goal as a row of ``goal``."""
        given = self.cleaned_data
        numbers = {name: given[name] for name in ("baseline", "current", "target")}
        due = given["due_at"]
        return {
            "goal_id": goal_id, "account_id": account_id, "name": given["name"], "measure": given["measure"] or None,
            **numbers, "due_at": due.isoformat() if due else None,
        }  # fmt: skip


class Step(Once):
    """What one side is to do."""

    name = forms.CharField(label=_("Step"), max_length=300)
    side = forms.ChoiceField(label=_("Who does it"), choices=(("us", _("We")), ("customer", _("The customer"))))
    owner = forms.CharField(label=_("Who there"), max_length=200, required=False)
    due_at = forms.DateField(label=_("By when"), required=False, widget=forms.DateInput(attrs=_DAY))
    goal_id = forms.ChoiceField(label=_("On the way to"), required=False)

    def __init__(self, *data: Any, goals: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*data, **more)
        field = self.fields["goal_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("the whole plan")), *goals]

    def row(self, account_id: str, step_id: str) -> dict[str, Any]:
        """The step as a row of ``step``."""
        given = self.cleaned_data
        due = given["due_at"]
        return {
            "step_id": step_id, "account_id": account_id, "goal_id": given["goal_id"] or None, "name": given["name"],
            "side": given["side"], "owner": given["owner"] or None, "due_at": due.isoformat() if due else None,
        }  # fmt: skip


class Comment(forms.Form):
    """A word about the plan, which both sides read."""

    text = forms.CharField(label=_("Comment"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 2}))


class Share(forms.Form):
    """A link for somebody of the customer's."""

    name = forms.CharField(
        label=_("For whom"), max_length=200, help_text=_("So that you know whose link it is, and who said what through it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        initial=90,
        choices=[(days, ngettext_lazy("%d day", "%d days") % days) for days in LASTS],
    )


class Visitor(forms.Form):
    """Who of the customer's says something through a link."""

    name = forms.CharField(label=_("Your name"), max_length=200)
