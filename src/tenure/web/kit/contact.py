"""The form in which a contact with a customer is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.kit.happenings import CHANNELS
from tenure.web.kit.once import Once
from tenure.web.kit.reading import current

_DIRECTIONS = (("both", _("Both spoke")), ("out", _("We wrote, no answer")), ("in", _("They wrote")))


class Contact(Once):
    """A contact. ``now``: the moment at which it is told; it was before."""

    channel = forms.ChoiceField(label=_("How"), choices=list(CHANNELS.items()))
    direction = forms.ChoiceField(label=_("Who"), choices=_DIRECTIONS)
    occurred_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=1_440)
    outcome = forms.CharField(label=_("Outcome"), required=False, max_length=200)
    text = forms.CharField(label=_("Notes"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *data: Any, now: datetime, **more: Any) -> None:
        here = now.astimezone(current().zone).replace(tzinfo=None)
        more["initial"] = {"occurred_at": here, **(more.get("initial") or {})}
        super().__init__(*data, **more)
        self._now = now

    def clean_occurred_at(self) -> datetime:
        """Django reads times in UTC here; the person meant the organisation's clock. Not in the future."""
        given: datetime = self.cleaned_data["occurred_at"]
        at = given.replace(tzinfo=current().zone)
        if at > self._now:
            raise forms.ValidationError(_("This lies in the future."))
        return at


def row_of(given: dict[str, Any], touchpoint_id: str, account_id: str, csm_id: str) -> dict[str, Any]:
    """What was filled in, as a row of ``touchpoint``. ``csm_id``: whose contact it is; empty for nobody's of ours."""
    plain = {name: given[name] for name in ("channel", "direction", "occurred_at", "minutes")}
    told = {name: given.get(name) or None for name in ("outcome", "text", "person_ids")}
    return {"touchpoint_id": touchpoint_id, "account_id": account_id, "csm_id": csm_id or None, **plain, **told}
