"""What is told of an account in the application."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.kit.reading import current

_CHANNELS = (
    ("call", _("Call")), ("meeting", _("Meeting")), ("review", _("Business review")), ("email", _("E-mail")),
    ("chat", _("Chat")), ("visit", _("Visit")),
)  # fmt: skip
_DIRECTIONS = (("both", _("Both spoke")), ("out", _("We wrote, no answer")), ("in", _("They wrote")))


class Contact(forms.Form):
    """A contact with a customer. ``message_id`` is the form's own: sent twice, it is taken once."""

    channel = forms.ChoiceField(label=_("How"), choices=_CHANNELS)
    direction = forms.ChoiceField(label=_("Who"), choices=_DIRECTIONS)
    occurred_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=1_440)
    outcome = forms.CharField(label=_("Outcome"), required=False, max_length=200)
    text = forms.CharField(label=_("Notes"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}))
    message_id = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    @classmethod
    def new(cls, now: datetime) -> Contact:
        """An empty form for a contact of just now."""
        here = now.astimezone(current().zone).replace(tzinfo=None)
        return cls(initial={"occurred_at": here, "message_id": secrets.token_hex(16)})

    def row(self, account_id: str, csm_id: str) -> dict[str, Any]:
        """The contact as a row of ``touchpoint``."""
        given = self.cleaned_data
        # Django reads times in UTC here; the person meant the organisation's clock.
        occurred = given["occurred_at"].replace(tzinfo=current().zone)
        return {
            "touchpoint_id": f"app-{given['message_id']}",
            "account_id": account_id,
            "csm_id": csm_id or None,
            "channel": given["channel"],
            "direction": given["direction"],
            "occurred_at": occurred,
            "minutes": given["minutes"],
            "outcome": given["outcome"] or None,
            "text": given["text"] or None,
        }
