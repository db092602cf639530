"""What is told of portfolios."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.kit.once import Once


class Applying(Once):
    """From which day on moves hold. Which are made comes as the values ``move``."""

    day = forms.DateField(label=_("From which day on"), widget=forms.DateInput(attrs={"type": "date"}))
    tasks = forms.BooleanField(label=_("Give whoever hands over a task for each account"), required=False)


class Absent(Once):
    """From when to when somebody is away, and who stands in. Why is not asked."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    cover = forms.ChoiceField(label=_("Who stands in"), required=False)

    def __init__(self, *data: Any, cover: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*data, **more)
        field = self.fields["cover"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("nobody yet")), *cover]


class Off(Once):
    """Which absence is off: that which begins on a day."""

    first = forms.DateField(widget=forms.HiddenInput)
    last = forms.DateField(widget=forms.HiddenInput)


class Written(forms.Form):
    """The rules, word for word."""

    text = forms.CharField(
        label=_("Rules"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
        max_length=60_000,
        strip=False,
    )
    over = forms.CharField(widget=forms.HiddenInput, max_length=12)
