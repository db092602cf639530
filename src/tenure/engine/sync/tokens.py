"""Tokens for mailboxes and calendars of providers that let nobody in with a password (OAuth 2.0)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tenure.engine.sync import ways
from tenure.sources.fetching.session import TokenError

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.sync.configured import Configured
    from tenure.engine.sync.means import Means

#: The secret that is a service account's key, and what it may do where the source does not say.
ACCOUNT = "service_account"
SCOPES = {"mail": "https://mail.google.com/", "ics": "https://www.googleapis.com/auth/calendar.readonly"}


def token(
    source: Configured, secrets: Mapping[str, str], means: Means, save: Callable[[Mapping[str, str]], None]
) -> str:
    """A token that lets somebody in for a while; empty where the source needs none.

    With a ``service_account`` in the name of the source's user, whom its domain lets it act for; with a ``refresh_token`` in the
    name of whoever gave it, else in the application's own. ``save`` keeps a refresh token that came anew. Raises ``TokenError``
    where it is refused, ``TenureError``.
    """
    refresh, account = secrets.get("refresh_token", ""), secrets.get(ACCOUNT, "")
    url = source.options["token_url"]
    if account:
        url, fields = asserted(source, account, means.clock())
    elif not url:
        return ""
    else:
        fields = {
            "grant_type": "refresh_token" if refresh else "client_credentials", "client_id": source.options["client"],
            "client_secret": secrets.get("client_secret", ""), "refresh_token": refresh, "scope": source.options["scope"],
        }  # fmt: skip
    body = urlencode({name: value for name, value in fields.items() if value}).encode()
    with ways.client(source, means, [url]) as client:
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        status, _, found = ways.asking(client)("POST", url, headers, body)
    said = _read(found) if status < 400 else {}
    given = said.get("access_token")
    if not isinstance(given, str) or not given:
        host = urlsplit(url).hostname or ""
        raise TokenError(
            f"{host} gives no token for {source.name} (it answers {status}).", code="needs_token", where=host,
            fix=f"Look at the client and the scope, and set the secret anew: tenure source secret {source.name} "
            f"{ACCOUNT if account else 'client_secret'}",
        )  # fmt: skip
    fresh = said.get("refresh_token")
    if refresh and isinstance(fresh, str) and fresh not in ("", refresh):
        save({"refresh_token": fresh})
    return given


def asserted(source: Configured, account: str, now: datetime) -> tuple[str, dict[str, str]]:
    """Where a service account's token comes from, and the form that asks for it: signed by its key, for an hour (RFC 7523).

    ``account``: the file of the key, as the provider gave it. Raises ``TokenError`` for what is none.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import RSAKey

    try:
        said = json.loads(account)
        url = source.options["token_url"] or str(said["token_uri"])
        seconds = int(now.timestamp())
        claims = {
            "iss": said["client_email"], "scope": source.options["scope"] or SCOPES[source.kind], "aud": url, "iat": seconds,
            "exp": seconds + 3600, "sub": source.options["user"],
        }  # fmt: skip
        header = {"alg": "RS256", "typ": "JWT", "kid": str(said.get("private_key_id", ""))}
        signed = jwt.encode(header, claims, RSAKey.import_key(str(said["private_key"])))
    except (JoseError, KeyError, TypeError, ValueError):  # told without what the key says
        raise TokenError(
            f"The service account of {source.name} is no key file.", code="needs_token", where=source.name,
            fix=f"Give the whole JSON file: tenure source secret {source.name} {ACCOUNT} < key.json",
        ) from None  # fmt: skip
    return url, {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}


def _read(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
