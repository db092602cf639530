"""What an administrator fills in about mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.post.mail_settings import MailSettings


class MailForm(forms.Form):
    """How mail is sent. A password that is left empty stays as it was."""

    host = forms.CharField(label=_("Server"), max_length=200, help_text=_("As smtp.example.com."))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=587)
    security = forms.ChoiceField(
        label=_("Encryption"),
        choices=[
            ("starttls", _("STARTTLS (port 587)")),
            ("tls", _("TLS (port 465)")),
            ("none", _("None: in plain text")),
        ],
    )
    user = forms.CharField(label=_("User"), max_length=200, required=False)
    password = forms.CharField(
        label=_("Password"), max_length=1_000, required=False, help_text=_("Kept encrypted, and shown to nobody."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    sender = forms.EmailField(label=_("Sender"), help_text=_("The address that mails come from."))
    name = forms.CharField(label=_("Name of the sender"), max_length=100, required=False, initial="Tenure")
    address = forms.URLField(
        label=_("Address of Tenure"),
        assume_scheme="https",
        help_text=_("Where people find it: links in mails lead there."),
    )

    def settings(self) -> MailSettings:
        """What was filled in."""
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "password"}
        return MailSettings(**given)
