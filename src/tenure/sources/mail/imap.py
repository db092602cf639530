"""A mailbox by IMAP, from where it was read to last. Nothing in it is changed: folders are examined, messages are peeked at.

Of a message only its head is asked for, unless its text is to be kept. The state of a folder is the last number (UID) that
was read and the validity of its numbers: where the server gives numbers anew the folder is read from its beginning, which
changes nothing, as a message that is known stays one.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenure.sources.mail.headers import time_in
from tenure.sources.mail.message import Raw

#: A new connection, logged in.
Connect = Callable[[], imaplib.IMAP4]
#: Of a folder: ``{"validity": "...", "next": 1}``, and ``{}`` before it was read.
State = dict[str, Any]
#: Messages that are asked for at once, numbers that are searched through at once, and bytes of a message that is kept whole.
TOGETHER, SEARCHED, _MOST_BYTES = 200, 50_000, 1 << 18
#: How often one question is asked that the server breaks off at.
_TRIES = 3
_BROKEN = (imaplib.IMAP4.error, ssl.SSLError, OSError, EOFError)
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:\\.|[^"])*"|NIL) (?P<name>.*)', re.DOTALL)
_NEW, _UID = re.compile(rb"^\d+ \("), re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_KEPT_AT = re.compile(rb'INTERNALDATE "([^"]*)"', re.IGNORECASE)
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)", re.IGNORECASE)
_HEAD = re.compile(rb'BODY\[(?:HEADER)?\](?:<\d+>)? (?:"((?:\\.|[^"\\])*)"|\{\d+\}$|(NIL))', re.IGNORECASE)
_SENT = ("sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente", "gesendete objekte")


@dataclass(frozen=True)
class Batch:
    """Messages of a folder, and its state once they are kept. ``unreadable``: how many the server could not give."""

    folder: str
    messages: Sequence[Raw]
    state: State
    unreadable: int = 0


class Unanswered(Exception):  # noqa: N818 - it is no error of the caller's
    """The server answered no, or broke off time after time. Says what it was asked."""


class Renumbered(Unanswered):
    """The numbers of a folder were given anew while it was read: what is under a number now may be another message."""


def folders(con: imaplib.IMAP4, wanted: Sequence[str] = ()) -> list[str]:
    """The folders to be read, as the server names them. ``wanted``: these; else all mail where there is such a folder, else
    what came in, what was sent, and the archive.
    """
    found: dict[str, str] = {}
    sent = ""
    for line in _answer(con.list(), "LIST"):
        flags, name = _folder(line)
        if not name or b"\\noselect" in flags or b"\\nonexistent" in flags:
            continue
        for use in (b"\\all", b"\\sent", b"\\archive"):
            if use in flags:
                found.setdefault(use.decode(), name)
        plain = name.lower().rpartition(".")[2].rpartition("/")[2]
        sent = sent or (name if plain in _SENT else "")
    if wanted:
        return list(dict.fromkeys(wanted))
    if "\\all" in found:
        return [found["\\all"]]
    return list(
        dict.fromkeys(name for name in ("INBOX", found.get("\\sent", sent), found.get("\\archive", "")) if name)
    )


def _folder(line: Any) -> tuple[set[bytes], str]:
    """The flags and the name of a folder in an answer; no name for what is none."""
    text, literal = line if isinstance(line, tuple) else (line, None)
    parts = _LISTED.fullmatch(text or b"")
    if parts is None:
        return set(), ""
    name = literal if literal is not None else parts["name"].strip()
    if literal is None and name.startswith(b'"'):
        name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return set(parts["flags"].lower().split()), name.decode("ascii", "replace")


class Reader:
    """Reads folders. ``connect`` is asked again where a connection breaks; ``pause`` waits before that, for so many seconds.
    ``whole``: messages are read with their bodies. ``mailbox``: see ``Raw``.
    """

    def __init__(self, connect: Connect, pause: Callable[[float], object], *, whole: bool, mailbox: str) -> None:
        self._connect = connect
        self._pause = pause
        self._what = f"BODY.PEEK[]<0.{_MOST_BYTES}>" if whole else "BODY.PEEK[HEADER]"
        self._mailbox = mailbox
        self._con: imaplib.IMAP4 | None = None

    def close(self) -> None:
        """Say good-bye, if anybody listens."""
        with suppress(*_BROKEN):
            if self._con is not None:
                self._con.logout()
        self._drop()

    def folders(self, wanted: Sequence[str] = ()) -> list[str]:
        """See the function of this name."""
        found: list[str] = self._again(lambda: folders(self._open(), wanted), "LIST")
        return found

    def count(self, folder: str) -> int:
        """How many messages are in a folder. Raises ``Unanswered``."""
        found = self._again(lambda: _answer(self._open().select(quoted(folder), readonly=True), "EXAMINE"), "EXAMINE")
        return int(found[0] or 0)

    def batches(self, folder: str, state: State, since: datetime | None = None) -> Iterator[Batch]:
        """The messages of a folder that were not read yet. ``since``: the server need not tell of those that came before.

        Raises ``Unanswered``.
        """
        validity, following = self._again(lambda: self._examine(folder), "EXAMINE")
        begin = int(state.get("next", 1)) if state.get("validity") == validity else 1
        while begin < following:
            end = min(begin + SEARCHED, following)
            numbers = self._again(lambda b=begin, e=end: self._search(folder, validity, b, e, since), "SEARCH")  # type: ignore[misc]
            for start in range(0, len(numbers), TOGETHER):
                some = numbers[start : start + TOGETHER]
                messages, unreadable = self._fetched(folder, validity, some)
                state = {"validity": validity, "next": some[-1] + 1}
                yield Batch(folder, messages, state, unreadable)
            begin = end
        if state != {"validity": validity, "next": begin}:
            yield Batch(folder, (), {"validity": validity, "next": begin})

    def _drop(self) -> None:
        """Let go of a connection that broke."""
        con, self._con = self._con, None
        if con is not None:
            with suppress(*_BROKEN):
                con.shutdown()

    def _open(self) -> imaplib.IMAP4:
        if self._con is None:
            self._con = self._connect()
        return self._con

    def _again(self, ask: Callable[[], Any], what: str) -> Any:
        """What is answered to a question, which is asked again over a new connection where one breaks."""
        for attempt in range(_TRIES):
            try:
                return ask()
            except imaplib.IMAP4.abort:
                self._drop()
            except imaplib.IMAP4.error as error:  # the server says no
                raise Unanswered(f"{what}: {_plain(error)}") from None
            except _BROKEN:
                self._drop()
            if attempt < _TRIES - 1:
                self._pause(2.0**attempt)
        raise Unanswered(f"{what}: the connection broke {_TRIES} times in a row")

    def _examine(self, folder: str) -> tuple[str, int]:
        """The validity of a folder's numbers, and the next one that will be given."""
        con = self._open()
        _answer(con.select(quoted(folder), readonly=True), "EXAMINE")
        validity = con.response("UIDVALIDITY")[1]
        following = con.response("UIDNEXT")[1]
        text = (validity[0] or b"0").decode("ascii", "replace") if validity else "0"
        if following and following[0]:
            return text, int(following[0])
        last = _answer(con.uid("SEARCH", "UID", "*"), "SEARCH")  # a server that does not tell the next one
        return text, max((int(number) for number in (last[0] or b"").split()), default=0) + 1

    def _same(self, folder: str, validity: str) -> None:
        """Have the folder open, with the numbers as they were. Raises ``Renumbered``."""
        if self._con is None and self._examine(folder)[0] != validity:
            raise Renumbered(f"{folder} was given other numbers while it was read")

    def _search(self, folder: str, validity: str, begin: int, end: int, since: datetime | None) -> list[int]:
        """The numbers from one up to another that there are. A server's answer may be only so long, so not all at once."""
        self._same(folder, validity)
        words = ["UID", f"{begin}:{end - 1}"]
        if since is not None:
            day = since - timedelta(days=1)  # the server's days are of a zone that it does not tell
            months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
            words += ["SINCE", f"{day.day}-{months[day.month - 1]}-{day.year}"]
        found = _answer(self._open().uid("SEARCH", *words), "SEARCH")
        return sorted({number for number in map(int, (found[0] or b"").split()) if begin <= number < end})

    def _fetched(self, folder: str, validity: str, numbers: Sequence[int]) -> tuple[list[Raw], int]:
        """Messages, and how many could not be read. What breaks the connection is asked for in smaller pieces."""
        try:
            return self._again(lambda: self._fetch(folder, validity, numbers), "FETCH"), 0
        except Renumbered:
            raise
        except Unanswered:
            if len(numbers) == 1:
                self._again(lambda: self._examine(folder), "EXAMINE")  # the server is there: it is this message
                return [], 1
        middle = len(numbers) // 2
        first, second = (self._fetched(folder, validity, some) for some in (numbers[:middle], numbers[middle:]))
        return first[0] + second[0], first[1] + second[1]

    def _fetch(self, folder: str, validity: str, numbers: Sequence[int]) -> list[Raw]:
        self._same(folder, validity)
        listed = ",".join(map(str, numbers))
        data = _answer(
            self._open().uid("FETCH", listed, f"(UID FLAGS INTERNALDATE BODYSTRUCTURE {self._what})"), "FETCH"
        )
        there = {number: raw for parts in _each(data) for number, raw in self._message(parts)}
        return [there[number] for number in numbers if number in there]  # what is gone in between is not there

    def _message(self, parts: Sequence[Any]) -> Iterator[tuple[int, Raw]]:
        told = b" ".join(part[0] if isinstance(part, tuple) else part for part in parts)
        uid, kept, flags = _UID.search(told), _KEPT_AT.search(told), _FLAGS.search(told)
        if uid is None or (flags and b"\\draft" in flags[1].lower()):  # a draft is not sent; all mail has them, too
            return
        for part in parts:
            line, literal = part if isinstance(part, tuple) else (part, b"")
            head = _HEAD.search(line)
            if head is not None:
                content = literal if isinstance(part, tuple) else head[1] or b""
                at = time_in(kept[1].decode("ascii", "replace")) if kept else None
                yield int(uid[1]), Raw(content, at, told, self._mailbox)
                return


def _each(data: Sequence[Any]) -> Iterator[list[Any]]:
    """The pieces of an answer by message: what comes between is a message's literals and what stands around them."""
    own: list[Any] = []
    for part in data:
        text = part[0] if isinstance(part, tuple) else part
        if text is None:
            continue
        if own and _NEW.match(text):
            yield own
            own = []
        own.append(part)
    if own:
        yield own


def _answer(answered: tuple[str, Any], what: str) -> list[Any]:
    kind, data = answered
    if kind != "OK":
        raise imaplib.IMAP4.error(f"{what} {kind}")
    return list(data or [])


def quoted(folder: str) -> str:
    """A text as IMAP takes it; ``imaplib`` quotes none but passwords."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(error: Exception) -> str:
    """What a server said, without what might be secret in a longer answer."""
    return " ".join(str(error).split())[:120]
