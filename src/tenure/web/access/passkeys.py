"""Passkeys: made, and asked for, as a second factor or instead of a password.

A challenge is kept in the session, and works once. A passkey belongs to the name of the site that it was made for; a site that is
reached by a number has none, as browsers want it.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tenure.web.access.models import Passkey, User

_CHALLENGE = "challenge"
_LONGEST = 20_000


def possible(request: HttpRequest) -> bool:
    """Whether browsers have passkeys for the address that was asked: by a name, over TLS or on this machine."""
    host = host_of(request)
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


def host_of(request: HttpRequest) -> str:
    """The name of the site, without a port."""
    return request.get_host().rpartition(":")[0] if ":" in request.get_host().rpartition("]")[2] else request.get_host()


def to_make(request: HttpRequest, user: User) -> str:
    """What a browser is told to make a passkey with, as JSON."""
    options = generate_registration_options(
        rp_id=host_of(request), rp_name="Tenure", user_name=user.email, user_display_name=user.name,
        user_id=f"user:{user.pk}".encode(), exclude_credentials=_described(_of(request, user)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )  # fmt: skip
    return _told(request, options)


def made(request: HttpRequest, user: User, name: str, answer: str) -> Passkey | None:
    """The passkey that a browser has made, not kept yet; None where it is not what was asked for."""
    challenge = _taken(request)
    if challenge is None or len(answer) > _LONGEST:
        return None
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host_of(request),
            expected_origin=_origin(request),
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    credential = bytes_to_base64url(found.credential_id)
    if Passkey.objects.filter(credential=credential).exists():
        return None
    return Passkey(
        user=user, name=name, host=host_of(request), credential=credential, public_key=found.credential_public_key,
        sign_count=found.sign_count,
    )  # fmt: skip


def to_ask(request: HttpRequest, user: User | None = None) -> str:
    """What a browser is told to ask a passkey with, as JSON: one of the person's; of whoever has one, who then has to prove
    to the device that it is her.
    """
    verification = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    options = generate_authentication_options(
        rp_id=host_of(request), user_verification=verification,
        allow_credentials=_described(_of(request, user)) if user else None,
    )  # fmt: skip
    return _told(request, options)


def shown(request: HttpRequest, answer: str, user: User | None = None) -> User | None:
    """Who has shown a passkey: this person, or whoever it belongs to; None where it is not what was asked for."""
    challenge = _taken(request)
    if challenge is None or len(answer) > _LONGEST:
        return None
    passkey = _named(request, answer)
    if passkey is None or (user is not None and passkey.user_id != user.pk) or not passkey.user.is_active:
        return None
    try:
        found = verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=passkey.host, expected_origin=_origin(request),
            credential_public_key=bytes(passkey.public_key), credential_current_sign_count=passkey.sign_count,
            require_user_verification=user is None,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    passkey.sign_count, passkey.used_at = found.new_sign_count, timezone.now()
    passkey.save(update_fields=["sign_count", "used_at"])
    return passkey.user


def _named(request: HttpRequest, answer: str) -> Passkey | None:
    try:
        said: Any = json.loads(answer)
        name = said["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(name, str):
        return None
    return Passkey.objects.filter(credential=name, host=host_of(request)).select_related("user").first()


def _of(request: HttpRequest, user: User) -> list[Passkey]:
    return list(Passkey.objects.filter(user=user, host=host_of(request)))


def has_here(request: HttpRequest, user: User) -> bool:
    """Whether the person has a passkey for this site."""
    return possible(request) and bool(_of(request, user))


def _described(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in passkeys]


def _told(request: HttpRequest, options: Any) -> str:
    request.session[_CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def _taken(request: HttpRequest) -> bytes | None:
    """The challenge, which works once."""
    found = request.session.pop(_CHALLENGE, None)
    return base64url_to_bytes(found) if found else None


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
