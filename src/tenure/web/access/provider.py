"""Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce; the provider's word is checked, not believed.

What is asked of the provider goes through the guard against internal addresses. Nothing that it answers is shown or logged but
what an administrator tries out.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from django.utils.translation import gettext as _
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from tenure.core.errors import TenureError, UnavailableError
from tenure.engine.sync.means import Means
from tenure.web.access import policy
from tenure.web.access.policy import Provider

#: What asks the provider; tests give others.
MEANS = Means()
#: Seconds that its clock may differ from ours, that what it says of itself holds, and between two looks for new keys.
SKEW, LASTS, PAUSE = 60, 3600.0, 10.0
#: Seconds for an answer, and bytes of one.
_PATIENCE, _LARGEST = 10.0, 1_000_000
#: With what a token may be signed: by keys that only the provider has.
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LONGEST_SUBJECT = 255


class NotTakenError(Exception):
    """The provider's answer does not prove who it is. ``reason``: a word for the audit log and for who tries it out."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Discovered:
    """What a provider says of itself. ``ways``: how it takes the client's secret."""

    authorize: str
    token: str
    keys: str
    userinfo: str
    ways: tuple[str, ...]
    tells_issuer: bool


@dataclass(frozen=True)
class Asked:
    """What a log-in began with, which its end is held against. ``verifier``: of PKCE."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))


@dataclass(frozen=True)
class Proven:
    """Who it is, as the provider has proven. ``claims``: what it says of the person."""

    issuer: str
    subject: str
    claims: Mapping[str, Any]


@dataclass
class _Known:
    """What was asked of a provider before, and when (seconds)."""

    found: Discovered
    at: float
    keys: tuple[jwk.Key, ...] = ()
    keys_at: float = 0.0
    looked_again: float = 0.0


_known: dict[Provider, _Known] = {}
#: Which did not answer, when (seconds) and how; one asks at a time.
_faults: dict[Provider, tuple[float, UnavailableError]] = {}
_asking = threading.Lock()


def forget() -> None:
    """Know nothing of any provider any more."""
    _known.clear()
    _faults.clear()


def discovered(provider: Provider) -> Discovered:
    """What it says of itself, asked once an hour. Raises ``UnavailableError``."""
    return _know(provider).found


def address(provider: Provider, asked: Asked, back: str, *, anew: bool = False) -> str:
    """Where the browser is sent to. ``back``: where it comes back to; ``anew``: the person shall prove who she is again.

    Raises ``UnavailableError``.
    """
    digest = hashlib.sha256(asked.verifier.encode()).digest()
    said = {
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": back, "scope": " ".join(provider.scopes),
        "state": asked.state, "nonce": asked.nonce, "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }  # fmt: skip
    if anew:
        said |= {"prompt": "login", "max_age": "0"}
    url = discovered(provider).authorize
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(said)}"


def proven(provider: Provider, asked: Asked, given: Mapping[str, str], back: str, *, anew: bool = False) -> Proven:
    """Who came back, by what the browser brought (``given``). Raises ``NotTakenError`` and ``UnavailableError``."""
    if not compare_digest(given.get("state", "").encode(), asked.state.encode()):
        raise NotTakenError("state")
    found = discovered(provider)
    told = given.get("iss", "")
    if told != provider.issuer and (told or found.tells_issuer):
        raise NotTakenError("issuer")
    if given.get("error") or not given.get("code"):
        raise NotTakenError("denied")
    answer = _exchanged(provider, found, given["code"], asked.verifier, back)
    claims = _read(provider, str(answer.get("id_token") or ""), asked.nonce, anew=anew)
    if found.userinfo and answer.get("access_token") and "email" not in claims:
        more = _ask(provider, found.userinfo, bearer=str(answer["access_token"]))
        if more.get("sub") != claims["sub"]:
            raise NotTakenError("userinfo")
        claims = {**more, **claims}
    return Proven(provider.issuer, claims["sub"], claims)


def tried(provider: Provider) -> int:
    """Ask a provider anew for all that a log-in needs; how many keys it signs with. Raises ``UnavailableError``."""
    _known.pop(provider, None)
    _faults.pop(provider, None)
    return len(_keys(provider))


def _exchanged(provider: Provider, found: Discovered, code: str, verifier: str, back: str) -> dict[str, Any]:
    """The tokens for a code."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    secret = policy.client_secret()
    basic = None
    if secret and ("client_secret_basic" in found.ways or not found.ways):
        basic = (_quoted(provider.client_id), _quoted(secret))
    else:
        form |= {"client_id": provider.client_id} | ({"client_secret": secret} if secret else {})
    return _ask(provider, found.token, form=form, basic=basic)


