"""Ways to mailboxes and calendars: connections that reach no internal address unless that is meant, and speak encrypted."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from tenure.core.errors import DataError, TenureError, UnavailableError, UsageError
from tenure.sources.fetching.guard import judged
from tenure.sources.fetching.session import TIMEOUT, LaterError, TokenError
from tenure.sources.mail.imap import Connect, quoted

if TYPE_CHECKING:
    from tenure.engine.sync.configured import Configured
    from tenure.engine.sync.means import Means
    from tenure.sources.ics.caldav import Ask

#: Seconds for a connection and between two answers; bytes of one.
_PATIENCE, _LARGEST = 60.0, 50_000_000
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
#: Providers whose servers send on to others of theirs.
_FAMILIES = ("icloud.com",)


class _Judged(imaplib.IMAP4_SSL):
    """A connection to an address that was judged, whose certificate must be of the name that was asked for."""

    def __init__(self, address: str, host: str, port: int) -> None:
        self._address = address
        super().__init__(host, port, ssl_context=ssl.create_default_context(), timeout=_PATIENCE)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        bare = socket.create_connection((self._address, self.port), timeout)
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(bare, server_hostname=self.host)


def mailbox(source: Configured, user: str, password: str, token: Callable[[], str]) -> Connect:
    """Connects to a mailbox and logs in, with a ``token`` where there is one, else with a password.

    Raises ``UsageError`` for an address that is none, ``UnavailableError``.
    """
    server = source.options["server"]
    parts = urlsplit(server if "://" in server else f"imaps://{server}")
    host, plain = parts.hostname or "", parts.scheme == "imap"
    if not host or parts.scheme not in ("imap", "imaps") or (plain and not source.internal):
        raise UsageError(
            "A mailbox needs the address of its server.", code="bad_sources", where=source.name,
            fix='Write server = "imap.example.com" into its options. What is not encrypted (imap://) is read in an internal network only.',
        )  # fmt: skip
    port = parts.port or (143 if plain else 993)

    def connect() -> imaplib.IMAP4:
        if plain:
            con = imaplib.IMAP4(host, port, timeout=_PATIENCE)
        else:
            con = _Judged(host if source.internal else judged(host, port)[0], host, port)
        try:
            given = token()
            if given:
                answers = iter([f"user={user}\x01auth=Bearer {given}\x01\x01".encode()])
                con.authenticate("XOAUTH2", lambda _challenge: next(answers, b""))
            else:
                con.login(quoted(user), password)
        except imaplib.IMAP4.abort:
            raise
        except TenureError:
            con.shutdown()
            raise
        except imaplib.IMAP4.error:
            con.shutdown()
            raise TokenError(
                f"{host} does not accept the user or the password.", code="needs_token", where=host,
                fix=f"Set it anew: tenure source secret {source.name}",
            ) from None  # fmt: skip
        return con

    return connect


def asking(client: httpx.Client) -> Ask:
    """Asks over a client. Raises ``TenureError`` where there is no answer, and where it is not now."""

    def ask(method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        where = urlsplit(url).hostname or ""
        try:
            with client.stream(method, url, headers=dict(headers), content=body) as response:
                found = bytearray()
                for part in response.iter_bytes():
                    found += part
                    if len(found) > _LARGEST:
                        raise DataError(
                            f"{where} sends more than {_LARGEST // 1_000_000} MB in one answer.", code="answer_too_large",
                            where=where,
                        )  # fmt: skip
                status, answered = response.status_code, {k.lower(): v for k, v in response.headers.items()}
        except httpx.InvalidURL:
            raise UsageError("That is no address of a calendar.", code="bad_sources", fix="Write https://...") from None
        except (httpx.TransportError, httpx.DecodingError):
            raise LaterError(f"{where} does not answer.", code="no_answer", where=where) from None
        if status in _LATER:
            said = answered.get("retry-after", "")
            seconds = float(said) if said.isdigit() else 0.0
            raise LaterError(f"{where} answers {status}.", code="no_answer", where=where, seconds=seconds)
        return status, answered, bytes(found)

    return ask


def client(source: Configured, means: Means, urls: list[str]) -> httpx.Client:
    """What asks the hosts of these addresses, and no others. Raises ``UsageError``."""
    hosts = [urlsplit(url).hostname or "" for url in urls]
    hosts += [f"*.{family}" for family in _FAMILIES if any(host.endswith(f".{family}") for host in hosts)]
    transport = means.way_out(hosts, source.internal)
    return httpx.Client(transport=transport, timeout=TIMEOUT, trust_env=False, headers={"user-agent": "tenure"})


def refused(source: Configured, host: str, status: int, why: str) -> UnavailableError | DataError:
    """The error of a calendar that was not given."""
    if status in (401, 403):
        return TokenError(
            f"{host} does not accept the user or the password.", code="needs_token", where=host,
            fix=f"Set it anew: tenure source secret {source.name}",
        )  # fmt: skip
    return DataError(
        f"{host} {why}.", code="no_calendar", where=host, fix="Look at the address in a browser or calendar."
    )
