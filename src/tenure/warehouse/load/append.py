"""Good rows into the table, bad ones into ``failed_row``, and the batch that remembers what was done."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from tenure.warehouse.load import failures
from tenure.warehouse.load.duplicates import DROPPED, SUPERSEDED, UNCHANGED, Sorted, sort_out
from tenure.warehouse.load.history import SPLIT, split
from tenure.warehouse.load.outdated import Earlier
from tenure.warehouse.load.report import Delivery, Report
from tenure.warehouse.load.rows import candidates, moment, named_origin
from tenure.warehouse.load.stage import BAD, GOOD, Reading, Staged
from tenure.warehouse.schema import quoted, quoted_list, widen
from tenure.warehouse.spans import forget, spans
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table
from tenure.warehouse.tables import all_tables

_REMEMBERED = (
    "batch",
    "message_id",
    "table_name",
    "file",
    "archived",
    "sha256",
    "map_hash",
    "flags",
    "columns",
    "known_at",
    "inbox_epoch",
    "inbox_seq",
    "read",
    "loaded",
    "unchanged",
    "superseded",
    "rejected",
    "source",
    "stored",
)


@dataclass(frozen=True)
class Origin:
    """Where a batch comes from: its number, message and place in the inbox, and when it was taken (UTC)."""

    batch: int
    message_id: str
    epoch: str
    seq: int
    now: datetime
    flags: str


def append(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, staged: Staged, reading: Reading, origin: Origin, history: bool
) -> Report:
    """Store what is new in a staged file, inside the caller's transaction."""
    table = staged.table
    failures.find(con, staged, reading)
    rows = candidates(staged, origin.now, delivery.source)
    parts = 1
    if history and not staged.own_known_at:
        parts = split(con, table, rows, moment(origin.now))
        rows = f"SELECT * FROM {SPLIT}"
    of = Earlier.of(con, table, delivery) if delivery.mends else None
    found = sort_out(con, table, rows, staged.columns, staged.own_known_at or history, of)
    failures.add_contradicted(con, staged, DROPPED, parts)
    stored = _insert(con, staged, found, origin.batch, parts, delivery.source)
    report = _counted(con, delivery, staged, found, parts)
    warnings = _warnings(staged, found)
    retracted = 0
    if staged.incoming.mode in ("full", "histories"):
        retracted, more = _retract_absent(con, staged, found, origin)
        warnings += more
    if found.relearned:
        con.execute(
            "INSERT INTO main.meta SELECT ?, '1' WHERE NOT EXISTS (SELECT 1 FROM main.meta WHERE key = ?)",
            [f"repeated:{table.name}"] * 2,
        )
    report = replace(report, batch=origin.batch, retracted=retracted, warnings=tuple(warnings))
    # (Of mended rows those that are refused again are failed rows already, of the load that refused them first.)
    kept = replace(report, read=report.read - report.rejected, rejected=0) if delivery.mends else report
    _remember(con, delivery, staged, origin, kept, stored)
    return report


def _insert(con: duckdb.DuckDBPyConnection, staged: Staged, found: Sorted, batch: int, parts: int, source: str) -> int:
    """Gives how many rows were written."""
    table = staged.table
    numbers = f"SELECT rowid - {staged.base} AS row FROM temp.{quoted(staged.name)}"
    row = "c.row" if parts == 1 else f"(c.row // {parts})"
    origin = {"batch": str(batch), "line": failures.add_lines(con, staged, numbers, "load_line").format(row=row)}
    named = named_origin(staged, source)
    brought = [column.name for column in table.columns if _is_brought(staged, column)]
    custom = ["custom"] if staged.incoming.custom else []
    names = [*brought, *custom, "batch", "line", "known_at", *(name for name, _ in named)]
    into = widen(con, table, names)
    values = [origin.get(name, f"c.{quoted(name)}") for name in names]
    anti = f" WHERE c.row NOT IN (SELECT row FROM {DROPPED})" if found.dropped else ""
    sql = f"INSERT INTO {into} ({quoted_list(names)}) SELECT {', '.join(values)} FROM ({found.rows}) c{anti}"
    return int(con.execute(sql).fetchall()[0][0])


def _is_brought(staged: Staged, column: Column) -> bool:
    """Whether a file gives the column any value: it has it, or what stands in for it is written."""
    stands_in = column.default is not None and staged.table.events
    return column.name in staged.present or column.name in staged.table.key or stands_in