def _quoted(text: str) -> str:
    """As OAuth has it in a header (RFC 6749, 2.3.1)."""
    return urlencode({"": text})[1:]


def _read(provider: Provider, token: str, nonce: str, *, anew: bool) -> dict[str, Any]:
    """The claims of an ID token that is the provider's, for us, of now and of this log-in. Raises ``NotTakenError``."""
    claims = _signed(provider, token)
    registry = jwt.JWTClaimsRegistry(
        leeway=SKEW, iss={"essential": True, "value": provider.issuer}, exp={"essential": True}, iat={"essential": True},
        aud={"essential": True, "value": provider.client_id}, sub={"essential": True},
    )  # fmt: skip
    try:
        registry.validate(claims)
    except JoseError as error:
        raise NotTakenError(str(getattr(error, "claim", "") or error.error)) from None
    audience = claims["aud"]
    if claims.get("azp", provider.client_id) != provider.client_id or (
        isinstance(audience, list) and len(audience) > 1 and "azp" not in claims
    ):
        raise NotTakenError("azp")
    if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise NotTakenError("nonce")
    if not 0 < len(claims["sub"]) <= _LONGEST_SUBJECT:
        raise NotTakenError("sub")
    if anew and not _is_recent(claims.get("auth_time")):
        raise NotTakenError("auth_time")
    return claims


def _is_recent(moment: Any) -> bool:
    known = isinstance(moment, int | float) and not isinstance(moment, bool)
    return known and abs(time.time() - moment) <= SKEW * 5


def _signed(provider: Provider, token: str) -> dict[str, Any]:
    """What a token says that one of the provider's keys has signed; new keys are looked for where none of the known has."""
    kid = _kid(token)
    for look_again in (False, True):
        for key in _keys(provider, look_again=look_again):
            if kid is not None and key.kid != kid:
                continue
            try:
                return dict(jwt.decode(token, key, algorithms=_SIGNED).claims)
            except (JoseError, ValueError):
                continue
    raise NotTakenError("signature")


def _kid(token: str) -> str | None:
    try:
        head = token.partition(".")[0]
        found = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        return str(found["kid"]) if "kid" in found else None
    except (ValueError, TypeError, KeyError):
        raise NotTakenError("token") from None


def _know(provider: Provider) -> _Known:
    """What is known of a provider, asked for where that is nothing, or of long ago. One that does not answer is left alone for a
    while: whoever comes to log in would wait for it, and keep others from it.
    """
    with _asking:
        known, fault = _known.get(provider), _faults.get(provider)
        if fault is not None and time.monotonic() - fault[0] < PAUSE:
            raise fault[1]
        if known is None or time.monotonic() - known.at > LASTS:
            try:
                known = _known[provider] = _Known(_discover(provider), time.monotonic())
            except UnavailableError as error:
                _faults[provider] = (time.monotonic(), error)
                raise
        return known


