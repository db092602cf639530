"""An archived file without some people: which of its cells tell of them, by the map with which it was loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from tenure.core.errors import DataError
from tenure.engine.erasure import telling
from tenure.engine.erasure.subject import Subject
from tenure.engine.verbs.rebuild import read_again
from tenure.sources.files.exchange import Exchange, exchanged, plain
from tenure.sources.files.mapping import NO_MAP, Entry
from tenure.sources.files.read import open_file
from tenure.warehouse.incoming import AfterRead, Incoming
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Type

if TYPE_CHECKING:
    from tenure.warehouse.inbox import Record

_LOOKED_UP = "lookup:"


@dataclass(frozen=True)
class Place:
    """What a column of a file is to its table. ``people``: the canonical columns that it gives and that name people by id.
    ``public``: it also gives what is not personal, and stays. ``kind``: of the personal column, if it gives one.
    """

    people: tuple[Column, ...]
    public: bool
    kind: Type


@dataclass(frozen=True)
class Reading:
    """An archived file opened again. ``names``: its columns in the relation."""

    incoming: Incoming
    entry: Entry
    con: duckdb.DuckDBPyConnection
    names: tuple[str, ...]
    after: AfterRead

    def people(self) -> list[Column]:
        """The canonical columns that name people and that the file has; of retractions those of people."""
        table = self.incoming.table
        own = [table.column("key")] if table.name == "retraction" else list(table.people)
        return [column for column in own if column.name in self.incoming.columns]

    def places(self, protected: Collection[str] = ()) -> dict[str, Place]:
        """What each column of the file is. ``protected``: what others look up or make of it, and so stays."""
        table, columns = self.incoming.table, self.incoming.columns
        people = self.people()
        names = {column.name for column in people}
        public = [
            f"{c.sql} {c.raw} {c.checks}" for n, c in columns.items() if n not in names and not _is_personal(table, n)
        ]
        public.append(self.incoming.where or "")
        asked = {t.source for t in self.entry.columns.values() if t.lookup}
        kinds = {n: table.column(n).type for n in columns if n in table.names and table.column(n).personal}
        found = {}
        for name in self.names:
            word = quoted(name)
            own = tuple(column for column in people if word in columns[column.name].sql)
            kind = next((kind for n, kind in kinds.items() if word in columns[n].sql), Type.TEXT)
            found[name] = Place(own, name in protected or name in asked or any(word in sql for sql in public), kind)
        return found


def _is_personal(table: Any, name: str) -> bool:
    if name == "source_id":  # the row's id in the other system: a person's own, in a table of people
        return bool(table.name == "person")
    return name in table.names and table.column(name).personal


@contextmanager
def reading(home: Path, record: Record, path: Path) -> Iterator[Reading]:
    """A file as it is read when the warehouse is made anew, to the point where it is settled how it writes dates."""
    con = duckdb.connect()
    incoming, entry = read_again(home, record, path)
    try:
        while True:
            rows = int(con.execute(f"SELECT count(*) FROM {incoming.relation}").fetchall()[0][0])
            settled = incoming.resolve(con, tuple(incoming.columns), rows)
            if settled is incoming:
                break
            incoming = settled
        names = tuple(str(row[0]) for row in con.execute(f"DESCRIBE SELECT * FROM {incoming.relation}").fetchall())
        yield Reading(incoming, entry, con, names, incoming.after_read(con))
    finally:
        con.close()
        incoming.close()


def mended_to(home: Path, record: Record, path: Path, subject: Subject) -> tuple[set[int], set[int]]:
    """The rows of an archived file, and its lines that are none, that a mend by hand says are of these people."""
    rows, lines = set[int](), set[int]()
    with reading(home, record, path) as read:
        places = read.places()
        for row in record.payload["mends"]["rows"]:
            names = [
                (text, c) for name, text in row["cells"].items() if text and name in places for c in places[name].people
            ]
            if any(subject.concerns(text, column) for text, column in names):
                (lines if row["row"] is None else rows).add(row["line"] if row["row"] is None else row["row"])
    return rows, lines


def mended(
    home: Path, record: Record, path: Path, subject: Subject, given: Collection[int] = ()
) -> list[dict[str, Any]]:
    """The rows of a mend by hand, with cells that say nothing of these people. ``given``: rows that are theirs by any mend."""
    rows: list[dict[str, Any]] = record.payload["mends"]["rows"]
    with reading(home, record, path) as read:
        places = read.places()
        theirs = {*given, *_rows_of(read, subject)}
        new = []
        for row in rows:
            cells: dict[str, str | None] = row["cells"]
            ids = {c.name: text for name, text in cells.items() if name in places for c in places[name].people}
            mine = row["row"] in theirs or any(
                text and subject.concerns(text, column)
                for name, text in cells.items() if name in places for column in places[name].people
            )  # fmt: skip
            told = {
                name: _new(text, places[name], ids, subject, mine=mine)
                if text and name in places
                else subject.told(text or "") or text
                for name, text in cells.items()
            }
            new.append({**row, "cells": told})
    return new


def _rows_of(read: Reading, subject: Subject) -> list[int]:
    """The numbers of the rows that name one of the people."""
    named = [_named(read.incoming.columns[column.name].sql, column, subject) for column in read.people()]
    if not named:
        return []
    numbered = f'SELECT row_number() OVER () - 1 AS "row:", f.* FROM {read.incoming.relation} f'
    found = read.con.execute(f'SELECT "row:" FROM ({numbered}) f WHERE {" OR ".join(named)}').fetchall()
    return [number for (number,) in found]


def own_texts(home: Path, record: Record, path: Path, subject: Subject) -> tuple[set[str], set[str]]:
    """Of a file of people: what its columns say of these people that tells of them wherever it stands; and what of others."""
    mine, others = set[str](), set[str]()
    with reading(home, record, path) as read:
        theirs, relation = set(_rows_of(read, subject)), read.incoming.relation
        for name, place in read.places().items():
            gives = [own for own, column in read.incoming.columns.items() if quoted(name) in column.sql]
            if place.public or place.people or not telling.is_named(called := " ".join([name, *gives])):
                continue
            for number, text in read.con.execute(
                f"SELECT row_number() OVER () - 1, {quoted(name)} FROM {relation}"
            ).fetchall():
                if text and telling.tells(called, text):
                    (mine if number in theirs else others).add(text.strip())
    return mine, others


def public(home: Path, record: Record, path: Path) -> set[str]:
    """The columns of an archived file of which a record makes what is not personal."""
    with reading(home, record, path) as read:
        return {name for name, place in read.places().items() if place.public}


def without(
    home: Path, record: Record, path: Path, subject: Subject, scratch: Path, protected: Collection[str] = (),
    given: tuple[Collection[int], Collection[int]] = ((), ()),
) -> Path | None:  # fmt: skip
    """The file of a record without these people; None where they are not in it. ``path``: of what is archived; ``protected``:
    columns that stay though this record makes nothing of them; ``given``: rows and lines that are theirs by a mend.

    Raises ``DataError`` where the map makes something else of what would have to go.
    """
    said = record.payload
    name, copies = str(said["file"]), _folder(scratch, "copies")
    start = plain(path, copies, name.split("#", maxsplit=1)[0])
    with reading(home, record, start) as before:
        cells = dict(_cells(before, subject, protected, given[0]))
        emptied = frozenset(
            line.line
            for line in before.after.refused
            if line.line in given[1] or subject.told(line.raw) != line.raw or _holds_id(line.raw, subject)
        )
        told = f"SELECT 1 FROM {before.incoming.relation} WHERE {_mentions(before.names, subject)} LIMIT 1"
        if not cells and not emptied and not before.con.execute(told).fetchall():
            return None
        target = scratch / f"new{path.suffix}"
        entry = before.entry
        if "#" in name and ".xls" in name.lower():
            name, sheet = name.split("#", 1)
            entry = replace(entry, sheet=sheet)
        what = Exchange(cells, before.after.lines, emptied, subject.everywhere)
        exchanged(start, target, _folder(scratch, "again"), name, entry, what)
        with reading(home, record, target) as after:
            _same(before, after, subject)
    return target


def _cells(
    read: Reading, subject: Subject, protected: Collection[str], given: Collection[int]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells to exchange, by row."""
    places, people = read.places(protected), read.people()
    sqls = [f"{read.incoming.columns[column.name].sql} AS {quoted(f'p:{column.name}')}" for column in people]
    of_people = "true"
    if read.incoming.table.name == "retraction":
        of_people = f"{read.incoming.columns['table_name'].sql} = 'person'"
    listed = ", ".join(["row_number() OVER () - 1", f"coalesce({of_people}, false)", *sqls, "f.*"])
    names = f" OR {_mentions(read.names, subject)}"
    wanted = " OR ".join(
        [_named(read.incoming.columns[column.name].sql, column, subject) for column in people] or ["false"]
    )
    mends = f" OR row_number() OVER () - 1 IN ({', '.join(map(str, given))})" if given else ""
    inner = f'SELECT {listed}, ({wanted}{names}{mends}) AS "wanted:" FROM {read.incoming.relation} f'
    for number, counts, *values, _ in read.con.execute(f'SELECT * FROM ({inner}) WHERE "wanted:"').fetchall():
        ids = dict(zip((column.name for column in people), values, strict=False))
        texts = dict(zip(read.names, values[len(people) :], strict=True))
        mine = number in given or (counts and any(ids[c.name] and subject.concerns(ids[c.name], c) for c in people))
        new = {
            name: _new(text, places[name], ids, subject, mine=mine)
            for name, text in texts.items()
            if text and not name.startswith(_LOOKED_UP)
        }
        changed = {name: text for name, text in new.items() if text != texts[name]}
        if changed:
            yield number, changed


