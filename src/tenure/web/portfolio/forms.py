"""What is told of portfolios."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.kit.once import Once


class Applying(Once):
    """From which day on moves hold. Which are made comes as the values ``move``."""

    day = forms.DateField(label=_("From which day on"), widget=forms.DateInput(attrs={"type": "date"}))
    tasks = forms.BooleanField(label=_("Give whoever hands over a task for each account"), required=False)


class Written(forms.Form):
    """The rules, word for word."""

    text = forms.CharField(
        label=_("Rules"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
        max_length=60_000,
        strip=False,
    )
    over = forms.CharField(widget=forms.HiddenInput, max_length=12)
