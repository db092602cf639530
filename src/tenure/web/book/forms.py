"""What is filled in of accounts, of one or of many; each form's id is its message's: sent twice, it is taken once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.book.telling import NEXT_STEP, OWNER, PULSE
from tenure.web.kit.contact import Contact
from tenure.web.kit.once import Once

if TYPE_CHECKING:
    from tenure.engine import Sight

_PULSES = (
    (5, _("5 – could not be better")), (4, _("4 – well")), (3, _("3 – neither well nor badly")), (2, _("2 – badly")),
    (1, _("1 – about to leave")),
)  # fmt: skip


class Telling(Once):
    """What every form of something told has."""

    def told(self) -> dict[str, Any]:
        """What was filled in, as ``tell`` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "message_id"}


class NewOwner(Telling):
    """Who owns accounts from now on."""

    value = forms.ChoiceField(label=_("Owner from now on"))

    def __init__(self, *data: Any, people: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["value"].choices = [("", _("choose …")), *people]  # type: ignore[attr-defined]


class NewPulse(Telling):
    """How somebody judges an account now."""

    value = forms.TypedChoiceField(
        label=_("How do you judge it?"), choices=_PULSES, coerce=int, widget=forms.RadioSelect
    )
    text = forms.CharField(label=_("Why"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))


class NewStep(Telling):
    """What is to be done next with an account."""

    value = forms.CharField(label=_("Next step"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))


class NewValue(Telling):
    """What an attribute is from now on. ``values``: those that accounts have, offered."""

    value = forms.CharField(
        label=_("From now on"), required=False, max_length=300, help_text=_("Empty: it has none any more."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "values"}),
    )  # fmt: skip


class AnAttribute(NewValue):
    """An attribute, and what it is from now on."""

    column = forms.ChoiceField(label=_("Attribute"))
    field_order = ["column", "value"]

    def __init__(self, *data: Any, columns: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["column"].choices = list(columns)  # type: ignore[attr-defined]


class OneContact(Contact, Telling):
    """A contact that was had with all of some accounts, as at a webinar."""


class OnAList(Telling):
    """Onto which static list accounts come, or off which."""

    value = forms.ChoiceField(label=_("List"), required=False)
    name = forms.CharField(label=_("Or a new list, called"), required=False, max_length=100)
    off = forms.BooleanField(label=_("Take them off this list instead"), required=False)

    def __init__(self, *data: Any, lists: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["value"].choices = [("", _("none of these")), *lists]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of both."""
        given = super().clean() or {}
        if bool(given.get("value")) == bool(given.get("name", "").strip()):
            self.add_error("value", _("Choose a list, or name a new one."))
        return given


class ATask(Telling):
    """What the owners of accounts are to do with them."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    text = forms.CharField(label=_("Notes"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}))
    due = forms.DateField(label=_("Due on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


def filled(kind: type[Telling], data: Mapping[str, Any] | None, **more: Any) -> Telling:
    """A form, empty or as it was sent."""
    initial = more.pop("initial", {})
    return kind.new(of=more, **initial) if data is None else kind(data, **more)


#: The forms of what is told of one account; that of an attribute is ``NewValue``.
OF_ONE: dict[str, type[Telling]] = {OWNER: NewOwner, PULSE: NewPulse, NEXT_STEP: NewStep}


def staff(sight: Sight) -> list[tuple[str, str]]:
    """To whom accounts can be given, by name: of those who are there now, whom the scope knows."""
    columns = ("csm_id", "name", "valid_from", "ended_at")
    rows = sorted(
        sight.every("csm", columns=columns), key=lambda row: (row["valid_from"] is not None, row["valid_from"])
    )
    latest = {row["csm_id"]: row for row in rows}
    within = sight.scope.owners
    return sorted(
        ((name, row["name"] or name) for name, row in latest.items()
         if row["ended_at"] is None and (within is None or name in within)),
        key=lambda each: each[1].casefold(),
    )  # fmt: skip
