"""Keys with which programs ask and send, as the person whose they are and for what they were made: made, recognised, ended."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from tenure.web.access import events
from tenure.web.access.events import Kind
from tenure.web.access.models import ApiKey, User
from tenure.web.access.rights import READS, Right

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


def make(user: User, name: str, days: int, rights: Collection[Right] = READS) -> Made:
    """A new key of a person's, for what ``rights`` say."""
    secret = _MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = ApiKey.objects.create(
            user=user, name=name, secret_hash=_hashed(secret), expires_at=timezone.now() + timedelta(days=days),
            scope=" ".join(sorted(rights)),
        )  # fmt: skip
        events.record(Kind.KEY_MADE, actor=user, subject=user, key=key.pk, days=days, rights=sorted(rights))
    return Made(key, secret)


def of(user: User) -> list[ApiKey]:
    """A person's keys that work, the newest first."""
    return list(ApiKey.objects.filter(user=user, expires_at__gt=timezone.now()).order_by("-created_at"))


def of_all() -> list[ApiKey]:
    """Everybody's keys that work, those that were used longest ago first: they are the ones to end."""
    found = ApiKey.objects.filter(expires_at__gt=timezone.now()).select_related("user")
    return sorted(found, key=lambda key: (key.used_at or key.created_at, key.pk))


def end(key: int, *, of: User | None, by: User) -> bool:
    """End a key, ``of`` a person or of whoever has it; whether there was such a one."""
    with transaction.atomic():
        found = ApiKey.objects.filter(pk=key, **({"user": of} if of else {})).select_related("user").first()
        if found is None:
            return False
        found.delete()
        events.record(Kind.KEY_ENDED, actor=by, subject=found.user, key=key)
    return True


def end_all(user: User, *, by: User) -> None:
    """End all keys of a person, in the transaction of what it is about: whoever took the account over has them no more."""
    for key in ApiKey.objects.filter(user=user):
        events.record(Kind.KEY_ENDED, actor=by, subject=user, key=key.pk)
        key.delete()


def borne(request: HttpRequest) -> ApiKey | None:
    """The key that a request bears, while it works; None for any other. It is looked up by its hash, which tells a
    guess nothing by the time it takes; what addresses may guess is counted by the gate.
    """
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
