"""What is told of an account in the application."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.kit.happenings import CHANNELS
from tenure.web.kit.once import Once
from tenure.web.kit.reading import current

if TYPE_CHECKING:
    from tenure.web.access.models import User

_DIRECTIONS = (("both", _("Both spoke")), ("out", _("We wrote, no answer")), ("in", _("They wrote")))
_DAY = {"type": "date"}


def written_by(user: User) -> str:
    """How the ids of rows begin that somebody told here: by them it is known whose they are to change."""
    return f"app-{user.pk}-"


class Contact(Once):
    """A contact with a customer."""

    channel = forms.ChoiceField(label=_("How"), choices=list(CHANNELS.items()))
    direction = forms.ChoiceField(label=_("Who"), choices=_DIRECTIONS)
    occurred_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=1_440)
    person_ids = forms.MultipleChoiceField(
        label=_("With whom"), required=False, widget=forms.SelectMultiple(attrs={"size": 3})
    )
    outcome = forms.CharField(label=_("Outcome"), required=False, max_length=200)
    text = forms.CharField(label=_("Notes"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *data: Any, people: Iterable[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(*data, **more)
        met = self.fields["person_ids"]
        assert isinstance(met, forms.MultipleChoiceField)
        met.choices = list(people)
        if not met.choices:
            del self.fields["person_ids"]

    @classmethod
    def of_now(cls, now: datetime, people: Iterable[tuple[str, str]] = ()) -> Contact:
        """An empty form for a contact of just now."""
        here = now.astimezone(current().zone).replace(tzinfo=None)
        return cls.new(auto_id="contact_%s", of={"people": people}, occurred_at=here)

    def happened(self) -> datetime:
        """When it was: Django reads times in UTC here; the person meant the organisation's clock."""
        at: datetime = self.cleaned_data["occurred_at"]
        return at.replace(tzinfo=current().zone)

    def row(self, account_id: str, user: User) -> dict[str, Any]:
        """The contact as a row of ``touchpoint``."""
        given = self.cleaned_data
        return {
            "touchpoint_id": f"{written_by(user)}{given['message_id']}",
            "account_id": account_id,
            "csm_id": user.csm_id or None,
            "channel": given["channel"],
            "direction": given["direction"],
            "occurred_at": self.happened(),
            "minutes": given["minutes"],
            "person_ids": given.get("person_ids") or None,
            "outcome": given["outcome"] or None,
            "text": given["text"] or None,
        }


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
