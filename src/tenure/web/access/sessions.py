"""Sessions: kept in the database under a hash of their key, tied to a person, and ended by rest or by age."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenure.web.access.models import Session, User

#: However much it is used, a session ends after this.
OLDEST = timedelta(days=7)
#: A session is written anew, for another SESSION_COOKIE_AGE, when it was last written longer ago than this.
_TOUCH = timedelta(minutes=5)

#: A header by which an open page says that nobody has asked.
UNATTENDED = "X-Unattended"

#: What a session holds: that a second factor was shown, and when its person last proved who she is.
STRONG, SURE = "strong", "sure"
_USER, _BORN, _SEEN, _ADDRESS, _BROWSER = "_auth_user_id", "born", "seen", "address", "browser"


def hashed(key: str) -> str:
    """A session's key as it is stored. The key is long and random, so a plain hash does."""
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(DatabaseStore):
    """As Django's, but nobody can log in with what the database holds."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our own table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()
        found = Session.objects.filter(
            session_key=hashed(self.session_key or ""), expire_date__gt=now, created_at__gt=now - OLDEST
        ).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether there is a session with this key."""
        return Session.objects.filter(session_key=hashed(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row: what the person is shown of her sessions stands beside the data."""
        now = timezone.now()
        return Session(
            session_key=hashed(self.session_key or ""),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(_USER),
            created_at=datetime.fromisoformat(data[_BORN]) if _BORN in data else now,
            seen_at=now,
            address=data.get(_ADDRESS, ""),
            browser=data.get(_BROWSER, ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        """End it."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=hashed(key)).delete()

    # Whoever asks without waiting gets the same, not Django's own, which would look for keys without hashing them.
    async def _aget_session_from_db(self) -> Session | None:
        return await sync_to_async(self._get_session_from_db)()

    async def aexists(self, session_key: str) -> bool:
        """As ``exists``."""
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        """As ``create_model_instance``."""
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        """As ``delete``."""
        await sync_to_async(self.delete)(session_key)


class Sessions(SessionMiddleware):
    """Django's, and a session in use does not run out."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Write the session anew where it is logged in and was not written for a while.

        What an open page asks by itself does not count as use: else a browser that is left alone would stay logged in.
        """
        session = request.session
        if session.accessed and session.get(_USER) and not _is_unattended(request):
            seen = session.get(_SEEN)
            now = timezone.now()
            if seen is None or now - datetime.fromisoformat(seen) > _TOUCH:
                session[_SEEN] = now.isoformat()
        return super().process_response(request, response)


def _is_unattended(request: HttpRequest) -> bool:
    page = getattr(request, "page", None)
    return bool(page and page.unattended) or UNATTENDED in request.headers


def begin(request: HttpRequest, *, strong: bool) -> None:
    """Note of a session that has just logged in what its person will be shown of it, and whether by a second factor."""
    request.session[_BORN] = request.session[SURE] = timezone.now().isoformat()
    if strong:
        request.session[STRONG] = True
    request.session[_ADDRESS] = request.META.get("REMOTE_ADDR") or ""
    request.session[_BROWSER] = request.headers.get("User-Agent", "")[:200]


def of(user: User) -> QuerySet[Session]:
    """A person's sessions that go on."""
    now = timezone.now()
    return Session.objects.filter(user=user, expire_date__gt=now, created_at__gt=now - OLDEST)


def end_all(user: User, *, but: HttpRequest | None = None) -> int:
    """End a person's sessions, all or all but the one that asks; how many there were."""
    found = Session.objects.filter(user=user)
    if but is not None:
        found = found.exclude(session_key=current(but))
    ended, _ = found.delete()
    return ended


def current(request: HttpRequest) -> str:
    """The name in the database of the session that asks."""
    return hashed(request.session.session_key or "")


def standing(keys: Collection[str]) -> set[str]:
    """Which of these sessions, by their names in the database, still let somebody in who has a role."""
    now = timezone.now()
    found = Session.objects.filter(
        session_key__in=keys, expire_date__gt=now, created_at__gt=now - OLDEST,
        user__is_active=True, user__grants__isnull=False,
    )  # fmt: skip
    return set(found.values_list("session_key", flat=True))


def sweep() -> None:
    """Remove sessions that have run out."""
    now = timezone.now()
    Session.objects.filter(expire_date__lte=now).delete()
    Session.objects.filter(created_at__lte=now - OLDEST).delete()
