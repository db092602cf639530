"""Keys with which programs ask, and where they may write send, as the person whose they are: made, recognised, ended."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from tenure.web.access import events
from tenure.web.access.events import Kind
from tenure.web.access.models import ApiKey, User

#: Days that a key may live.
LIVES = (30, 90, 365)
#: What a key begins with, so that whoever finds one knows what it is.
_MARK = "tenure_"
#: That a key was used is noted when this much has passed since the last note.
_NOTED = timedelta(minutes=5)


@dataclass(frozen=True)
class Made:
    """A new key. ``secret`` is nowhere kept."""

    key: ApiKey
    secret: str


def make(user: User, name: str, days: int, *, may_write: bool = False) -> Made:
    """A new key of a person's."""
    secret = _MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = ApiKey.objects.create(
            user=user, name=name, secret_hash=_hashed(secret), expires_at=timezone.now() + timedelta(days=days),
            may_write=may_write,
        )  # fmt: skip
        events.record(Kind.KEY_MADE, actor=user, subject=user, key=key.pk, days=days, may_write=may_write)
    return Made(key, secret)


def of(user: User) -> list[ApiKey]:
    """A person's keys that work, the newest first."""
    return list(ApiKey.objects.filter(user=user, expires_at__gt=timezone.now()).order_by("-created_at"))


def end(user: User, key: int) -> bool:
    """End one of a person's keys; whether there was such a one."""
    with transaction.atomic():
        ended, _ = ApiKey.objects.filter(user=user, pk=key).delete()
        if ended:
            events.record(Kind.KEY_ENDED, actor=user, subject=user, key=key)
    return bool(ended)


def borne(request: HttpRequest) -> ApiKey | None:
    """The key that a request bears, while it works; None for any other. A key is long and random: guesses need no limit."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        return None
    now = timezone.now()
    found = (
        ApiKey.objects.filter(secret_hash=_hashed(secret.strip()), expires_at__gt=now, user__is_active=True)
        .select_related("user")
        .first()
    )
    if found is None:
        return None
    _note_use(found, now)
    return found


def _note_use(key: ApiKey, now: datetime) -> None:
    if key.used_at is None or now - key.used_at > _NOTED:
        key.used_at = now
        with suppress(DatabaseError):  # a disk that is full keeps nobody out
            key.save(update_fields=["used_at"])


def _hashed(secret: str) -> str:
    """A key as it is stored. It is long and random, so a plain hash does."""
    return hashlib.sha256(secret.encode()).hexdigest()
