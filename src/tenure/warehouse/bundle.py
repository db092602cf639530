"""A backup as a file: a tar of the workspace's files, compressed with zstd, which other tools open as well.

First comes ``tenure-backup.json``, by which the file is known; then the files; then ``manifest.json``, which says of each
its size and hash, and what the workspace held; last the hash of that. So a file is written and read in one pass, and one
that was cut or changed anywhere is found when it is read.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tenure.core.errors import DataError, UnavailableError
from tenure.warehouse.archive import flush
from tenure.warehouse.store import explained

FORMAT = 1
HEADER, MANIFEST, SEAL = "tenure-backup.json", "manifest.json", "manifest.sha256"
UNFINISHED = ".part"
_BLOCK = 1 << 20
_MAGIC = b"\x28\xb5\x2f\xfd"
#: What begins a file of ours, as far as it says of which kind it is.
_KIND = "tenure backup"

#: Told after each block: how many bytes of files went through.
Told = Callable[[int], None]


@dataclass(frozen=True)
class Member:
    """A file of a backup: ``size`` in bytes, ``sha256`` in hex, ``mode`` its rights."""

    size: int
    sha256: str
    mode: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``made_at`` is in UTC, ISO 8601; ``tenure`` the version that made it.

    ``epoch``, ``last``: the inbox's, and the number of its last message; ``messages``: by state. ``rows``: by table, of
    ``batches`` loads; ``failed_rows``. ``warehouse``: whether it is in it. ``left_out``: keys that are not. ``damaged``: files of
    the archive that were not what they were when they were taken, or missing. ``members``: by path.
    """

    made_at: str
    tenure: str
    storage_format: int
    epoch: str
    last: int
    messages: dict[str, int]
    rows: dict[str, int]
    batches: int
    failed_rows: int
    warehouse: bool
    left_out: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    format: int = FORMAT
    members: dict[str, Member] = field(default_factory=dict)


class Writer:
    """A backup that is being written. ``add`` takes files, ``finish`` the manifest; nothing is there before that."""

    def __init__(self, tar: tarfile.TarFile, told: Told) -> None:
        self._tar = tar
        self._told = told
        self.members: dict[str, Member] = {}

    def add(self, name: str, path: Path) -> Member:
        """Take a file under a name. Raises ``UnavailableError`` where it shrinks meanwhile."""
        with path.open("rb") as source:
            status = os.fstat(source.fileno())
            mode = status.st_mode & 0o777
            hashing = _Hashing(source, status.st_size, self._told)
            self._put(name, hashing, status.st_size, mode, status.st_mtime)
        self.members[name] = Member(status.st_size, hashing.digest.hexdigest(), mode)
        return self.members[name]

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, and its seal."""
        text = _json(asdict(manifest) | {"members": {k: asdict(v) for k, v in self.members.items()}})
        self.text(MANIFEST, text)
        self.text(SEAL, hashlib.sha256(text).hexdigest().encode())

    def text(self, name: str, text: bytes) -> None:
        """Take a text that is no file of the workspace."""
        self._put(name, io.BytesIO(text), len(text), 0o600)

    def _put(self, name: str, source: Any, size: int, mode: int, changed: float = 0) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, mode, int(changed)
        try:
            self._tar.addfile(entry, source)
        except OSError as error:
            if "unexpected end of data" not in str(error):
                raise
            raise UnavailableError(
                f"{name} changed while it was read.", code="changed_meanwhile", fix="Run the command again."
            ) from error


class _Hashing:
    """A file that is hashed while it is read. What is appended to it meanwhile is not of this backup."""

    def __init__(self, source: IO[bytes], size: int, told: Told) -> None:
        self.digest = hashlib.sha256()
        self._source, self._left, self._told = source, size, told

    def read(self, size: int) -> bytes:
        """As a file's."""
        block = self._source.read(min(size, self._left))
        self._left -= len(block)
        self.digest.update(block)
        self._told(len(block))
        return block


