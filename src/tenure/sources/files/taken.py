"""A file's columns as texts in a table of a connection of its own, for what reads a file once and keeps nothing of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tenure.core.errors import DataError
from tenure.sources.files.mapping import NO_MAP
from tenure.sources.files.opened import Opened
from tenure.sources.files.read import open_file
from tenure.warehouse.incoming import Lines
from tenure.warehouse.schema import quoted

Choice = Callable[[Opened, str], Mapping[str, str]]
"""From an opened file and its name to the columns wanted of it: their names in the table -> their names in the file."""


@dataclass(frozen=True)
class Taken:
    """The table ``taken`` of ``con``: ``rows`` rows in the file's order, texts without spaces about them. ``opened``: the
    file; ``file``: its name without that of a sheet; ``lines``: where its rows stand.
    """

    con: duckdb.DuckDBPyConnection
    opened: Opened
    file: str
    rows: int
    lines: Lines


@contextmanager
def taken(path: Path, name: str, choice: Choice) -> Iterator[Taken]:
    """Take columns out of a file. ``name``: the file, as the user gave it; ``file.xlsx#Sheet`` names a sheet.

    Raises ``UsageError`` where there is no such file, ``DataError`` for what cannot be read, be it a line.
    """
    bare, entry = path, NO_MAP
    if "#" in path.name and not path.exists():
        from dataclasses import replace

        bare, sheet = path.with_name(path.name.partition("#")[0]), path.name.partition("#")[2]
        name, entry = name.partition("#")[0], replace(NO_MAP, sheet=sheet)
    with tempfile.TemporaryDirectory(prefix="tenure-") as folder, duckdb.connect() as con:
        try:
            opened = open_file(bare, Path(folder), name, entry)
            yield _take(con, opened, name, choice)
        except duckdb.Error as error:
            raise DataError(
                f"The file cannot be read: {str(error).splitlines()[0]}",
                code="unreadable", where=name, fix="Export it again, as CSV in UTF-8 or as Parquet.",
            ) from None  # fmt: skip


def _take(con: duckdb.DuckDBPyConnection, opened: Opened, file: str, choice: Choice) -> Taken:
    listed = ", ".join(f"trim({quoted(name)}) AS {quoted(wanted)}" for wanted, name in choice(opened, file).items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE taken AS SELECT {listed} FROM {opened.relation}")
    (rows,) = con.execute("SELECT count(*) FROM taken").fetchall()[0]
    mended = opened.recount(con, rows)
    if mended is not None:
        return _take(con, mended, file, choice)
    after = opened.after_read(con)
    if after.refused:
        first = after.refused[0]
        raise DataError(
            f"The line {first.reason}.", code=first.code, where=f"{file}:{first.line}", fix="Mend the line."
        )
    if not rows:
        raise DataError("The file has no rows.", code="too_few_rows", where=file, fix="Export it again.")
    return Taken(con, opened, file, int(rows), after.lines)
