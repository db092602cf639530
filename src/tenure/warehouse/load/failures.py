"""Why rows were refused: one failed row for each problem, worked out only when there are bad rows."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from tenure.warehouse.load.report import FailedRow
from tenure.warehouse.load.stage import BAD, Reading, Staged
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

_CUT = 2000
FAILED = "temp.load_failed"
CONTRADICTED = "contradicted"


def find(con: duckdb.DuckDBPyConnection, staged: Staged, reading: Reading) -> None:
    """Make the temporary table ``FAILED``: line, column_name, value, reason, code, raw, row. One row a problem."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE load_failed (line BIGINT, column_name VARCHAR, value VARCHAR, "
        "reason VARCHAR, code VARCHAR, raw VARCHAR, row BIGINT)"
    )
    if staged.after.refused:
        con.executemany(
            f"INSERT INTO {FAILED} VALUES (?, ?, ?, ?, ?, ?, NULL)",
            [[row.line, row.column, row.value, row.reason, row.code, row.raw] for row in staged.after.refused],
        )
    if not staged.counts.get(BAD):
        return
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE load_bad AS SELECT rowid - {staged.base} AS row FROM temp.{quoted(staged.name)} "
        f"WHERE state = {BAD}"
    )
    details = _details(reading)
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE load_problems AS SELECT "r:" AS row, "raw:" AS raw, '
        f"unnest(list_filter({details}, lambda x: x IS NOT NULL)) AS problem "
        f'FROM ({_numbered(reading)}) v SEMI JOIN temp.load_bad b ON b.row = v."r:"'
    )
    line = add_lines(con, staged, "SELECT DISTINCT row FROM temp.load_problems", "load_problem_line")
    con.execute(
        f"INSERT INTO {FAILED} SELECT {line.format(row='p.row')}, problem.column_name, "
        f"left(problem.value, {_CUT}), problem.reason, problem.code, left(p.raw::VARCHAR, {_CUT * 10}), p.row "
        f"FROM temp.load_problems p"
    )


def add_contradicted(con: duckdb.DuckDBPyConnection, staged: Staged, dropped: str, parts: int) -> None:
    """Note in ``FAILED`` the rows that another row of the file contradicts. They are no rejects: a check shows them."""
    lost = f"SELECT DISTINCT row // {parts} AS row, contradicted FROM {dropped} WHERE contradicted IS NOT NULL"
    if not con.execute(f"SELECT 1 FROM ({lost}) l LIMIT 1").fetchall():
        return
    line = add_lines(con, staged, f"SELECT DISTINCT row FROM ({lost}) l", "load_lost_line").format(row="l.row")
    con.execute(
        f"INSERT INTO {FAILED} SELECT {line}, {literal(', '.join(staged.table.key))}, l.contradicted, "
        f"'another row of the file has this key and says something else', '{CONTRADICTED}', NULL, l.row "
        f"FROM ({lost}) l"
    )


def sample(con: duckdb.DuckDBPyConnection, limit: int = 20) -> tuple[FailedRow, ...]:
    """The first failed rows of ``FAILED``, by line; -1: all of them."""
    cut = "" if limit < 0 else f" LIMIT {limit}"
    rows = con.execute(
        f"SELECT line, column_name, value, reason, code, raw, row FROM {FAILED} "
        f"WHERE code <> '{CONTRADICTED}' ORDER BY line, row, column_name, code{cut}"
    ).fetchall()
    return tuple(FailedRow(*row) for row in rows)


def add_lines(con: duckdb.DuckDBPyConnection, staged: Staged, rows: str, name: str) -> str:
    """SQL of the file's line of a row number ``{row}``.

    Where lines are not consecutive (a quoted line break, a refused line) they are worked out for ``rows`` (SQL of row
    numbers) by a table of the runs, ``name``.
    """
    lines = staged.after.lines
    if lines.first is not None or not lines.rows:
        return f"({{row}} + {lines.first or 1})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} (row BIGINT, line BIGINT)")
    runs = list(zip(lines.rows, lines.lines, strict=True))
    for start in range(0, len(runs), 10_000):
        values = ", ".join(f"({row}, {line})" for row, line in runs[start : start + 10_000])
        con.execute(f"INSERT INTO temp.{name} VALUES {values}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT n.row, r.line + n.row - r.row AS line "
        f"FROM ({rows}) n ASOF JOIN temp.{name} r ON n.row >= r.row"
    )
    return f"(SELECT line FROM temp.{name} lines WHERE lines.row = {{row}})"  # no alias of a caller


def _numbered(reading: Reading) -> str:
    """The values with the row's number ``r:``, the whole row as JSON ``raw:``, and texts as they stand in the file."""
    incoming = reading.incoming
    texts = [', row_number() OVER () - 1 AS "r:"', 'to_json(source_row) AS "raw:"']
    texts += [f"{incoming.columns[column.name].raw} AS {quoted('x:' + column.name)}" for column in reading.columns]
    texts += [f"{check.value} AS {quoted(f'x:{number}')}" for number, check in enumerate(reading.checks)]
    aliased = replace(incoming, relation=f"(SELECT * FROM {incoming.relation}) source_row")
    return Reading(aliased, reading.home_zone).values(more_texts=", ".join(texts))


def _details(reading: Reading) -> str:
    """SQL of a list with a struct for each problem of the row, null where there is none."""
    cells = reading.incoming.columns
    entries = []
    for problem in reading.problems():
        label = cells[problem.column].label if problem.column in cells else problem.column
        shown = quoted("x:" + problem.shown) if problem.column in cells else "NULL"
        entries.append(
            f"CASE WHEN {problem.sql} THEN struct_pack(column_name := {literal(label)}, value := {shown}::VARCHAR, "
            f"reason := {literal(problem.reason)}, code := {literal(problem.code)}) END"
        )
    return f"[{', '.join(entries)}]"