@contextmanager
def writing(path: Path, made_at: str, tenure: str, told: Told) -> Iterator[Writer]:
    """Write a backup to ``path``, a temporary name: on disk at the end of the block, gone where it fails.

    Raises ``UnavailableError`` where the disk is full.
    """
    import pyarrow as pa

    try:
        with (
            open(path, "xb", opener=_private) as file,
            pa.CompressedOutputStream(pa.PythonFile(file, "w"), "zstd") as packed,
            tarfile.open(fileobj=packed, mode="w|", bufsize=_BLOCK, format=tarfile.PAX_FORMAT) as tar,
        ):
            writer = Writer(tar, told)
            writer.text(HEADER, _json({"kind": _KIND, "format": FORMAT, "made_at": made_at, "tenure": tenure}))
            yield writer
        flush(path)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise explained(error, path) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read(path: Path, target: Path | None, told: Told) -> Manifest:
    """Read a backup to its end and hold every file against the manifest; written below the folder ``target``, if there is one.

    Raises ``DataError`` where it is no backup, was cut or changed; ``UnavailableError`` where a newer Tenure made it, the
    file cannot be read or the disk is full.
    """
    found: dict[str, Member] = {}
    texts: dict[str, bytes] = {}
    with _reporting(path):
        for entry, content in _entries(path):
            if entry.name in (HEADER, MANIFEST, SEAL):
                texts[entry.name] = content.read()
                if entry.name == HEADER:
                    _known(texts[HEADER], path)
                continue
            if HEADER not in texts or not _inside(entry):
                raise _damaged(path, f"{entry.name!r} has no place in it")
            found[entry.name] = _taken(entry, content, target, told)
    if MANIFEST not in texts or texts.get(SEAL, b"").decode("ascii", "replace") != _seal(texts[MANIFEST]):
        raise _damaged(
            path, "it was cut short, or its list of files was changed" if HEADER in texts else "it is no backup"
        )
    told_of = json.loads(texts[MANIFEST])
    members = {name: Member(**member) for name, member in told_of.pop("members").items()}
    for name in sorted(set(members) | set(found)):
        if members.get(name) != found.get(name):
            raise _damaged(path, f"{name} is not what it was")
    told_of = {key: tuple(value) if isinstance(value, list) else value for key, value in told_of.items()}
    return Manifest(**told_of, members=members)


def is_backup(path: Path) -> bool:
    """Whether a file is a backup, from its beginning."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return False
        entry, content = next(_entries(path))
        return entry.name == HEADER and json.loads(content.read()).get("kind") == _KIND
    except (DataError, tarfile.TarError, OSError, EOFError, ValueError, StopIteration):
        return False


def _entries(path: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    import pyarrow as pa

    with (
        path.open("rb") as file,
        pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd") as unpacked,
        tarfile.open(fileobj=unpacked, mode="r|", bufsize=_BLOCK) as tar,
    ):
        for entry in tar:
            content = tar.extractfile(entry)
            if content is None:
                raise _damaged(path, f"{entry.name!r} is no file")
            yield entry, content


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    """What the reader of the archive, the decompressor and the disk say, as a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise UnavailableError(
            "There is no such file.", code="no_file", where=str(path), fix="Check the path."
        ) from None
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise _damaged(path, str(error).splitlines()[0] if str(error) else "it cannot be read") from None
    except OSError as error:
        if error.errno is None:  # what the decompressor says
            raise _damaged(path, "it was cut short, or is none") from None
        raise explained(error, Path(error.filename) if error.filename else path) from error


def _taken(entry: tarfile.TarInfo, content: IO[bytes], target: Path | None, told: Told) -> Member:
    digest, size = hashlib.sha256(), 0
    with _written(entry, target) as out:
        while block := content.read(_BLOCK):
            digest.update(block)
            size += len(block)
            told(len(block))
            if out:
                out.write(block)
    return Member(size, digest.hexdigest(), entry.mode)


@contextmanager
def _written(entry: tarfile.TarInfo, target: Path | None) -> Iterator[IO[bytes] | None]:
    """The file into which a member is written, if it is: on disk at the end of the block."""
    if target is None:
        yield None
        return
    path = target / entry.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "xb", opener=_private) as out:
        yield out
        out.flush()
        os.fsync(out.fileno())
        os.fchmod(out.fileno(), entry.mode & 0o777)


def _inside(entry: tarfile.TarInfo) -> bool:
    """Whether a member is a plain file that stays below the folder into which it is written."""
    path = PurePosixPath(entry.name)
    return entry.isreg() and not path.is_absolute() and ".." not in path.parts and entry.mode & ~0o777 == 0


def _known(header: bytes, path: Path) -> None:
    try:
        said = json.loads(header)
        kind, number = said["kind"], int(said["format"])
    except (ValueError, KeyError, TypeError):
        raise _damaged(path, "it is no backup") from None
    if kind != _KIND:
        raise _damaged(path, "it is no backup")
    if number > FORMAT:
        raise UnavailableError(
            f"This backup has format {number}; this Tenure reads up to {FORMAT}.",
            code="newer_format", where=str(path), fix=f"Use Tenure {said.get('tenure', '')} or newer.",
        )  # fmt: skip


def _damaged(path: Path, why: str) -> DataError:
    return DataError(
        f"This backup cannot be used: {why}.",
        code="damaged",
        where=str(path),
        fix="Use another one; nothing was changed.",
    )


def _seal(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
