r"""What a reader of files hands to the loader: one file's rows on their way into one table.

A reader (``tenure.sources.files``) turns a file of any shape into a relation of texts and says, for each canonical
column, which SQL gives its text. The loader casts, validates and stores. Neither knows more of the other than this.

The order of calls:

1. The loader reads ``relation`` to its end (best into a temporary table, whose ``rowid`` is then the row number for
   free: ``row_number()`` halves the speed), with plain casts, and counts, per column, the values that fail.
2. ``resolve(con, failed, rows)`` settles how the failing columns write dates and numbers, and whether ``rows``, the
   number of rows that the relation gave, is what the file holds (an unclosed quote swallows good rows). It gives the
   same object when nothing changes; otherwise another, with which the loader starts again (and asks again). It must
   be asked even when nothing failed: ``1.234`` casts, and may mean 1234. It raises ``DataError`` when two readings
   hold.
3. ``after_read(con)`` then tells which lines the reader itself had to refuse, and on which line of the file each data
   row stands.
4. ``close()`` removes temporary files; the relation cannot be read afterwards.

What counts as plain, so that a cast may take it: a date or time matches ``^\s*\d{4}-\d\d-\d\d`` (DuckDB casts
``01-02-24`` to the year 1, and ``epoch`` and ``infinity`` too); a number matches
``^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$`` (DuckDB casts ``1_000``, and ``0x10`` to integers). Anything else
counts as failed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from tenure.warehouse.table import Table


@dataclass(frozen=True)
class Check:
    """A condition under which a row must be refused, whatever its cells cast to.

    ``sql``: a boolean over the relation's columns, true (never null) for rows to refuse; ``value``: SQL for the text
    to show; ``reason`` says what is wrong and ``code`` names it for programs (``not_in_value_map``).
    """

    sql: str
    value: str
    reason: str
    code: str


@dataclass(frozen=True)
class Cell:
    """How to get one canonical column's text.

    ``sql``: an expression over the relation's columns that gives VARCHAR. It is null where the cell is empty and
    nothing stands in for it. A date is ISO (``2024-01-31``, ``2024-01-31T10:00:00``, with or without a zone), a
    number is plain (``-1234.56``), as soon as the format is known (declared in the map, or settled by ``resolve``);
    a value that the format does not read comes out untouched, so that its cast fails. White space around a value is
    kept: casts ignore it, text columns keep it.
    ``raw``: SQL for the text as it stands in the file, for messages and failed rows.
    ``label``: the name of the file's column, for messages; the canonical name where the map makes the value up.
    ``checks``: further reasons to refuse a row.
    ``inclusive_end``: the file writes the last day, so a day is to be added (only for columns with ``is_end``).
    ``zone``: the IANA zone of this column's times without one, where it differs from ``Incoming.zone``.
    """

    sql: str
    raw: str
    label: str
    checks: tuple[Check, ...] = ()
    inclusive_end: bool = False
    zone: str | None = None


@dataclass(frozen=True)
class Refused:
    """A line that could not be read as a row at all. ``raw`` is the line's text, cut at 2,000 characters."""

    line: int
    column: str
    value: str
    reason: str
    code: str
    raw: str


@dataclass(frozen=True)
class Lines:
    """Where data rows stand in the file, as runs in which row and line grow together.

    Run ``i`` begins at the 0-based data row ``rows[i]``, which is on the 1-based line ``lines[i]``. ``rows[0]`` is 0.
    Formats without lines (Parquet) count rows: the first is 1.
    """

    rows: Sequence[int]
    lines: Sequence[int]

    @property
    def first(self) -> int | None:
        """The line of row 0 when all lines are consecutive, so that a row's line is ``first + row``; else None."""
        return self.lines[0] if len(self.rows) == 1 else None

    def of(self, rows: Sequence[int]) -> list[int]:
        """The lines of these 0-based data rows."""
        found = []
        for row in rows:
            run = bisect_right(self.rows, row) - 1
            found.append(self.lines[run] + row - self.rows[run])
        return found


@dataclass(frozen=True)
class AfterRead:
    """What is known once the relation was read to its end."""

    refused: Sequence[Refused]
    lines: Lines


@dataclass(frozen=True)
class Incoming:
    """One file's rows on their way into one table.

    ``file``: its name as the user gave it. ``relation``: SQL usable after FROM; every column is VARCHAR, named as in
    the file's header, null where a cell is empty; rows come in file order (with DuckDB's preserve_insertion_order).
    Row numbers count the rows of the relation from 0, before ``where``.
    ``columns``: canonical column -> cell; a canonical column not in it is absent from the file. ``known_at``, if the
    file has it, is among them, and so are ``source`` and ``source_id``. ``custom``: custom attribute -> SQL text expression (the file's unknown columns).
    ``where``: a boolean over the relation's columns; rows for which it is not true are not this load's at all.
    A row whose ``where`` cannot be worked out is this load's, and is refused by a check of one of its cells.
    ``zone``: IANA zone of times without one. ``mode``: "upsert", or "full" (keys that this file lacks are
    retracted) or "histories" (of each first column of the key that it names, the other rows are retracted).
    ``map_hash``: hash of what the map says of this load ("" without a map); part of the message id.
    ``lookups``: names of the other files that the map looks values up in, as written in the map.
    """

    table: Table
    file: str
    relation: str
    columns: Mapping[str, Cell]
    custom: Mapping[str, str]
    zone: str
    mode: str
    where: str | None
    map_hash: str
    lookups: tuple[str, ...]
    resolve: Callable[[duckdb.DuckDBPyConnection, Collection[str], int], Incoming]
    after_read: Callable[[duckdb.DuckDBPyConnection], AfterRead]
    close: Callable[[], None]
