"""``erase_person``: people of customers, out of everything."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.acts import Act
from tenure.core.errors import UsageError
from tenure.engine.erasure import dropped, fetched
from tenure.engine.erasure.holding import holds
from tenure.engine.erasure.known import known
from tenure.engine.erasure.renewed import remove, renew
from tenure.engine.erasure.sources import Rewritten, as_stored, rewritten
from tenure.engine.erasure.subject import Subject
from tenure.engine.erasure.tombstones import Tombstones
from tenure.engine.verbs.doctor import counted
from tenure.engine.verbs.snapshot import databases
from tenure.engine.verbs.take_in import TakeIn, take_in
from tenure.warehouse import bundle
from tenure.warehouse.inbox import FILE as INBOX
from tenure.warehouse.load import KIND as FILES
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.store import Store

#: The source and the kind of the message that says so.
SOURCE, KIND = "tenure", "erasure"


@dataclass(frozen=True)
class ErasePerson:
    """``people``: ids; ``by``: who has it done, ``reason``: why, without naming the person. ``dry_run``: only say what would be."""

    people: tuple[str, ...]
    by: str
    reason: str
    dry_run: bool = False


@dataclass(frozen=True)
class Erased:
    """What was done. ``tokens``: what stands in the place of the ids now, in their order. ``rows``: that named them, by table.
    ``files``: of the archive, the hash before and now; ``pages``: of sources, how many; ``messages``: of the inbox. ``dropped``:
    files in ``drop/done`` that are what the archive has now; ``removed``: files that were put away and held them. ``same_email``: others of the same address,
    who may be the same human being; ``shared_names``: that others bear, too, and that
    were left in texts. ``changed``: tables that count other rows than before. ``left``: files that are not Tenure's
    and that hold them still.
    """

    tokens: tuple[str, ...]
    rows: dict[str, int]
    files: tuple[tuple[str, str], ...]
    messages: int
    same_email: tuple[str, ...]
    shared_names: tuple[str, ...]
    changed: dict[str, tuple[int, int]]
    left: tuple[str, ...]
    dry_run: bool = False
    pages: int = 0
    dropped: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def erase_person(desk: Desk, request: ErasePerson) -> Erased:
    """Erase people, whatever else comes in meanwhile. If it is cut short, it is as if it had not begun, or is ended by being
    asked for again.

    Raises ``UsageError`` for people that nobody knows, ``DataError`` where a file cannot be told apart from them,
    ``UnavailableError`` while a source is fetched from.
    """
    with ExitStack() as stack:
        fetched.hold(desk.home, stack)
        return _erased(desk, request)


def _erased(desk: Desk, request: ErasePerson) -> Erased:
    people = tuple(dict.fromkeys(request.people))
    while take_in(desk, TakeIn()).more:
        pass
    store, now = desk.store, desk.clock()
    tombstones = Tombstones.of(desk.home)
    rows = _known(store, people, tombstones)
    before, _, _ = counted(store)
    subject = known(desk, people, lambda person: tombstones.token(person, now))
    same = _same_email(store, subject)
    found, pages = rewritten(desk, subject), fetched.rewritten(desk, subject)
    tables = {
        name: sum(rows[person].get(name, 0) for person in people) for name in {n for p in people for n in rows[p]}
    }
    tokens = tuple(subject.tokens[person] for person in people)
    files = tuple((Path(old).name.partition(".")[0], new.sha256) for old, new in found.files.items())
    copied = dropped.copies(desk.home, desk.inbox.records(state="done", kind=FILES), found.files)
    done = Erased(
        () if request.dry_run else tokens, tables, files, len(found.payloads), same, subject.shared, {}, (),
        request.dry_run, sum(len(one.new) for one in pages), tuple(copied),
    )  # fmt: skip
    if request.dry_run:
        new = [*found.files.values(), *(page for one in pages for page in one.new.values())]
        remove(desk, {one.path for one in new})
        return replace(done, removed=dropped.held(desk.home, subject, copied))
    tombstones.write(desk.home)
    _commit(desk, request, found, tokens)
    dropped.replace(desk.home, copied)
    removed = dropped.remove(desk.home, subject)
    _make_anew(desk, subject, set(found.files), pages)
    after, _, _ = counted(desk.store)
    changed = {
        name: (before.get(name, 0), after.get(name, 0))
        for name in sorted(before.keys() | after.keys())
        if before.get(name, 0) != after.get(name, 0)
    }
    return replace(done, changed=changed, left=tuple(_still(desk.home, subject)), removed=removed)


def _known(store: Store, people: tuple[str, ...], tombstones: Tombstones) -> dict[str, dict[str, int]]:
    """How many rows name each, by table. Raises ``UsageError`` for somebody whom none names, unless they were erased before."""
    rows = named_in(store, people)
    unknown = [person for person in people if not rows.get(person) and not tombstones.among([person])]
    if unknown:
        raise UsageError(
            f"Nobody is known as {unknown[0]!r}.",
            code="unknown_person",
            fix="Name people by their person_id: tenure person export ID",
        )
    return rows


def named_in(store: Store, people: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """By person and table, how many rows name them, in whatever version."""
    from tenure.warehouse.table import Type
    from tenure.warehouse.tables import all_tables

    found: dict[str, dict[str, int]] = {person: {} for person in people}
    for table in all_tables().values():
        for column in table.people:
            for person in people:
                word = literal(f'"{person}"') if column.type is Type.LIST else literal(person)
                test = (
                    f"contains({quoted(column.name)}, {word})"
                    if column.type is Type.LIST
                    else f"{quoted(column.name)} = {word}"
                )
                count = int(store.value(f"SELECT count(*) FROM main.{quoted(table.name)} WHERE {test}"))
                if count:
                    found[person][table.name] = found[person].get(table.name, 0) + count
    return found


def _same_email(store: Store, subject: Subject) -> tuple[str, ...]:
    if not subject.emails:
        return ()
    emails = ", ".join(literal(email.lower()) for email in subject.emails)
    mine = ", ".join(literal(person) for person in subject.tokens)
    rows = store.rows(
        f"SELECT DISTINCT person_id FROM main.person WHERE lower(trim(email)) IN ({emails}) AND person_id NOT IN ({mine}) ORDER BY 1"
    )
    return tuple(person for (person,) in rows)


def _commit(desk: Desk, request: ErasePerson, found: Rewritten, tokens: tuple[str, ...]) -> None:
    """From here on the inbox names the new files: one transaction, with what was done and by whom."""
    said = {
        "by": request.by,
        "reason": request.reason,
        "tokens": list(tokens),
        "files": [
            {"before": Path(old).name.partition(".")[0], "after": new.sha256} for old, new in found.files.items()
        ],
        "messages": len(found.payloads),
    }
    payloads = {seq: as_stored(payload) for seq, payload in found.payloads.items()}
    now = desk.clock().replace(tzinfo=UTC)
    told = {"people": len(tokens), "rewritten": len(payloads)}
    desk.inbox.rewrite_all(payloads, SOURCE, f"{KIND}:{secrets.token_hex(8)}", said, now, Act.PERSON_ERASED, told)


def _make_anew(desk: Desk, subject: Subject, replaced: set[str], pages: list[fetched.Pages]) -> None:
    """What is made of inbox and archive, and no trace of what it was made of before."""
    home = desk.home
    desk.inbox.forget_said()
    for one in pages:
        replaced |= fetched.take(home, one, subject)
        fetched.forget_seen(home, one, subject)
    of_sources = {one.file for one in pages if one.source is not None}
    for name in databases(home):
        if name != INBOX:
            _sweep(home / name, subject, fetched.MADE if name in of_sources else frozenset())
    renew(desk, replaced)


def _sweep(database: Path, subject: Subject, made: frozenset[str]) -> None:
    """Texts of a database without these people, and none of what was deleted in it. ``made``: tables that were made anew."""
    with closing(sqlite3.connect(database, timeout=10, isolation_level=None)) as con:
        con.execute("PRAGMA secure_delete = ON")
        con.create_function(
            "told", 1, lambda text: subject.stored(text) if isinstance(text, str) else text, deterministic=True
        )
        changed = bool(made)
        con.execute("BEGIN IMMEDIATE")
        guarded = {
            n for (n,) in con.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        }  # a log: ids alone
        tables = [
            n
            for (n,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        ]
        for table in tables:
            if table in guarded or table in made:
                continue
            for _, name, *_ in con.execute(f"PRAGMA table_info({quoted(table)})").fetchall():
                column = quoted(name)
                sql = f"UPDATE {quoted(table)} SET {column} = told({column}) WHERE typeof({column}) = 'text' AND told({column}) <> {column}"
                changed = con.execute(sql).rowcount > 0 or changed
        con.execute("COMMIT")
        if changed:
            con.execute("VACUUM")
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _still(home: Path, subject: Subject) -> Iterator[str]:
    """Files of the folder that hold these people still, from a look at their bytes: what Tenure did not write it leaves alone."""
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        if bundle.is_backup(path) or holds(path, subject):
            yield str(path.relative_to(home))
