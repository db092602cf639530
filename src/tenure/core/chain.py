"""A chain of entries, each of which holds the one before it: what the audit log is made of.

``hash = HMAC-SHA256(key, previous hash || canonical JSON of the entry)``. An entry that is edited, deleted, put in
between or moved breaks the chain where that was done; that the end was cut is told by a head kept elsewhere
(``core.chainfiles``). Without the key nobody can make entries that fit.

Entries name things by ids, never by a name, an address or a secret: a person is erased elsewhere, and the chain holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

#: The hash before the first entry.
BEGINNING = "0" * 64
#: Characters of a digest that stands for a content.
_DIGEST = 32


class Keys(Protocol):
    """The keys that sign. ``of`` gives the secret of a key's id; None of one that is not known."""

    @property
    def current(self) -> str:
        """The id of the key that signs now."""

    def of(self, key: str) -> bytes | None:
        """A key's secret."""


@dataclass(frozen=True)
class By:
    """Who does something. ``who``: ``user:12``, ``os:1000`` (a user of the machine), ``keeper`` (Tenure by itself), or empty
    where nobody knows. ``via``: by which way: ``web``, ``key:5`` (a person's key), ``job:7`` (a
    person's job in the background), ``cli``, ``python``. ``request``: names what
    belongs together, also across databases.
    """

    who: str = ""
    via: str = ""
    request: str = ""


#: Tenure by itself; and where nobody knows.
KEEPER, NOBODY = By("keeper"), By()


@dataclass(frozen=True)
class Note:
    """What is to be noted: an act, the ``kind`` and id of what it was done to, and ids, counts and hashes as ``detail``."""

    act: str
    kind: str = ""
    id: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """An entry, with the texts as they are stored. ``seq`` counts from 1 without a gap; ``at`` is in UTC; ``detail`` is JSON;
    ``key``: the id of the key that signed it.
    """

    seq: int
    at: str
    who: str
    via: str
    request: str
    act: str
    kind: str
    id: str
    detail: str
    key: str
    previous: str
    hash: str


#: The columns of a stored chain, in the order of ``Entry``.
COLUMNS = tuple(Entry.__dataclass_fields__)


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many entries it has, and the hash of the last (``BEGINNING`` of an empty one)."""

    count: int
    hash: str


@dataclass(frozen=True)
class Fault:
    """Where a chain does not hold, and how: ``changed``, ``missing``, ``inserted``, ``broken``, ``unknown_key``, ``cut``,
    ``other_head``. ``seq``: of the first entry concerned.
    """

    seq: int
    code: str
    message: str


@dataclass(frozen=True)
class Verified:
    """``head``: of the entries that are there. ``keys``: by id, how many entries each signed. ``first`` and ``last``: when the
    first and the last were written; empty of none.
    """

    head: Head
    keys: Mapping[str, int]
    first: str
    last: str
    faults: tuple[Fault, ...]


def link(chain: str, keys: Keys, head: Head, note: Note, by: By, at: datetime) -> Entry:
    """The entry that follows a chain's head. ``at`` without a zone is in UTC."""
    found = Entry(
        head.count + 1, moment(at), by.who, by.via, by.request, str(note.act), note.kind, _text(note.id),
        json.dumps(dict(note.detail), sort_keys=True, separators=(",", ":"), default=str), keys.current, head.hash, "",
    )  # fmt: skip
    secret = keys.of(keys.current)
    assert secret is not None, "the current key is known"
    return Entry(**{**vars(found), "hash": signed(chain, secret, found)})


def signed(chain: str, secret: bytes, entry: Entry) -> str:
    """The hash that an entry must have."""
    told = {name: value for name, value in vars(entry).items() if name not in ("previous", "hash")}
    text = json.dumps({"chain": chain, **told}, sort_keys=True, separators=(",", ":"))
    return hmac.new(secret, f"{entry.previous}{text}".encode(), hashlib.sha256).hexdigest()


