"""Guesses at secrets are counted before they are looked at, per account and per address, and soon have to wait."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tenure.web.access.models import Attempt, User

WINDOW = timedelta(minutes=15)
#: Guesses within the window.
PER_ACCOUNT = 10
PER_ADDRESS = 50
_COOKIE = "tenure_known"
_A_YEAR = 365 * 24 * 3600


class Guess:
    """One guess at the secret of ``account`` (any text; none: the secret is all there is). ``kind``: what addresses are counted
    for: a program with a key that has ended must not keep the people beside it from logging in.

    Who has logged in with this browser before is counted apart, so that strangers who guess at an account cannot keep
    its owner out. Whether an account exists makes no difference.
    """

    def __init__(self, request: HttpRequest, account: str = "", *, kind: str = "address") -> None:
        known = _known_browser(request, account)
        self._address = _counted(kind, network_of(request.META.get("REMOTE_ADDR") or ""))
        self._account = _counted("browser" if known else "account", f"{known} {account}") if account else ""

    def wait(self) -> timedelta:
        """How long to wait before this guess may be made; nothing: go on, it is counted."""
        now = timezone.now()
        with transaction.atomic():
            Attempt.objects.filter(at__lte=now - WINDOW).delete()
            limits = [(self._address, PER_ADDRESS), *([(self._account, PER_ACCOUNT)] if self._account else [])]
            waits = [self._until(name, limit) - now for name, limit in limits if self._spent(name, limit)]
            if waits:
                return max(waits)
            Attempt.objects.bulk_create(Attempt(counted_under=name, at=now) for name, _ in limits)
        return timedelta()

    def was_right(self) -> None:
        """Forget this guess and the wrong ones before it."""
        Attempt.objects.filter(counted_under=self._account).delete()
        last = Attempt.objects.filter(counted_under=self._address).order_by("-at").first()
        if last:
            last.delete()

    @staticmethod
    def _spent(name: str, limit: int) -> bool:
        return Attempt.objects.filter(counted_under=name).count() >= limit

    @staticmethod
    def _until(name: str, limit: int) -> datetime:
        earliest = Attempt.objects.filter(counted_under=name).order_by("-at")[limit - 1]
        return earliest.at + WINDOW


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known as one that the person has logged in with."""
    if not _known_browser(request, user.email):
        value = signing.dumps([_counted("owner", user.email), secrets.token_urlsafe(12)], salt=_COOKIE)
        response.set_cookie(_COOKIE, value, max_age=_A_YEAR, httponly=True, samesite="Lax")


def network_of(address: str) -> str:
    """What one household has: an IPv4 address, or the first half of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped:
        return str(mapped)
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def _known_browser(request: HttpRequest, account: str) -> str:
    """What tells this browser from others with which the account was logged in before; empty where it never was."""
    try:
        owner, browser = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_COOKIE, max_age=_A_YEAR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(browser) if owner == _counted("owner", account) else ""


def _counted(kind: str, name: str) -> str:
    """Attempts are counted without keeping whose they were."""
    return salted_hmac(f"tenure.attempt.{kind}", name, algorithm="sha256").hexdigest()
