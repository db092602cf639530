"""Views and static lists: which a person may open, keep and change, and who is on which list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenure.web.access.roles import Role
from tenure.web.book.models import AccountList, Listed, Shared, Sharing, View
from tenure.web.kit.choice import number_of

if TYPE_CHECKING:
    from tenure.web.access.models import User
    from tenure.web.book.asked import Asked

#: A number that no row has, and that databases can still compare.
BEYOND = 2**62
S = TypeVar("S", View, AccountList)


def visible(kind: type[S], user: User) -> list[S]:
    """Those that a person may open: the own ones first, then by their names."""
    found = [each for each in kind.objects.select_related("owner") if each.opens_for(user)]
    return sorted(found, key=lambda each: (each.owner_id != user.pk, each.name.casefold(), each.pk))


def opened(kind: type[S], number: str | int, user: User, *, own: bool = False) -> S:
    """One of them. Raises ``Http404`` where there is none that this person may open, or change (``own``)."""
    found = kind.objects.select_related("owner").filter(pk=number_of(str(number))).first()
    if found is None or not found.opens_for(user) or (own and found.owner_id != user.pk):
        raise Http404
    return found


def members(of: Asked, user: User) -> Mapping[str, tuple[str, ...]]:
    """The accounts of the static lists that something asks for, by the lists' numbers, as far as a person may open these."""
    numbers = {value for each in of.filters if each.column == "list" for value in each.values if number_of(value)}
    lists = [each.pk for each in AccountList.objects.filter(pk__in=numbers) if each.opens_for(user)] if numbers else []
    found: dict[str, list[str]] = defaultdict(list)
    for number, account in Listed.objects.filter(on__in=lists).values_list("on", "account_id"):
        found[str(number)].append(account)
    return {number: tuple(accounts) for number, accounts in found.items()}


class Keeping(forms.Form):
    """What a view or a list is called, and who opens it."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(
        label=_("What it is for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    shared = forms.ChoiceField(
        label=_("Who opens it"), choices=Sharing.choices, initial=Sharing.PRIVATE,
        help_text=_("Everybody sees in it the own accounts only."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=_("With which roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple,
        template_name="kit/checks.html",  # type: ignore[call-arg]  # since Django 5.0; the stubs lack it
    )  # fmt: skip

    @classmethod
    def of(cls, kept: Shared) -> Keeping:
        """The form as it was filled in."""
        return cls(
            initial={"name": kept.name, "description": kept.description, "shared": kept.shared, "roles": kept.roles}
        )

    def clean(self) -> dict[str, object]:
        """Roles where it is shared with roles."""
        given = super().clean() or {}
        if given.get("shared") == Sharing.ROLES and not given.get("roles"):
            self.add_error("roles", _("Choose the roles, or keep it to yourself."))
        return given

    def keep(self, kept: Shared) -> None:
        """Say so of a view or a list, and save it."""
        told = self.cleaned_data
        kept.name, kept.description, kept.shared = told["name"], told["description"], told["shared"]
        kept.roles = sorted(told["roles"]) if kept.shared == Sharing.ROLES else []
        kept.changed_at = timezone.now()
        kept.save()
