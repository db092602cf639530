"""Links that work once: the set-up of a new workspace, and invitations to choose a password."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from tenure.web.access import events, keys, policy, sessions
from tenure.web.access.events import Kind
from tenure.web.access.models import Link, User
from tenure.web.access.people import give_roles, there_is_an_administrator
from tenure.web.access.roles import Role

SET_UP_LASTS = timedelta(hours=24)
INVITATION_LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Made:
    """A new link's secret, which is nowhere kept, and when it ends."""

    secret: str
    expires_at: datetime


def for_set_up() -> Made | None:
    """A new link that makes the first administrator, in place of earlier ones; None where there is one already."""
    with transaction.atomic():
        if there_is_an_administrator():
            return None
        Link.objects.filter(user=None).delete()
        return _make(None, SET_UP_LASTS)


def invite(user: User, *, by: User) -> Made:
    """A new link with which a person chooses a password, in place of earlier ones."""
    with transaction.atomic():
        user.links.all().delete()
        events.record(Kind.INVITED, actor=by, subject=user)
        return _make(user, INVITATION_LASTS)


def find(secret_hash: str) -> Link | None:
    """The link whose secret has this hash, while it works."""
    found = Link.objects.filter(secret_hash=secret_hash, expires_at__gt=timezone.now()).select_related("user").first()
    if found is None:
        return None
    if found.user is None:
        return None if there_is_an_administrator() else found
    works = found.user.is_active and policy.now().takes_password(found.user.email)
    return found if works else None


def set_up(secret_hash: str, *, name: str, email: str, password: str) -> User | None:
    """Use up a link for set-up: make the first administrator. None where the link no longer works."""
    encoded = make_password(password)  # before the lock is taken: it takes long on purpose
    with transaction.atomic():  # takes the write lock: of two at once, the second finds an administrator
        link = find(secret_hash)
        if link is None or link.user is not None:
            return None
        user, _ = User.objects.get_or_create(email=email.strip().lower(), defaults={"name": name})
        user.name, user.is_active, user.password = name, True, encoded
        user.save()
        Link.objects.filter(user=None).delete()
        events.record(Kind.SET_UP, actor=user, subject=user)
        give_roles(user, {Role.ADMINISTRATOR} | user.roles, by=user)
    return user


def accept(secret_hash: str, *, password: str) -> User | None:
    """Use up an invitation: set the person's password and end old sessions. None where the link no longer works."""
    encoded = make_password(password)
    with transaction.atomic():
        link = find(secret_hash)
        if link is None or link.user is None:
            return None
        user = link.user
        user.password = encoded
        user.save(update_fields=["password"])
        user.links.all().delete()
        sessions.end_all(user)
        keys.end_all(user, by=user)
        events.record(Kind.LINK_USED, actor=user, subject=user)
    return user


def _make(user: User | None, lasts: timedelta) -> Made:
    secret = secrets.token_urlsafe(32)
    expires_at = timezone.now() + lasts
    Link.objects.create(secret_hash=hashed(secret), user=user, expires_at=expires_at)
    return Made(secret, expires_at)


def hashed(secret: str) -> str:
    """A link's secret as it is stored. It is long and random, so a plain hash does."""
    return hashlib.sha256(secret.encode()).hexdigest()