def _new(text: str, place: Place, ids: Mapping[str, str | None], subject: Subject, *, mine: bool) -> str:
    """A cell's text from now on."""
    if mine:
        for column in place.people:
            if (own := ids.get(column.name)) and subject.concerns(own, column):
                return subject.named(text, column)
        if not place.people and not place.public:
            return subject.word(text, place.kind)
    return subject.everywhere(text) if place.public or place.people else subject.told(text)


def _named(sql: str, column: Column, subject: Subject) -> str:
    """SQL: a cell may name one of the people."""
    if column.type is Type.LIST:
        return " OR ".join(f"contains({sql}, {literal(person)})" for person in subject.tokens)
    return f"trim({sql}) IN ({', '.join(map(literal, subject.tokens))})"


def _mentions(names: Iterable[str], subject: Subject) -> str:
    """SQL: any of the texts of a row may hold what is looked for anywhere."""
    whole = f"lower(concat_ws(' ', {', '.join(quoted(name) for name in names)}))"
    return subject.mentioned(whole)


def _holds_id(raw: str, subject: Subject) -> bool:
    return any(person in raw for person in subject.tokens)


def _same(before: Reading, after: Reading, subject: Subject) -> None:
    """What is neither personal nor an id of these people is as it was. Raises ``DataError``."""
    table = before.incoming.table
    people = {column.name for column in before.people()}
    public = [name for name in before.incoming.columns if not _is_personal(table, name) and name not in people]
    for name in (*public, *people):
        sides = [
            f"(SELECT row_number() OVER () AS row, {read.incoming.columns[name].sql} AS text FROM {read.incoming.relation})"
            for read in (before, after)
        ]
        rows = before.con.execute(
            f"SELECT b.text, a.text FROM {sides[0]} b FULL JOIN {sides[1]} a USING (row) WHERE b.text IS DISTINCT FROM a.text"
        ).fetchall()
        wrong = [
            (b, a) for b, a in rows if name not in people or b is None or a != subject.named(b, table.column(name))
        ]
        if [pair for pair in wrong if pair[0] is None or pair[1] != subject.everywhere(pair[0])]:
            raise DataError(
                f"{name} is made of what tells of the person, and would be another.", code="not_separable",
                where=before.incoming.file,
                fix="Load the file by a map that takes it from a column of its own, then erase; nothing was changed.",
            )  # fmt: skip
    if len(before.after.refused) != len(after.after.refused):
        raise DataError(
            "Other lines would be refused than before.", code="not_separable", where=before.incoming.file,
            fix="Correct the lines that were refused, load the file again, then erase; nothing was changed.",
        )  # fmt: skip


