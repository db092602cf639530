"""Makes the tables of access on PostgreSQL, with an event of before in them, and appends to the log from four threads at once."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django is ready only now
from django.core.management import call_command  # noqa: E402 - likewise
from django.db import DatabaseError, connection, transaction  # noqa: E402 - likewise

from tenure.core.chain import By, Note  # noqa: E402 - likewise
from tenure.web import verifying  # noqa: E402 - likewise
from tenure.web.access import log  # noqa: E402 - likewise

EACH, THREADS = 25, 4

call_command("migrate", "access", "0002", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO access_accessevent (at, kind, actor_id, subject_id, detail) VALUES (now(), 'logged_in', 3, 3, '{}')"
    )
call_command("migrate", verbosity=0)
migrated = verifying.look(Path(settings.HOME), (), deep=True)
assert migrated is not None
assert (migrated.counts["entries"], migrated.damage) == (1, ())


def append(number: int) -> None:
    for each in range(EACH):
        with transaction.atomic():
            log.append(Note("exported", "page", str(each)), By(f"user:{number}"))
            if each % 5 == 0:
                transaction.set_rollback(True)
    connection.close()


threads = [threading.Thread(target=append, args=(number,)) for number in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
refused = 0
for sql in (f"UPDATE {log.TABLE} SET who = ''", f"DELETE FROM {log.TABLE}", f"TRUNCATE {log.TABLE}"):
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError:
        refused += 1
part = verifying.look(Path(settings.HOME), (), deep=True)
assert part is not None
sys.stdout.write(f"{part.counts['entries']} {len(part.damage)} {refused}\n")
with connection.cursor() as cursor:
    cursor.execute(f"ALTER TABLE {log.TABLE} DISABLE TRIGGER USER")
    cursor.execute(f"DELETE FROM {log.TABLE} WHERE seq > 70")
    cursor.execute(f"UPDATE {log.TABLE} SET detail = '{{}} ' WHERE seq = 30")
damaged = verifying.look(Path(settings.HOME), (), deep=True)
assert damaged is not None
sys.stdout.write(" ".join(one.where for one in damaged.damage) + "\n")
