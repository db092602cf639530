"""Reading a file as the loader would, without casting anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.mapping import Entry
from tenure.sources.files.read import open_incoming
from tenure.warehouse.incoming import Incoming, Refused
from tenure.warehouse.table import Table
from tests.sources.files.thing import THING


@dataclass(frozen=True)
class Read:
    """What came of a file: canonical and custom texts by column, and what was refused, by the reader or by a check."""

    incoming: Incoming
    rows: list[dict[str, str | None]]
    custom: list[dict[str, str | None]]
    lines: list[int]
    refused: list[Refused]
    checked: list[tuple[str, str, str]]

    def column(self, name: str) -> list[str | None]:
        return [row[name] for row in self.rows]

    @property
    def refusals(self) -> list[tuple[int, str]]:
        return [(row.line, row.code) for row in self.refused]


Reader = Callable[..., Read]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Reader]:
    """Reads bytes or a file: ``read(b"...", failed=("day",), entry="...toml of one [[load]]...")``."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    opened: list[Incoming] = []

    def reading(
        source: bytes | Path,
        name: str = "file.csv",
        *,
        failed: tuple[str, ...] = (),
        table: Table = THING,
        entry: str | Entry | None = None,
    ) -> Read:
        path = source if isinstance(source, Path) else tmp_path / name
        if isinstance(source, bytes):
            path.write_bytes(source)
        if isinstance(entry, str):
            entry = parse_map("[[load]]\n" + entry, "map.toml").for_file(table.name, path.name)[0]
        incoming = open_incoming(path, table, zone="UTC", entry=entry, name=path.name, scratch=scratch)
        opened.append(incoming)
        return _read(incoming, failed)

    yield reading
    for incoming in opened:
        incoming.close()
    assert list(scratch.iterdir()) == [], "temporary files were left behind"
    shutil.rmtree(scratch)


def _read(incoming: Incoming, failed: tuple[str, ...]) -> Read:
    with duckdb.connect() as con:
        settled, count = None, 0
        while settled is not incoming:
            incoming = settled or incoming
            count = len(con.execute(f"SELECT 1 FROM (SELECT * FROM {incoming.relation})").fetchall())
            settled = incoming.resolve(con, failed, count)
        where = f" WHERE {incoming.where}" if incoming.where else ""
        rows = _dicts(con, {name: cell.sql for name, cell in incoming.columns.items()}, incoming.relation + where)
        custom = _dicts(con, dict(incoming.custom), incoming.relation + where)
        checked = [
            (name, check.code, value)
            for name, cell in incoming.columns.items()
            for check in cell.checks
            for (value,) in con.execute(f"SELECT {check.value} FROM {incoming.relation} WHERE {check.sql}").fetchall()
        ]
        after = incoming.after_read(con)
        return Read(incoming, rows, custom, after.lines.of(range(count)), list(after.refused), checked)


def _dicts(con: duckdb.DuckDBPyConnection, columns: dict[str, str], source: str) -> list[dict[str, str | None]]:
    if not columns:
        return []
    found = con.execute(f"SELECT {', '.join(columns.values())} FROM {source}").fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]