def looked_up(name: str, entries: Iterable[Entry]) -> tuple[set[str], set[str]]:
    """Of a file that others look values up in: the columns by which, and those that give the values."""
    lookups = [
        t.lookup
        for e in entries
        for t in (*e.columns.values(), *e.custom.values())
        if t.lookup and t.lookup.file == name
    ]
    return {one.key for one in lookups}, {one.value for one in lookups}


def looked_up_without(
    path: Path, name: str, keys: set[str], values: set[str], subject: Subject, scratch: Path
) -> Path | None:
    """A file that others look values up in, without these people; None where they are not in it. Its keys stay."""
    start = plain(path, _folder(scratch, "copies"), name)
    opened = open_file(start, _folder(scratch, "opened"), name, NO_MAP)
    cells: dict[int, dict[str, str]] = {}
    with duckdb.connect() as con:
        count = con.execute(f"SELECT count(*) FROM {opened.relation}").fetchall()[0][0]
        opened = opened.recount(con, count) or opened
        whole = ", ".join(f"trim({quoted(name_)})" for name_ in opened.names)
        among = " OR ".join([f"list_contains([{whole}], {literal(person)})" for person in subject.tokens])
        rows = con.execute(
            f'SELECT * FROM (SELECT row_number() OVER () - 1 AS "row:", f.* FROM {opened.relation} f)'
            f" WHERE {among} OR {_mentions(opened.names, subject)}"
        ).fetchall()
        for number, *texts in rows:
            new = _looked_up(dict(zip(opened.names, texts, strict=True)), keys, values, subject)
            if new:
                cells[number] = new
        after = opened.after_read(con)
    if not cells:
        return None
    target = scratch / f"new{path.suffix}"
    exchanged(
        start,
        target,
        _folder(scratch, "again"),
        name,
        NO_MAP,
        Exchange(cells, after.lines, frozenset(), subject.everywhere),
    )
    return target


def _looked_up(texts: Mapping[str, str | None], keys: set[str], values: set[str], subject: Subject) -> dict[str, str]:
    """The new cells of a row. One that gives the person's address or name is the person's own: all else of it goes."""
    known = (*subject.tokens, *subject.emails, *subject.names)
    own = any(text and text.strip() in known for text in texts.values())
    found = {}
    for name, text in texts.items():
        if not text:
            continue
        if text.strip() in subject.tokens and (name in values or name not in keys):
            found[name] = subject.tokens[text.strip()]
        elif own and name not in keys | values:
            found[name] = subject.word(text)
        elif subject.told(text) != text:
            found[name] = subject.told(text)
    return found


def _folder(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir()
    return folder
