"""``propose_map``: what the columns of a file are likely to be of a table, and what rows a map makes of them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.proposing import Guess, propose
from tenure.engine.verbs.load import deliver
from tenure.figures.scope import EVERYTHING, Scope
from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.mapping import NO_MAP, Job
from tenure.sources.files.read import open_file
from tenure.warehouse.load import Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.sources.files.mapping import Entry
    from tenure.warehouse.incoming import Incoming
    from tenure.warehouse.load import Report

#: Texts of a column that are looked at, those of them that are told, and rows that a preview shows.
_LOOKED, _TOLD, _SHOWN = 200, 3, 50


@dataclass(frozen=True)
class ProposeMap:
    """``path``: of the file; ``text``: a map to be tried on it, empty for none. ``scope``: must hold everything."""

    path: str
    table: str
    text: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class FileColumn:
    """A column of a file, with some of its texts."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class MapProposed:
    """``columns`` of the file in its order. ``rows``: what the map makes of the first lines, by ``names`` of the table's columns;
    ``report``: what would become of all; None without a map.
    """

    columns: tuple[FileColumn, ...]
    guesses: tuple[Guess, ...]
    names: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    report: Report | None = None


def propose_map(desk: Desk, request: ProposeMap) -> MapProposed:
    """Look into a file, and try a map on it; nothing is changed. Raises ``UsageError`` for a table that there is not, a map that is
    wrong and through a narrow scope, ``DataError`` for a file that cannot be read.
    """
    if request.scope.narrow:
        raise UsageError(
            "Files bring rows of all accounts.", code="narrow_scope", fix="Ask somebody who sees all accounts."
        )
    path, table = Path(request.path), find(request.table)
    samples = _samples(desk, path)
    columns = tuple(FileColumn(name, tuple(texts[:_TOLD])) for name, texts in samples.items())
    guesses = propose(table, samples)
    if not request.text:
        return MapProposed(columns, guesses)
    entries = parse_map(request.text, "map").for_file(table.name, path.name)
    delivery = deliver(
        desk, Job(path, table.name, entries[0], name=path.name), desk.settings.timezone, request.text, keep=False
    )
    with closing(delivery.incoming):
        terms = Terms(desk.clock(), desk.settings.timezone, dry_run=True)
        (report,) = load_all(desk.store, desk.inbox, [delivery], terms)
        names, rows = _becoming(desk, delivery.incoming, entries[0])
    return MapProposed(columns, guesses, names, rows, report)


def _samples(desk: Desk, path: Path) -> dict[str, Sequence[str]]:
    """Some texts of each column that hold something, each once."""
    with tempfile.TemporaryDirectory(prefix="tenure-") as scratch:
        opened = open_file(path, Path(scratch), path.name, NO_MAP)
        listed = ", ".join(quoted(name) for name in opened.names)
        rows = desk.store.rows(f"SELECT {listed} FROM {opened.relation} LIMIT {_LOOKED}")
    return {
        name: list(
            dict.fromkeys(str(row[place]).strip() for row in rows if row[place] is not None and str(row[place]).strip())
        )
        for place, name in enumerate(opened.names)
    }


def _becoming(
    desk: Desk, incoming: Incoming, entry: Entry
) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...]]:
    """The first rows as they would go in, dates and numbers as they are read: the columns in the order in which the map has them."""
    with closing(desk.store.cursor()) as con:
        count = int(con.execute(f"SELECT count(*) FROM {incoming.relation}").fetchall()[0][0])
        settled = incoming.resolve(con, tuple(incoming.columns), count)
        order = {
            name: place
            for place, name in enumerate((*entry.columns, *sorted(settled.columns.keys() - entry.columns.keys())))
        }
        names = tuple(sorted(settled.columns, key=order.__getitem__))
        listed = ", ".join(f"({settled.columns[name].sql})::VARCHAR" for name in names)
        where = f" WHERE {settled.where}" if settled.where else ""
        rows = con.execute(f"SELECT {listed} FROM {settled.relation}{where} LIMIT {_SHOWN}").fetchall()
    return names, tuple(rows)
