"""What is told of an account in the application."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.kit import contact
from tenure.web.kit.once import Once

_DAY = {"type": "date"}


class Contact(contact.Contact):
    """A contact with a customer, and with whom of them."""

    person_ids = forms.MultipleChoiceField(
        label=_("With whom"), required=False, widget=forms.SelectMultiple(attrs={"size": 3})
    )
    field_order = ("channel", "direction", "occurred_at", "minutes", "person_ids", "outcome", "text")

    def __init__(self, *data: Any, people: Iterable[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(*data, **more)
        met = self.fields["person_ids"]
        assert isinstance(met, forms.MultipleChoiceField)
        met.choices = list(people)
        if not met.choices:
            del self.fields["person_ids"]


class Note(Once):
    """What is to be remembered of an account, and is no contact."""

    text = forms.CharField(label=_("Note"), max_length=8_000, widget=forms.Textarea(attrs={"rows": 4}))
    title = forms.CharField(label=_("Title"), required=False, max_length=200)

    def row(self, account_id: str, note_id: str, at: datetime, by: str) -> dict[str, Any]:
        """The note as a row of ``note``."""
        given = self.cleaned_data
        return {
            "note_id": note_id, "account_id": account_id, "at": at, "by": by, "title": given["title"] or None,
            "text": given["text"],
        }  # fmt: skip


class Person(Once):
    """Somebody of the customer's."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    role = forms.CharField(
        label=_("Part played for us"), max_length=100, required=False,
        help_text=_("As decision maker, administrator or user."),
    )  # fmt: skip
    is_champion = forms.BooleanField(
        label=_("Champion"), required=False, help_text=_("Speaks for the product inside the account.")
    )
    left_at = forms.DateField(label=_("Left on"), required=False, widget=forms.DateInput(attrs=_DAY))

    def row(self, account_id: str, person_id: str) -> dict[str, Any]:
        """The person as a row of ``person``."""
        given = self.cleaned_data
        left = given["left_at"]
        return {
            "person_id": person_id, "account_id": account_id, "name": given["name"], "email": given["email"] or None,
            "title": given["title"] or None, "role": given["role"] or None, "is_champion": given["is_champion"],
            "left_at": left.isoformat() if left else None,
        }  # fmt: skip
