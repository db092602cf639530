"""An event in plain words, whichever of the usual SDKs has sent it.

The words are those of Segment's specification (``identify, group, track, page, screen, alias``), which RudderStack shares;
PostHog's events are read as the same. What cannot be read says why, and is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

Kind = Literal["identify", "group", "track", "page", "screen", "alias"]
KINDS: tuple[Kind, ...] = ("identify", "group", "track", "page", "screen", "alias")
#: Characters that an id or the name of an event may have.
LONGEST = 512
#: Bytes of an event.
MOST = 32_000
#: What PostHog calls events that are no uses.
_POSTHOG: dict[str, Kind] = {
    "$identify": "identify", "$set": "identify", "$groupidentify": "group", "$create_alias": "alias", "$pageview": "page",
    "$screen": "screen",
}  # fmt: skip
Names = Mapping[str, Any]


class UnreadableError(Exception):
    """Why an event cannot be read: ``field``, what it holds (``value``), and what is wrong with that."""

    def __init__(self, field: str, value: Any, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.value = "" if value is None else str(value)[:LONGEST]
        self.reason = reason


@dataclass(frozen=True)
class Plain:
    """An event. ``person`` and ``account`` are ids, empty where it names none; ``name``: of what was done, of ``track``,
    ``page`` and ``screen``. ``at``: when it happened, in UTC, by the clock of the receiver. ``traits``: of the person
    (``identify``) or the account (``group``); ``properties``: whatever else it says.
    """

    kind: Kind
    at: datetime
    person: str = ""
    account: str = ""
    name: str = ""
    session: str = ""
    traits: Names = field(default_factory=dict)
    properties: Names = field(default_factory=dict)


def plain(text: str, received_at: datetime) -> Plain:
    """What an event says. ``text``: its JSON, with ``sentAt`` of its batch. Raises ``UnreadableError``."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST:
        raise UnreadableError("", None, f"has more than {MOST:,} bytes")
    try:
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise UnreadableError("", None, "is not valid JSON") from None
    if not isinstance(said, dict):
        raise UnreadableError("", None, "is no JSON object")
    return _posthog(said, received_at) if "distinct_id" in said or _distinct(said) else _segment(said, received_at)


def _segment(said: Names, received_at: datetime) -> Plain:
    kind = said.get("type")
    if kind not in KINDS:
        raise UnreadableError("type", kind, f"is none of {', '.join(KINDS)}")
    context, properties, traits = (_object(said, name) for name in ("context", "properties", "traits"))
    account = _id(said, "groupId") or _id(context, "groupId")
    person = _id(said, "userId") or _id(said, "anonymousId")
    if not person and not (kind == "group" and account):
        raise UnreadableError("userId", None, "is missing, and so is anonymousId")
    if kind == "group" and not account:
        raise UnreadableError("groupId", None, "is missing")
    name = ""
    if kind == "track":
        name = _word(said, "event")
    elif kind in ("page", "screen"):
        name = _word(said, "name", missing=_text(properties.get("path")) or kind)
    if kind == "identify":  # RudderStack says them there
        traits = {**_object(context, "traits"), **traits}
    return Plain(
        kind, _moment(said, received_at), person, account, name, _id(context, "sessionId") or _id(properties, "session_id"),
        traits, properties,
    )  # fmt: skip


def _posthog(said: Names, received_at: datetime) -> Plain:
    properties = _object(said, "properties")
    event = _word(said, "event")
    kind = _POSTHOG.get(event, "track")
    groups = _object(properties, "$groups")
    account = _text(groups.get("company") or next((groups[name] for name in sorted(groups)), None))
    traits: Names = {}
    if kind == "identify":
        traits = {**_object(properties, "$set_once"), **_object(properties, "$set"), **_object(said, "$set")}
    elif kind == "group":
        account, traits = _id(properties, "$group_key"), _object(properties, "$group_set")
        if not account:
            raise UnreadableError("properties.$group_key", None, "is missing")
    name = "" if kind in ("identify", "group", "alias") else event
    if kind in ("page", "screen"):
        name = _text(properties.get("$screen_name") or properties.get("$pathname")) or kind
    # who tells of a group is nobody: the SDKs make an id up
    person = "" if kind == "group" else _id(said, "distinct_id") or _id(properties, "distinct_id")
    return Plain(
        kind,
        _moment(said, received_at),
        person,
        account[:LONGEST],
        name,
        _id(properties, "$session_id"),
        traits,
        properties,
    )


def _distinct(said: Names) -> bool:
    properties = said.get("properties")
    return "type" not in said and isinstance(properties, dict) and "distinct_id" in properties


def _object(said: Names, name: str) -> Names:
    """What is said under a name, which is an object or nothing."""
    found = said.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise UnreadableError(name, found, "is no JSON object")
    return found


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).strip()


def _id(said: Names, name: str) -> str:
    """An id: a text or a number, empty where there is none."""
    value = said.get(name)
    if isinstance(value, dict | list | bool):
        raise UnreadableError(name, value, "is no text")
    text = _text(value)
    if len(text) > LONGEST:
        raise UnreadableError(name, text, f"has more than {LONGEST} characters")
    return text


def _word(said: Names, name: str, *, missing: str = "") -> str:
    text = _id(said, name) or missing[:LONGEST]
    if not text:
        raise UnreadableError(name, None, "is missing")
    return text


def _moment(said: Names, received_at: datetime) -> datetime:
    """When it happened. A sender's clock may be wrong: it is trusted for how long before the sending that was, not for when
    the sending was, which the receiver knows. Nothing happens after it was received.
    """
    at = _time(said, "timestamp") or _time(said, "originalTimestamp")
    if at is None:
        return received_at
    sent = _time(said, "sentAt") or _time(said, "sent_at")
    try:
        return min(received_at, at if sent is None else received_at - (sent - at))
    except OverflowError:
        raise UnreadableError("timestamp", said.get("timestamp"), "lies beyond all time") from None


def _time(said: Names, name: str) -> datetime | None:
    value = said.get(name)
    if value is None or value == "":
        return None
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None:
        raise UnreadableError(name, value, "is no time as 2026-11-27T09:30:00Z")
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise UnreadableError(name, value, "lies beyond all time") from None
