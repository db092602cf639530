"""Asking a vendor: one question at a time, in its pace, again where it did not answer, with a new token where the old one ended.

What is raised names a host and a path, never what a request bore: no query, no header, no body of ours; and of a vendor's own
words none that repeat a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from tenure.core.errors import DataError, TenureError, UnavailableError
from tenure.sources.api import Given, Source

#: How often a question is asked, and the seconds between two times, which double.
TRIES, FIRST_PAUSE = 6, 1.0
#: Seconds that a vendor may ask us to wait; beyond that the rest is left to the next time.
LONGEST_WAIT = 300.0
#: Bytes of an answer, unpacked, and seconds that one may take as a whole.
LARGEST, LONGEST = 100_000_000, 180.0
#: Seconds for a connection, and between two bytes.
TIMEOUT = httpx.Timeout(60.0, connect=15.0)
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_SHOWN = 200
_MADE_UP = "•••"
_READ: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)


class RefusedError(DataError):
    """The vendor says no to one question. ``status``: as it answered."""

    def __init__(self, message: str, status: int, *, where: str, fix: str = "") -> None:
        super().__init__(message, code="vendor_refused", where=where, fix=fix)
        self.status = status


class TokenError(UnavailableError):
    """The vendor does not accept the secrets (any more)."""


class LaterError(UnavailableError):
    """The vendor does not answer now. ``seconds``: when to ask again, where it says so; else 0."""

    def __init__(self, message: str, *, code: str, where: str, seconds: float = 0.0) -> None:
        super().__init__(message, code=code, where=where, fix="It is asked again later; what was fetched is kept.")
        self.seconds = seconds


class _FaultError(Exception):
    """What may be better the next time. The sentence says what happened."""


def _discard(_secrets: Mapping[str, str]) -> None:
    """Secrets that are kept nowhere."""


@dataclass
class Terms:
    """How a session asks. ``options`` and ``secrets``: the source's own. ``base``: the address below which paths lie.
    ``clock``: UTC, with its zone. ``sleep``: waits for some seconds. ``stopping``: whether to end. ``save``: keeps
    secrets that changed. ``since``: as ``Api.since``. ``name``: the source's, for what is told to people.
    """

    options: Given
    secrets: dict[str, str]
    base: str
    clock: Callable[[], datetime]
    sleep: Callable[[float], object]
    stopping: Callable[[], bool] = lambda: False
    save: Callable[[Mapping[str, str]], None] = _discard
    since: datetime | None = None
    asked: int = field(default=0)
    name: str = "NAME"


class Session:
    """A vendor's ``Api`` over a client. Not for several threads."""

    def __init__(self, source: Source, client: httpx.Client, terms: Terms) -> None:
        self._source = source
        self._client = client
        self._terms = terms
        self._not_before: datetime | None = None
        self._told: datetime | None = None
        self._renewed = False

    @property
    def options(self) -> Given:
        """See ``Api``."""
        return self._terms.options

    @property
    def since(self) -> datetime | None:
        """See ``Api``."""
        return self._terms.since

    @property
    def now(self) -> datetime:
        """See ``Api``; the vendor's clock as its last answer had it."""
        ours = self._terms.clock()
        return min(ours, self._told) if self._told else ours

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """See ``Api``."""
        pairs = [
            (name, _plain(one))
            for name, value in (params or {}).items()
            for one in (value if isinstance(value, list | tuple) else [value])
            if one is not None
        ]
        return self._asked("GET", path, query=pairs)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """See ``Api``."""
        return self._sent("POST", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """See ``Api``."""
        return self._sent("PATCH", path, body)

    def _sent(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        content = json.dumps(body, default=str).encode()
        return self._asked(method, path, content=content, headers={"content-type": "application/json"})

    def form(self, path: str, fields: Mapping[str, str]) -> Any:
        """See ``Api``."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._asked("POST", path, content=urlencode(fields).encode(), headers=kind, bare=True)

    def _asked(
        self, method: str, path: str, *, query: list[tuple[str, str]] | None = None, content: bytes | None = None,
        headers: Mapping[str, str] | None = None, bare: bool = False,
    ) -> Any:  # fmt: skip
        url = httpx.URL(path if "://" in path else self._terms.base.rstrip("/") + "/" + path.lstrip("/"))
        if query:
            url = url.copy_with(query=b"&".join(filter(None, [url.query, urlencode(query).encode()])))
        where = f"{url.host}{url.path}"
        pause, reason = FIRST_PAUSE, ""
        for attempt in range(TRIES):
            self._wait_for_turn()
            asked = 0.0
            try:
                status, answered, found = self._once(method, url, content, headers or {}, bare=bare)
                if status < HTTPStatus.BAD_REQUEST:
                    self._renewed = (
                        self._renewed and bare
                    )  # accepted: when these secrets end, they may be renewed again
                    return found
                if status == HTTPStatus.UNAUTHORIZED and not bare and self._renew():
                    continue
                if status not in _AGAIN:
                    raise self._refused(status, found, where)
                reason = f"answers {status}"
                asked = _retry_after(answered, self._terms.clock())
            except _FaultError as fault:
                reason = str(fault)
            except httpx.TransportError as error:
                reason = (
                    "does not answer in time" if isinstance(error, httpx.TimeoutException) else "cut the connection"
                )
            if asked > LONGEST_WAIT:
                raise LaterError(
                    f"{self._source.title} asks to wait for {round(asked / 60):,} minutes.", code="asked_to_wait",
                    where=where, seconds=asked,
                )  # fmt: skip
            if attempt < TRIES - 1:
                self._sleep(asked or pause)
                pause *= 2
        raise LaterError(f"{self._source.title} {reason}, {TRIES} times in a row.", code="no_answer", where=where)

    def _once(
        self, method: str, url: httpx.URL, content: bytes | None, headers: Mapping[str, str], *, bare: bool
    ) -> tuple[int, Mapping[str, str], Any]:
        """One question: the answer's status, headers in small letters, and what it holds, read as JSON where it is."""
        own = {} if bare else self._source.headers(self._terms.secrets, self._terms.options)
        started, self._terms.asked = self._terms.clock(), self._terms.asked + 1
        try:
            with self._client.stream(method, url, content=content, headers={**own, **headers}) as response:
                body = bytearray()
                for part in response.iter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise DataError(
                            f"{self._source.title} sends more than {LARGEST // 1_000_000} MB in one answer.",
                            code="answer_too_large", where=f"{url.host}{url.path}",
                        )  # fmt: skip
                    if (self._terms.clock() - started).total_seconds() > LONGEST:
                        raise _FaultError("takes too long for an answer")
                status, answered = response.status_code, {k.lower(): v for k, v in response.headers.items()}
        except httpx.DecodingError:
            raise _FaultError("sends an answer that cannot be unpacked") from None
        except httpx.TooManyRedirects:
            raise RefusedError("It leads in circles.", 0, where=f"{url.host}{url.path}") from None
        self._heard(answered)
        return status, answered, self._read(bytes(body), status)

    def _read(self, body: bytes, status: int) -> Any:
        try:
            return _READ.decode(body) if body.strip() else None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            if status < HTTPStatus.BAD_REQUEST:
                raise _FaultError("answers with something that is not JSON") from None
            return None

    def _heard(self, headers: Mapping[str, str]) -> None:
        """The vendor's clock, and when it may be asked again."""
        now = self._terms.clock()
        try:
            self._told = parsedate_to_datetime(headers["date"]).astimezone(UTC)
        except (KeyError, ValueError, TypeError):
            self._told = None
        wait = self._source.wait(headers) if self._source.wait else _left(headers, now)
        seconds = max(1 / self._source.pace, min(wait, LONGEST_WAIT))
        self._not_before = datetime.fromtimestamp(now.timestamp() + seconds, UTC)

    def _wait_for_turn(self) -> None:
        if self._not_before is not None:
            seconds = (self._not_before - self._terms.clock()).total_seconds()
            if seconds > 0:
                self._sleep(min(seconds, LONGEST_WAIT))
        self._stop_if_asked()

    def _sleep(self, seconds: float) -> None:
        self._terms.sleep(seconds)
        self._stop_if_asked()

    def _stop_if_asked(self) -> None:
        if self._terms.stopping():
            raise UnavailableError("The fetching was stopped.", code="stopped", fix="It goes on where it was.")

    def _renew(self) -> bool:
        """Get new secrets, once for each that was accepted; False where there is no way to."""
        if self._source.renew is None or self._renewed:
            return False
        self._renewed = True
        try:
            fresh = self._source.renew(self, self._terms.secrets)
        except RefusedError as error:
            raise self._token(error.where) from None
        self._terms.secrets.update(fresh)
        self._terms.save(fresh)
        return True

    def _refused(self, status: int, found: Any, where: str) -> TenureError:
        if status == HTTPStatus.UNAUTHORIZED:
            return self._token(where)
        said = self._without_secrets(_words(found))
        told = f" ({said})" if said else ""
        if status == HTTPStatus.FORBIDDEN:
            fix = "Give the token the right to read this, or leave the stream out in sources.toml."
            return RefusedError(
                f"{self._source.title} does not let this token read it{told}.", status, where=where, fix=fix
            )
        return RefusedError(f"{self._source.title} answers {status}{told}.", status, where=where)

    def _token(self, where: str) -> TokenError:
        return TokenError(
            f"{self._source.title} does not accept the token.", code="needs_token", where=where,
            fix=f"Set a new one: tenure source secret {self._terms.name}",
        )  # fmt: skip

    def _without_secrets(self, text: str) -> str:
        for secret in self._terms.secrets.values():
            if secret:
                text = text.replace(secret, _MADE_UP)
        return " ".join(text.split())[:_SHOWN].rstrip(".")


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds that an answer asks to wait: a number, or a date; 0 where it does not."""
    said = headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said).astimezone(UTC) - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _left(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds until more may be asked, by the usual headers; 0 where some questions are left."""
    for name in ("ratelimit-", "x-ratelimit-", "x-rate-limit-"):
        if headers.get(f"{name}remaining", "").strip() == "0":
            try:
                reset = float(headers[f"{name}reset"])
            except (KeyError, ValueError):
                return 0.0
            return max(0.0, reset - now.timestamp() if reset > 10**9 else reset)
    return 0.0


def _words(found: Any) -> str:
    """What a vendor says is wrong, in the places where vendors say it."""
    if isinstance(found, list):
        found = found[0] if found else None
    if isinstance(found, str):
        return found
    if not isinstance(found, dict):
        return ""
    for name in ("message", "error_description", "description", "detail", "title", "error", "errors"):
        said = _words(found.get(name))
        if said:
            return said
    return ""
