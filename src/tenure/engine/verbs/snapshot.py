"""``snapshot``: copies of the databases of a workspace that belong together, while nothing else is done with it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core import chainfiles
from tenure.core.acts import Act
from tenure.core.errors import DataError
from tenure.warehouse import archive
from tenure.warehouse.inbox import FILE as INBOX
from tenure.warehouse.store import FILE as WAREHOUSE
from tenure.warehouse.store import explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.engine.desk import Desk

#: What the files are called that say where a chain of the audit log ends.
HEAD = ".head"
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True)
class Snapshot:
    """``folder``: an absolute path, where the copies are put. ``warehouse``: copy that, too."""

    folder: str
    warehouse: bool = False


@dataclass(frozen=True)
class Copied:
    """What was copied: ``files``, by their names in workspace and folder. The rest is what the copies hold: see
    ``warehouse.bundle.Manifest``. ``archived``: the files of the archive that the inbox names, with their hashes.
    """

    files: tuple[str, ...]
    storage_format: int
    epoch: str
    last: int
    messages: dict[str, int]
    rows: dict[str, int]
    batches: int
    failed_rows: int
    archived: dict[str, str]


def snapshot(desk: Desk, request: Snapshot) -> Copied:
    """Copy the databases. Events may come in meanwhile, and people work: of each database it is one moment; and inbox and
    warehouse are of the same, as only this desk takes what is in the one into the other.

    Raises ``UnavailableError`` where the disk is full, ``DataError`` where a database is damaged.
    """
    from tenure.engine.verbs.doctor import counted

    rows, batches, failed = counted(desk.store)
    stamp = int(desk.store.meta("storage_format") or 0)
    if request.warehouse:
        desk.progress("copying the warehouse", 0, 0)
        desk.let_go_of_store()  # which brings its log into the file
    found = copied(desk, request, Counted(stamp, rows, batches, failed))
    desk.note(Act.BACKED_UP, "workspace", found.epoch, last=found.last, warehouse=request.warehouse)
    return found


@dataclass(frozen=True)
class Counted:
    """What a warehouse of a storage format holds: see ``Copied``."""

    storage_format: int
    rows: dict[str, int]
    batches: int
    failed_rows: int


def copied(desk: Desk, request: Snapshot, holds: Counted) -> Copied:
    """Copy the databases of a desk whose warehouse is not open. ``holds``: what is in that. Raises as ``snapshot``."""
    folder, epoch = Path(request.folder), desk.inbox.epoch
    try:
        if request.warehouse:
            shutil.copyfile(desk.home / WAREHOUSE, folder / WAREHOUSE)
        heads = list(_heads(desk.home, folder))  # before the databases, which go on
        names = list(databases(desk.home))
        for name in names:
            desk.progress(f"copying {name}", 0, 0)
            (folder / name).parent.mkdir(exist_ok=True)
            _copy(desk.home / name, folder / name)
    except OSError as error:
        raise explained(error, folder) from error
    last, messages, archived = _of_inbox(folder)
    files = (*([WAREHOUSE] if request.warehouse else []), *heads, *names)
    return Copied(
        files, holds.storage_format, epoch, last, messages, holds.rows, holds.batches, holds.failed_rows, archived
    )


def _heads(home: Path, folder: Path) -> Iterator[str]:
    """Where the chains of the audit log ended, at the latest when the databases are copied that hold them."""
    (folder / chainfiles.FOLDER).mkdir()
    for path in sorted((home / chainfiles.FOLDER).glob(f"*{HEAD}")):
        shutil.copy2(path, folder / chainfiles.FOLDER / path.name)
        yield f"{chainfiles.FOLDER}/{path.name}"


def databases(home: Path) -> Iterator[str]:
    """The SQLite databases of a workspace: the inbox, the application's, what was fetched from sources, and any other."""
    for path in sorted([*home.glob("*.db"), *home.glob("[!.]*/*.db")]):
        with path.open("rb") as file:
            if file.read(len(_SQLITE)) == _SQLITE:
                yield str(path.relative_to(home))


def _copy(source: Path, target: Path) -> None:
    """One moment of a database that others write to meanwhile, without what was deleted in it."""
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as con:
            con.execute("VACUUM INTO ?", [str(target)])
    except sqlite3.OperationalError as error:
        raise explained(OSError(str(error)), target) from error
    except sqlite3.DatabaseError as error:
        raise DataError(
            f"The database is damaged: {error}.", code="damaged", where=str(source), fix="Restore it from a backup."
        ) from error
    target.chmod(source.stat().st_mode & 0o777)


def _of_inbox(folder: Path) -> tuple[int, dict[str, int], dict[str, str]]:
    """Of a copied inbox: its last number, messages by state, and the files of the archive that it names."""
    with closing(sqlite3.connect(folder / INBOX)) as con:
        last = con.execute("SELECT coalesce(max(seq), 0) FROM message").fetchall()[0][0]
        messages = dict(con.execute("SELECT state, count(*) FROM message GROUP BY state ORDER BY state").fetchall())
        found = {
            path: sha256
            for (payload,) in con.execute(
                "SELECT payload FROM message WHERE state = 'done' AND payload LIKE '%\"archived\"%'"
            )
            for path, sha256 in archive.named_files(payload)
            if path.startswith(f"{archive.FOLDER}/")
        }
    return last, messages, found
