"""Backups: all of a workspace that cannot be made anew, in one file, while it is worked with.

First the databases are copied, inbox and warehouse of one moment (``verbs.snapshot``); then the archive is read, in which
nothing ever changes, and which by then has every file that the copied inbox names; then the other files. What is made
from these (the warehouse, unless it is wanted, and what is published) is left out. The file gets its name when it is on
disk and was read again to its end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import UnavailableError, UsageError
from tenure.engine.verbs.snapshot import HEAD, Copied, Snapshot
from tenure.warehouse import archive, bundle
from tenure.warehouse.store import FILE as WAREHOUSE
from tenure.warehouse.store import explained

if TYPE_CHECKING:
    from tenure.engine.desk import Progress
    from tenure.engine.workspace import Workspace

#: Where backups lie that Tenure makes by itself, unless another folder is named.
FOLDER = "backups"
#: What opens other doors: passwords and rights are in the application's database, these are not.
_KEYS = (".key",)
_DERIVED = {"published", archive.FOLDER, FOLDER}


@dataclass(frozen=True)
class Saved:
    """A backup that was made and read again. ``size`` in bytes; ``content``: those of the files in it."""

    file: str
    size: int
    content: int
    manifest: bundle.Manifest


def back_up(workspace: Workspace, file: Path, now: datetime, *, keys: bool = False, warehouse: bool = False) -> Saved:
    """Write a backup of a workspace to ``file``, which must not be there. ``now``: UTC.

    ``keys``: with the files that open other doors; ``warehouse``: with what could be made anew from the rest.

    Raises ``UsageError`` where there is a file of that name, ``UnavailableError`` where it cannot be written.
    """

    def copy(folder: str) -> Copied:
        found: Copied = workspace.call("snapshot", Snapshot(folder, warehouse))
        return found

    return write(workspace.home, file, now, copy, workspace.progress, keys=keys)


def write(
    home: Path, file: Path, now: datetime, copy: Callable[[str], Copied], progress: Progress, *, keys: bool = False
) -> Saved:
    """The same with databases that ``copy`` puts into a folder. Raises as ``back_up``."""
    file = file.absolute()
    if file.exists():
        raise UsageError(
            "There is a file of that name.",
            code="file_exists",
            where=str(file),
            fix="Name another: nothing is overwritten.",
        )
    part = file.with_name(f".{file.name}{bundle.UNFINISHED}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)  # of one that was cut short
        with tempfile.TemporaryDirectory(prefix=".tenure-", dir=file.parent) as scratch:
            whole = _write(home, part, Path(scratch), copy(scratch), now, keys=keys, progress=progress)
        manifest = bundle.read(part, None, told("reading it again", whole, progress))
        part.replace(file)
        archive.flush(file.parent)
    except OSError as error:
        raise explained(error, file) from error
    finally:
        part.unlink(missing_ok=True)
    return Saved(str(file), file.stat().st_size, sum(m.size for m in manifest.members.values()), manifest)


def _write(
    home: Path, part: Path, scratch: Path, copied: Copied, now: datetime, *, keys: bool, progress: Progress
) -> int:
    """Gives how many bytes of files are in it."""
    tenure = version("tenure")
    made_at = now.replace(tzinfo=UTC).isoformat(timespec="seconds")
    secret = [path for path in _others(home) if path.suffix in _KEYS]
    others = [path for path in _others(home) if keys or path not in secret]
    archived = list(archive.manifest(home))
    whole = sum(one.size for one in archived) + sum(
        path.stat().st_size for path in (*others, *(scratch / name for name in copied.files))
    )
    damaged = set(copied.archived) - {one.path for one in archived}
    with bundle.writing(part, made_at, tenure, told("writing the backup", whole, progress)) as writer:
        for name in copied.files:
            writer.add(name, scratch / name)
        for one in archived:
            try:
                found = writer.add(one.path, home / one.path)
            except FileNotFoundError:
                raise UnavailableError(
                    f"{one.path} went while it was to be read.", code="changed_meanwhile", fix="Run the command again."
                ) from None
            if found.sha256 != copied.archived.get(one.path, one.sha256):
                damaged.add(one.path)
        for path in others:
            if not bundle.is_backup(path):
                writer.add(str(path.relative_to(home)), path)
        writer.finish(bundle.Manifest(
            made_at, tenure, copied.storage_format, copied.epoch, copied.last, copied.messages, copied.rows,
            copied.batches, copied.failed_rows, WAREHOUSE in copied.files,
            () if keys else tuple(str(path.relative_to(home)) for path in secret), tuple(sorted(damaged)),
        ))  # fmt: skip
    return sum(member.size for member in writer.members.values())


def _others(home: Path) -> Iterator[Path]:
    """The files that are no database, not made from others, and not a process's own, which are hidden."""
    for path in sorted(home.iterdir()):
        if path.name.startswith(".") or path.name in _DERIVED:
            continue
        found = sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else [path]
        for each in found:
            hidden = any(part.startswith(".") for part in each.relative_to(home).parts)
            copied = _is_of_a_database(each) or each.suffix == HEAD
            if each.is_file() and not hidden and not copied and each.suffix != bundle.UNFINISHED:
                yield each


def _is_of_a_database(path: Path) -> bool:
    """Databases are copied in another way, and the warehouse only where it is wanted; their logs belong to them."""
    return path.name.removesuffix("-wal").removesuffix("-shm").removesuffix(".wal").endswith((".db", ".duckdb"))


def told(what: str, whole: int, progress: Progress) -> bundle.Told:
    """Progress through so many bytes."""
    done = 0

    def add(size: int) -> None:
        nonlocal done
        done += size
        progress(what, done, whole)

    return add
