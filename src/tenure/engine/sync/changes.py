"""What changed at a vendor since its data was last loaded, as files and a map for them.

The vendor's staging sees everything that is known of an account, as it would see a whole export; what comes out is compared,
row by row and as the map reads it, with what came out the last time. Only rows that differ are loaded, with what they
look up, so that the archive grows with what happens at the vendor and not with what is there; rows that are no more are
taken back.
"""

from __future__ import annotations

import glob
import tomllib
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import tomlkit

from tenure.sources.fetching.pulled import Pulled
from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.mapping import NO_MAP, Job, Plan
from tenure.sources.files.read import open_file, open_incoming
from tenure.sources.files.vendor_folder import arranged
from tenure.sources.vendor import Vendor
from tenure.warehouse.incoming import Incoming
from tenure.warehouse.load import cells
from tenure.warehouse.load.stage import Reading
from tenure.warehouse.schema import quoted, quoted_list
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table, Type
from tenure.warehouse.tables import find

_TAKEN_BACK = "no longer at the source"
_LOOKED_UP = "lookup:"
_TIMES = frozenset({Type.TIME, Type.DATE})
_SEEN = '"sum:", "nth:", "key:", "first:", "rest:"'
_CHANGED = '"row:" IN (FROM changed)'


@dataclass(frozen=True)
class Changes:
    """What is to be loaded: ``plan`` by the text ``map``, nothing where the plan is empty.

    ``remarks``: what people should know of the vendor's data. ``seen``: files with what came out this time, by name, to be
    kept once it is loaded: it is what the next time is compared with.
    """

    map: str
    plan: Plan
    remarks: tuple[str, ...]
    seen: tuple[Path, ...]
    taken_back: int = 0


def changes(vendor: Vendor, pulled: Pulled, before: Path | None, scratch: Path, zone: str, called: str) -> Changes:
    """What changed since ``before``, the folder of what came out the last time (None: everything is new).

    ``scratch``: an empty folder that must live until all is loaded. ``zone``: the organisation's. ``called``: how the files'
    names begin. Raises ``TenureError`` as any loading does.
    """
    streams = streams_of(pulled, vendor, scratch / "streams")
    if not any(streams.iterdir()):
        return Changes("", Plan((), (), ()), (), ())
    (scratch / "made").mkdir()
    whole = arranged(vendor, streams, scratch / "made")
    found = compared(whole.map, whole.plan.jobs, before, scratch, zone, called, pulled.latest(), stays=vendor.tells_now)
    return replace(found, remarks=whole.remarks)


def compared(
    text: str, jobs: Sequence[Job], before: Path | None, scratch: Path, zone: str, called: str, at: str,
    partial: Sequence[Path] = (), stays: Collection[str] = (),
) -> Changes:  # fmt: skip
    """What changed of files that a map (``text``) loads, one of its loads for each of the ``jobs``. ``at``: when what is gone
    is taken back (ISO 8601, UTC). ``partial``: files that tell only what is new: they are compared with nothing. ``stays``: what is
    made whose rows are not taken back (``Vendor.tells_now``). For the rest see ``changes``.
    """
    document = tomllib.loads(text)
    comparing = _Comparing(scratch, before, zone, called, at, tuple(partial), frozenset(stays))
    with closing(comparing):
        loads = [
            changed
            for job, load in zip(jobs, document["load"], strict=True)
            if (changed := comparing.changed(job, load)) is not None
        ]
        back = comparing.taken_back()
    told = tomlkit.dumps(document | {"load": [*loads, *([back] if back else [])]})
    plan = parse_map(told, f"map of {called}").for_folder(comparing.folder)
    return Changes(told, Plan(plan.jobs, (), ()), (), tuple(comparing.seen), len(comparing.back))


def streams_of(pulled: Pulled, vendor: Vendor, folder: Path) -> Path:
    """The vendor's tables as files, as a connector would have exported them."""
    folder.mkdir()
    with duckdb.connect() as con:
        for kind, names in pulled.kinds().items():
            texts = folder / f"{kind}.jsonl"
            with texts.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in pulled.lines(kind))
            own = list(dict.fromkeys([*vendor.columns.get(kind, ()), *names]))
            columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in own)
            con.execute(
                f"COPY (SELECT * FROM read_json({literal(str(texts))}, format = 'newline_delimited', columns = {{{columns}}},"
                f" maximum_object_size = 100000000)) TO {literal(str(folder / f'{kind}.parquet'))} (FORMAT parquet)"
            )
            texts.unlink()
    return folder


