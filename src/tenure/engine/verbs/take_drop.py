"""``take_drop``: files that were dropped, into the warehouse, and out of the way."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import TenureError, UnavailableError, UsageError
from tenure.core.period import local_day
from tenure.engine import drops
from tenure.engine.arrivals import DROPPED, reason, refusals, remembered
from tenure.engine.drops import Kind, Sending
from tenure.engine.verbs.load import deliver
from tenure.sources.files.map_reader import read_map
from tenure.sources.files.mapping import NO_MAP, Job, Plan
from tenure.sources.files.vendor_folder import Arranged, arranged
from tenure.sources.vendor import find as find_vendor
from tenure.warehouse import arrivals
from tenure.warehouse.arrivals import DONE, REFUSED, WAITS, Arrival, Outcome
from tenure.warehouse.load import Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.load.command import aware

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: Free bytes that are left besides the room for a file and its rows.
_SPARE = 100_000_000
_TOLD = 20
_WHERE = "Put files into drop/TABLE/, into drop/VENDOR/, or into a folder of their own beside a map.toml."


@dataclass(frozen=True)
class TakeDrop:
    """``sendings``: as they were seen; those that are something else by now are left for another time."""

    sendings: tuple[Sending, ...]


@dataclass(frozen=True)
class Dropped:
    """What became of each, in their order. What cannot be loaded now waits: its outcome says why."""

    arrivals: tuple[Arrival, ...]


def take_drop(desk: Desk, request: TakeDrop) -> Dropped:
    """Load each sending by itself, all of it or nothing, once, and put its files away."""
    _ = desk.store  # first: it settles what a crash left
    found = []
    for number, sending in enumerate(request.sendings):
        desk.progress(f"loading {sending.called}", number, len(request.sendings))
        if drops.is_as_seen(desk.home, sending):
            found.append(_take(desk, sending))
    return Dropped(tuple(found))


def _take(desk: Desk, sending: Sending) -> Arrival:
    """One sending, which its files' stamps name: a crash later it is the same one, and what was loaded is only put away."""
    name = hashlib.sha256(repr((sending.folder, sending.files)).encode()).hexdigest()
    said = {
        "kind": sending.kind, "called": sending.called, "by": DROPPED, "files": [drops.shown(name) for name, _ in sending.files],
        "bytes": sum(stamp.size for _, stamp in sending.files),
    }  # fmt: skip
    arrival = arrivals.take(desk.inbox, DROPPED, name, said, aware(desk.clock()))
    try:
        if arrival.state == WAITS:
            _settle(desk, arrival, sending)
    except UnavailableError as error:
        waits = replace(arrival, outcome=Outcome(error=error.as_dict()))
        with suppress(TenureError):  # the disk that takes no file may not take this either
            arrivals.settle(desk.inbox, arrival, WAITS, said, Outcome(error=error.as_dict()))
        return waits
    arrival = arrivals.find(desk.inbox, DROPPED, name) or arrival
    if not drops.is_as_seen(desk.home, sending):  # it went on being written: what is new of it comes in later
        return arrival
    day = local_day(arrival.received_at.replace(tzinfo=None), desk.settings.timezone).isoformat()
    try:
        drops.put_away(desk.home, sending, day, _failed(arrival, sending))
    except UnavailableError as error:  # it is in, and stays known while it lies there
        return replace(arrival, outcome=replace(arrival.outcome or Outcome(), error=error.as_dict()))
    return arrival


def _settle(desk: Desk, arrival: Arrival, sending: Sending) -> None:
    known = arrivals.brought(desk.inbox, arrival)
    if known:
        return arrivals.settle(desk.inbox, arrival, DONE, arrival.said, remembered(desk.store, known))
    if sending.why:
        error = {"code": "stray", "message": sending.why, "where": sending.called, "fix": _WHERE}
        return arrivals.settle(desk.inbox, arrival, REFUSED, arrival.said, Outcome(error=error))
    try:
        outcome, unknown = _loaded(desk, arrival, sending)
    except Exception as error:
        why = reason(error)
        if why is None:
            raise
        if why["code"] == "bad_map":  # files wait for a map that is wrong, as events do
            raise UnavailableError(why["message"], code="bad_map", where=why["where"], fix=why["fix"]) from error
        return arrivals.settle(desk.inbox, arrival, REFUSED, arrival.said, Outcome(error=why))
    return arrivals.settle(desk.inbox, arrival, DONE, {**arrival.said, "unknown": list(unknown)}, outcome)


