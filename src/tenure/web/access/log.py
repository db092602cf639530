"""The web's own chain of the audit log: log-ins, rights, keys, and what was taken out or looked at.

An entry is written in the transaction of what it notes. Appends come one at a time: SQLite has one writer, and on
PostgreSQL they wait for each other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tenure.core import chainfiles
from tenure.core.chain import BEGINNING, COLUMNS, NOBODY, By, Head, Note, link
from tenure.engine import audit
from tenure.web.access.models import AuditEntry, User

#: The chain's name, and its table.
CHAIN, TABLE = "app", "access_auditentry"
#: What names the lock for which appends wait on PostgreSQL.
_LOCK = 0x7E6E757265

_asking: ContextVar[By] = ContextVar("asking", default=NOBODY)


def asking() -> By:
    """Who asks now: the person of the request that is being answered, by which way, and the request's name."""
    return _asking.get()


@contextmanager
def request_begun() -> Iterator[None]:
    """Until the end of the block one request is answered, which has a name of its own."""
    token = _asking.set(By("", "web", secrets.token_hex(8)))
    try:
        yield
    finally:
        _asking.reset(token)


@contextmanager
def working(user_id: int, job_id: int) -> Iterator[None]:
    """Until the end of the block what is done is done by a person's job."""
    token = _asking.set(By(who(user_id), f"job:{job_id}", secrets.token_hex(8)))
    try:
        yield
    finally:
        _asking.reset(token)


def asked_by(user_id: int, key_id: int | None = None) -> None:
    """Say whose the request is, and by which key where it is a program's."""
    via = "web" if key_id is None else f"key:{key_id}"
    _asking.set(replace(_asking.get(), who=who(user_id), via=via))


def asked_through(link_id: int) -> None:
    """Say that the request is a customer's, by which link to a success plan."""
    _asking.set(replace(_asking.get(), who=f"link:{link_id}", via="link"))


def who(user_id: int | None) -> str:
    """A person as entries name her."""
    return "" if user_id is None else f"user:{user_id}"


def sender(user_id: int) -> str:
    """A person as the messages name her in which she tells facts: by her id, which holds nothing personal."""
    return f"user {user_id}"


def names_of(senders: Iterable[str]) -> dict[str, str]:
    """The names of those among who told something that are log-ins, by how ``sender`` names them."""
    ids = {each.removeprefix("user ") for each in senders if each.startswith("user ")}
    known = User.objects.filter(pk__in=[one for one in ids if one.isdecimal()]).values_list("pk", "name")
    return {sender(pk): name for pk, name in known}


def written_by(user_id: int) -> str:
    """How the ids of rows begin that a person tells here: by them it is known whose they are to change."""
    return f"app-{user_id}-"


def append(note: Note, by: By) -> None:
    """Add an entry, in the transaction that is open, or in one of its own."""
    ring = chainfiles.keys(settings.HOME)
    with transaction.atomic():
        _one_at_a_time()
        before = head()
        entry = link(CHAIN, ring, before, note, by, timezone.now())
        AuditEntry.objects.create(**{("object_id" if k == "id" else k): v for k, v in vars(entry).items()})
        after = Head(entry.seq, entry.hash)
        transaction.on_commit(lambda: chainfiles.note_head(settings.HOME, CHAIN, ring, before, after, _hash_of))


def head() -> Head:
    """The chain's end."""
    last = AuditEntry.objects.order_by("-seq").values_list("seq", "hash").first()
    return Head(*last) if last else Head(0, BEGINNING)


def rows(after: int = 0) -> Iterator[tuple[Any, ...]]:
    """The entries as they are stored, in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE seq > %s ORDER BY seq", [after])
        while some := cursor.fetchmany(1_000):
            yield from some


def entries(asked: audit.Asked, most: int) -> tuple[list[audit.Entry], int]:
    """The newest entries that fit, at most so many, and how many fit."""
    sql, values = audit.condition(asked, "%s")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE} WHERE {sql}", values)
        total = cursor.fetchall()[0][0]
        columns = ", ".join(COLUMNS)
        cursor.execute(
            f"SELECT {columns} FROM {TABLE} WHERE {sql} ORDER BY at DESC, seq DESC LIMIT %s", [*values, most]
        )
        return [audit.Entry(*row) for row in cursor.fetchall()], total


def chosen(column: str) -> set[str]:
    """The values that the chain has in one of its columns ``who`` and ``act``."""
    return set(AuditEntry.objects.order_by().values_list(column, flat=True).distinct())


def verified() -> audit.Standing:
    """Whether the chain holds."""
    return audit.standing(settings.HOME, CHAIN, rows, timezone.now())


def _one_at_a_time() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _hash_of(number: int) -> str:
    return AuditEntry.objects.filter(seq=number).values_list("hash", flat=True).first() or ""
