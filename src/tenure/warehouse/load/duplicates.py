"""What of a file is known already, and which of several rows of one key counts.

State: a row that says what is known changes nothing; another row for a known key supersedes it. Of several rows of one
key learned at the same moment the latest by own time, then by content hash, counts. Events: a row that is known
changes nothing; a known id with other content is kept and reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tenure.warehouse.content import precedence, same_content, same_key
from tenure.warehouse.load.outdated import Earlier
from tenure.warehouse.load.rows import identified
from tenure.warehouse.repeats import has_repeats
from tenure.warehouse.schema import quoted, quoted_list
from tenure.warehouse.spans import forget, spans
from tenure.warehouse.table import Table
from tenure.warehouse.timeline import pointer

UNCHANGED, SUPERSEDED = "unchanged", "superseded"
DROPPED = "temp.load_dropped"


@dataclass(frozen=True)
class Sorted:
    """``rows``: SQL of the candidates with their keys. ``dropped``: whether ``DROPPED`` names rows not to store.

    ``superseding``: how many rows to store replace an earlier version; ``contradicting``: how many bear a known id
    with other content; ``relearned``: whether an event was learned earlier than it was known to be; ``outdated``:
    how many mended rows come too late.
    """

    rows: str
    dropped: bool
    superseding: int = 0
    contradicting: int = 0
    relearned: bool = False
    outdated: int = 0


def sort_out(
    con: duckdb.DuckDBPyConnection, table: Table, rows: str, compared: tuple[str, ...], own_known_at: bool,
    of: Earlier | None = None,
) -> Sorted:  # fmt: skip
    """Find the candidates ``rows`` (SQL) that are not to be stored.

    ``compared``: the columns the file has, custom ones as ``custom:NAME`` (a file without a column does not deny what
    it says). ``own_known_at``: the rows say when they were learned. Writes the temporary table ``DROPPED``: ``row``,
    ``kind`` and, where only the content's hash decided against it, the key as a text in ``contradicted``. ``of``: the load
    whose refused rows these are.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE load_dropped (row BIGINT, kind VARCHAR, contradicted VARCHAR)")
    made = table.generated_key and table.events
    given = f"SELECT * FROM ({rows}) c WHERE {quoted(table.key[0])} IS NOT NULL" if made else identified(table, rows)
    contradicting = 0
    if not made or table.key[0] in compared:
        contradicting = _within(con, table, given, own_known_at)
    rows = identified(table, rows, _occurrences(con, table, rows, of) if made else None)
    outdated = 0
    if of is not None and not table.events and not own_known_at:
        outdated = of.drop_outdated(con, table, rows, DROPPED, SUPERSEDED)
    superseding, relearned = 0, False
    if con.execute(f"SELECT 1 FROM main.{quoted(table.name)} LIMIT 1").fetchall():
        same = _says_the_same(table, compared)
        if table.events:
            found, relearned = _against_events(con, table, rows, same)
            contradicting += found
        elif own_known_at:
            _against_moments(con, table, rows, same)
        else:
            superseding = _against_current(con, table, rows, same)
    dropped = bool(con.execute(f"SELECT 1 FROM {DROPPED} LIMIT 1").fetchall())
    return Sorted(rows, dropped, superseding, contradicting, relearned, outdated)


def _says_the_same(table: Table, compared: tuple[str, ...]) -> str:
    """SQL: the candidate ``c`` agrees with the row ``k`` of the same key in what its file says."""
    there = set(compared)
    names = [name for name in table.names if name in there and name not in table.key]
    custom = [pointer(name.removeprefix("custom:")) for name in compared if name.startswith("custom:")]
    parts = [same_content(names, "c", "k")]
    if custom:
        each = " AND ".join(
            f"json_extract_string(c.custom, {path}) IS NOT DISTINCT FROM json_extract_string(k.custom, {path})"
            for path in custom
        )
        parts.append(f"(c.custom IS NOT DISTINCT FROM k.custom OR ({each}))")
    return " AND ".join(parts)


