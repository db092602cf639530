"""Telling another system: a message is sent to an address that somebody typed in, and to no internal one.

``hooks.toml`` in the workspace may name hosts of one's own network that are meant: ``internal = ["hooks.corp.example"]``.
Whoever can write files there decides that, nobody through a page.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tenure.core.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    import httpx

FILE = "hooks.toml"
#: Seconds for each step of a message: to connect, to send, and to wait for the answer.
_PATIENCE = 10.0


def checked(home: Path, url: str) -> str:
    """The host of an address that may be told. Raises ``UsageError`` for one that is none, or not HTTPS outside, and
    ``UnavailableError`` for one that leads inside.
    """
    from tenure.sources.fetching.guard import judged

    host = _host(url)
    if not _is_meant(home, host):
        if urlsplit(url).scheme != "https":
            raise UsageError(
                "Only HTTPS is spoken to hosts outside.", code="not_https", where=host, fix="Write https:// for it."
            )
        judged(host, urlsplit(url).port or 443)
    return host


def post(
    home: Path, url: str, body: bytes, headers: Mapping[str, str], *, transport: httpx.BaseTransport | None = None
) -> int:
    """Send a message, and give the status of the answer, which is read no further; redirects are not followed.

    The address is judged anew at the moment of connecting. ``transport``: another way out, for tests. Raises ``UsageError``
    and ``UnavailableError`` as ``checked`` does, and the latter where nobody answers.
    """
    import httpx

    from tenure.sources.fetching.guard import Guarded

    host = _host(url)
    way = transport or Guarded([host], internal=_is_meant(home, host))
    with httpx.Client(transport=way, timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client:
        try:
            with client.stream("POST", url, content=body, headers=dict(headers)) as answer:
                return answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            name = type(error).__name__
            raise UnavailableError(
                f"{host} does not answer: {name}.", code="unreachable", where=host, fix="It is tried again."
            ) from None


def _host(url: str) -> str:
    """Raises ``UsageError`` for what is no address, or holds a password."""
    try:
        parts = urlsplit(url)
        host, port, secret = (parts.hostname or "").lower(), parts.port, parts.username or parts.password
    except ValueError:
        host, port, secret, parts = "", None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or secret or port == 0:
        fix = "Write it as https://hooks.example.com/tenure, without a password in it."
        raise UsageError("That is no address that can be told.", code="bad_address", fix=fix)
    return host


def _is_meant(home: Path, host: str) -> bool:
    """Whether a host inside is meant. A file with a mistake in it means none."""
    try:
        told: dict[str, Any] = tomllib.loads((home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    named = told.get("internal", [])
    return isinstance(named, list) and host in [str(one).lower() for one in named]
