"""An object of a vendor's interface without some people.

What an object means is said by the rows that are made of it (``Stream.rows``), and by what its vendor says of their columns
(``Vendor.personal``). So each value of an object is changed for a try: where no row differs, nothing reads it, and it goes from
an object about these people; where the rows differ in what is personal, it goes from the rows about them; else it stays.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tenure.core.errors import DataError
from tenure.engine.erasure import telling
from tenure.engine.erasure.subject import TELLING, Subject
from tenure.sources.api import Object, Stream
from tenure.sources.fetching.texts import as_texts
from tenure.sources.vendor import Personal

#: Where a value stands: the names and numbers on the way to it.
Path = tuple[str | int, ...]
#: A cell of the rows that are made of an object: table, number of the row, column.
Cell = tuple[str, int, str]
_TRIED = "erased-for-a-try"
#: Numbers and times: of an object that is not a person itself they stay, unless their names tell otherwise.
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?")


@dataclass(frozen=True)
class Rows:
    """What is made of an object: its key, its time, and its rows as texts."""

    key: str
    at: str | None
    rows: Mapping[str, list[dict[str, str | None]]]

    @classmethod
    def of(cls, stream: Stream, found: Object) -> Rows | None:
        """None where nothing can be made of it."""
        try:
            rows = {kind: [as_texts(row) for row in rows] for kind, rows in stream.rows(found).items()}
            return cls(stream.key(found), stream.at(found), rows)
        except (LookupError, TypeError, ValueError, AttributeError):
            return None

    def differs(self, other: Rows | None) -> set[Cell] | None:
        """The cells in which another differs; None where it does in more than cells."""
        if other is None or other.at != self.at or self.rows.keys() != other.rows.keys():
            return None
        found: set[Cell] = set()
        for kind, mine in self.rows.items():
            theirs = other.rows[kind]
            if len(mine) != len(theirs) or any(a.keys() != b.keys() for a, b in zip(mine, theirs, strict=True)):
                return None
            found |= {
                (kind, number, name)
                for number, (a, b) in enumerate(zip(mine, theirs, strict=True))
                for name in a
                if a[name] != b[name]
            }
        return found


@dataclass(frozen=True)
class Marks:
    """What a vendor says is personal, by stream, and the ``names`` of these people there with what takes their place."""

    personal: Mapping[str, Personal]
    names: Mapping[str, str]

    def ids(self, kind: str) -> tuple[str, ...]:
        """The columns that name people."""
        return self.personal[kind].ids if kind in self.personal else ()

    def names_of(self, kind: str, row: Mapping[str, str | None]) -> list[str]:
        """Which of them a row names."""
        return [text for name in self.ids(kind) if (text := row.get(name)) is not None and text in self.names]

    def is_own(self, kind: str) -> bool:
        """Whether a row of that kind is a person."""
        return kind in self.personal and self.personal[kind].own


def aliases(stream: Stream, found: Object, marks: Marks) -> set[str]:
    """Other ids of people whom an object is: the vendor's own beside yours."""
    made = Rows.of(stream, found)
    own = [(kind, row) for kind, rows in (made.rows if made else {}).items() for row in rows if marks.is_own(kind)]
    named = [(kind, row) for kind, row in own if marks.names_of(kind, row)]
    return {
        text for kind, row in named for name in marks.ids(kind) if (text := row.get(name)) and text not in marks.names
    }