def _failed(arrival: Arrival, sending: Sending) -> dict[str, str]:
    """The files that did not go in, each with the text that says why."""
    outcome = arrival.outcome or Outcome()
    names = [name for name, _ in sending.files]
    if arrival.state == REFUSED:
        said = [outcome.error["message"], outcome.error["where"], outcome.error["fix"]]
        return dict.fromkeys(names, "\n".join(part for part in said if part) + "\n")
    if outcome.all_rejected:
        rows = [f"row {one.row}: {one.column} {one.reason}" for one in outcome.refused[:_TOLD]]
        more = [f"and {outcome.rejected - _TOLD:,} more"] if outcome.rejected > _TOLD else []
        return dict.fromkeys(names, "\n".join(["Every row was refused:", *rows, *more]) + "\n")
    who = f"Nobody knows it from {sending.what}." if sending.kind is Kind.VENDOR else "The map does not name it."
    return {name: f"{who}\n" for name in arrival.said.get("unknown", ()) if name in names}


def _loaded(desk: Desk, arrival: Arrival, sending: Sending) -> tuple[Outcome, tuple[str, ...]]:
    """Load all files of a sending in one command. Gives what became of them, and the names of those that nobody knows."""
    _needs_room(desk, arrival)
    zone = desk.settings.timezone
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tenure-")))
        found = _arranged(desk, sending, scratch)
        deliveries = []
        for job in found.plan.jobs:
            called = f"{drops.FOLDER}/{sending.folder}/{job.name or job.path.name}"
            delivery = deliver(desk, replace(job, name=called), zone, found.map)
            stack.callback(delivery.incoming.close)
            deliveries.append(delivery)
        reports = load_all(
            desk.store, desk.inbox, deliveries, Terms(desk.clock(), zone, origin=arrivals.origin(arrival))
        )
    batches = [report.batch for report in reports if report.batch is not None]
    notes = [*found.remarks, *(f"Nothing is read of {name}." for name in found.aside)]
    return Outcome.of(reports, refusals(desk.store, batches), notes), found.plan.unknown


def _arranged(desk: Desk, sending: Sending, scratch: Path) -> Arranged:
    folder = desk.home / drops.FOLDER / sending.folder
    if sending.kind is Kind.TABLE:
        job = Job(folder / sending.files[0][0], sending.what, NO_MAP)
        return Arranged("", Plan((job,), (), ()))
    mine = scratch / "files"  # nothing but these: what else is in the folder is not ready, or no file
    mine.mkdir()
    for name in (*(name for name, _ in sending.files), *sending.beside):
        (mine / name).symlink_to(folder / name)
    if sending.kind is Kind.VENDOR:
        (scratch / "made").mkdir()
        return arranged(find_vendor(sending.what), mine, scratch / "made")
    own = folder / drops.MAP
    plan = read_map(own).for_folder(mine)
    if not plan.jobs:
        raise UsageError(
            "No file of the folder is named by the map.", code="nothing_to_load", where=f"{sending.called}/{drops.MAP}",
            fix=f"It looks for: {', '.join(plan.unused)}.",
        )  # fmt: skip
    return Arranged(own.read_text(encoding="utf-8-sig"), plan)


def _needs_room(desk: Desk, arrival: Arrival) -> None:
    """A file is kept whole, and its rows take as much again."""
    free, needed = shutil.disk_usage(desk.home).free, 2 * int(arrival.said["bytes"]) + _SPARE
    if free < needed:
        raise UnavailableError(
            f"There are {free / 1e6:,.0f} MB free, and {needed / 1e6:,.0f} are needed.", code="no_space",
            where=arrival.said["called"], fix="Free some space: it is loaded then.",
        )  # fmt: skip
