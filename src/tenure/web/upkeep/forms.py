"""The settings of a workspace as a form, made of the list of keys: what each does, what it takes, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass
from decimal import Decimal
from typing import Any

from babel.dates import get_month_names
from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from tenure.core.accept import RefusedError
from tenure.core.config import Settings, group_of, keys_of
from tenure.core.titles import titled
from tenure.web.kit.reading import current

#: Set elsewhere: on the page of each check.
_ELSEWHERE = ("checks",)
_MONTH = "fiscal_year_start"


@dataclass(frozen=True)
class Group:
    """A table of settings: ``title``, what it is about, and its fields. ``wrong``: one of them is not taken."""

    title: str
    about: str
    fields: tuple[BoundField, ...]
    wrong: bool


class SettingsForm(forms.Form):
    """Every setting, by its dotted name. ``values`` are those that were given, as TOML takes them."""

    def __init__(self, settings: Settings, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self._settings = settings
        for name, key, value in _keys(settings):
            self.fields[name] = _field(key, value)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The fields as they stand on the page: first those of the company."""
        first = [key.name for key in keys_of(Settings) if "check" in key.metadata and "name" not in key.metadata]
        found = [self._group(_("The company"), "", first)]
        for key in keys_of(Settings):
            if key.name in first or key.name in _ELSEWHERE:
                continue
            inside = (
                [key.name] if "name" in key.metadata else [f"{key.name}.{one.name}" for one in keys_of(group_of(key))]
            )
            found.append(self._group(titled(key.name), _plainly(key.metadata["doc"]), inside))
        return tuple(found)

    @property
    def values(self) -> dict[str, Any]:
        """What differs from the settings in force, as TOML takes it."""
        return {
            name: _plain(self.cleaned_data[name])
            for name, _key, value in _keys(self._settings)
            if self.cleaned_data[name] != value
        }

    def clean(self) -> dict[str, Any]:
        """Each as its key takes it."""
        for name, key, _value in _keys(self._settings):
            if name in self.cleaned_data:
                try:
                    self.cleaned_data[name] = _taken(key, self.cleaned_data[name])
                except RefusedError as refusal:
                    near = " " + _("Did you mean %(near)s?") % {"near": refusal.near} if refusal.near else ""
                    self.add_error(name, _("It must be %(what)s.") % {"what": refusal} + near)
        return self.cleaned_data

    def _group(self, title: str, about: str, names: list[str]) -> Group:
        fields = tuple(self[name] for name in names)
        return Group(title, about, fields, any(field.errors for field in fields) if self.is_bound else False)


def shown(value: Any) -> str:
    """A setting as people read it."""
    match value:
        case None | "" | [] | ():
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case list() | tuple():
            return ", ".join(value)
        case _:
            return str(value)


def _keys(settings: Settings) -> Iterator[tuple[str, Field[Any], Any]]:
    """Every key that is set here, by its dotted name, and what it is."""
    for key in keys_of(Settings):
        value = getattr(settings, key.name)
        if key.name in _ELSEWHERE:
            continue
        if "check" in key.metadata:
            yield key.name, key, value
        else:
            for inner in keys_of(group_of(key)):
                yield f"{key.name}.{inner.name}", inner, getattr(value, inner.name)


def _field(key: Field[Any], value: Any) -> forms.Field:
    given: dict[str, Any] = {"label": titled(key.name), "help_text": _plainly(key.metadata["doc"]), "initial": value}
    if key.name == _MONTH:
        names = get_month_names("wide", locale=current().locale)
        return forms.TypedChoiceField(**given, coerce=int, choices=[(number, names[number]) for number in range(1, 13)])
    match value:
        case bool():
            return forms.BooleanField(**given, required=False)
        case int():
            return forms.IntegerField(**given)
        case tuple():
            given |= {
                "initial": ", ".join(value),
                "help_text": f"{given['help_text']} {_('With commas between them.')}",
            }
            return forms.CharField(**given, required=False, max_length=1_000)
        case Mapping():
            lines = "\n".join(f"{name} = {_plain(said)}" for name, said in sorted(value.items()))
            example = key.metadata["example"].replace('"', "")
            given |= {"initial": lines, "help_text": _("One a line, as: %(example)s") % {"example": example}}
            return forms.CharField(**given, required=False, max_length=20_000, widget=forms.Textarea({"rows": 4}))
        case _:
            names_zone = {"list": "zones", "autocomplete": "off"} if key.name == "timezone" else {}
            return forms.CharField(
                **given, required=key.default != "", max_length=200, widget=forms.TextInput(names_zone)
            )


def _plainly(doc: str) -> str:
    """What a key does, without the marks that a file has around names."""
    return doc.replace("`", "")


def _taken(key: Field[Any], given: Any) -> Any:
    """What was given as the key takes it. Raises ``RefusedError``."""
    check = key.metadata["check"]
    if "name" in key.metadata:
        return {key.metadata["name"](name): check(said) for name, said in _lines(given)}
    if isinstance(key.default, tuple):
        return check([word for one in given.split(",") if (word := one.strip())])
    return check(given)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, said = line.partition("=")
        if not equals:
            raise RefusedError(_("a name, = and a value on each line"))
        yield name.strip().strip('"'), said.strip().strip('"')


def _plain(value: Any) -> Any:
    """As TOML takes it: exact numbers as texts with their digits."""
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case tuple():
            return list(value)
        case Mapping():
            return {name: _plain(said) for name, said in value.items()}
        case _:
            return value
