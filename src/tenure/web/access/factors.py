"""Second factors: codes of an app (TOTP), and recovery codes that work once. Passkeys: ``passkeys``."""

from __future__ import annotations

import hashlib
import secrets
import time
from hmac import compare_digest

import pyotp
import segno
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from tenure.core.errors import UnavailableError
from tenure.engine.sync import vault
from tenure.web.access import events, keys, policy, sessions
from tenure.web.access.events import Kind
from tenure.web.access.models import App, Passkey, RecoveryCode, User

#: How many recovery codes there are, of how many letters out of how many: 120 bits, so that a plain hash does.
CODES, _LETTERS, _ALPHABET = 10, 24, "abcdefghijkmnpqrstuvwxyz23456789"
_STEP = 30
#: A clock may be a step before or behind ours.
_AROUND = (-1, 0, 1)
_SECRET = "totp"  # noqa: S105 - the name of one


class LastFactorError(Exception):
    """The person's roles ask for a second factor, and this is the only one."""


def needed(user: User) -> bool:
    """Whether the person's roles ask for a second factor."""
    return not policy.now().factor_roles.isdisjoint(user.roles)


def has(user: User) -> bool:
    """Whether the person has a second factor."""
    return App.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


def new_secret() -> str:
    """A secret for an app."""
    return pyotp.random_base32()


def address(user: User, secret: str) -> str:
    """What an app is told of a secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Tenure")


def picture(user: User, secret: str) -> str:
    """The same as a picture (SVG), to be held before a camera: dark on light in every theme."""
    return segno.make(address(user, secret), micro=False).svg_inline(border=3, dark="#000", light="#fff", omitsize=True)


def add_app(request: HttpRequest, user: User, secret: str, code: str) -> bool:
    """Take a new app in place of an earlier one, if it shows the right code; whether it does. Other sessions end."""
    step = _step(secret, code, after=0)
    if step is None:
        return False
    vault.keep(settings.HOME, _owner(user), {_SECRET: secret})
    with transaction.atomic():
        App.objects.filter(user=user).delete()
        App.objects.create(user=user, last_step=step)
        _added(request, user, "app")
    return True


def remove_app(user: User, *, by: User) -> bool:
    """Remove the app; whether there was one. Raises ``LastFactorError``."""
    with transaction.atomic():
        gone, _more = App.objects.filter(user=user).delete()
        if gone:
            removed(user, "app", by=by)
    if gone:
        vault.forget(settings.HOME, _owner(user))
    return bool(gone)


def add_passkey(request: HttpRequest, passkey: Passkey) -> None:
    """Keep a new passkey. Other sessions end."""
    with transaction.atomic():
        passkey.save()
        _added(request, passkey.user, "passkey")


def remove_passkey(user: User, number: int) -> bool:
    """Remove one of a person's passkeys; whether there was such a one. Raises ``LastFactorError``."""
    with transaction.atomic():
        gone, _more = Passkey.objects.filter(user=user, pk=number).delete()
        if gone:
            removed(user, "passkey", by=user)
    return bool(gone)


def _added(request: HttpRequest, user: User, what: str) -> None:
    sessions.end_all(user, but=request)
    events.record(Kind.FACTOR_ADDED, actor=user, subject=user, factor=what)


def removed(user: User, what: str, *, by: User) -> None:
    """Note that a factor is gone; without any, its codes stand for nothing. Raises ``LastFactorError``."""
    if not has(user):
        if by == user and needed(user):
            raise LastFactorError
        RecoveryCode.objects.filter(user=user).delete()
    events.record(Kind.FACTOR_REMOVED, actor=by, subject=user, factor=what)


def reset(user: User, *, by: User) -> None:
    """Remove all factors of a person who has lost them; she is logged out."""
    with transaction.atomic():
        for kept in (App, Passkey, RecoveryCode):
            kept.objects.filter(user=user).delete()
        sessions.end_all(user)
        keys.end_all(user, by=by)
        events.record(Kind.FACTORS_RESET, actor=by, subject=user)
    vault.forget(settings.HOME, _owner(user))


def make_codes(user: User) -> tuple[str, ...]:
    """New recovery codes in place of earlier ones. They are nowhere kept."""
    codes = tuple("".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(CODES))
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hashed(code)) for code in codes)
        events.record(Kind.CODES_MADE, actor=user, subject=user)
    return tuple("-".join(code[at : at + 4] for at in range(0, _LETTERS, 4)) for code in codes)


def takes(user: User, given: str) -> bool:
    """Whether this is a code of the person's app now, or one of her recovery codes, which it uses up. Raises ``UnavailableError``
    where the secrets cannot be read.
    """
    code = "".join(given.split()).replace("-", "").lower()
    return _takes_app(user, code) if code.isascii() and code.isdecimal() else _takes_recovery(user, code)


def _takes_app(user: User, code: str) -> bool:
    app = App.objects.filter(user=user).first()
    if app is None:
        return False
    try:
        secret = vault.secrets(settings.HOME, _owner(user)).get(_SECRET, "")
    except UnavailableError as error:
        fix = "Log in with a recovery code, or have an administrator reset the second factors."
        raise UnavailableError(error.message, code=error.code, where=error.where, fix=fix) from None
    step = _step(secret, code, after=app.last_step) if secret else None
    if step is None:
        return False
    return bool(App.objects.filter(pk=app.pk, last_step__lt=step).update(last_step=step))  # of two at once, one


def _takes_recovery(user: User, code: str) -> bool:
    with transaction.atomic():
        gone, _more = RecoveryCode.objects.filter(user=user, code_hash=_hashed(code)).delete()
        if gone:
            events.record(Kind.CODE_USED, actor=user, subject=user)
    return bool(gone)


def _step(secret: str, code: str, *, after: int) -> int | None:
    """The step of time for which this is the code, if it is one of now and later than ``after``."""
    now, found = int(time.time()) // _STEP, None
    for step in (now + around for around in _AROUND):  # all of them, so that the time tells nothing
        if compare_digest(pyotp.TOTP(secret).generate_otp(step), code) and step > after:
            found = step
    return found


def left(user: User) -> int:
    """How many recovery codes are left."""
    return RecoveryCode.objects.filter(user=user).count()


def _owner(user: User) -> str:
    """Under which name the workspace's secrets have a person's. No source can be called so."""
    return f"user:{user.pk}"


def _hashed(code: str) -> str:
    """A recovery code as it is stored. It is long and random, so a plain hash does."""
    return hashlib.sha256(code.encode()).hexdigest()