def _counted(con: duckdb.DuckDBPyConnection, delivery: Delivery, staged: Staged, found: Sorted, parts: int) -> Report:
    """Each row of the file counts once; one that was split is known if all its parts are."""
    counts = f"SELECT kind, count(DISTINCT row) FROM {DROPPED} GROUP BY kind"
    if parts > 1:
        counts = (
            f"SELECT kind, count(*) FROM (SELECT row // {parts} AS o, max(kind) AS kind, count(DISTINCT row) AS n "
            f"FROM {DROPPED} GROUP BY o) d JOIN (SELECT row // {parts} AS o, count(*) AS n FROM {SPLIT} "
            "GROUP BY o) s ON s.o = d.o AND s.n = d.n GROUP BY kind"
        )
    kinds = dict(con.execute(counts).fetchall())
    unchanged, lost = kinds.get(UNCHANGED, 0), kinds.get(SUPERSEDED, 0)
    rejected = staged.counts.get(BAD, 0) + len(staged.after.refused)
    loaded = staged.read - rejected - unchanged - lost - found.superseding
    return Report(
        delivery.incoming.file,
        staged.table.name,
        staged.read,
        loaded,
        unchanged,
        lost + found.superseding,
        rejected,
        failed=failures.sample(con, -1 if delivery.mends else 20) if rejected else (),
        outdated=found.outdated,
    )


def _warnings(staged: Staged, found: Sorted) -> list[str]:
    table = staged.table
    warnings = []
    if found.contradicting:
        warnings.append(
            f"{found.contradicting} rows bear an id that is known with other content; "
            "they are kept, and tenure check lists them."
        )
    absent = [column.name for column in table.columns if column.required and column.name not in staged.present]
    if absent:
        warnings.append(
            f"The file has no column for {', '.join(absent)}; rows of keys for which no other file has it "
            "wait until one does."
        )
    if staged.incoming.custom:
        names = sorted(staged.incoming.custom)
        warnings.append(
            f"Kept as custom attributes: {', '.join(names[:10])}"
            + (f" and {len(names) - 10} more." if len(names) > 10 else ".")
        )
    return warnings


def _retract_absent(
    con: duckdb.DuckDBPyConnection, staged: Staged, found: Sorted, origin: Origin
) -> tuple[int, list[str]]:
    """Take back the keys that are known and that the file lacks. A refused row still names its key.

    Of a file of histories, only those whose first column of the key is in a good row of it.
    """
    full = staged.incoming.mode == "full"
    table = staged.table
    if not staged.counts.get(GOOD):
        return 0, ["No row of this full file is good, so nothing was taken back."] if full else []
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE load_all AS SELECT * FROM main.{quoted(table.name)} "
        "WHERE batch NOT IN (SELECT batch FROM main.batch WHERE retracted_by IS NOT NULL)"
    )
    key = [
        quoted(name) if name in staged.present else f"NULL::{table.column(name).type.sql} AS {quoted(name)}"
        for name in table.key
    ]
    there = (
        f"SELECT {quoted_list(table.key)} FROM ({found.rows}) c UNION ALL SELECT {', '.join(key)} "
        f"FROM temp.{quoted(staged.name)} WHERE state = {BAD}"
    )
    first = quoted(table.key[0])
    named = "" if full else f" SEMI JOIN ({found.rows}) n ON k.{first} IS NOT DISTINCT FROM n.{first}"
    return _retract(con, table, there, named, staged, origin), []


def _retract(
    con: duckdb.DuckDBPyConnection, table: Table, there: str, named: str, staged: Staged, origin: Origin
) -> int:
    current = spans(con, table, "(SELECT rowid AS row, * FROM temp.load_all)", complete=False)
    key = [f"k.{quoted(name)}::VARCHAR" for name in table.key]
    text = key[0] if len(key) == 1 else f"to_json([{', '.join(key)}])::VARCHAR"
    match = " AND ".join(f"k.{quoted(name)} IS NOT DISTINCT FROM t.{quoted(name)}" for name in table.key)
    now = moment(origin.now)
    reason = literal(f"absent from {staged.incoming.file}")
    names = ["table_name", "key", "at", "reason", "batch", "line", "known_at"]
    taken = con.execute(
        f"INSERT INTO {widen(con, all_tables()['retraction'], names)} ({quoted_list(names)}) "
        f"SELECT {literal(table.name)}, {text}, {now}, {reason}, {origin.batch}, 0, {now} "
        f"FROM (SELECT * FROM ({current}) v WHERE known_from <= {now} AND known_to > {now}) k "
        f"ANTI JOIN ({there}) t ON {match}{named}"
    ).fetchall()
    forget(con)
    return int(taken[0][0])


def _remember(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, staged: Staged, origin: Origin, report: Report, stored: int
) -> None:
    con.execute(
        f"INSERT INTO main.batch BY NAME SELECT {', '.join(f'? AS {quoted(name)}' for name in _REMEMBERED)}",
        [
            origin.batch,
            origin.message_id,
            staged.table.name,
            delivery.incoming.file,
            delivery.archived,
            delivery.sha256,
            delivery.incoming.map_hash,
            origin.flags,
            json.dumps(list(staged.columns)),
            origin.now,
            origin.epoch,
            origin.seq,
            report.read,
            report.loaded,
            report.unchanged,
            report.superseded,
            report.rejected,
            delivery.source,
            stored,
        ],
    )
    con.execute(
        f"INSERT INTO main.failed_row SELECT ?, ?, ?, line, column_name, value, reason, code, raw, row "
        f"FROM {failures.FAILED}" + (f" WHERE code = '{failures.CONTRADICTED}'" if delivery.mends else ""),
        [origin.batch, staged.table.name, delivery.incoming.file],
    )
