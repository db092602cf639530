"""What people fill in about access, and what is taken of it: nothing but the fields named here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tenure.web.access.keys import LIVES
from tenure.web.access.models import User
from tenure.web.access.roles import EXPLAINED, MAY_WRITE, Role

#: Longer texts are no passwords, and cost as much to hash as they are long.
_LONGEST_PASSWORD = 256
_with_small = lazy(format_html, SafeString)


def _email() -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username"})
    return forms.EmailField(label=_("E-mail"), max_length=254, widget=widget)


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, max_length=_LONGEST_PASSWORD, strip=False, widget=widget, help_text=help_text
    )  # fmt: skip


class LogIn(forms.Form):
    """Who, and the secret."""

    email = _email()
    password = _password(_("Password"), "current-password")

    def clean_email(self) -> str:
        """In lower case, as it is stored."""
        return str(self.cleaned_data["email"]).strip().lower()


class NewPassword(forms.Form):
    """A password chosen by who it belongs to."""

    password = _password(
        _("Password"), "new-password", _("At least 12 characters. A sentence is easy to remember and hard to guess.")
    )
    again = _password(_("Password, once more"), "new-password")

    def __init__(self, *data: Any, user: User, **more: Any) -> None:
        super().__init__(*data, **more)
        self._user = user

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough for this person."""
        given = super().clean() or {}
        password = given.get("password")
        if password and "again" in given and given["again"] != password:
            self.add_error("again", _("The two are not the same."))
        if password:
            try:
                password_validation.validate_password(password, self._about(given))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given

    def _about(self, _given: dict[str, Any]) -> User:
        """Whom the password must not resemble."""
        return self._user


class SetUp(NewPassword):
    """The first administrator."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = _email()
    field_order = ["name", "email", "password", "again"]

    def __init__(self, *data: Any, **more: Any) -> None:
        super().__init__(*data, user=User(), **more)

    def _about(self, given: dict[str, Any]) -> User:
        return User(name=given.get("name", ""), email=given.get("email", ""))


class ChangePassword(NewPassword):
    """A new password, by who knows the old one."""

    old = _password(_("Current password"), "current-password")
    field_order = ["old", "password", "again"]


class Person(forms.Form):
    """What an administrator says of a person."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.value, _with_small("{}<small>{}</small>", role.label, EXPLAINED[role])) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        template_name="kit/checks.html",  # type: ignore[call-arg]  # since Django 5.0; the stubs lack it
        error_messages={"required": _("Choose at least one role: without one, no page opens.")},
    )
    csm_id = forms.CharField(
        label=_("CSM id"),
        max_length=200,
        required=False,
        help_text=_("As the data names the person. It decides which accounts a CSM or a manager sees."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Who sees by reporting line must be in it."""
        given = super().clean() or {}
        tied = {Role.CSM, Role.MANAGER}.intersection(given.get("roles", ()))
        if tied and not given.get("csm_id"):
            self.add_error("csm_id", _("A CSM or a manager needs it, or sees no account."))
        return given

    def chosen_roles(self) -> frozenset[Role]:
        """The roles ticked."""
        return frozenset(Role(value) for value in self.cleaned_data["roles"])


class NewKey(forms.Form):
    """A key for a program."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What it is for, so that you know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("Works for"), coerce=int, initial=90,
        choices=[(days, ngettext_lazy("%d day", "%d days") % days) for days in LIVES],
    )  # fmt: skip
    may_write = forms.BooleanField(
        label=_("May send rows"), required=False,
        help_text=_("Of any table, as facts. Without this it reads, and no more: give programs no more than they need."),
    )  # fmt: skip

    def __init__(self, *data: Any, user: User) -> None:
        super().__init__(*data)
        if MAY_WRITE.isdisjoint(user.roles):
            del self.fields["may_write"]


class NewPerson(Person):
    """A person who is not there yet."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ["name", "email", "roles", "csm_id"]

    def clean_email(self) -> str:
        """In lower case, and of nobody else."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(_("There is a person with this e-mail already."))
        return email