def _occurrences(con: duckdb.DuckDBPyConnection, table: Table, rows: str, of: Earlier | None) -> str | None:
    """For rows without an id whose content the file has several times: which time it is. Never by file order."""
    if of is not None:
        return of.occurrences(con, table, rows)
    key = quoted(table.key[0])
    public = [
        *[quoted(column.name) for column in table.columns if not column.personal and column.name not in table.key],
        "custom",
    ]
    personal = [quoted(column.name) for column in table.columns if column.personal]
    content = f"hash({', '.join(public)})"
    without = f"({rows}) c WHERE {key} IS NULL"
    if not has_repeats(con, content, without):
        return None
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE load_repeats AS SELECT {content} AS h FROM {without} "
        "GROUP BY h HAVING count(*) > 1"
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE load_occurrence AS
        SELECT row, row_number() OVER (PARTITION BY {", ".join(public)}
                                       ORDER BY {", ".join([*personal, "known_at", "row"])}) AS number
        FROM ({rows}) c SEMI JOIN temp.load_repeats r ON r.h = {content} WHERE {key} IS NULL""")
    return "temp.load_occurrence"


def _within(con: duckdb.DuckDBPyConnection, table: Table, rows: str, own_known_at: bool) -> int:
    """Several rows of one key in the file itself. Gives how many events bear an id of another with other content."""
    key = [*(quoted(name) for name in table.key), *(["known_at"] if own_known_at else [])]
    if not has_repeats(con, f"hash({', '.join(key)})", f"({rows}) c"):
        return 0
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE load_twins AS SELECT hash({', '.join(key)}) AS h FROM ({rows}) c "
        "GROUP BY h HAVING count(*) > 1"
    )
    twins = f"SELECT c.* FROM ({rows}) c SEMI JOIN temp.load_twins t ON t.h = hash({quoted_list(table.key, 'c.')}" + (
        ", c.known_at)" if own_known_at else ")"
    )
    content = [*(quoted(name) for name in table.names), "custom"]
    if table.events:
        return _events_within(con, twins, content, key, own_known_at)
    order = ", ".join(f"{part} DESC NULLS LAST" for part in precedence(table, "c"))
    packed = f"struct_pack({', '.join(f'{name} := c.{name}' for name in content)})"
    own = f"c.{quoted(table.own_time)}" if table.own_time else "NULL"
    shown = ", ".join(f"c.{quoted(name)}::VARCHAR" for name in table.key)
    con.execute(f"""
        INSERT INTO {DROPPED}
        SELECT row, CASE WHEN said = winner THEN '{UNCHANGED}' ELSE '{SUPERSEDED}' END,
               CASE WHEN said <> winner AND own IS NOT DISTINCT FROM winning THEN key END
        FROM (SELECT row, {packed} AS said, first_value({packed}) OVER w AS winner, row_number() OVER w AS place,
                     {own} AS own, first_value({own}) OVER w AS winning, concat_ws(' / ', {shown}) AS key
              FROM ({twins}) c WINDOW w AS (PARTITION BY {", ".join("c." + part for part in key)}
                                            ORDER BY {order}, c.row
                                            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) x
        WHERE place > 1""")
    return 0


def _events_within(
    con: duckdb.DuckDBPyConnection, twins: str, content: list[str], key: list[str], own_known_at: bool
) -> int:
    same = ", ".join([*content, *(["known_at"] if own_known_at else [])])
    con.execute(
        f"INSERT INTO {DROPPED} SELECT row, '{UNCHANGED}', NULL FROM (SELECT row, row_number() OVER "
        f"(PARTITION BY {same} ORDER BY row) AS place FROM ({twins}) c) x WHERE place > 1"
    )
    found = con.execute(
        f"SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM ({twins}) c "
        f"WHERE row NOT IN (SELECT row FROM {DROPPED}) GROUP BY {', '.join(key)}) x"
    ).fetchall()
    return int(found[0][0])


def _standing(table: Table) -> str:
    """SQL of the stored rows whose batches stand."""
    return (
        f"(SELECT * FROM main.{quoted(table.name)} WHERE batch NOT IN "
        "(SELECT batch FROM main.batch WHERE retracted_by IS NOT NULL))"
    )


def _left(rows: str) -> str:
    return f"(SELECT * FROM ({rows}) r WHERE r.row NOT IN (SELECT row FROM {DROPPED}))"


def _against_events(con: duckdb.DuckDBPyConnection, table: Table, rows: str, same: str) -> tuple[int, bool]:
    """Gives how many events bear a known id with other content, and whether one was learned of earlier than known."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE load_match AS SELECT c.row, bool_or({same}) AS said, "
        f"bool_or({same} AND k.known_at <= c.known_at) AS known "
        f"FROM {_left(rows)} c JOIN {_standing(table)} k ON {same_key(table, 'c', 'k')} GROUP BY c.row"
    )
    con.execute(f"INSERT INTO {DROPPED} SELECT row, '{UNCHANGED}', NULL FROM temp.load_match WHERE known")
    other, earlier = con.execute(
        "SELECT count(*) FILTER (NOT said), count(*) FILTER (said AND NOT known) FROM temp.load_match"
    ).fetchall()[0]
    return int(other), bool(earlier)


def _against_moments(con: duckdb.DuckDBPyConnection, table: Table, rows: str, same: str) -> None:
    con.execute(
        f"INSERT INTO {DROPPED} SELECT DISTINCT c.row, '{UNCHANGED}', NULL FROM {_left(rows)} c "
        f"JOIN {_standing(table)} k ON {same_key(table, 'c', 'k')} AND k.known_at = c.known_at AND {same}"
    )


def _against_current(con: duckdb.DuckDBPyConnection, table: Table, rows: str, same: str) -> int:
    """Compare with what is known at the moment of loading; gives how many rows replace something."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE load_known AS SELECT k.* FROM {_standing(table)} k "
        f"SEMI JOIN ({rows}) c ON {same_key(table, 'k', 'c')}"
    )
    current = spans(con, table, "(SELECT rowid AS row, * FROM temp.load_known)", complete=False)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE load_match AS SELECT c.row, bool_or({same}) AS said "
        f"FROM {_left(rows)} c JOIN ({current}) k ON {same_key(table, 'c', 'k')} "
        "AND k.known_from <= c.known_at AND k.known_to > c.known_at GROUP BY c.row"
    )
    forget(con)
    con.execute(f"INSERT INTO {DROPPED} SELECT row, '{UNCHANGED}', NULL FROM temp.load_match WHERE said")
    return int(con.execute("SELECT count(*) FROM temp.load_match WHERE NOT said").fetchall()[0][0])
