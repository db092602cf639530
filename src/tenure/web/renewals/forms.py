"""What is told of renewals and of sales to customers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenure.web.kit.once import Once
from tenure.web.renewals import words

_DAY = {"type": "date"}


class Judged(Once):
    """How sure a renewal is."""

    category = forms.ChoiceField(label=_("How sure is it?"), choices=list(words.CATEGORIES.items()))
    amount = forms.DecimalField(
        label=_("Expected a year"), required=False, min_value=Decimal(0), max_digits=15, decimal_places=2
    )
    reason = forms.CharField(label=_("Why"), required=False, max_length=1_000)


class Ended(Once):
    """How a renewal ended. Only what belongs to the outcome is taken."""

    outcome = forms.ChoiceField(
        label=_("What became of it?"),
        choices=[
            ("renewed", _("Renewed")),
            ("lost", _("Lost")),
            ("postponed", _("Postponed")),
            ("open", _("Take it back")),
        ],
    )
    value = forms.DecimalField(
        label=_("Worth a year"), required=False, min_value=Decimal(0), max_digits=15, decimal_places=2
    )
    postponed_to = forms.DateField(label=_("To which day"), required=False, widget=forms.DateInput(attrs=_DAY))
    kind = forms.ChoiceField(label=_("How"), required=False, choices=[("", "–"), *words.KINDS.items()])
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=100, widget=forms.TextInput(attrs={"list": "reasons"})
    )
    competitor = forms.CharField(label=_("To whom"), required=False, max_length=200)
    controllable = forms.ChoiceField(
        label=_("Could we have done something?"),
        required=False,
        choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))],
    )
    text = forms.CharField(
        label=_("What they said"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """A loss has a reason, and what is postponed a day."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("outcome") == "lost" and not given.get("reason"):
            self.add_error("reason", _("Say why, in a word or two."))
        if given.get("outcome") == "postponed" and not given.get("postponed_to"):
            self.add_error("postponed_to", _("Give the day."))
        return given

    def told(self) -> dict[str, Any]:
        """The same as the engine takes it."""
        given = self.cleaned_data
        if given["outcome"] != "lost":
            return {"value": given["value"], "postponed_to": given["postponed_to"], "text": given["text"] or None}
        could = {"yes": True, "no": False}.get(given["controllable"])
        return {
            "kind": given["kind"] or "voluntary", "reason": given["reason"], "competitor": given["competitor"] or None,
            "controllable": could, "text": given["text"] or None,
        }  # fmt: skip


class Sale(Once):
    """A sale to a customer that may come."""

    kind = forms.ChoiceField(label=_("What"), choices=list(words.SALES.items()))
    amount = forms.DecimalField(label=_("Worth a year"), min_value=Decimal(0), max_digits=15, decimal_places=2)
    stage = forms.CharField(label=_("Stage"), max_length=100, widget=forms.TextInput(attrs={"list": "stages"}))
    probability = forms.IntegerField(label=_("Likely, in percent"), required=False, min_value=0, max_value=100)
    expected_close = forms.DateField(label=_("Decision expected on"), widget=forms.DateInput(attrs=_DAY))

    def row(self, account_id: str, csm_id: str, currency: str, at: str) -> dict[str, Any]:
        """The sale as a row of ``opportunity``."""
        given = self.cleaned_data
        chance = given["probability"]
        return {
            "opportunity_id": f"app-{given['message_id']}", "account_id": account_id, "kind": given["kind"], "status": "open",
            "stage": given["stage"], "probability": None if chance is None else Decimal(chance) / 100,
            "amount": given["amount"], "currency": currency, "owner_id": csm_id or None, "sourced_by": csm_id or None,
            "created_at": at, "expected_close": given["expected_close"],
        }  # fmt: skip