def _discover(provider: Provider) -> Discovered:
    said = _ask(provider, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != provider.issuer:
        raise _odd(_("It calls itself otherwise: %(name)s.") % {"name": str(said.get("issuer"))[:200]})
    urls = [said.get(f"{name}_endpoint") for name in ("authorization", "token")] + [said.get("jwks_uri")]
    if not all(isinstance(url, str) and _is_address(url, provider) for url in urls):
        raise _odd(_("It does not say where to log in, or not by HTTPS."))
    userinfo, ways = said.get("userinfo_endpoint") or "", said.get("token_endpoint_auth_methods_supported") or ()
    methods = said.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise _odd(_("It does not take PKCE with S256."))
    return Discovered(
        str(urls[0]), str(urls[1]), str(urls[2]), str(userinfo), tuple(map(str, ways)),
        said.get("authorization_response_iss_parameter_supported") is True,
    )  # fmt: skip


def _is_address(url: str, provider: Provider) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and (parts.scheme == "https" or (provider.internal and parts.scheme == "http"))


def _keys(provider: Provider, *, look_again: bool = False) -> tuple[jwk.Key, ...]:
    """The keys that a provider signs with. ``look_again``: those that are new; none where somebody has just looked."""
    known, now = _know(provider), time.monotonic()
    if look_again:
        if now - known.looked_again < PAUSE:
            return ()
        known.looked_again = now
    if look_again or not known.keys or now - known.keys_at > LASTS:
        listed = _ask(provider, known.found.keys).get("keys")
        known.keys = tuple(key for one in (listed if isinstance(listed, list) else ()) for key in _key(one))
        known.keys_at = now
    if not known.keys:
        raise _odd(_("It has no key that it signs with."))
    return known.keys


def _key(said: Any) -> Iterable[jwk.Key]:
    """A key as the provider writes it; nothing for one of another kind, or for another use."""
    if isinstance(said, dict) and said.get("kty") in ("RSA", "EC", "OKP") and said.get("use", "sig") == "sig":
        public = {name: value for name, value in said.items() if name not in ("key_ops", "d")}
        try:
            yield jwk.import_key(public)
        except (JoseError, ValueError, TypeError):
            return


def _ask(
    provider: Provider, url: str, *, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None,
    bearer: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A JSON answer of the provider's. Raises ``UnavailableError``, and ``NotTakenError`` where it refuses a code."""
    host = urlsplit(url).hostname or ""
    headers = {"accept": "application/json", **({"authorization": f"Bearer {bearer}"} if bearer else {})}
    transport = MEANS.way_out([host], provider.internal)
    try:
        with httpx.Client(transport=transport, timeout=_PATIENCE, trust_env=False, headers=headers) as client:
            more: dict[str, Any] = {"auth": basic} if basic else {}
            with client.stream("POST" if form else "GET", url, data=form, **more) as response:
                body = _bounded(response)
                status = response.status_code
    except TenureError as error:
        raise _internal(host) if error.code == "internal_address" else _odd(error.message) from None
    except (httpx.HTTPError, httpx.InvalidURL):
        raise _odd(_("%(host)s does not answer.") % {"host": host}) from None
    if status >= 400 and form and status < 500:
        raise NotTakenError("client" if status == 401 else "code")
    try:
        found = json.loads(body) if status < 300 else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _odd(
            _("%(host)s answers %(status)s, and not with what was asked for.") % {"host": host, "status": status}
        )
    return found


def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    until = time.monotonic() + 2 * _PATIENCE
    for part in response.iter_bytes():
        body += part
        if len(body) > _LARGEST or time.monotonic() > until:
            raise _odd(_("It sends too much, or too slowly."))
    return bytes(body)


def _odd(message: str) -> UnavailableError:
    return UnavailableError(
        message, code="provider", where=policy.FILE,
        fix=_("Look at the provider's address under Sign-on, and whether the provider is well."),
    )  # fmt: skip


def _internal(host: str) -> UnavailableError:
    return UnavailableError(
        _("%(host)s leads into an internal network, which is not asked.") % {"host": host}, code="internal_address",
        where=policy.FILE, fix=_("Where the provider is inside the company, tick that under Sign-on."),
    )  # fmt: skip
