"""Restoring: a workspace from a backup, whole and up to date before it takes its place.

All of it happens in a folder beside the one that is wanted: the backup is read to its end, every file held against its
hash, the inbox given a new epoch, the warehouse made anew from the archive (unless the backup has it), its rows counted and
the figures published. Only then the folder gets its name. A workspace that stood there before is renamed, not removed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core import config
from tenure.core.acts import Act
from tenure.core.chain import NOBODY, By, Note
from tenure.core.errors import DataError, UnavailableError, UsageError
from tenure.engine.saving import told
from tenure.engine.verbs.doctor import Doctor, State
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.verbs.run import Run
from tenure.engine.verbs.take_in import TakeIn, TakenIn
from tenure.engine.workspace import Local, Workspace
from tenure.warehouse import bundle
from tenure.warehouse.archive import flush
from tenure.warehouse.bundle import Manifest
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.store import Store, explained

if TYPE_CHECKING:
    from tenure.engine.desk import Clock, Progress

#: Who was logged in when the backup was made is not now: somebody may have been shut out since.
_OF_THE_MOMENT = ("access_session", "access_link", "access_attempt")


@dataclass(frozen=True)
class Restored:
    """What is there now. ``rows``: by table, as they were when the backup was made; ``events``: that waited in it and are in the
    warehouse now. ``before``: where the workspace is that stood there, if one did. ``keys``: that the backup did not hold, and
    that were taken over from there (``kept``).
    """

    home: str
    manifest: Manifest
    rows: dict[str, int]
    events: int
    before: str
    keys: tuple[str, ...]
    kept: tuple[str, ...]


def check(file: Path, progress: Progress) -> Manifest:
    """Read a backup to its end; what it holds. Raises as ``bundle.read``."""
    return bundle.read(file, None, told("reading the backup", 0, progress))


def restore(
    file: Path, home: Path, clock: Clock, progress: Progress, by: By = NOBODY, *, replace: bool = False
) -> Restored:
    """Make the workspace ``home`` of a backup. ``by``: who asks, for the audit log. ``replace``: where one is, put it aside; nothing may be using it.

    Raises ``UsageError`` where the folder is taken, ``DataError`` where the backup is damaged or does not give the rows that
    it should, ``UnavailableError`` where the disk is full. Nothing is changed then.
    """
    home = home.absolute()
    taken = _taken(home, replace=replace)
    before = home.with_name(f"{home.name}.before-{clock():%Y%m%dT%H%M%S}") if taken else None
    part = home.with_name(f".{home.name}.restoring")
    if os.path.ismount(home):  # it cannot be given another folder's place: what is made inside it is moved up
        if taken:
            raise UnavailableError(
                "The folder is the root of a disk: it cannot be put aside.", code="not_movable", where=str(home),
                fix="Restore into another folder: --home DIR",
            )  # fmt: skip
        part = home / ".restoring"
    with _made(part):
        manifest = bundle.read(file, part, told("reading the backup", 0, progress))
        config.read(part)
        kept = _keys_of(home, part, manifest) if taken else ()
        rows, events = _brought_up(part, manifest, clock, progress)
        _note(part, manifest, clock, by)
        _place(part, home, before)
    left = tuple(name for name in manifest.left_out if name not in kept)
    return Restored(str(home), manifest, rows, events, str(before or ""), left, kept)


def _taken(home: Path, *, replace: bool) -> bool:
    """Whether there is something to be put aside. Raises ``UsageError`` where it must not be."""
    if not home.exists():
        return False
    if not home.is_dir():
        raise UsageError(f"{home} is a file.", code="no_folder", fix="Name a new or an empty folder.")
    if all(path.name.startswith(".") for path in home.iterdir()):
        return False
    if (home / config.FILE).is_file():
        if replace:
            return True
        raise UsageError(
            "There is a workspace in this folder.", code="workspace_exists", where=str(home),
            fix="Name another with --home DIR, or put this one aside with --replace.",
        )  # fmt: skip
    raise UsageError(
        "The folder is not empty.", code="not_empty", where=str(home), fix="Name a new or an empty folder: --home DIR"
    )


@contextmanager
def _made(part: Path) -> Iterator[None]:
    """A folder to work in, for nobody else; gone where it did not come to its end."""
    try:
        shutil.rmtree(part, ignore_errors=True)  # of one that was cut short
        part.mkdir(parents=True, mode=0o700)
        yield
    except OSError as error:
        raise explained(error, part) from error
    finally:
        if part.exists():
            _writable(part)
            shutil.rmtree(part, ignore_errors=True)


def _writable(part: Path) -> None:
    for folder in (part, *(path for path in part.rglob("*") if path.is_dir())):
        folder.chmod(0o700)


def _keys_of(home: Path, part: Path, manifest: Manifest) -> tuple[str, ...]:
    """Keys that a backup left out, taken over from the workspace in whose place it comes."""
    kept = [name for name in manifest.left_out if (home / name).is_file()]
    for name in kept:
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(home / name, part / name)
    return tuple(kept)


def _brought_up(part: Path, manifest: Manifest, clock: Clock, progress: Progress) -> tuple[dict[str, int], int]:
    """Make what is derived. Gives the rows of the backup, and how many events that waited in it were taken in."""
    with Inbox.open(part) as inbox:
        epoch = inbox.new_epoch()
    _forget_the_moment(part / "app.db")
    if manifest.warehouse:
        with Store.open(part) as store, store.transaction() as con:
            con.execute("UPDATE main.batch SET inbox_epoch = ?", [epoch])
    workspace = Workspace(part, Local(part, clock), clock=clock, progress=progress)
    try:
        if not manifest.warehouse:
            workspace.call("rebuild", Rebuild())
        state: State = workspace.call("doctor", Doctor())
        counts = (state.rows, state.batches, state.failed_rows)
        comparable = manifest.storage_format == state.storage_format  # another format may have counted otherwise
        if comparable and counts != (manifest.rows, manifest.batches, manifest.failed_rows):
            raise _other_rows(state, manifest)
        events, more = 0, True
        while more:
            taken: TakenIn = workspace.call("take_in", TakeIn())
            events, more = events + taken.events, taken.more
        workspace.call("run", Run())
    finally:
        workspace.close()
    return dict(state.rows), events


def _note(part: Path, manifest: Manifest, clock: Clock, by: By) -> None:
    with Inbox.open(part) as inbox:
        inbox.log.by, inbox.log.at = by, clock()
        detail = {"made_at": manifest.made_at, "last": manifest.last, "files": len(manifest.members)}
        inbox.note(Note(Act.RESTORED, "workspace", manifest.epoch, detail))


def _other_rows(state: State, manifest: Manifest) -> DataError:
    names = sorted(state.rows.keys() | manifest.rows.keys())
    told_of = [
        f"{name} {state.rows.get(name, 0):,} instead of {manifest.rows.get(name, 0):,}"
        for name in names
        if state.rows.get(name, 0) != manifest.rows.get(name, 0)
    ]
    message = "The backup does not give the rows that were there when it was made"
    return DataError(
        f"{message}: {', '.join(told_of) or 'the counts of loads differ'}.", code="other_rows",
        fix=f"Use the Tenure that made it ({manifest.tenure}), or another backup; nothing was changed.",
    )  # fmt: skip


def _forget_the_moment(database: Path) -> None:
    """Who was logged in, and links that were under way, are of the time of the backup."""
    if not database.is_file():
        return
    with closing(sqlite3.connect(database)) as con, con:
        there = {name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for name in _OF_THE_MOMENT:
            if name in there:
                con.execute(f'DELETE FROM "{name}"')


def _place(part: Path, home: Path, before: Path | None) -> None:
    """Give what was made its name, in one step where that can be."""
    if part.parent == home:
        for path in sorted(
            part.iterdir(), key=lambda path: path.name == config.FILE
        ):  # what has no settings is no workspace
            path.replace(home / path.name)
    else:
        if before is not None:
            home.rename(before)
        elif home.exists():
            for path in home.iterdir():  # hidden, and of a process that has ended
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
            home.rmdir()
        part.rename(home)
    flush(home.parent)


__all__ = ["Manifest", "Restored", "check", "restore"]
