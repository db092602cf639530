"""What people fill in about keys for events."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class Source(forms.Form):
    """A new key."""

    source = forms.SlugField(
        label=_("Source"), max_length=60,
        help_text=_("The application that sends them, as product or mobile-app: small letters, digits and dashes."),
    )  # fmt: skip