def digest(secret: bytes, content: str) -> str:
    """What stands for a content in an entry: without the key nobody can try out what it was."""
    return hmac.new(secret, b"content" + content.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:_DIGEST]


def moment(at: datetime) -> str:
    """A moment as entries have it: in UTC, so that texts sort as moments do."""
    aware = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return f"{aware:%Y-%m-%dT%H:%M:%S.%f}Z"


def walked(chain: str, keys: Keys, rows: Iterable[Sequence[Any]], after: Head = Head(0, BEGINNING)) -> Iterator[Any]:
    """Each stored row of a chain, in the order of its numbers, with the faults found at it: pairs of an ``Entry`` (None of a row
    that is none) and a list of ``Fault``. ``after``: the head that the first row follows.
    """
    last = after
    for row in rows:
        entry = _read(row)
        if entry is None:
            yield None, [Fault(last.count + 1, "changed", f"Entry {last.count + 1} is no entry any more.")]
            last = Head(last.count + 1, "")
            continue
        yield entry, list(_faults(chain, keys, last, entry))
        last = Head(max(entry.seq, last.count), entry.hash)


def verify(
    chain: str, keys: Keys, rows: Iterable[Sequence[Any]], heads: Iterable[Head] = (), after: Head = Head(0, BEGINNING)
) -> Verified:
    """Whether the stored ``rows`` of a chain, in the order of their numbers, hold: nothing changed, missing, put in between,
    moved or cut.

    ``heads``: ends that the chain is known to have had, kept elsewhere.
    """
    wanted = {head.count: head for head in heads}
    faults: list[Fault] = []
    signers: dict[str, int] = {}
    first, last, head = "", "", after
    for entry, found in walked(chain, keys, rows, after):
        faults += found
        if entry is None:
            head = Head(head.count + 1, "")
            continue
        signers[entry.key] = signers.get(entry.key, 0) + 1
        first, last = first or entry.at, entry.at
        head = Head(max(entry.seq, head.count), entry.hash)
        known = wanted.pop(entry.seq, None)
        if known is not None and known.hash != entry.hash:
            what = f"Entry {entry.seq} is not the one that stood at this place when the head was noted."
            faults.append(Fault(entry.seq, "other_head", what))
    longest = max((count for count in wanted if count > head.count), default=0)
    if longest:
        what = f"The end is cut off: {longest - head.count} of {longest} entries are missing after entry {head.count}."
        faults.append(Fault(head.count + 1, "cut", what))
    return Verified(head, signers, first, last, tuple(faults))


def _faults(chain: str, keys: Keys, last: Head, entry: Entry) -> Iterator[Fault]:
    """What is wrong with an entry that stands after ``last``."""
    expected, seq = last.count + 1, entry.seq
    if seq > expected:
        gap = f"Entry {expected} is" if seq == expected + 1 else f"Entries {expected} to {seq - 1} are"
        yield Fault(expected, "missing", f"{gap} missing.")
    elif seq < expected:
        yield Fault(seq, "inserted", f"There is another entry {seq}, or it stands at the wrong place.")
    secret = keys.of(entry.key)
    if secret is None:
        what = f"Entry {seq} is signed with the key {entry.key!r}, which is not here, so it cannot be verified."
        yield Fault(seq, "unknown_key", what)
    elif not hmac.compare_digest(signed(chain, secret, entry), entry.hash):
        yield Fault(seq, "changed", f"Entry {seq} was changed, moved or put there: its hash is of something else.")
    if seq == expected and last.hash and entry.previous != last.hash:
        yield Fault(seq, "broken", f"Entry {seq} does not follow entry {last.count} as it is now.")


def _read(row: Sequence[Any]) -> Entry | None:
    """A stored row as an entry; None where its columns are no numbers and texts."""
    seq, *texts = row
    if type(seq) is not int or any(type(text) is not str for text in texts) or not texts[-1].isascii():
        return None
    return Entry(seq, *texts)


def _text(value: object) -> str:
    """A text that every database stores as it is."""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()
