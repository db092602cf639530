"""What was fetched from sources, without some people: pages lie in the archive, and a source's own file says which.

Where it is known whose the pages are, each object is taken apart (``objects``); else people are taken out of them as text.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec

from tenure.core.errors import DataError
from tenure.engine.erasure import telling
from tenure.engine.erasure.objects import Marks, Told, aliases
from tenure.engine.erasure.subject import Subject
from tenure.engine.sync import configured
from tenure.engine.sync.pull import held
from tenure.engine.verbs.snapshot import databases
from tenure.sources.api import Source, Stream, find
from tenure.sources.api import fetched as kinds
from tenure.sources.fetching.pulled import FOLDER, PAGE_SUFFIX, READ_EXACT, WRITE, Pulled
from tenure.sources.vendor import find as find_vendor
from tenure.warehouse import archive
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: What of a source's file is made of its pages.
MADE = frozenset({"page", "object", "line", "named"})


@dataclass
class Pages:
    """The pages of a source, by the name of its file in the workspace. ``new``: what takes their place, by their numbers;
    ``gone``: the same of what they say is gone. ``source``: whose they are; None where that is not known.
    """

    file: str
    source: Source | None = None
    marks: Marks = field(default_factory=lambda: Marks({}, {}))
    new: dict[int, archive.Archived] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)


def named(home: Path) -> set[str]:
    """The files of the archive that are pages of a source."""
    return {path for name in databases(home) for _, _, path, *_ in _pages(home / name)}


def hold(home: Path, stack: ExitStack) -> None:
    """Fetch from no source until the end. Raises ``UnavailableError`` where somebody does just now."""
    for name in databases(home):
        if list(_pages(home / name)):
            stack.enter_context(held(home, Path(name).stem))


def known(desk: Desk, subject: Subject) -> set[str]:
    """What the pages say of these people that tells of them wherever it stands, and of nobody else."""
    mine: set[str] = set()
    others: set[str] = set()
    for pages, stream, lines in _lines(desk, subject):
        ids = _any_of(pages.marks.names)
        for line in lines:
            told = Told(stream, _decoded(line), pages.marks) if ids.search(line) else None
            if told is not None and told.is_own:
                mine |= {text.strip() for name, text in telling.values(told.found) if telling.tells(name, text)}
    if not mine:
        return mine
    sought = _any_of(mine)
    for pages, stream, lines in _lines(desk, subject):
        for line in lines:
            if sought.search(line) and any(pages.marks.is_own(kind) for kind in _kinds(stream, line)):
                told = Told(stream, _decoded(line), pages.marks)
                others |= set() if told.is_own else {text.strip() for _, text in telling.values(told.found)}
    return mine - others


def rewritten(desk: Desk, subject: Subject) -> list[Pages]:
    """The pages of all sources without these people: nothing is changed, but files are added to the archive.

    Raises ``DataError`` where an object cannot be told apart from them.
    """
    found = []
    for pages in _all(desk, subject):
        sought = _any_of({*pages.marks.names, *subject.needles})
        streams = {stream.name: stream for stream in pages.source.streams} if pages.source else {}
        for number, name, path, _, gone in list(_pages(desk.home / pages.file)):
            text = _text(desk.home / path)
            stream = streams.get(name)
            new = "\n".join(_line(line, stream, pages.marks, subject, sought) for line in text.split("\n"))
            if new != text:
                pages.new[number] = archive.store_bytes(desk.home, new.encode("utf-8", "surrogateescape"), PAGE_SUFFIX)
            left = json.dumps([pages.marks.names.get(key, key) for key in json.loads(gone)])
            if left != gone:
                pages.gone[number] = left
        found.append(pages)
    return found


def take(home: Path, pages: Pages, subject: Subject) -> set[str]:
    """Put the new pages into the place of the old ones, and make anew what is made of them. Gives the files that were replaced."""
    replaced = {path for number, _, path, *_ in _pages(home / pages.file) if number in pages.new}
    with closing(sqlite3.connect(home / pages.file, timeout=10)) as con, con:
        con.executemany(
            "UPDATE page SET archived = ?, sha256 = ? WHERE seq = ?",
            [(new.path, new.sha256, number) for number, new in pages.new.items()],
        )
        con.executemany("UPDATE page SET gone = ? WHERE seq = ?", [(gone, seq) for seq, gone in pages.gone.items()])
    if pages.source is not None and (pages.new or pages.gone):
        with Pulled.open(home, Path(pages.file).stem) as pulled:
            pulled.renew(pages.source)
            for stream in pages.source.streams:
                # a place in the middle of a pass that an id stands for leads nowhere now
                state = json.dumps(pulled.state(stream.name))
                if subject.told(state) != state:
                    pulled.restart(stream.name)
    return replaced


def forget_seen(home: Path, pages: Pages, subject: Subject) -> None:
    """What came out of a source the last time, with other names for these people: it is what the next time is compared with."""
    names = {**pages.marks.names, **subject.tokens}
    listed = ", ".join(map(literal, names))
    for path in sorted((home / FOLDER).glob(f"{Path(pages.file).stem}.seen-*/*.parquet")):
        with duckdb.connect() as con:
            con.create_function("now", lambda key: names.get(key, subject.everywhere(key)), ["VARCHAR"], "VARCHAR")
            source = f"read_parquet({literal(str(path))})"
            key = f'(SELECT *, row_number() OVER () AS n, now("key:") AS k, now("first:") AS f FROM {source})'
            changed = 'k IS DISTINCT FROM "key:" OR f IS DISTINCT FROM "first:"'
            if not listed or not con.execute(f"SELECT 1 FROM {key} WHERE {changed} LIMIT 1").fetchall():
                continue
            other = literal(token_hex(8))
            part = path.with_suffix(".part")
            con.execute(
                f'COPY (SELECT CASE WHEN {changed} THEN md5({other} || n) ELSE "sum:" END AS "sum:", "nth:", k AS "key:", f AS "first:",'
                f' CASE WHEN {changed} THEN md5({other} || n) ELSE "rest:" END AS "rest:" FROM {key} ORDER BY n)'
                f" TO {literal(str(part))} (FORMAT parquet)"
            )
            part.replace(path)


def other_ids(desk: Desk, subject: Subject) -> set[str]:
    """Other ids that sources have for these people."""
    found: set[str] = set()
    ids = _any_of(subject.tokens)
    for pages, stream, lines in _lines(desk, subject):
        for line in lines:
            if ids.search(line):
                found |= aliases(stream, _decoded(line), pages.marks)
    return found


def _all(desk: Desk, subject: Subject) -> Iterator[Pages]:
    """The sources that have pages."""
    told, names = configured.read(desk.home), {**subject.aliases, **subject.tokens}
    for file in databases(desk.home):
        said = told.get(Path(file).stem)
        if not list(_pages(desk.home / file)):
            continue
        if said is None or said.kind not in kinds():
            yield Pages(file)
        else:
            yield Pages(file, find(said.kind), Marks(find_vendor(said.kind).personal, names))


def _lines(desk: Desk, subject: Subject) -> Iterator[tuple[Pages, Stream, Iterator[str]]]:
    for pages in _all(desk, subject):
        for stream, lines in _of(desk.home, pages):
            yield pages, stream, lines


def _of(home: Path, pages: Pages) -> Iterator[tuple[Stream, Iterator[str]]]:
    """The objects of each page, as they were written."""
    streams: Mapping[str, Stream] = {stream.name: stream for stream in pages.source.streams} if pages.source else {}
    for _, name, path, *_ in _pages(home / pages.file):
        if name in streams:
            yield streams[name], (line for line in _text(home / path).split("\n") if line)


def _kinds(stream: Stream, line: str) -> list[str]:
    try:
        return [kind for kind, rows in stream.rows(_decoded(line)).items() if rows]
    except (LookupError, TypeError, ValueError, AttributeError):
        return []


def _line(line: str, stream: Stream | None, marks: Marks, subject: Subject, sought: re.Pattern[str]) -> str:
    if stream is None:
        return subject.told(line)
    if not line or (not sought.search(line) and not subject.is_in(line.encode("utf-8", "surrogateescape"))):
        return line
    found = _decoded(line)
    new = Told(stream, found, marks).without(subject)
    return line if new == found else WRITE.encode(new).decode()


def _decoded(line: str) -> Any:
    try:
        return READ_EXACT.decode(line)
    except msgspec.DecodeError:
        raise DataError("A page of a source is damaged.", code="damaged", fix="Restore it from a backup.") from None


def _any_of(texts: Any) -> re.Pattern[str]:
    """Any of some texts as they stand in JSON."""
    written = [re.escape(json.dumps(text, ensure_ascii=False)[1:-1]) for text in texts if text]
    return re.compile("|".join(written) or r"(?!)", re.IGNORECASE)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else ""


def _pages(database: Path) -> Iterator[tuple[int, str, str, str, str]]:
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as con:
        if con.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'page'").fetchall():
            yield from con.execute("SELECT seq, stream, archived, sha256, gone FROM page ORDER BY seq").fetchall()
