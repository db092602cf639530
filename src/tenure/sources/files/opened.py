"""What every reader of a format gives: a relation of texts, and how to account for each of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from tenure.core.errors import DataError
from tenure.warehouse.incoming import AfterRead, Lines
from tenure.warehouse.schema import quoted


@dataclass(frozen=True)
class Opened:
    """A file's rows as texts.

    ``relation``: SQL usable after FROM, with the columns ``names``, all VARCHAR, in file order.
    ``written``: the columns' names as the header has them; differs where a name occurs twice or is empty.
    ``sample``: some texts of each column. ``typed``: the file says itself what is a number, so that no column is in
    doubt. ``recount(con, rows)``: another ``Opened`` where ``rows``, as the relation gave them, cannot be all that
    the file holds; else None. ``after_read``: see ``tenure.warehouse.incoming``.
    """

    relation: str
    names: tuple[str, ...]
    written: tuple[str, ...]
    after_read: Callable[[duckdb.DuckDBPyConnection], AfterRead]
    recount: Callable[[duckdb.DuckDBPyConnection, int], Opened | None] = lambda _con, _rows: None
    sample: Mapping[str, Sequence[str]] = field(default_factory=dict)
    typed: bool = False

    @property
    def doubled(self) -> dict[str, list[str]]:
        """Names that the header has more than once (capitals aside) -> the names they bear in the relation."""
        counts = Counter(name.lower() for name in self.written if name)
        found: dict[str, list[str]] = {}
        for written, name in zip(self.written, self.names, strict=True):
            if counts[written.lower()] > 1:
                found.setdefault(written.lower(), []).append(name)
        return found


def column_names(written: Sequence[str], file: str) -> tuple[str, ...]:
    """A name for each column: as written, ``name#2`` for a second of that name, ``column_3`` for one without.

    Raises ``DataError`` where the header names nothing at all.
    """
    if not any(written):
        raise DataError(
            "The header names no columns.",
            code="no_header",
            where=file,
            fix="The first line must name the columns; header = [...] in a map names them instead.",
        )
    counts: Counter[str] = Counter()
    names = []
    for place, name in enumerate(written, 1):
        own = name or f"column_{place}"
        counts[own.lower()] += 1
        names.append(own if counts[own.lower()] == 1 else f"{own}#{counts[own.lower()]}")
    return tuple(names)


def texts(names: Sequence[str], expressions: Sequence[str], source: str) -> str:
    """SQL usable after FROM: the expressions under these names."""
    listed = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in zip(names, expressions, strict=True))
    return f"(SELECT {listed} FROM {source})"


def runs(numbers: Sequence[int]) -> Lines:
    """Lines from the line of each row."""
    rows, lines = [0], [numbers[0] if numbers else 1]
    for row, line in enumerate(numbers):
        if line - row != lines[-1] - rows[-1]:
            rows.append(row)
            lines.append(line)
    return Lines(rows, lines)
