"""A folder of files exported from a vendor's tool, made into what any folder with a map is: files, and a map for them.

The vendor's map names streams. Here the files that hold them are found, what is made of them is written beside, and the
map is written anew with the names of these files, so that whatever reads it later needs to know nothing of vendors.
"""

from __future__ import annotations

import ast
import fnmatch
import glob
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import tomlkit

from tenure.core.errors import UsageError
from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.mapping import NO_MAP, Entry, Job, Plan
from tenure.sources.files.opened import Opened
from tenure.sources.files.read import open_file
from tenure.sources.vendor import Ask, Vendor
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

_MAY_LACK = "?"


@dataclass(frozen=True)
class Arranged:
    """What is to be loaded, and the text of the map that says so.

    ``remarks``: what people should know. ``aside``: names of files of which nothing is read.
    """

    map: str
    plan: Plan
    remarks: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


def arranged(vendor: Vendor, folder: Path, scratch: Path) -> Arranged:
    """What is to be loaded of a vendor's folder. ``scratch``: an empty folder, which must live until all is loaded.

    Raises ``UsageError`` for a folder that is none or holds nothing of the vendor, and for a stream in several files.
    """
    found = _found(vendor, folder)
    opened = {stream: _open(path, scratch, stream) for stream, path in found.streams.items()}
    with duckdb.connect(str(scratch / "streams.duckdb")) as con:
        document = tomllib.loads(vendor.map)
        loaded = {load["file"] for load in document["load"]}
        lost: list[str] = []
        for stream, columns in vendor.columns.items():
            read = _fill(con, vendor, stream, columns, opened.get(stream))
            if read and stream not in loaded:  # of the others the load tells
                lost += _unread(con, found.streams[stream], read)
        made = _made(con, vendor, found.streams, scratch)
        remarks = (*lost, *vendor.remarks(_asking(con)))
    waiting = [load for load in document["load"] if load["file"] in found.streams and _lacks(load, vendor, made)]
    remarks += tuple(f"{load['file']} is not loaded without {_lacks(load, vendor, made)}." for load in waiting)
    document["load"] = [load for load in document["load"] if load not in waiting]
    written = {stream: vendor.written(stream, one.names) for stream, one in opened.items()}
    text = tomlkit.dumps(_concrete(document, found.streams | made, written, vendor.keep))
    sources = {made[name].name: _sources(vendor, name, found.streams) for name in made}
    places = {place.name: place for place in (*found.streams.values(), *made.values())}
    entries = parse_map(text, f"map of {vendor.name}").entries
    jobs = tuple(_job(entry, places, sources) for entry in entries)
    return Arranged(text, Plan(jobs, tuple(found.unknown), ()), remarks, tuple(found.aside))


@dataclass
class _Found:
    """The files by stream; the names of those that are not known, and of those that are known and not read."""

    streams: dict[str, Path] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


def _found(vendor: Vendor, folder: Path) -> _Found:
    if not folder.is_dir():
        raise UsageError(
            f"{str(folder)!r} is not a folder.", code="not_a_folder", where=str(folder),
            fix=f"Give the folder of the files: tenure load --from {vendor.name} FOLDER.",
        )  # fmt: skip
    read = ({load["file"] for load in tomllib.loads(vendor.map)["load"]} | set(vendor.columns)) - set(vendor.made)
    found = _Found()
    for path in sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")):
        stream = vendor.stream(path)
        if stream in found.streams:
            raise UsageError(
                f"Two files hold {stream}: {found.streams[stream].name} and {path.name}.", code="two_files",
                where=str(folder), fix="Leave one of them in the folder.",
            )  # fmt: skip
        if stream in read:
            found.streams[stream] = path
        elif stream in vendor.aside:
            found.aside.append(path.name)
        else:
            found.unknown.append(path.name)
    if not found.streams:
        raise UsageError(
            f"No file of the folder is known from {vendor.name}.", code="nothing_to_load", where=str(folder),
            fix=f"It looks for: {', '.join(sorted(read))}, as CSV, JSON lines, Parquet or XLSX.",
        )  # fmt: skip
    return found


def _open(path: Path, scratch: Path, stream: str) -> Opened:
    copies = scratch / stream
    copies.mkdir()
    return open_file(path, copies, path.name, NO_MAP)


def _fill(
    con: duckdb.DuckDBPyConnection, vendor: Vendor, stream: str, columns: tuple[str, ...], opened: Opened | None
) -> Opened | None:
    """Make the table of a stream with these columns, all texts; empty where there is no file. Gives how it was read."""
    there = vendor.written(stream, opened.names) if opened else {}
    texts = [
        f"nullif(trim({quoted(there[name])}), '')" if name in there else "CAST(NULL AS VARCHAR)" for name in columns
    ]
    listed = ", ".join(f"{text} AS {quoted(name)}" for text, name in zip(texts, columns, strict=True))
    source = opened.relation if opened else "(SELECT 1 LIMIT 0)"
    con.execute(f"CREATE OR REPLACE TABLE {quoted(stream)} AS SELECT {listed} FROM {source}")
    if opened is None:
        return None
    count = con.execute(f"SELECT count(*) FROM {quoted(stream)}").fetchall()[0][0]
    mended = opened.recount(con, count)
    if mended is not None:
        return _fill(con, vendor, stream, columns, replace(mended, recount=lambda _con, _rows: None))
    return opened


