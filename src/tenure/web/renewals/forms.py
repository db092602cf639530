"""What is told of renewals and of sales to customers."""

from __future__ import annotations

from datetime import date
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
        label=_("Expected a year"), required=False, min_value=Decimal(0), max_digits=18, decimal_places=4
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
        label=_("Worth a year"), required=False, min_value=Decimal(0), max_digits=18, decimal_places=4
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
    amount = forms.DecimalField(label=_("Worth a year"), min_value=Decimal(0), max_digits=18, decimal_places=4)
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


class SaleChanged(Once):
    """How an opportunity that is open goes."""

    stage = forms.CharField(label=_("Stage"), max_length=100, widget=forms.TextInput(attrs={"list": "stages"}))
    amount = forms.DecimalField(label=_("Worth a year"), min_value=Decimal(0), max_digits=18, decimal_places=4)
    probability = forms.IntegerField(label=_("Likely, in percent"), required=False, min_value=0, max_value=100)
    expected_close = forms.DateField(label=_("Decision expected on"), widget=forms.DateInput(attrs=_DAY))

    def told(self) -> dict[str, Any]:
        """The columns of ``opportunity`` that it tells."""
        given = self.cleaned_data
        chance = given["probability"]
        return {
            "stage": given["stage"], "amount": given["amount"], "expected_close": given["expected_close"],
            "probability": None if chance is None else Decimal(chance) / 100,
        }  # fmt: skip


class Decided(Once):
    """How an opportunity was decided. ``of``: the days on which that can have been, the first and the last."""

    status = forms.ChoiceField(
        label=_("What became of it?"), choices=[("won", _("Won")), ("lost", _("Lost"))], widget=forms.RadioSelect
    )
    closed_on = forms.DateField(label=_("Decided on"), widget=forms.DateInput(attrs=_DAY))
    amount = forms.DecimalField(label=_("Worth a year"), min_value=Decimal(0), max_digits=18, decimal_places=4)
    lost_reason = forms.CharField(
        label=_("Why, if it was lost"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "reasons"}),
    )

    def __init__(self, *data: Any, of: tuple[date | None, date], **more: Any) -> None:
        super().__init__(*data, **more)
        self._first, self._last = of

    def clean(self) -> dict[str, Any]:
        """A loss has a reason, and a decision a day on which it can have been."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("status") == "lost" and not given.get("lost_reason"):
            self.add_error("lost_reason", _("Say why, in a word or two."))
        day = given.get("closed_on")
        if day and day > self._last:
            self.add_error("closed_on", _("That day is still to come."))
        elif day and self._first and day < self._first:
            self.add_error("closed_on", _("It was not open yet on that day."))
        return given

    def told(self) -> dict[str, Any]:
        """The columns of ``opportunity`` that it tells, but for the moment."""
        given = self.cleaned_data
        lost = given["status"] == "lost"
        return {
            "status": given["status"],
            "amount": given["amount"],
            "lost_reason": given["lost_reason"] if lost else None,
        }


class Taken(Once):
    """What was told is taken back."""
