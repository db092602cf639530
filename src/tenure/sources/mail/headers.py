"""The header lines of a message, as texts, addresses and times, whatever was written there.

They are read in the old policy of ``email`` and taken apart by ``getaddresses``: the newer one needs fifty times as long for
a long list of addresses, and raises errors of its own at some of what strangers write (DECISIONS.md).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from tenure.sources.parties import plain_address

#: Bytes of the head that are read; characters of one line, and of one in plain words; addresses of one message; ids of others
#: that it names.
MOST_BYTES, MOST_TEXT, MOST_WORDS, MOST_ADDRESSES, MOST_REFERENCES = 1 << 20, 600_000, 2_000, 20_000, 50
_END = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(r"<([^<>]{1,998})>")
_YEARS = (1990, 2100)


class Headers:
    """The head of a message. ``raw``: its bytes, of which the body is not looked at."""

    def __init__(self, raw: bytes) -> None:
        head = _END.split(raw[:MOST_BYTES], 1)[0]
        self._message: Message[str, str] = BytesHeaderParser().parsebytes(head + b"\r\n\r\n")

    def all(self, name: str) -> list[str]:
        """The texts of all lines of a name, as written."""
        return [str(value)[:MOST_TEXT] for value in self._message.get_all(name) or ()]

    def first(self, name: str) -> str:
        """The text of the first line of a name, without space around it; empty where there is none."""
        found = self.all(name)
        return found[0].strip() if found else ""

    def has(self, name: str) -> bool:
        """Whether there is such a line."""
        return name in self._message

    def addresses(self, *names: str) -> tuple[str, ...]:
        """The addresses of the lines of these names, in their order, each once."""
        found: dict[str, None] = {}
        for name in names:
            try:
                pairs = getaddresses(self.all(name))
            except (RecursionError, ValueError, IndexError):
                continue
            for _, address in pairs[:MOST_ADDRESSES]:
                if plain := plain_address(address):
                    found[plain] = None
        return tuple(found)[:MOST_ADDRESSES]

    def decoded(self, name: str) -> str:
        """A line in plain words: what is written for machines is decoded, as far as it can be."""
        text = " ".join(self.first(name)[:MOST_WORDS].split())
        try:
            return str(make_header(decode_header(text)))
        except (MessageError, ValueError, LookupError, RecursionError):
            return text

    def time(self, name: str) -> datetime | None:
        """The time that a line tells, in UTC; None for none that can be."""
        return time_in(self.first(name))

    def received(self) -> datetime | None:
        """When our own server took the message in: it writes its line above all others."""
        return time_in(self.first("Received").rpartition(";")[2])

    def ids(self, *names: str) -> tuple[str, ...]:
        """The ids of messages that lines name, in their order; of many the first and the last ones."""
        found = dict.fromkeys(one.strip() for name in names for one in _ID.findall(" ".join(self.all(name))))
        ids = [one for one in found if one]
        return tuple(ids if len(ids) <= MOST_REFERENCES else [ids[0], *ids[1 - MOST_REFERENCES :]])


def time_in(text: str) -> datetime | None:
    """An instant (UTC) as mail writes it, None for none that can be. Without a zone it is in UTC."""
    try:
        at = parsedate_to_datetime(text.strip()[:200])
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if _YEARS[0] <= at.year < _YEARS[1] else None
