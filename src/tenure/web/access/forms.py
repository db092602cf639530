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

from tenure.web.access import rights
from tenure.web.access.keys import LIVES
from tenure.web.access.models import User
from tenure.web.access.policy import DOMAIN, INVITED
from tenure.web.access.rights import Right
from tenure.web.access.roles import EXPLAINED, Role

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
    rights = forms.MultipleChoiceField(
        label=_("It may"), initial=[Right.FIGURES.value], widget=forms.CheckboxSelectMultiple,
        template_name="kit/checks.html",  # type: ignore[call-arg]  # as above
        error_messages={"required": _("Choose at least one right: without one, the key opens nothing.")},
    )  # fmt: skip

    def __init__(self, *data: Any, user: User) -> None:
        super().__init__(*data)
        field: Any = self.fields["rights"]
        field.choices = [
            (right.value, _with_small("{}<small>{}</small>", right.label, rights.EXPLAINED[right]))
            for right in rights.of(user.roles)
        ]

    def chosen_rights(self) -> tuple[Right, ...]:
        """The rights ticked, of those that the person can give."""
        return tuple(Right(value) for value in self.cleaned_data["rights"])


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


class Code(forms.Form):
    """A code of an app, or where they are taken a recovery code."""

    code = forms.CharField(
        label=_("Code"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip


class OwnPassword(forms.Form):
    """The password, from who is logged in."""

    password = _password(_("Your password"), "current-password")


class NewPasskey(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(
        label=_("Name"), max_length=100, initial=_("My device"), help_text=_("Where it lies, so that you know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class ProviderForm(forms.Form):
    """The provider of single sign-on."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("As the button at log-in calls it: “Log in with …”.")
    )
    issuer = forms.URLField(
        label=_("Address (issuer)"), max_length=500, assume_scheme="https",
        help_text=_("As the provider tells it; /.well-known/openid-configuration is found below it."),
    )  # fmt: skip
    client_id = forms.CharField(label=_("Client ID"), max_length=500)
    client_secret = forms.CharField(
        label=_("Client secret"), max_length=2000, required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted, and shown to nobody. Empty: it stays as it is."),
    )  # fmt: skip
    second_factor = forms.BooleanField(
        label=_("The provider asks for a second factor itself"), required=False,
        help_text=_("Then Tenure asks for none after it."),
    )  # fmt: skip
    unverified_email = forms.BooleanField(
        label=_("Believe addresses that it does not say it verified"), required=False,
        help_text=_("Only for a directory of your own, in which nobody can choose the address. Entra ID needs this."),
    )  # fmt: skip
    internal = forms.BooleanField(
        label=_("The provider is inside the company"), required=False,
        help_text=_("Without this, Tenure asks no internal address and nothing without TLS."),
    )  # fmt: skip


class Arrivals(forms.Form):
    """Who may come in through the provider, and as what."""

    who = forms.ChoiceField(
        label=_("Who comes in"), widget=forms.RadioSelect, template_name="kit/checks.html",  # type: ignore[call-arg]  # as above
        choices=[
            (INVITED, _with_small("{}<small>{}</small>", _("People who have been added"), _("By the address that they were added with."))),
            (DOMAIN, _with_small("{}<small>{}</small>", _("Everybody of these domains"), _("Others are made at their first log-in."))),
        ],
    )  # fmt: skip
    domains = forms.CharField(
        label=_("Domains"), max_length=500, required=False, help_text=_("With spaces between: example.com example.org")
    )
    role = forms.ChoiceField(
        label=_("Their role"),
        choices=Role.choices,
        help_text=_("Of who comes in by domain, where no group says otherwise. A viewer sees all accounts."),
    )
    claim = forms.CharField(
        label=_("Claim with groups"),
        max_length=100,
        required=False,
        help_text=_("As “groups” or “roles”. Empty: roles are given here, by hand."),
    )
    roles = forms.CharField(
        label=_("What groups mean"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("A line each: group = role. At each log-in these roles are given and taken as the groups say; other roles stay as they are."),
    )  # fmt: skip
    csm_id = forms.CharField(
        label=_("Claim with the CSM id"),
        max_length=100,
        required=False,
        help_text=_("Empty: it is filled in under People."),
    )

    def clean_roles(self) -> dict[str, str]:
        """The role's name by group."""
        found = {}
        for line in self.cleaned_data["roles"].splitlines():
            group, equals, role = (part.strip() for part in line.rpartition("="))
            if not line.strip():
                continue
            if not equals or not group or role.lower() not in Role.values:
                known = ", ".join(Role.values)
                raise forms.ValidationError(
                    _("“%(line)s” is not group = role. Roles are: %(known)s."), params={"line": line, "known": known}
                )
            found[group] = role.lower()
        return found


class Passwords(forms.Form):
    """Whether passwords are taken, and of whom if not."""

    on = forms.BooleanField(label=_("People may log in with a password or a passkey"), required=False)
    but_for = forms.ChoiceField(
        label=_("Always let in with a password"), required=False,
        help_text=_("An administrator, for the day when the provider does not answer."),
    )  # fmt: skip

    def __init__(self, *data: Any, administrators: list[User], **more: Any) -> None:
        super().__init__(*data, **more)
        field: Any = self.fields["but_for"]
        field.choices = [("", _("Nobody")), *((user.email, f"{user.name}, {user.email}") for user in administrators)]


class FactorRoles(forms.Form):
    """Who needs a second factor."""

    roles = forms.MultipleChoiceField(
        label=_("Roles that need a second factor"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple,
        template_name="kit/checks.html",  # type: ignore[call-arg]  # as above
    )  # fmt: skip