@dataclass
class _Comparing:
    """The work on one vendor's files, on a connection of its own. ``now``: when what is gone is taken back (ISO 8601, UTC)."""

    scratch: Path
    before: Path | None
    zone: str
    called: str
    now: str
    partial: tuple[Path, ...]
    stays: frozenset[str]
    seen: list[Path] = field(default_factory=list)
    back: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.folder, self.after = self.scratch / "changed", self.scratch / "seen"
        self.folder.mkdir()
        self.after.mkdir()
        self.con = duckdb.connect(str(self.scratch / "changes.duckdb"))
        self.con.execute("SET TimeZone = 'UTC'")

    def close(self) -> None:
        """Let go of the connection."""
        self.con.close()

    def changed(self, job: Job, load: dict[str, Any]) -> dict[str, Any] | None:
        """The load of what changed of a file, with its files written; None where nothing did."""
        table = find(job.table)
        beside = {name: job.path.with_name(name) for name in job.entry.lookups} | dict(job.beside)
        incoming = open_incoming(
            job.path, table, zone=self.zone, entry=job.entry, name=job.path.name, beside=beside.__getitem__,
            scratch=self.scratch,
        )  # fmt: skip
        try:
            raw = self._lay_out(incoming)
            self._compare(incoming, job, whole=job.path not in self.partial)
            if not self._rows("SELECT count(*) FROM changed")[0][0]:
                return None
            main = self._write(job.path.stem, f'SELECT {quoted_list(raw)} FROM now WHERE {_CHANGED} ORDER BY "row:"')
        finally:
            incoming.close()
        names = {name: self._looked_up(job, name, path) for name, path in beside.items() if name in job.entry.lookups}
        return _renamed(load, names) | {"file": glob.escape(main)}

    def _lay_out(self, incoming: Incoming) -> list[str]:
        """Make the table ``now``: the rows with what the map makes of each (``sum``; ``rest``: of all but times), its key and
        the key's first column. Gives the file's own columns.
        """
        reading = Reading(incoming, self.zone)
        described = self._rows(f"DESCRIBE SELECT * FROM {incoming.relation}")
        raw = [str(row[0]) for row in described if not str(row[0]).startswith(_LOOKED_UP)]
        kept = "".join(f", {quoted(name)} AS {quoted(f'r:{name}')}" for name in raw)
        texts = [quoted(f"t:{column.name}") for column in reading.columns]
        rest = [quoted(f"t:{column.name}") for column in reading.columns if column.type not in _TIMES]
        texts += [quoted(f"c:{name}") for name in incoming.custom]
        texts += [f"CAST({quoted(f'k:{number}')} AS VARCHAR)" for number in range(len(reading.checks))]
        key = [_key_text(incoming.table, name, reading) for name in incoming.table.key]
        whole = key[0] if len(key) == 1 else f"to_json([{', '.join(key)}])::VARCHAR"
        there = ' WHERE "w:"' if incoming.where is not None else ""
        own = ", ".join(f"{quoted(f'r:{name}')} AS {quoted(name)}" for name in raw)
        self.con.execute(
            'CREATE OR REPLACE TABLE now AS SELECT *, row_number() OVER (PARTITION BY "sum:" ORDER BY "row:") AS "nth:" FROM ('
            f'SELECT row_number() OVER () AS "row:", md5(to_json([{", ".join(texts)}])::VARCHAR) AS "sum:", '
            f'md5(to_json([{", ".join(rest)}])::VARCHAR) AS "rest:", {whole} AS "key:", {key[0]} AS "first:", {own} FROM ({reading.values(kept)}) "values"{there})'
        )
        return raw

    def _compare(self, incoming: Incoming, job: Job, *, whole: bool) -> None:
        """Make the table ``changed``, with the numbers of the rows to be loaded, and note what is to be taken back."""
        known, stays = f"{job.table} {job.path.stem}", job.path.stem.partition(" from ")[0] in self.stays
        after = self.after / f"{known} {sum(one.name.startswith(known) for one in self.seen)}.parquet"
        if whole:
            self.con.execute(f"COPY (SELECT {_SEEN} FROM now) TO {literal(str(after))} (FORMAT parquet)")
            self.seen.append(after)
        past = self.before / after.name if self.before and whole else None
        there = past is not None and past.exists()
        source = f"read_parquet({literal(str(past))})" if there else f"(SELECT {_SEEN} FROM now LIMIT 0)"
        self.con.execute(f"CREATE OR REPLACE TABLE past AS SELECT * FROM {source}")
        same = 'SELECT 1 FROM {} o WHERE o."sum:" = m."sum:" AND o."nth:" = m."nth:"'
        new = f'SELECT "row:", "first:" FROM now m WHERE NOT EXISTS ({same.format("past")})'
        if stays:  # whatever else changed, it is as it was told before, since when it was told
            new += ' AND NOT EXISTS (SELECT 1 FROM past o WHERE o."rest:" = m."rest:")'
        lost = f'SELECT "first:", "key:" FROM past m WHERE NOT EXISTS ({same.format("now")})'
        if incoming.mode == "histories":  # a file tells the whole story of what it names
            touched = f'SELECT "first:" FROM ({new}) UNION SELECT "first:" FROM ({lost})'
            new = f'SELECT "row:" FROM now WHERE "first:" IN ({touched})'
            lost += ' AND "first:" NOT IN (SELECT "first:" FROM now WHERE "first:" IS NOT NULL)'
        elif incoming.mode == "full":
            new = f'SELECT "row:" FROM now WHERE EXISTS ({new}) OR EXISTS ({lost})'
            lost += " AND false"
        self.con.execute(f'CREATE OR REPLACE TABLE changed AS SELECT "row:" FROM ({new})')
        still = 'SELECT "key:" FROM now WHERE "key:" IS NOT NULL'
        back = f'SELECT DISTINCT "key:" FROM ({lost}) WHERE "key:" IS NOT NULL AND "key:" NOT IN ({still}) ORDER BY 1'
        self.back += [] if stays else [(incoming.table.name, key) for (key,) in self._rows(back)]

    def _looked_up(self, job: Job, name: str, path: Path) -> str:
        """Write of a file that values are looked up in what the changed rows look for; gives its name."""
        targets = [
            target for target in (*job.entry.columns.values(), *job.entry.custom.values())
            if target.lookup and target.lookup.file == name
        ]  # fmt: skip
        assert all(target.lookup and target.source for target in targets)
        self.count += 1
        copies = self.scratch / f"looked-up-{self.count}"
        copies.mkdir()
        source = open_file(path, copies, path.name, NO_MAP).relation
        wanted = " OR ".join(
            f"trim({quoted(target.lookup.key)}) IN "  # type: ignore[union-attr]
            f"(SELECT trim({quoted(str(target.source))}) FROM now WHERE {_CHANGED})"
            for target in targets
        )
        return self._write(f"{path.stem} of {job.path.stem}", f"SELECT * FROM {source} WHERE {wanted} ORDER BY ALL")

    def _write(self, stem: str, sql: str) -> str:
        """Write rows into a file, and give its name, which no other has."""
        self.count += 1
        name = f"{self.called} {stem}.parquet"
        if (self.folder / name).exists():
            name = f"{self.called} {stem} {self.count}.parquet"
        self.con.execute(f"COPY ({sql}) TO {literal(str(self.folder / name))} (FORMAT parquet)")
        return name

    def taken_back(self) -> dict[str, Any] | None:
        """The load of what is to be taken back, with its file written; None where nothing is."""
        if not self.back:
            return None
        rows = ", ".join(f"({literal(table)}, {literal(key)})" for table, key in self.back)
        name = self._write(
            "taken back",
            f"SELECT table_name, key, {literal(self.now)} AS at, {literal(_TAKEN_BACK)} AS reason FROM (VALUES {rows}) v (table_name, key)",
        )
        return {"file": glob.escape(name), "table": "retraction"}

    def _rows(self, sql: str) -> Sequence[Any]:
        return self.con.execute(sql).fetchall()


def _key_text(table: Table, name: str, reading: Reading) -> str:
    """SQL of a column of the key as ``retraction`` writes it."""
    if name not in {column.name for column in reading.columns}:
        return "NULL::VARCHAR"
    value, stands_in = quoted(f"v:{name}"), cells.default(table.column(name))
    return f"coalesce({value}, {stands_in})::VARCHAR" if stands_in else f"{value}::VARCHAR"


def _renamed(load: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A load that looks values up in files of these names."""

    def target(said: Any) -> Any:
        if isinstance(said, dict) and "lookup" in said:
            return said | {"lookup": said["lookup"] | {"file": names[said["lookup"]["file"]]}}
        return said

    parts = {
        part: {name: target(said) for name, said in load[part].items()}
        for part in ("columns", "custom")
        if part in load
    }
    return load | parts


__all__ = ["Changes", "changes", "compared"]
