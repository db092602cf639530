"""What a source would bring: the first rows of each table, as the map reads them, before anything is loaded."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from tenure.core import config
from tenure.engine.sync import answers, touched, vault
from tenure.engine.sync.changes import streams_of
from tenure.engine.sync.configured import SQL, Configured
from tenure.engine.sync.means import Means
from tenure.engine.sync.pull import opened
from tenure.sources.api import find
from tenure.sources.fetching.pulled import Pulled
from tenure.sources.fetching.session import RefusedError
from tenure.sources.fetching.walk import walk
from tenure.sources.files.mapping import Job
from tenure.sources.files.read import open_incoming
from tenure.sources.files.vendor_folder import arranged
from tenure.sources.vendor import find as find_vendor
from tenure.warehouse.load.stage import Reading
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import find as find_table

#: Rows of a table that are shown.
ROWS = 50


@dataclass(frozen=True)
class Previewed:
    """The first rows of a ``table``, in the columns that the source fills."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Preview:
    """``troubles``: of streams that could not be looked at, why. ``remarks``: what people should know of the data."""

    tables: tuple[Previewed, ...]
    troubles: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def preview(home: Path, source: Configured, means: Means) -> Preview:
    """Fetch the first page of each stream, and read it. Nothing is kept. Raises ``TenureError`` where it does not answer."""
    if source.kind in touched.KINDS:
        there = tuple(touched.looked(home, source, means))
        return Preview((Previewed(*touched.SHOWN[source.kind], there),), (), ())
    troubles: list[tuple[str, str]] = []
    zone = config.read(home).timezone
    if source.kind == SQL:
        password = vault.secrets(home, source.name).get("password", "")
        with tempfile.TemporaryDirectory(prefix="tenure-") as scratch:
            folder = Path(scratch)
            return Preview(
                _merged([_table(job, zone, folder) for job in answers.glimpsed(source, password, ROWS, folder)]), (), ()
            )
    with tempfile.TemporaryDirectory(prefix="tenure-") as scratch, opened(home, source, means) as session:
        folder = Path(scratch)
        with closing(Pulled.open(folder, "preview")) as pulled:
            for stream in find(source.kind).streams:
                if stream.name in source.leave:
                    continue
                try:
                    for page in islice(walk(stream, session, {}), 1):
                        pulled.keep(stream, page, means.clock())
                except RefusedError as error:
                    troubles.append((stream.name, error.message))
            vendor = find_vendor(source.kind)
            streams = streams_of(pulled, vendor, folder / "streams")
        if not any(streams.iterdir()):
            return Preview((), tuple(troubles), ())
        (folder / "made").mkdir()
        whole = arranged(vendor, streams, folder / "made")
        tables = [_table(job, zone, folder) for job in whole.plan.jobs]
        return Preview(_merged(tables), tuple(troubles), whole.remarks)


def _table(job: Job, zone: str, scratch: Path) -> Previewed:
    """The first rows of one file, typed; what cannot be read as it should be is empty."""
    beside = {name: job.path.with_name(name) for name in job.entry.lookups} | dict(job.beside)
    incoming = open_incoming(
        job.path,
        find_table(job.table),
        zone=zone,
        entry=job.entry,
        name=job.path.name,
        beside=beside.__getitem__,
        scratch=scratch,
    )
    try:
        reading = Reading(incoming, zone)
        names = [column.name for column in reading.columns]
        listed = ", ".join(quoted(f"v:{name}") for name in names)
        there = ' WHERE "w:"' if incoming.where is not None else ""
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            rows = con.execute(f'SELECT {listed} FROM ({reading.values()}) "values"{there} LIMIT {ROWS}').fetchall()
        return Previewed(job.table, tuple(names), tuple(rows))
    except duckdb.Error:
        return Previewed(job.table, (), ())
    finally:
        incoming.close()


def _merged(tables: Sequence[Previewed]) -> tuple[Previewed, ...]:
    """Those of which there are rows, one for each table: the columns of all its files."""
    found: dict[str, Previewed] = {}
    for one in tables:
        if not one.rows:
            continue
        so_far = found.get(one.table)
        if so_far is None:
            found[one.table] = one
            continue
        columns = tuple(dict.fromkeys((*so_far.columns, *one.columns)))
        rows = [
            tuple(dict(zip(part.columns, row, strict=True)).get(name) for name in columns)
            for part in (so_far, one)
            for row in part.rows
        ]
        found[one.table] = Previewed(one.table, columns, tuple(rows[:ROWS]))
    return tuple(found[name] for name in sorted(found))
