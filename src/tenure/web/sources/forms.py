"""What people fill in about a source."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.engine import catalogue
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


class Asked(forms.Form):
    """A question to a database, whose rows are of one of our tables."""

    table = forms.ChoiceField(
        label=_("Into which table"), help_text=_("What each of its columns means stands in the catalogue of tables.")
    )
    sql = forms.CharField(
        label=_("Query"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
        help_text=_("A SELECT. Name the columns as the table's are: SELECT id AS account_id, company AS name FROM customer. What else it gives is kept as attributes of your own."),
    )  # fmt: skip
    key = forms.CharField(
        label=_("Key"), max_length=200, required=False,
        help_text=_("The column of the answer that names each row, where it is not called as the table's own."),
    )  # fmt: skip
    cursor = forms.CharField(
        label=_("Changed"), max_length=200, required=False,
        help_text=_("The column that grows with each change: then only what is new is asked for, by :since in the query. Empty: all of it is asked for each time, and what is gone is taken back."),
    )  # fmt: skip

    def __init__(self, *data: Any, **more: Any) -> None:
        super().__init__(*data, **more)
        names = sorted(catalogue.tables())
        self.fields["table"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        self.fields["table"].initial = "account"

    def query(self) -> dict[str, Any]:
        """The question as ``sources.toml`` has it."""
        given = self.cleaned_data
        found: dict[str, Any] = {"table": given["table"], "sql": given["sql"].strip().rstrip(";")}
        found |= {"cursor": given["cursor"]} if given["cursor"] else {}
        own = catalogue.tables()[given["table"]].key[0]
        return found | ({"columns": {own: given["key"]}} if given["key"] and given["key"] != own else {})


class Database(Asked):
    """A new source that is a database: its address, who asks, and a first question."""

    name = forms.SlugField(
        label=_("Name"), max_length=40, initial="database",
        help_text=_("As you will find it in lists: small letters, digits and dashes."),
    )  # fmt: skip
    every = forms.ChoiceField(label=_("How often"), choices=OFTEN, initial="1h", required=False)
    address = forms.CharField(
        label=_("Address"), max_length=500,
        help_text=_("postgresql://reader@db.example.com/billing or mysql://reader@db.example.com/billing, of a user who may only read; without the password."),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"),
        max_length=10_000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    internal = forms.BooleanField(
        label=_("It lies in our own network"), required=False,
        help_text=_("Addresses of internal networks are reached only where an administrator says so."),
    )  # fmt: skip
    field_order = ("name", "address", "password", "internal", "every", "table", "sql", "key", "cursor")

    def __init__(self, *data: Any, may_reach_inside: bool, **more: Any) -> None:
        super().__init__(*data, **more)
        if not may_reach_inside:
            del self.fields["internal"]

    def clean_address(self) -> str:
        """An address of a server: a file of this machine is read where somebody with rights on it says so."""
        address = str(self.cleaned_data["address"]).strip()
        try:
            scheme = urlsplit(address).scheme
        except ValueError:  # as of a bracket that is never closed
            scheme = ""
        if scheme not in ("postgresql", "postgres", "mysql"):
            raise forms.ValidationError(
                _("It begins with postgresql:// or mysql://. A file of this machine is described in sources.toml.")
            )
        return address

    def said(self) -> dict[str, Any]:
        """The source's table in ``sources.toml``."""
        given = self.cleaned_data
        found: dict[str, Any] = {"kind": "sql", "on": False, "address": given["address"]}
        found |= {"every": given["every"]} if given["every"] else {}
        found |= {"internal": True} if given.get("internal") else {}
        return found | {"query": [self.query()]}


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
