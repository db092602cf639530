"""Keys with which applications send events: made, recognised, ended."""

from __future__ import annotations

import hashlib
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tenure.core.errors import UnavailableError
from tenure.web.access import events
from tenure.web.access.events import Kind
from tenure.web.access.models import User
from tenure.web.intake.models import EventKey

_MARK = "tenure_events_"
#: Seconds for which a key is taken to be what it was: so it takes that long at most until one that was ended is refused.
FRESH = 5.0
_MOST_KNOWN = 10_000


@dataclass(frozen=True)
class Made:
    """A new key. ``secret`` is nowhere kept."""

    source: str
    secret: str


def make(user: User, source: str) -> Made:
    """A new key of a source; those that it has go on to work."""
    secret = _MARK + secrets.token_urlsafe(24)
    with transaction.atomic():
        key = EventKey.objects.create(source=source, secret_hash=_hashed(secret), made_by=user)
        events.record(Kind.KEY_MADE, actor=user, subject=None, events=key.pk)
    return Made(source, secret)


def all_keys() -> list[EventKey]:
    """The keys that work, by source and age."""
    return list(EventKey.objects.filter(ended_at=None).select_related("made_by").order_by("source", "created_at"))


def end(user: User, key: int) -> bool:
    """End a key; whether there was such a one."""
    with transaction.atomic():
        ended = EventKey.objects.filter(pk=key, ended_at=None).update(ended_at=timezone.now())
        if ended:
            events.record(Kind.KEY_ENDED, actor=user, subject=None, events=key)
    return bool(ended)


class Sources:
    """Of which source a secret is a key, looked up once in a few seconds: intake is asked a thousand times a second."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, tuple[float, str | None]] = {}

    def fresh(self, secret: str) -> tuple[str | None] | None:
        """The source as it was looked up just now, in one: that is no question to the database. None where it was not."""
        found = self._known.get(_hashed(secret))
        return (found[1],) if found is not None and time.monotonic() - found[0] < FRESH else None

    def of(self, secret: str) -> str | None:
        """The source; None where it is no key that works. Raises ``UnavailableError`` where that cannot be told."""
        name, now = _hashed(secret), time.monotonic()
        with self._lock:
            found = self._known.get(name)
        if found is not None and now - found[0] < FRESH:
            return found[1]
        try:
            source = EventKey.objects.filter(secret_hash=name, ended_at=None).values_list("source", flat=True).first()
        except DatabaseError as error:
            if found is not None:  # the disk is at fault: it is what it was
                return found[1]
            fix = "Look at the disk, and at the rights of the workspace."
            raise UnavailableError("Keys cannot be looked up just now.", code="database", fix=fix) from error
        finally:
            with suppress(DatabaseError):
                connection.close()  # this thread belongs to no request of Django's
        with self._lock:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[name] = (now, source)
        return source


def _hashed(secret: str) -> str:
    """A key as it is stored. It is long and random, so a plain hash does."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
