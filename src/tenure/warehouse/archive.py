"""The archive: every file that was ever loaded, whole and unchanged, under the hash of its content.

A file is copied to a temporary name, flushed, and renamed: a path in the archive either holds the whole file or does
not exist. Two equal files are one. The warehouse can be made anew from it (``rebuild``).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tenure.core.errors import DataError, UnavailableError
from tenure.warehouse.store import explained

FOLDER = "archive"
_BLOCK = 1 << 20
_UNFINISHED = ".part"


@dataclass(frozen=True)
class Archived:
    """A file in the archive. ``path`` is relative to the workspace, ``sha256`` in hex, ``size`` in bytes."""

    path: str
    sha256: str
    size: int


def store(home: Path, file: Path) -> Archived:
    """Take ``file`` into the archive of the workspace ``home``, on disk when this returns.

    Raises ``UnavailableError`` when the disk is full or the file cannot be read.
    """
    folder = home / FOLDER
    part = folder / f"{os.getpid()}-{file.name[:80]}{_UNFINISHED}"
    try:
        folder.mkdir(exist_ok=True)
        sha256, size = _copy(file, part)
        return _keep(home, part, sha256, size, file.suffix)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise explained(error, file if error.filename == str(file) else folder) from error


def store_bytes(home: Path, content: bytes, suffix: str) -> Archived:
    """Take ``content`` (rows that came without a file) into the archive. ``suffix`` is ".jsonl" or the like."""
    folder = home / FOLDER
    sha256 = hashlib.sha256(content).hexdigest()
    part = folder / f"{os.getpid()}-{sha256[:16]}{_UNFINISHED}"
    try:
        folder.mkdir(exist_ok=True)
        with part.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        return _keep(home, part, sha256, len(content), suffix)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise explained(error, folder) from error


def hash_of(file: Path) -> str:
    """The SHA-256 of a file's content, in hex."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def verify(home: Path, archived: str, sha256: str) -> Path:
    """The absolute path of an archived file whose content still has this hash.

    Raises ``DataError`` when it is missing or was changed.
    """
    path = home / archived
    if not path.is_file():
        raise DataError(
            "An archived file is missing.", code="archive_missing", where=str(path), fix="Restore it from a backup."
        )
    if hash_of(path) != sha256:
        raise DataError(
            "An archived file was changed or damaged.",
            code="archive_damaged",
            where=str(path),
            fix="Restore it from a backup.",
        )
    return path


def manifest(home: Path) -> Iterator[Archived]:
    """What lies in the archive, by path. The hash is the one the name states, not a recomputed one."""
    folder = home / FOLDER
    for path in sorted(folder.glob("??/*")) if folder.is_dir() else ():
        if path.is_file() and not path.name.endswith(_UNFINISHED):
            yield Archived(str(path.relative_to(home)), path.name.split(".", 1)[0], path.stat().st_size)


def remove_orphans(home: Path, wanted: Iterable[str]) -> int:
    """Remove what no inbox record names (``wanted``: relative paths), left by a load that never began.

    Returns how many files went.
    """
    keep = set(wanted)
    gone = 0
    for archived in list(manifest(home)):
        if archived.path not in keep:
            (home / archived.path).unlink(missing_ok=True)
            gone += 1
    for part in (home / FOLDER).glob(f"*{_UNFINISHED}"):
        part.unlink(missing_ok=True)
        gone += 1
    return gone


def _copy(file: Path, part: Path) -> tuple[str, int]:
    if not file.is_file():
        raise UnavailableError("The file cannot be read.", code="no_file", where=str(file), fix="Check the path.")
    digest = hashlib.sha256()
    size = 0
    with file.open("rb") as source, part.open("wb") as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            target.write(block)
            size += len(block)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest(), size


def _keep(home: Path, part: Path, sha256: str, size: int, suffix: str) -> Archived:
    final = home / FOLDER / sha256[:2] / f"{sha256}{suffix}"
    final.parent.mkdir(exist_ok=True)
    if final.is_file() and final.stat().st_size == size:
        part.unlink()
    else:
        part.replace(final)
        final.chmod(0o444)
        for folder in (final.parent, home / FOLDER):
            flush(folder)
    return Archived(str(final.relative_to(home)), sha256, size)


def named_files(payload: str) -> Iterator[tuple[str, str]]:
    """The files that a message of the inbox names, each with its hash. ``payload``: as the inbox has it."""
    said = json.loads(payload)
    if said.get("archived"):
        yield said["archived"], said["sha256"]
    yield from (tuple(pair) for pair in said.get("lookups", {}).values())


def flush(path: Path) -> None:
    """See to it that a file is on disk, or a folder's names: a rename is only when its folder is."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = [
    "FOLDER",
    "Archived",
    "flush",
    "hash_of",
    "manifest",
    "named_files",
    "remove_orphans",
    "store",
    "store_bytes",
    "verify",
]
