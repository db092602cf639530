"""``load``: files into canonical tables, all of one command or none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.erasure.tombstones import noticed
from tenure.figures.scope import EVERYTHING, Scope
from tenure.sources.files.map_reader import read_map
from tenure.sources.files.mapping import NO_MAP, Job, Plan
from tenure.sources.files.read import open_incoming
from tenure.sources.files.vendor_folder import Arranged, arranged
from tenure.sources.vendor import find as find_vendor
from tenure.warehouse import archive
from tenure.warehouse.load import Delivery, Report, Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.archive import Archived


#: What ``--from`` takes beside the vendors' tables: mail, calendars, and events.
NO_TABLES = ("ics", "mail", "segment")


@dataclass(frozen=True)
class Load:
    """``files`` into ``table``, or, with a map or of a known vendor, a folder's files into their tables.

    ``files``: absolute paths. ``vendor``: whose tool the folder's files come from. ``map``: the map's path, empty for none. ``timezone``: the zone of times without one, for
    files that do not say (default: the workspace's). ``within``: a folder that files' names are told without. ``scope``: must hold
    everything.
    """

    files: tuple[str, ...]
    table: str = ""
    map: str = ""
    history: bool = False
    timezone: str = ""
    dry_run: bool = False
    strict: bool = False
    vendor: str = ""
    within: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Loaded:
    """A report for each file and table.

    ``unknown``: files of the folder that the map does not name; ``aside``: that a vendor is known to have, of which nothing
    is read. ``remarks``: what a vendor's files leave open, and who was erased and is known again.
    """

    reports: tuple[Report, ...]
    unknown: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    dry_run: bool = False
    remarks: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


def load(desk: Desk, request: Load) -> Loaded:
    """Load files. Raises ``UsageError`` for names that do not exist and through a narrow scope, ``DataError`` for files that cannot be
    read.
    """
    if request.scope.narrow:
        raise UsageError(
            "Files bring rows of all accounts.", code="narrow_scope", fix="Ask somebody who sees all accounts."
        )
    settings = desk.settings
    zone = request.timezone or settings.timezone
    terms = Terms(desk.clock(), settings.timezone, request.history, request.strict, request.dry_run)
    if request.vendor in NO_TABLES:
        return _no_tables(desk, request, terms)
    with ExitStack() as stack:
        arranged = _arranged(request, stack)
        plan, map_text = arranged.plan, arranged.map
        deliveries = []
        for number, job in enumerate(plan.jobs):
            desk.progress(f"reading {job.path.name}", number, len(plan.jobs))
            delivery = deliver(desk, _told(job, request.within), zone, map_text, keep=not request.dry_run)
            stack.callback(delivery.incoming.close)
            deliveries.append(delivery)
        desk.progress("loading", 0, 0)
        reports = load_all(desk.store, desk.inbox, deliveries, terms)
    remarks = (*arranged.remarks, *noticed(desk, reports))
    return Loaded(tuple(reports), plan.unknown, plan.unused, request.dry_run, remarks, arranged.aside)


def _no_tables(desk: Desk, request: Load, terms: Terms) -> Loaded:
    """Mail, calendars or events, which are no tables: what they come to depends on who is who, and on the map of events."""
    from tenure.engine.exported import SOURCE, take_export
    from tenure.engine.touchpoints.folder import take_folder
    from tenure.engine.touchpoints.rules import rules

    _check_one_folder(request)
    if request.vendor == SOURCE:
        reports, remarks = take_export(desk, Path(request.files[0]), terms)
        return Loaded(reports, dry_run=request.dry_run, remarks=(*remarks, *noticed(desk, reports)))
    told = take_folder(desk, request.vendor, Path(request.files[0]), rules(desk.home), terms)
    return Loaded(told.reports, dry_run=request.dry_run, remarks=told.sentences())


def _check_one_folder(request: Load) -> None:
    if request.table or request.map or len(request.files) != 1:
        raise UsageError(
            "A vendor's files are one folder, and bring their own map.", code="no_table",
            fix=f"Run: tenure load --from {request.vendor} {'FILE or FOLDER' if request.vendor == 'segment' else 'FOLDER'}",
        )  # fmt: skip


def _arranged(request: Load, stack: ExitStack) -> Arranged:
    """What is to be loaded, and by which map."""
    if request.vendor:
        _check_one_folder(request)
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="tenure-"))
        return arranged(find_vendor(request.vendor, NO_TABLES), Path(request.files[0]), Path(scratch))
    plan = _plan(request)
    if not plan.jobs:
        raise UsageError(
            "No file of the folder is named by the map.", code="nothing_to_load", where=request.map,
            fix=f"It looks for: {', '.join(plan.unused)}.",
        )  # fmt: skip
    return Arranged(Path(request.map).read_text(encoding="utf-8") if request.map else "", plan)


def _plan(request: Load) -> Plan:
    """Each file with its table and what the map says of it."""
    if request.table:
        table = find(request.table).name
        if not request.files:
            raise UsageError("No file to load.", code="no_file", fix=f"Run: tenure load {table} FILE")
        return Plan(tuple(_jobs(request, table)), (), ())
    if not request.map or len(request.files) != 1:
        raise UsageError(
            "Say which table, or give a map and one folder.", code="no_table",
            fix="Run: tenure load TABLE FILE, or: tenure load --map MAP.toml FOLDER",
        )  # fmt: skip
    return read_map(Path(request.map)).for_folder(Path(request.files[0]))


def _jobs(request: Load, table: str) -> Iterator[Job]:
    said = read_map(Path(request.map)) if request.map else None
    for name in request.files:
        path = Path(name)
        for entry in said.for_file(table, path.name.split("#")[0]) if said else [NO_MAP]:
            yield Job(path, table, entry)


def _told(job: Job, within: str) -> Job:
    """A file with its name as it is told."""
    return replace(job, name=str(job.path.relative_to(within))) if within else job


def deliver(desk: Desk, job: Job, zone: str, map_text: str, *, keep: bool = True) -> Delivery:
    """A file opened for loading; first taken into the archive, unless nothing is to be kept."""
    bare = job.path if job.path.exists() else job.path.with_name(job.path.name.split("#")[0])
    others = {name: job.path.with_name(name) for name in job.entry.lookups} | dict(job.beside)
    incoming = open_incoming(
        job.path, find(job.table), zone=zone, entry=job.entry, name=job.name or _name(job.path),
        beside=others.__getitem__,
    )  # fmt: skip
    try:
        own = _taken(desk, bare, keep=keep)
        lookups = {name: _taken(desk, path, keep=keep) for name, path in others.items()}
    except BaseException:
        incoming.close()
        raise
    found = {name: (taken.path, taken.sha256) for name, taken in lookups.items()}
    return Delivery(incoming, own.path, own.sha256, map_text, found, job.entry.source or desk.settings.load.source)


def _taken(desk: Desk, path: Path, *, keep: bool) -> Archived:
    return archive.store(desk.home, path) if keep else archive.Archived("", archive.hash_of(path), 0)


def _name(path: Path) -> str:
    """A file's name as a user knows it: as short as it goes from the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
