"""``export_person``: everything that is known of a person of a customer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenure.core.acts import Act
from tenure.core.errors import UsageError
from tenure.engine.erasure.known import known
from tenure.engine.erasure.tombstones import Tombstones
from tenure.engine.verbs.snapshot import databases
from tenure.engine.verbs.take_in import TakeIn, take_in
from tenure.warehouse.inbox import FILE as INBOX
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Type
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tenure.engine.desk import Desk
    from tenure.engine.erasure.subject import Subject
    from tenure.warehouse.store import Store


@dataclass(frozen=True)
class ExportPerson:
    """``person``: the id."""

    person: str


@dataclass(frozen=True)
class Exported:
    """``tables``: by table, the rows that name the person, each with when it was learned and from which file; all versions.
    ``refused``: rows that were not taken, but say something of the person. ``mentions``: rows that name nobody by id, but have the
    person's name or address in a text. ``application``: by table, what the application's database says.
    """

    person: str
    tables: dict[str, tuple[dict[str, Any], ...]]
    refused: tuple[dict[str, Any], ...]
    mentions: dict[str, tuple[dict[str, Any], ...]]
    application: dict[str, tuple[dict[str, Any], ...]]


def export_person(desk: Desk, request: ExportPerson) -> Exported:
    """Everything that is known of a person. Events that wait are taken in first.

    Raises ``UsageError`` for a person that nobody knows.
    """
    while take_in(desk, TakeIn()).more:
        pass
    store, person = desk.store, request.person
    subject = known(desk, [person], lambda _id: "erased")
    named = {name: rows for name in all_tables() if (rows := _rows(store, name, _names(name, person)))}
    if not named:
        raise UsageError(
            f"Nobody is known as {person!r}.",
            code="unknown_person",
            fix="Ids are the person_id of: tenure tables person",
        )
    refused = _about(subject, _dictionaries(store, f"SELECT * FROM main.failed_row f WHERE {_holds('f', subject)}"))
    mentions = {name: rows for name in all_tables() if (rows := _mentioning(store, name, person, subject))}
    application = {
        table: rows
        for file in databases(desk.home)
        if file != INBOX
        for table, rows in _of_application(desk.home / file, subject).items()
    }
    tombstones = Tombstones.of(desk.home)
    tombstones.write(desk.home)  # its salt: the log may never hold the id
    desk.note(Act.PERSON_EXPORTED, "person", tombstones.mark(person)[:16])
    return Exported(person, named, tuple(refused), mentions, application)


def _names(name: str, person: str) -> str:
    """SQL: a row ``r`` of a table names the person."""
    tests = [_test(column, person) for column in all_tables()[name].people]
    return f"({' OR '.join(tests) or 'false'})"


def _test(column: Column, person: str) -> str:
    if column.type is Type.LIST:
        return f"contains(r.{quoted(column.name)}, {literal(chr(34) + person + chr(34))})"
    return f"r.{quoted(column.name)} = {literal(person)}"


def _holds(alias: str, subject: Subject) -> str:
    """SQL: a row may have what tells of the person somewhere."""
    return subject.mentioned(f"lower(to_json({alias})::VARCHAR)")


def _rows(store: Store, name: str, test: str) -> tuple[dict[str, Any], ...]:
    sql = (
        f"SELECT r.* EXCLUDE (batch, line), b.file AS from_file FROM main.{quoted(name)} r "
        f"LEFT JOIN main.batch b ON b.batch = r.batch WHERE {test} ORDER BY r.known_at, r.batch, r.line"
    )
    return tuple(_dictionaries(store, sql))


def _mentioning(store: Store, name: str, person: str, subject: Subject) -> tuple[dict[str, Any], ...]:
    test = f"NOT coalesce({_names(name, person)}, false) AND {_holds('r', subject)}"
    return tuple(_about(subject, _rows(store, name, test)))


def _about(subject: Subject, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those in which the person is meant, and not another whose id or address goes on."""
    return [row for row in rows if any(isinstance(text, str) and subject.stored(text) != text for text in row.values())]


def _dictionaries(store: Store, sql: str) -> list[dict[str, Any]]:
    """Rows without what is empty in them."""
    done = store.con.execute(sql)
    names = [item[0] for item in done.description or ()]
    return [{n: v for n, v in zip(names, row, strict=True) if v is not None} for row in done.fetchall()]


def _of_application(database: Path, subject: Subject) -> dict[str, tuple[dict[str, Any], ...]]:
    found: dict[str, tuple[dict[str, Any], ...]] = {}
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as con:
        con.row_factory = sqlite3.Row
        for (table,) in con.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall():
            mine = _about(subject, (dict(row) for row in con.execute(f"SELECT * FROM {quoted(table)}")))
            if mine:
                found[table] = tuple(mine)
    return found