def _unread(con: duckdb.DuckDBPyConnection, path: Path, read: Opened) -> list[str]:
    """The lines of a file that is only made into something else which are no rows."""
    return [f"{path.name}:{row.line}: {row.reason}; left out." for row in read.after_read(con).refused]


def _made(
    con: duckdb.DuckDBPyConnection, vendor: Vendor, streams: Mapping[str, Path], scratch: Path
) -> dict[str, Path]:
    """What is made of the streams that are there, as CSV."""
    found = {}
    for name, made in vendor.made.items():
        if made.of[0] in streams:
            found[name] = scratch / f"{name} from {streams[made.of[0]].name.split('.')[0]}.csv"
            con.execute(f"COPY ({made.sql}) TO {literal(str(found[name]))} (FORMAT csv, HEADER)")
    return found


def _asking(con: duckdb.DuckDBPyConnection) -> Ask:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        return con.execute(sql).fetchall()

    return ask


def _sources(vendor: Vendor, name: str, streams: Mapping[str, Path]) -> dict[str, Path]:
    """The files that something was made of, by name: they are kept with it."""
    return {streams[of].name: streams[of] for of in vendor.made[name].of if of in streams}


def _job(entry: Entry, places: Mapping[str, Path], sources: Mapping[str, Mapping[str, Path]]) -> Job:
    file = next(name for name in places if glob.escape(name) == entry.file)
    beside = {name: places[name] for name in entry.lookups}
    for name in (file, *entry.lookups):
        beside |= sources.get(name, {})
    assert entry.table
    return Job(places[file], entry.table, replace(entry, file=file), beside, file if file in sources else "")


def _concrete(
    document: dict[str, Any], places: Mapping[str, Path], written: Mapping[str, Mapping[str, str]],
    keep: Mapping[str, tuple[str, ...]],
) -> dict[str, Any]:  # fmt: skip
    """The map with the names of these files; without the loads of files, and without the columns, that are not there.

    ``written``: by stream, the columns of its file as it writes them, by their names in the map. ``keep``: see ``Vendor``.
    """
    loads = []
    for load in document.pop("load"):
        if load["file"] in places:
            names = written.get(load["file"])
            given = load | {
                section: {
                    column: _named(target, names, places)
                    for column, target in load.get(section, {}).items()
                    if _is_there(target, names, places)
                }
                for section in ("columns", "custom")
            }
            given["custom"] |= _kept(given, names or {}, keep.get(load["file"], ()))
            if "where" in given:
                given["where"] = _read(given["where"], names)
            loads.append(given | {"file": glob.escape(places[load["file"]].name)})
    return document | {"load": loads}


def _kept(load: dict[str, Any], names: Mapping[str, str], patterns: Iterable[str]) -> dict[str, str]:
    """The columns that fit one of the patterns and that nothing takes, by their names in the map."""
    targets = (*load["columns"].values(), *load["custom"].values())
    taken = {target if isinstance(target, str) else target.get("from") for target in targets}
    fitting = {name: own for name, own in names.items() if any(fnmatch.fnmatchcase(name, one) for one in patterns)}
    return {name: own for name, own in fitting.items() if own not in taken}


class _Reading(ast.NodeTransformer):
    """Puts the file's columns for the names in an expression, and None for those that it lacks."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """A call's own name is no column."""
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A column."""
        if node.id not in self.names:
            return ast.Constant(None)
        return ast.Call(ast.Name("col"), [ast.Constant(self.names[node.id])], [])


def _read(expression: str, names: Mapping[str, str] | None) -> str:
    """An expression over the columns of a file. ``names``: see ``_concrete``; None for what is made, which has them all."""
    return expression if names is None else ast.unparse(_Reading(names).visit(ast.parse(expression, mode="eval")))


def _lacks(load: dict[str, Any], vendor: Vendor, made: Mapping[str, Path]) -> str:
    """The stream without which nothing that a load needs can be looked up; empty where it needs none."""
    targets = [target for target in load.get("columns", {}).values() if isinstance(target, dict)]
    needed = [target["lookup"]["file"] for target in targets if "lookup" in target and "default" not in target]
    return next((vendor.made[name].of[0] for name in needed if name not in made), "")


def _is_there(target: Any, names: Mapping[str, str] | None, places: Mapping[str, Path]) -> bool:
    """Whether a column can be filled: the file has what it may lack, and there is the file to look it up in."""
    said: dict[str, Any] = {"from": target} if isinstance(target, str) else target
    source = said.get("from", "")
    lacks = source.endswith(_MAY_LACK) and source.removesuffix(_MAY_LACK) not in (names or ())
    return not lacks and ("lookup" not in said or said["lookup"]["file"] in places)


def _named(target: Any, names: Mapping[str, str] | None, places: Mapping[str, Path]) -> Any:
    """A column's target with the names of these files and of their columns."""
    if isinstance(target, str):
        source = target.removesuffix(_MAY_LACK)
        return (names or {}).get(source, source)
    named = dict(target)
    if "from" in named:
        named["from"] = _named(named["from"], names, places)
    if "expr" in named:
        named["expr"] = _read(named["expr"], names)
    if "lookup" in named:
        named["lookup"] = named["lookup"] | {"file": places[named["lookup"]["file"]].name}
    return named