class Told:
    """An object, and what is made of it. ``about``: the rows about these people; ``is_own``: it is one of them."""

    def __init__(self, stream: Stream, found: Object, marks: Marks) -> None:
        self.stream, self.found, self.marks = stream, found, marks
        self.made = Rows.of(stream, found)
        rows = [
            (kind, n, row) for kind, all_ in (self.made.rows if self.made else {}).items() for n, row in enumerate(all_)
        ]
        named = {(kind, n) for kind, n, row in rows if marks.names_of(kind, row)}
        self.is_own = any(marks.is_own(kind) for kind, _ in named)
        whole = bool(named) or any(len(text) >= TELLING and text in marks.names for _, text in _scalars(found))
        self.about = whole
        key = self.made.key if self.made else ""
        self.rows = named | ({(kind, n) for kind, n, row in rows if row.get("id") == key} if named else set())

    def without(self, subject: Subject) -> Object:
        """The object without these people. Raises ``DataError`` where something else would be made of it."""
        new: Object = copy.deepcopy(self.found)
        for path, value in list(leaves(self.found)):
            text = self._new(path, value, subject)
            if text != value:
                _put(new, path, text)
        new = dict(_renamed(new, subject))
        if not self._is_the_same(Rows.of(self.stream, new)):
            raise DataError(
                "An object of a source would say something else.", code="not_separable", where=self.stream.name,
                fix="Have the vendor forget the person, fetch that, then erase; nothing was changed.",
            )  # fmt: skip
        return new

    def _new(self, path: Path, value: Any, subject: Subject) -> Any:
        """What is to stand in the place of a value."""
        text = str(value)
        told = subject.told(text)
        if not self.about and told == text:
            return value
        changed = self._tried(path)
        if text in self.marks.names and changed is not None and changed and self._only(changed, ids=True):
            return self.marks.names[text]
        if changed is None or (changed and not self._only(changed)):
            kept = subject.everywhere(text)
        elif not changed:
            kept = self._unread(path, value, told, subject)
        else:
            mine = all((kind, number) in self.rows for kind, number, _ in changed)
            kept = subject.word(text) if mine and text else told
        return value if kept == text else kept

    def _unread(self, path: Path, value: Any, told: str, subject: Subject) -> Any:
        """What is to stand in the place of a value of which nothing is made."""
        text, name = str(value), ".".join(step for step in path if isinstance(step, str))
        if not self.about or not text:
            return told
        plain = not isinstance(value, str) or _PLAIN.fullmatch(text)
        if plain and not self.is_own and not telling.tells(name, text) and not telling.is_phone(text):
            return told
        return subject.word(text) if isinstance(value, str) else 0

    def _only(self, changed: set[Cell], *, ids: bool = False) -> bool:
        """Whether nothing but what is personal differs; ``ids``: nothing but columns that name people."""
        marked = self.marks.personal
        return all(
            kind in marked and name in (marked[kind].ids if ids else marked[kind].texts) for kind, _, name in changed
        )

    def _tried(self, path: Path) -> set[Cell] | None:
        """Which cells differ where a value is another."""
        if self.made is None:
            return set()
        was = _put(self.found, path, _TRIED)
        try:
            return self.made.differs(Rows.of(self.stream, self.found))
        finally:
            _put(self.found, path, was)

    def _is_the_same(self, made: Rows | None) -> bool:
        if self.made is None:
            return made is None
        changed = self.made.differs(made)
        if changed is None or made is None:
            return False
        return all(
            (kind in self.marks.personal and name in (*self.marks.ids(kind), *self.marks.personal[kind].texts))
            or _hides(self.made.rows[kind][number][name], made.rows[kind][number][name])
            for kind, number, name in changed
        )


def _hides(before: str | None, after: str | None) -> bool:
    """Whether an address or a long id was exchanged in a text, which may happen in any."""
    return before is not None and after is not None and "erased-" in after


def leaves(found: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The texts and numbers of an object, and where they stand."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from leaves(value, (*path, name))
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from leaves(value, (*path, number))
    elif found is not None and not isinstance(found, bool):
        yield path, found


def _scalars(found: Object) -> Iterator[tuple[Path, str]]:
    """The values that stand under a name, not in a list of such: a list names whoever else takes part."""
    return ((path, str(value)) for path, value in leaves(found) if isinstance(path[-1], str))


def _put(found: Any, path: Path, value: Any) -> Any:
    """Put a value into an object, and give what was there."""
    for step in path[:-1]:
        found = found[step]
    was = found[path[-1]]
    found[path[-1]] = value
    return was


def _renamed(found: Any, subject: Subject) -> Any:
    """The same, with no address or id as the name of a value."""
    if isinstance(found, dict):
        return {subject.everywhere(name): _renamed(value, subject) for name, value in found.items()}
    return [_renamed(value, subject) for value in found] if isinstance(found, list) else found
