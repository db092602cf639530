"""Values that a map takes from another file: the account of a subscription, say, for rows that only name the latter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from tenure.core.errors import DataError, UsageError, unknown
from tenure.sources.files.mapping import Lookup, Target
from tenure.sources.files.opened import Opened
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

PREFIX = "lookup:"


def with_lookups(opened: Opened, targets: Mapping[str, Target], scratch: Path, read: Callable[[str], Opened]) -> Opened:
    """The same rows with a column ``lookup:TARGET`` for each target that is looked up; null where nothing was found.

    ``read``: opens the other file by its name. Raises ``UsageError`` for a column that is not there, ``DataError``
    where a key has several values.
    """
    wanted = {name: target for name, target in targets.items() if target.lookup}
    if not wanted:
        return opened
    with duckdb.connect(str(scratch / "lookup.duckdb")) as con:
        con.execute(f"CREATE TABLE row AS SELECT * FROM {opened.relation}")
        count = con.execute("SELECT count(*) FROM row").fetchall()[0][0]
        mended = opened.recount(con, count)
        if mended is not None:
            opened = mended
            con.execute(f"CREATE OR REPLACE TABLE row AS SELECT * FROM {opened.relation}")
        after = opened.after_read(con)
        columns, joins = ['r.* EXCLUDE ("row:")'], []
        for number, (name, target) in enumerate(wanted.items()):
            assert target.lookup
            assert target.source
            known_column(target.source, opened, target.place)
            _table(con, f"found_{number}", target.lookup, read(target.lookup.file), target.place)
            columns.append(f"f{number}.found AS {quoted(PREFIX + name)}")
            joins.append(f"LEFT JOIN found_{number} f{number} ON f{number}.wanted = trim(r.{quoted(target.source)})")
        copy = scratch / "looked_up.parquet"
        con.execute(
            f'COPY (SELECT {", ".join(columns)} FROM (SELECT *, rowid AS "row:" FROM row) r {" ".join(joins)} '
            f'ORDER BY r."row:") TO {literal(str(copy))} (FORMAT parquet)'
        )
    return replace(
        opened,
        relation=f"read_parquet({literal(str(copy))})",
        after_read=lambda _con: after,
        recount=lambda _con, _rows: None,
    )


def known_column(column: str, opened: Opened, place: str) -> str:
    """The column's name in the relation. Raises ``UsageError`` with the nearest names where the file has none such."""
    if column in opened.names:
        return column
    error = unknown("column", column, opened.names, listing=f"The file has: {', '.join(opened.names[:20])}.")
    raise UsageError(f"The file has no column {column!r}.", code="unknown_column", where=place, fix=error.fix)


def _table(con: duckdb.DuckDBPyConnection, table: str, lookup: Lookup, other: Opened, place: str) -> None:
    key, value = (quoted(known_column(column, other, place)) for column in (lookup.key, lookup.value))
    con.execute(
        f"CREATE TABLE {table} AS SELECT DISTINCT trim({key}) AS wanted, {value} AS found FROM {other.relation} "
        f"WHERE {key} IS NOT NULL"
    )
    doubled = con.execute(
        f"SELECT wanted, min(found), max(found) FROM {table} GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
    ).fetchall()
    if doubled:
        wanted, one, two = doubled[0]
        raise DataError(
            f"{lookup.file} has more than one {lookup.value} for {lookup.key} {wanted!r}: {one!r}, {two!r}.",
            code="ambiguous_lookup",
            where=place,
            fix="A lookup needs a file with one value for each key.",
        )
