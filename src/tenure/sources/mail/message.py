"""A message, reduced to what is needed to know whose contact it was. What it says is only there where that is wished."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tenure.sources.mail.headers import Headers
from tenure.sources.mail.machine import Kind, kind_of
from tenure.sources.mail.text import text_of
from tenure.sources.parties import domain_of

#: What is kept of what a message says: nothing, its subject, or its text too.
Content = Literal["none", "subject", "text"]
CONTENTS: tuple[Content, ...] = ("none", "subject", "text")
#: How long a message may have been on its way, and how far a sender's clock may be ahead, for its date to be taken.
_BEHIND, _AHEAD = timedelta(hours=1), timedelta(minutes=5)
_LIST_ID = re.compile(r"<([^<>]+)>")


@dataclass(frozen=True)
class Raw:
    """A message as it was read. ``content``: its head, with or without its body. ``kept_at``: when the mailbox took it (UTC), None
    where that is unknown. ``structure``: see ``kind_of``. ``mailbox``: the address whose mailbox it lay in, if it is one's own.
    """

    content: bytes
    kept_at: datetime | None = None
    structure: bytes = b""
    mailbox: str = ""


@dataclass(frozen=True)
class Mail:
    """``identity``: the same for all copies of a message. ``message``: the hash of its id; ``refers``: those of the messages that
    it follows, the thread's first one first. ``list_domain``: of the list that it came over. ``at``: when it was sent, None
    where nothing tells. Addresses are plain.
    """

    identity: str
    message: str
    refers: tuple[str, ...]
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    at: datetime | None
    kind: Kind
    list_domain: str = ""
    mailbox: str = ""
    text: str = ""


def reduced(raw: Raw, content: Content = "none") -> Mail:
    """What is kept of a message. Of one that is no message at all, all is empty."""
    headers = Headers(raw.content)
    listed = _LIST_ID.search(headers.first("List-Id"))
    list_domain = domain_of(listed[1]) if listed else ""
    senders = headers.addresses("From") or headers.addresses("Sender")
    sender = senders[0] if senders else ""
    to, cc = headers.addresses("To"), headers.addresses("Cc", "Bcc")
    ids = headers.ids("Message-ID")
    own = ids[0] if ids else headers.first("Message-ID")
    refers = tuple(one for one in headers.ids("References", "In-Reply-To") if one != own)
    at = _sent(headers, raw.kept_at)
    # A broken program may give all of its messages one id; all copies of one have the same sender and date.
    parts = [own, sender, headers.first("Date")]
    if not own:
        parts += [headers.first("Subject"), *sorted((*to, *cc))]
    kind = kind_of(headers, sender, raw.content, raw.structure)
    if list_domain and (original := headers.addresses("X-Original-Sender", "X-Original-From")):
        sender = original[0]  # a list writes itself where its members could not prove who they are
    return Mail(
        _hash("\n".join(parts)), _hash(own) if own else "", tuple(map(_hash, refers)), sender, to, cc, at, kind, list_domain,
        raw.mailbox, _said(headers, raw.content, content),
    )  # fmt: skip


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _sent(headers: Headers, kept_at: datetime | None) -> datetime | None:
    """When a message was sent. The sender's date is taken where the time at which our server took the message in bears it out;
    else that time. What no server took in (our own sent mail) is of its date: the mailbox may have been moved since.
    """
    dated, received = headers.time("Date"), headers.received()
    if received is not None:
        return dated if dated and received - _BEHIND <= dated <= received + _AHEAD else received
    if dated is not None and (kept_at is None or dated <= kept_at + _AHEAD):
        return dated
    return kept_at


def _said(headers: Headers, raw: bytes, content: Content) -> str:
    if content == "none":
        return ""
    subject = headers.decoded("Subject")
    body = text_of(raw) if content == "text" else ""
    return "\n\n".join(part for part in (subject, body) if part)
