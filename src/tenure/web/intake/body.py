"""What a request of an SDK holds: its key, and its events as they are to be kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

#: Bytes of a request, after unzipping.
MOST = 500_000
_GZIP = b"\x1f\x8b"
#: Characters of the id of an event; a longer one is known by its hash.
_LONGEST_ID = 200


class RefusedError(Exception):
    """A request that cannot be taken: its status, a word for programs and what is wrong."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Sent:
    """``key``: the secret that came with it, empty where none did. ``events``: id and JSON of each."""

    key: str
    events: tuple[tuple[str, str], ...]


def unzipped(body: bytes) -> bytes:
    """The body as it was before it was packed, whatever its headers say. Raises ``RefusedError``."""
    if not body.startswith(_GZIP):
        if len(body) > MOST:
            raise _too_large()
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(body, MOST + 1)
    except zlib.error:
        raise RefusedError(400, "bad_gzip", "The body cannot be unzipped.") from None
    if len(found) > MOST or unpacking.unconsumed_tail:
        raise _too_large()
    if not unpacking.eof:
        raise RefusedError(400, "bad_gzip", "The zipped body is cut short.")
    return found


def sent(path: str, headers: Mapping[bytes, bytes], body: bytes) -> Sent:
    """The events of a request. Of several, one that makes no sense is kept like the others: it waits among the failed rows.
    Raises ``RefusedError`` for a body that is none.
    """
    text = unzipped(body)
    try:
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise RefusedError(400, "bad_json", "The body is not valid JSON.") from None
    if not isinstance(said, dict):
        raise RefusedError(400, "bad_json", "The body is no JSON object.")
    kind = path.strip("/").rpartition("/")[2]
    key = _key(headers) or _text(said.get("writeKey")) or _text(said.get("api_key"))
    if kind not in ("batch", "import"):
        return Sent(key, (_kept(said | {"type": kind}, {}),))
    events = said.get("batch")
    if not isinstance(events, list):
        raise RefusedError(400, "no_batch", "The body has no list called batch.")
    shared = {name: said[name] for name in ("sentAt", "sent_at", "context") if name in said}
    return Sent(key, tuple(_kept(event, shared) for event in events))


def _kept(event: Any, shared: Mapping[str, Any]) -> tuple[str, str]:
    """The id and the JSON of an event; ``shared``: what its batch says of all of them."""
    if not isinstance(event, dict):
        text = msgspec.json.encode(event).decode()
        return _hashed(text), text
    told = {**{name: value for name, value in shared.items() if name != "context"}, **event}
    if isinstance(shared.get("context"), dict) and isinstance(event.get("context", {}), dict):
        told["context"] = {**shared["context"], **event.get("context", {})}
    told.pop("writeKey", None)
    told.pop("api_key", None)
    text = msgspec.json.encode(told, order="sorted").decode()
    own = event.get("messageId") or event.get("uuid")
    return own if isinstance(own, str) and len(own) <= _LONGEST_ID else _hashed(text), text


def _key(headers: Mapping[bytes, bytes]) -> str:
    scheme, _, secret = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return secret.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(secret, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _too_large() -> RefusedError:
    return RefusedError(413, "too_large", f"A request has at most {MOST:,} bytes, unzipped.")
