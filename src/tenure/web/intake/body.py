"""What a request of an SDK holds: its key, and its events as they are to be kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from tenure.web.kit.packed import RefusedError, unzipped

#: Bytes of a request, after unzipping.
MOST = 500_000
#: Characters of the id of an event; a longer one is known by its hash.
_LONGEST_ID = 200


@dataclass(frozen=True)
class Sent:
    """``key``: the secret that came with it, empty where none did. ``events``: id and JSON of each."""

    key: str
    events: tuple[tuple[str, str], ...]


def sent(path: str, headers: Mapping[bytes, bytes], body: bytes) -> Sent:
    """The events of a request. Of several, one that makes no sense is kept like the others: it waits among the failed rows.
    Raises ``RefusedError`` for a body that is none.
    """
    text = unzipped(body, MOST)
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
    shared = {name: said[name] for name in ("sentAt", "sent_at") if name in said}
    context = said.get("context")
    return Sent(key, tuple(_kept(event, shared, context if isinstance(context, dict) else None) for event in events))


def _kept(event: Any, shared: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> tuple[str, str]:
    """The id and the JSON of an event; ``shared`` and ``context``: what its batch says of all of them."""
    if not isinstance(event, dict):
        text = msgspec.json.encode(event).decode()
        return _hashed(text), text
    told = {**shared, **event}
    if context is not None and isinstance(own_context := event.get("context", {}), dict):
        told["context"] = {**context, **own_context}
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
