"""Tokens for mailboxes and calendars of providers that let nobody in with a password (OAuth 2.0)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tenure.engine.sync import ways
from tenure.sources.fetching.session import TokenError

if TYPE_CHECKING:
    from tenure.engine.sync.configured import Configured
    from tenure.engine.sync.means import Means


def token(
    source: Configured, secrets: Mapping[str, str], means: Means, save: Callable[[Mapping[str, str]], None]
) -> str:
    """A token that lets somebody in for a while; empty where the source needs none.

    With a ``refresh_token`` in the name of whoever gave it, else in the application's own. ``save`` keeps a refresh token that
    came anew. Raises ``TokenError`` where it is refused, ``TenureError``.
    """
    url = source.options["token_url"]
    if not url:
        return ""
    refresh = secrets.get("refresh_token", "")
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
            fix=f"Look at the client and the scope, and set the secret anew: tenure source secret {source.name} client_secret",
        )  # fmt: skip
    fresh = said.get("refresh_token")
    if refresh and isinstance(fresh, str) and fresh not in ("", refresh):
        save({"refresh_token": fresh})
    return given


def _read(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
