"""For whom numbers and dates are written: the reader's locale and the organisation's time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header

from tenure.core import config
from tenure.core.errors import TenureError

_FALLBACK = "en"


@dataclass(frozen=True)
class Reading:
    """How what is shown is written. ``zone``: where days begin."""

    locale: Locale
    zone: ZoneInfo


_current: ContextVar[Reading] = ContextVar("reading")
_ANYBODY = Reading(Locale.parse(_FALLBACK), ZoneInfo("UTC"))


def current() -> Reading:
    """How to write for who reads now."""
    return _current.get(_ANYBODY)


def local_date(at: datetime) -> date:
    """The day that it is at a moment in the organisation's zone."""
    return at.astimezone(current().zone).date()


def local_today() -> date:
    """The day that it is now in the organisation's zone."""
    return local_date(datetime.now(UTC))


@lru_cache(maxsize=256)
def locale_of(accept_language: str) -> Locale:
    """The first locale of an Accept-Language header that is known, region and all: dates of en-GB are not of en-US."""
    for tag, _weight in parse_accept_lang_header(accept_language[:200]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(_FALLBACK)


@contextmanager
def reading_in(locale: str) -> Iterator[None]:
    """Until the end of the block what is written is for a reader of this locale (``en_GB``), where no request tells of one."""
    try:
        found = Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        found = _ANYBODY.locale
    token = _current.set(Reading(found, _zone()))
    try:
        yield
    finally:
        _current.reset(token)


class ReadersLocale:
    """Writes each answer for the browser that asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As Django calls it."""
        reading = Reading(locale_of(request.headers.get("Accept-Language", "")), _zone())
        token = _current.set(reading)
        try:
            return self._get_response(request)
        finally:
            _current.reset(token)


def _zone() -> ZoneInfo:
    """The organisation's. A file of settings with a mistake in it must not take every page down."""
    try:
        return _zone_in(_stamp())
    except (TenureError, OSError):
        return ZoneInfo("UTC")


def _stamp() -> int:
    return (settings.HOME / config.FILE).stat().st_mtime_ns


@lru_cache(maxsize=1)
def _zone_in(_stamp_of_settings: int) -> ZoneInfo:
    return config.read(settings.HOME).zone
