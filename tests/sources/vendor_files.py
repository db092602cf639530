"""A vendor's files, loaded into a workspace of their own, and what came of them: what the tests of all vendors do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tenure.engine.verbs.load import Load, Loaded
from tenure.engine.verbs.rows import Rows
from tenure.engine.workspace import Local, Workspace
from tenure.figures.listing import Query
from tenure.warehouse.store import FILE
from tests.workspaces import empty


def made(home: Path, now: datetime, currency: str = "EUR", timezone: str = "UTC") -> Workspace:
    """A new workspace, whose clock stands at ``now`` (UTC, without a zone)."""
    empty(home, currency, timezone)
    return Workspace(home, Local(home, lambda: now), clock=lambda: now)


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """The folder, with these files in it."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def load_from(ws: Workspace, vendor: str, folder: Path, *, history: bool = True) -> Loaded:
    """Load a vendor's folder."""
    found: Loaded = ws.call("load", Load((str(folder),), vendor=vendor, history=history))
    return found


def counts(report: Loaded, *, read: bool = False) -> dict[tuple[str, str], tuple[int, int, int]]:
    """By file and table: the rows read, loaded and refused. ``read``: only of files of which some were read."""
    return {
        (Path(one.file).name, one.table): (one.read, one.loaded, one.rejected)
        for one in report.reports
        if one.read or not read
    }


def rows_of(ws: Workspace, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table, in the order of their texts."""
    page = ws.call("rows", Rows(table, Query(columns)))
    return sorted((tuple(row[name] for name in columns) for row in page.rows), key=str)


def plain_rows_of(ws: Workspace, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """The same, with times and numbers as they are easily written."""
    return sorted((tuple(_plain(value) for value in row) for row in rows_of(ws, table, *columns)), key=str)


def stored_in(home: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """What a workspace that is closed has stored of a table, every version, likewise: it costs no figures."""
    listed = ", ".join(f'"{name}"' for name in columns)
    with duckdb.connect(str(home / FILE), read_only=True) as con:
        rows = con.execute(f'SELECT {listed} FROM main."{table}"').fetchall()
    return sorted((tuple(_plain(value) for value in row) for row in rows), key=str)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
