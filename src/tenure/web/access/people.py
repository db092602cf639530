"""People who may log in: made, changed, deactivated. Everything here is recorded."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth import login as django_login
from django.contrib.auth import logout
from django.contrib.auth.hashers import make_password
from django.db import transaction

from tenure.web.access import events, policy, sessions
from tenure.web.access.events import Kind
from tenure.web.access.models import Grant, User
from tenure.web.access.page import Request
from tenure.web.access.roles import Role


class LastAdministratorError(Exception):
    """It would leave nobody who can look after people."""


def create(
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    csm_id: str = "",
    password: str | None = None,
    by: User | None = None,
) -> User:
    """Make a person. Without a password nobody can log in as her until she has used an invitation."""
    encoded = make_password(password)  # of none: one that fits nothing
    with transaction.atomic():
        user = User(email=email.strip().lower(), name=name.strip(), csm_id=csm_id.strip(), password=encoded)
        user.save()
        events.record(Kind.PERSON_CREATED, actor=by, subject=user)
        give_roles(user, roles, by=by)
    return user


def change(user: User, *, name: str, csm_id: str, roles: Collection[Role], by: User) -> None:
    """Change a person. Raises ``LastAdministratorError``."""
    with transaction.atomic():
        if (user.name, user.csm_id) != (name, csm_id):
            user.name, user.csm_id = name, csm_id
            user.save(update_fields=["name", "csm_id"])
            events.record(Kind.PERSON_CHANGED, actor=by, subject=user, csm_id=csm_id)
        give_roles(user, roles, by=by)


def give_roles(user: User, roles: Collection[Role], *, by: User | None) -> None:
    """Let a person have exactly these roles. Raises ``LastAdministratorError``."""
    wanted = frozenset(roles)
    had = frozenset(Role(grant.role) for grant in user.grants.all())
    if wanted == had:
        return
    with transaction.atomic():
        user.grants.exclude(role__in=wanted).delete()
        Grant.objects.bulk_create(Grant(user=user, role=role) for role in sorted(wanted - had))
        user.__dict__.pop("roles", None)
        if Role.ADMINISTRATOR in had - wanted:
            _keep_one_administrator()
        events.record(
            Kind.ROLES_CHANGED, actor=by, subject=user, added=sorted(wanted - had), removed=sorted(had - wanted)
        )


def deactivate(user: User, *, by: User) -> None:
    """Keep a person out, at once. Raises ``LastAdministratorError``."""
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active"])
        user.links.all().delete()
        user.keys.all().delete()
        sessions.end_all(user)
        _keep_one_administrator()
        events.record(Kind.DEACTIVATED, actor=by, subject=user)


def reactivate(user: User, *, by: User) -> None:
    """Let a person in again, with the password she had."""
    with transaction.atomic():
        user.is_active = True
        user.save(update_fields=["is_active"])
        events.record(Kind.REACTIVATED, actor=by, subject=user)


def change_password(user: User, password: str) -> None:
    """Give a person a new password, by her own hand."""
    encoded = make_password(password)
    with transaction.atomic():
        user.password = encoded
        user.save(update_fields=["password"])
        events.record(Kind.PASSWORD_CHANGED, actor=user, subject=user)


def log_in(request: Request, user: User, *, way: str, strong: bool = False) -> None:
    """Begin a session, under a new key. ``way``: password, link, passkey or provider; ``strong``: by a second factor."""
    with transaction.atomic():
        request.session.flush()
        django_login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        sessions.begin(request, strong=strong)
        events.record(Kind.LOGGED_IN, actor=user, subject=user, way=way, strong=strong)
    sessions.sweep()


def log_out(request: Request) -> None:
    """End the session."""
    events.record(Kind.LOGGED_OUT, actor=request.user, subject=request.user)
    logout(request)


def there_is_an_administrator() -> bool:
    """Whether somebody can log in who looks after people, also when the provider of single sign-on does not answer."""
    holders, how = User.objects.filter(grants__role=Role.ADMINISTRATOR, is_active=True), policy.now()
    return any(user.has_usable_password() and how.takes_password(user.email) for user in holders)


def _keep_one_administrator() -> None:
    """Raises within the transaction, which takes the change back."""
    if not there_is_an_administrator():
        raise LastAdministratorError
