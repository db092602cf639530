"""What people fill in about a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.engine.sync.kinds import Kind

#: How often, as ``sources.toml`` writes it.
OFTEN = (
    ("15m", _("every 15 minutes")), ("1h", _("every hour")), ("6h", _("every 6 hours")), ("1d", _("once a day")),
    ("", _("only when told to")),
)  # fmt: skip
#: What stands before the fields of options and of secrets.
OPTION, SECRET = "option-", "secret-"


class Added(forms.Form):
    """A new source of a kind: its name, when it is fetched, and what the kind needs to know."""

    name = forms.SlugField(
        label=_("Name"), max_length=40, help_text=_("As you will find it in lists: small letters, digits and dashes.")
    )
    every = forms.ChoiceField(label=_("How often"), choices=OFTEN, initial="1h", required=False)
    since = forms.DateField(
        label=_("From when on"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Nothing older is fetched of what has a date, as bills and tickets. Empty: everything."),
    )  # fmt: skip

    def __init__(self, *data: Any, kind: Kind, **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["name"].initial = kind.name
        for name, about in kind.options.items():
            default = kind.defaults.get(name)
            self.fields[OPTION + name] = forms.CharField(
                label=name.replace("_", " ").capitalize(), max_length=200, help_text=about, required=default is None,
                initial=default,
            )  # fmt: skip
        for name, about in kind.secrets.items():
            self.fields[SECRET + name] = _secret(name, about, required=name not in kind.spare)

    def said(self, kind: Kind) -> dict[str, Any]:
        """The source's table in ``sources.toml``; it is off until somebody has looked at what it brings."""
        given = self.cleaned_data
        found: dict[str, Any] = {"kind": kind.name, "on": False}
        found |= {"every": given["every"]} if given["every"] else {}
        found |= {"since": given["since"]} if given["since"] else {}
        options = {name: given[OPTION + name] for name in kind.options if given[OPTION + name]}
        return found | ({"options": options} if options else {})

    def secrets(self, kind: Kind) -> dict[str, str]:
        """The secrets that were given, by name."""
        return {name: self.cleaned_data[SECRET + name] for name in kind.secrets if self.cleaned_data[SECRET + name]}


class NewSecret(forms.Form):
    """A secret anew. What is left empty stays as it is."""

    def __init__(self, *data: Any, kind: Kind, **more: Any) -> None:
        super().__init__(*data, **more)
        for name, about in kind.secrets.items():
            self.fields[SECRET + name] = _secret(name, about, required=False)

    def secrets(self, kind: Kind) -> dict[str, str]:
        """The secrets that were given, by name."""
        return {name: self.cleaned_data[SECRET + name] for name in kind.secrets if self.cleaned_data[SECRET + name]}


def _secret(name: str, about: str, *, required: bool) -> forms.CharField:
    """Never shown again, not even to who gave it."""
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=name.replace("_", " ").capitalize(), max_length=10_000, help_text=about, widget=widget, required=required
    )
