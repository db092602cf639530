"""Small CSV files as the reader would hand them over, so that the loader is tested without the reader."""

from __future__ import annotations

import atexit
import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tenure.warehouse import archive
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.incoming import AfterRead, Cell, Incoming, Lines
from tenure.warehouse.load import Delivery, Report, Terms, load
from tenure.warehouse.store import FILE, Store, literal
from tenure.warehouse.tables import find

NOW = datetime(2025, 3, 1, 12, 0)


def incoming(
    path: Path,
    table: str,
    *,
    columns: Mapping[str, str] | None = None,
    zone: str = "UTC",
    mode: str = "upsert",
    where: str | None = None,
    inclusive: Iterable[str] = (),
    map_hash: str = "",
    name: str | None = None,
) -> Incoming:
    """A comma separated file with a header. ``columns``: canonical name -> header (default: equal names)."""
    header = path.read_text().split("\n", 1)[0].strip().split(",")
    definition = find(table)
    given = columns or {name: name for name in header}
    known = {*definition.names, "known_at", "source", "source_id"}
    cells = {canonical: _cell(of_file, inclusive) for canonical, of_file in given.items() if canonical in known}
    used = {given[canonical] for canonical in cells}
    kinds = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header)
    relation = (
        f"read_csv({literal(str(path))}, auto_detect=false, header=true, delim=',', quote='\"', escape='\"', "
        f"columns={{{kinds}}})"
    )
    result: list[Incoming] = []
    made = Incoming(
        table=definition,
        file=name or path.name,
        relation=relation,
        columns=cells,
        custom={column: f'"{column}"' for column in header if column not in used},
        zone=zone,
        mode=mode,
        where=where,
        map_hash=map_hash,
        lookups=(),
        resolve=lambda con, failed, rows: result[0],
        after_read=lambda con: AfterRead((), Lines([0], [2])),
        close=lambda: None,
    )
    result.append(made)
    return made


def _cell(column: str, inclusive: Iterable[str]) -> Cell:
    return Cell(sql=f'"{column}"', raw=f'"{column}"', label=column, inclusive_end=column in set(inclusive))


@cache
def _empty() -> Path:
    """A folder with an empty warehouse, to be copied: to make one takes as long as most tests."""
    home = Path(mkdtemp(prefix="warehouse-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    Store.create(home).close()
    return home


@dataclass
class Workspace:
    """A workspace folder with an open warehouse and inbox."""

    home: Path
    zone: str = "UTC"
    store: Store = field(init=False)
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        self.home.mkdir(exist_ok=True)
        shutil.copy(_empty() / FILE, self.home / FILE)
        self.store = Store.open(self.home)
        self.inbox = Inbox.open(self.home)

    def close(self) -> None:
        self.store.close()
        self.inbox.close()

    def file(self, lines: str | Sequence[str], name: str = "rows.csv") -> Path:
        """Write a CSV file; ``lines`` begins with the header."""
        text = lines if isinstance(lines, str) else "\n".join(lines) + "\n"
        path = self.home / name
        path.write_text(text)
        return path

    def delivery(
        self, table: str, lines: str | Sequence[str], *, name: str = "rows.csv", **options: object
    ) -> Delivery:
        """One file with these lines, archived."""
        path = self.file(lines, name)
        kept = archive.store(self.home, path)
        return Delivery(
            incoming(self.home / kept.path, table, name=name, **options),  # type: ignore[arg-type]
            kept.path,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )

    def load(
        self,
        table: str,
        lines: str | Sequence[str],
        *,
        now: datetime = NOW,
        name: str = "rows.csv",
        history: bool = False,
        strict: bool = False,
        dry_run: bool = False,
        **options: object,
    ) -> Report:
        """Load one file with these lines and give its report."""
        delivery = self.delivery(table, lines, name=name, **options)
        terms = Terms(now, self.zone, history, strict, dry_run)
        return load(self.store, self.inbox, [delivery], terms)[0]

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.store.rows(sql)
