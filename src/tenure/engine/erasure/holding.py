"""Whether a file holds some people, from a look at its bytes, also at those that are packed in it."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

import duckdb

from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.engine.erasure.subject import Subject

#: Bytes that are read at once, and of one that is packed at most.
_BLOCK, _MOST = 1 << 22, 1 << 32


def holds(path: Path, subject: Subject) -> bool:
    """Whether these people are in a file: as text in any usual encoding, in gzip and zip (as workbooks are), in Parquet."""
    longest = 4 * max((len(needle) for needle in subject.needles), default=0) + 4
    with path.open("rb") as file:
        first = file.read(4)
        file.seek(0)
        if _in(file, subject, longest):
            return True
    with suppress(OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, duckdb.Error):
        if first.startswith(b"\x1f\x8b"):
            with gzip.open(path) as packed:
                return _in(packed, subject, longest)
        if first == b"PK\x03\x04":
            return any(_in(member, subject, longest) for member in _members(path))
        if first == b"PAR1":
            return _in_parquet(path, subject)
    return False


def _members(path: Path) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            with packed.open(name) as member:
                yield member


def _in(file: IO[bytes] | gzip.GzipFile, subject: Subject, longest: int) -> bool:
    rest, so_far = b"", 0
    while (block := file.read(_BLOCK)) and so_far < _MOST:
        text, so_far = rest + block, so_far + len(block)
        if subject.is_in(text):
            return True
        rest = text[-longest:]
    return False


def _in_parquet(path: Path, subject: Subject) -> bool:
    source = f"read_parquet({literal(str(path))}, binary_as_string = true)"
    with duckdb.connect() as con:
        names = [quoted(str(row[0])) for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        whole = f"lower(concat_ws(' ', {', '.join(f'{name}::VARCHAR' for name in names)}))"
        return bool(con.execute(f"SELECT 1 FROM {source} WHERE {subject.mentioned(whole)} LIMIT 1").fetchall())
