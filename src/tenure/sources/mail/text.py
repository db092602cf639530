"""The words of a message: of its parts the plain one, else what remains of the one for browsers."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from html import unescape

#: Bytes of a message that are looked at, characters that are kept, parts that are gone through.
MOST_BYTES, MOST_TEXT, _MOST_PARTS = 1 << 18, 20_000, 200
_HIDING = re.compile(r"(?i)<(/?)(script|style|head)\b")
_BREAK = re.compile(r"(?i)<(br|/p|/div|/li|/tr|/h[1-6])\b[^>]{0,500}>")
_TAG = re.compile(r"(?s)<[^<>]{0,5000}>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def text_of(raw: bytes) -> str:
    """The words of a message, at most ``MOST_TEXT`` characters; empty where none can be read."""
    try:
        message = message_from_bytes(raw[:MOST_BYTES])
        found = {kind: part for part in reversed(_parts(message)) if (kind := part.get_content_type()) in _READ}
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""
    if "text/plain" in found:
        return _clean(_decoded(found["text/plain"]))
    return _clean(_shown(_decoded(found["text/html"]))) if "text/html" in found else ""


_READ = ("text/plain", "text/html")


def _parts(message: Message[str, str]) -> list[Message[str, str]]:
    found: list[Message[str, str]] = []
    waiting = [message]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop(0)
        if part.is_multipart():
            waiting = [one for one in part.get_payload() if isinstance(one, Message)][:_MOST_PARTS] + waiting
        elif part.get_content_disposition() != "attachment":
            found.append(part)
    return found


def _decoded(part: Message[str, str]) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(str(part.get_content_charset() or "utf-8"), "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _shown(html: str) -> str:
    return unescape(_TAG.sub(" ", _BREAK.sub("\n", _seen(html))))


def _seen(html: str) -> str:
    """Without scripts, styles and the head, in one pass, whatever is opened and never closed."""
    pieces, hidden, start = [], "", 0
    for tag in _HIDING.finditer(html):
        closes, name = tag[1], tag[2].lower()
        if not hidden and not closes:
            pieces.append(html[start : tag.start()])
            hidden = name
        elif hidden == name and closes:
            start, hidden = tag.start(), ""
    return " ".join([*pieces, "" if hidden else html[start:]])


def _clean(text: str) -> str:
    lines = (" ".join(line.split(" ")).rstrip() for line in _CONTROL.sub("", text.replace("\r\n", "\n")).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MOST_TEXT]
