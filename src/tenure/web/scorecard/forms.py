"""What is said about a scorecard, and its rules."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.kit.once import Once

_LONG = 10_000


class Commenting(Once):
    """A comment."""

    text = forms.CharField(label=_("Comment"), max_length=_LONG, widget=forms.Textarea(attrs={"rows": 3}))


class Written(forms.Form):
    """The rules, word for word."""

    text = forms.CharField(
        label=_("Rules"),
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "false"}),
        max_length=60_000,
        strip=False,
    )
    over = forms.CharField(widget=forms.HiddenInput, max_length=12)
