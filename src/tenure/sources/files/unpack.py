"""From the path a user gave to a readable file of a known kind, or a sentence why not."""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from enum import StrEnum
from pathlib import Path

from tenure.core.errors import DataError, UnavailableError, UsageError

_BLOCK = 1 << 20
_MOST_UNZIPPED = 16 << 30
_FREELY_UNZIPPED = 100 << 20  # below this the ratio does not matter
_MOST_RATIO = 200  # an export of very regular lines reaches 100; a bomb 1,000
_RUBBISH = (  # files that are no tables, by their first bytes
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"SQLite format 3", "an SQLite database"),
    (b"<?xml", "an XML document"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Form(StrEnum):
    """The kinds of file that can be read."""

    DELIMITED = "delimited text"
    JSON = "JSON"
    PARQUET = "Parquet"
    WORKBOOK = "XLSX"


def readable(path: Path, name: str) -> None:
    """Raise an error with a sentence unless ``path`` is a file that is there, is not empty and may be read."""
    try:
        if path.is_dir():
            raise UsageError(
                "This is a folder, not a file.",
                code="is_a_folder",
                where=name,
                fix="Name its files, or load the whole folder with a map: tenure load --map MAP FOLDER.",
            )
        with path.open("rb") as file:
            if not path.is_file():
                raise UsageError("This is not an ordinary file.", code="not_a_file", where=name)
            if not file.read(1):
                raise DataError("The file is empty.", code="empty_file", where=name, fix="Export it again.")
    except FileNotFoundError:
        raise UsageError(
            "There is no such file.", code="no_such_file", where=name, fix="Check the name, and the folder you are in."
        ) from None
    except PermissionError:
        raise UsageError(
            "You may not read this file.", code="not_readable", where=name, fix=f"Allow it: chmod u+r {name}"
        ) from None
    except OSError as error:
        raise UnavailableError(f"The file cannot be read: {error.strerror}.", code="not_readable", where=name) from None


def unzipped(path: Path, scratch: Path, name: str) -> Path:
    """The file itself, or a copy of what a .gz file holds, in bounded memory and space."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    target = scratch / "unzipped"
    most = max(_FREELY_UNZIPPED, min(_MOST_UNZIPPED, path.stat().st_size * _MOST_RATIO))
    most = min(most, max(0, shutil.disk_usage(scratch).free - _FREELY_UNZIPPED))
    size = 0
    try:
        with gzip.open(path) as packed, target.open("wb") as out:
            while block := packed.read(_BLOCK):
                size += len(block)
                if size > most:
                    raise DataError(
                        f"The file unzips to more than {most >> 20:,} MB, far more than any export would: "
                        "it is not read.",
                        code="zip_bomb",
                        where=name,
                        fix="Unzip it and load the result.",
                    )
                out.write(block)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(
            "The .gz file is damaged or cut short.",
            code="damaged_file",
            where=name,
            fix="Transfer or export it again; nothing of it was loaded.",
        ) from None
    if not size:
        raise DataError("The file is empty.", code="empty_file", where=name, fix="Export it again.")
    return target


def form(path: Path, name: str) -> Form:
    """What kind of file it is: by its content; by its name only where the content leaves it open.

    Raises ``DataError`` for a file that is none of them.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    lower = name.lower().removesuffix(".gz")
    if head.startswith(b"PAR1"):
        return Form.PARQUET
    if head.startswith(b"PK"):
        return _zipped(path, name)
    if head.startswith(_OLD_EXCEL):
        raise DataError(
            "This is a workbook of Excel 97-2003.",
            code="old_workbook",
            where=name,
            fix="Save it as .xlsx, or as CSV in UTF-8.",
        )
    for first, what in _RUBBISH:
        if head.startswith(first):
            raise DataError(
                f"This is {what}, not a table.",
                code="not_a_table",
                where=name,
                fix="Load CSV, JSON lines, Parquet or XLSX.",
            )
    if lower.endswith((".xlsx", ".xlsm", ".parquet", ".pq")):
        kind = "an XLSX workbook" if ".xls" in lower else "a Parquet file"
        raise DataError(
            f"The name says {kind}, but the content is something else.",
            code="wrong_kind",
            where=name,
            fix="If it is text, give it the ending .csv; else export it again.",
        )
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_json = body[:1] == b"{" or (body[:1] == b"[" and body[1:].lstrip()[:1] in (b"{", b"[", b"]"))
    return Form.JSON if is_json or lower.endswith((".json", ".jsonl", ".ndjson")) else Form.DELIMITED


def _zipped(path: Path, name: str) -> Form:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise DataError(
            "The file is damaged or cut short.", code="damaged_file", where=name, fix="Transfer or export it again."
        ) from None
    if any(entry.startswith("xl/") for entry in entries):
        return Form.WORKBOOK
    raise DataError("This is a ZIP archive.", code="is_an_archive", where=name, fix="Unpack it and load its files.")
