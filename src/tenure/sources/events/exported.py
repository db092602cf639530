"""Events as a tool exports them: one a line, or requests as they were sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from tenure.sources.events.plain import Plain, UnreadableError, plain
from tenure.sources.events.rows import Taken

#: Kinds of events that tell to which account somebody belongs.
_TELLING = ('"identify"', '"group"')


def events_in(lines: Iterable[bytes], source: str, now: datetime) -> Iterator[Taken]:
    """The events of a file, in its order. ``lines``: of JSON, each an event or a request of several. ``now``: what stands for when one
    was received that does not say it (UTC).
    """
    for line in lines:
        if line.strip():
            yield from _taken(line.removeprefix(b"\xef\xbb\xbf"), source, now)


def belonging(events: Iterable[Taken]) -> list[Plain]:
    """Of some events those that tell to which account somebody belongs."""
    found = []
    for event in events:
        if any(word in event.text for word in _TELLING):
            try:
                told = plain(event.text, event.received_at)
            except UnreadableError:
                continue
            if told.person and told.account:
                found.append(told)
    return found


def _taken(line: bytes, source: str, now: datetime) -> Iterator[Taken]:
    try:
        said = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        text = line.decode("utf-8", "replace").strip()
        yield Taken(source, _hashed(text), text, now)
        return
    if isinstance(said, dict) and isinstance(said.get("batch"), list):  # a request as it was sent
        shared = {name: said[name] for name in ("sentAt", "receivedAt") if name in said}
        yield from (_event({**shared, **one} if isinstance(one, dict) else one, source, now) for one in said["batch"])
    else:
        yield _event(said, source, now)


def _event(said: Any, source: str, now: datetime) -> Taken:
    text = msgspec.json.encode(said, order="sorted").decode()
    own = said.get("messageId") or said.get("uuid") if isinstance(said, dict) else None
    name = own if isinstance(own, str) and own else _hashed(text)
    return Taken(source, name, text, _received(said, now) if isinstance(said, dict) else now)


def _received(said: dict[str, Any], now: datetime) -> datetime:
    """When the tool took it. Where it does not say, its sender's clock is believed: nothing else is left to correct it by."""
    for name in ("receivedAt", "received_at", "sentAt", "sent_at", "timestamp", "originalTimestamp"):
        value = said.get(name)
        if isinstance(value, str):
            try:
                at = datetime.fromisoformat(value)
            except ValueError:
                continue
            return min(now, at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))
    return now


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
