"""What is told of tasks and templates in the application."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.work import whose
from tenure.web.work.models import TITLE, Priority
from tenure.web.work.routine import MOST_STEPS, Step

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.work.models import TaskTemplate

_DATE = {"type": "date"}
#: So many accounts are named where a part of a name may be one of several.
_LIKE = 5
#: A step in a template's text: ``2: Train both teams !``.
_STEP = re.compile(r"\s*(?:(?P<after>\d{1,3})\s*:)?\s*(?P<title>.*?)\s*(?P<high>!)?\s*")


def account_of(sight: Sight, told: str) -> str:
    """The id of the account that is meant by an id, a name, or a part of one that no other has; empty for nothing. Raises
    ``ValidationError`` where there is none, or several.
    """
    told = told.strip()
    if not told:
        return ""
    for column in ("account_id", "name"):
        found = sight.rows("accounts", columns=("account_id",), where=[(column, "equals", told)], limit=2).rows
        if len(found) == 1:
            return str(found[0]["account_id"])
        if found:
            raise forms.ValidationError(_("Several accounts are called that: write the id."))
    like = sight.rows(
        "accounts", columns=("account_id", "name"), where=[("name", "contains", told)], order=("name",), limit=_LIKE
    ).rows
    if len(like) == 1:
        return str(like[0]["account_id"])
    if like:
        names = ", ".join(str(row["name"]) for row in like)
        raise forms.ValidationError(
            _("That may be several accounts: %(names)s. Write the name whole, or the id.") % {"names": names}
        )
    raise forms.ValidationError(_("No account that you may see has this id or name."))


class TaskForm(forms.Form):
    """A task. ``account``: an id or a name; ``owner``: whose it is."""

    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=TITLE)
    account = forms.CharField(
        label=gettext_lazy("Account"),
        required=False,
        help_text=gettext_lazy("Its name, a part of it, or its id. Whoever sees the account sees the task."),
    )
    due = forms.DateField(label=gettext_lazy("Due"), required=False, widget=forms.DateInput(attrs=_DATE))
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices, coerce=int, initial=Priority.NORMAL
    )
    owner = forms.TypedChoiceField(label=gettext_lazy("For"), coerce=int)
    text = forms.CharField(
        label=gettext_lazy("More"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, sight: Sight, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._sight = sight
        self.fields["owner"].choices = [(one.pk, one.name) for one in whose.colleagues()]  # type: ignore[attr-defined]

    def clean_account(self) -> str:
        """The account's id."""
        return account_of(self._sight, self.cleaned_data["account"])


class ChangeForm(forms.Form):
    """What of a task may be changed."""

    title, due, priority, text = (TaskForm.base_fields[name] for name in ("title", "due", "priority", "text"))


class TemplateForm(forms.Form):
    """A template, its steps one a line."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=TITLE)
    text = forms.CharField(label=gettext_lazy("What it is for"), required=False, max_length=2_000)
    steps = forms.CharField(
        label=gettext_lazy("Steps"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true"}),
        help_text=gettext_lazy(
            "One a line: after how many business days it is due, a colon, and what is to be done. An exclamation mark at the end "
            "stands for high priority."
        ),
    )  # fmt: skip
    shared = forms.BooleanField(label=gettext_lazy("Others may apply it, too"), required=False)

    def clean_steps(self) -> list[Step]:
        """The steps in their order."""
        steps = [_step(line) for line in self.cleaned_data["steps"].splitlines() if line.strip()]
        if not 0 < len(steps) <= MOST_STEPS or not all(step.title and len(step.title) <= TITLE for step in steps):
            raise forms.ValidationError(_("Write from 1 to 50 steps, each in at most 200 letters."))
        return steps

    @staticmethod
    def told(found: TaskTemplate) -> dict[str, Any]:
        """A template as the form holds it."""
        lines = (
            f"{step.after}: {step.title}{' !' if step.priority == Priority.HIGH else ''}" for step in found.steps.all()
        )
        return {"name": found.name, "text": found.text, "steps": "\n".join(lines), "shared": found.shared}


class ApplyForm(forms.Form):
    """Whom and what a template is applied to."""

    account = forms.CharField(
        label=gettext_lazy("Account"), help_text=gettext_lazy("Its name, a part of it, or its id.")
    )
    owner = forms.TypedChoiceField(label=gettext_lazy("For"), coerce=int)
    starts = forms.DateField(
        label=gettext_lazy("Begins"),
        widget=forms.DateInput(attrs=_DATE),
        help_text=gettext_lazy("Steps are due so many business days after it."),
    )

    def __init__(self, sight: Sight, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._sight = sight
        self.fields["owner"].choices = [(one.pk, one.name) for one in whose.colleagues()]  # type: ignore[attr-defined]

    def clean_account(self) -> str:
        """The account's id."""
        return account_of(self._sight, self.cleaned_data["account"])


def _step(line: str) -> Step:
    found = _STEP.fullmatch(line)
    assert found is not None, "the pattern takes any line"
    return Step(found["title"], int(found["after"] or 0), "", Priority.HIGH if found["high"] else Priority.NORMAL)
