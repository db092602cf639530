"""Events that a tool exported, for ``load --from segment``: by the map by which live ones go, into files like theirs."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.events import arranged, map_of
from tenure.engine.verbs.load import deliver
from tenure.engine.verbs.take_in import MOST, accounts_of
from tenure.sources.events.exported import belonging, events_in
from tenure.sources.files.json_lines import is_one_a_line
from tenure.sources.files.json_split import split
from tenure.sources.files.unpack import readable, unzipped
from tenure.warehouse.load import load as load_all

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.desk import Desk
    from tenure.sources.events.rows import Taken
    from tenure.warehouse.load import Report, Terms

#: How its events are told from those that came otherwise.
SOURCE = "segment"
SUFFIXES = (".json", ".jsonl", ".ndjson", ".log", ".gz")


def take_export(desk: Desk, path: Path, terms: Terms) -> tuple[tuple[Report, ...], tuple[str, ...]]:
    """The events of a file or a folder into the warehouse, all or none; those that are known by their id are not taken again.

    Whose account a use is, is settled by all of them together, whatever their order. Gives what became of them, and remarks.
    Raises ``UsageError`` for what is no export, and for a map of events that is wrong.
    """
    now, map_text = terms.now.replace(tzinfo=UTC), map_of(desk.home)
    files = _files_of(path)
    also = [told for file in files for told in belonging(_events(file, now))]
    count = aside = merged = 0
    with ExitStack() as stack:
        deliveries = []
        for number, file in enumerate(files):
            desk.progress(f"reading {file.name}", number, len(files))
            for events in _some(_events(file, now)):
                scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tenure-")))
                text, plan, found = arranged(events, map_text, accounts_of(desk.store), scratch, _called(events), also)
                count, aside, merged = count + len(events), aside + found.aside, merged + found.merged
                for job in plan.jobs:
                    delivery = deliver(desk, replace(job, name=job.path.name), "UTC", text, keep=not terms.dry_run)
                    stack.callback(delivery.incoming.close)
                    deliveries.append(delivery)
        reports = load_all(desk.store, desk.inbox, deliveries, terms)
    said = f"{count:,} events read: {merged:,} tell again of a person or company; {aside:,} say nothing that is kept."
    return tuple(reports), (said,)


def _files_of(path: Path) -> list[Path]:
    """The files of an export: the one that is named, or those of a folder and its folders, by name. Raises ``UsageError``."""
    if not path.is_dir():
        readable(path, path.name)
        return [path]
    found = sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in SUFFIXES)
    if not found:
        raise UsageError(
            "No file of the folder holds events.", code="nothing_to_load", where=str(path),
            fix=f"It looks for files that end in {', '.join(SUFFIXES)}, with an event a line or a list of events.",
        )  # fmt: skip
    return found


def _events(path: Path, now: datetime) -> Iterator[Taken]:
    """The events of a file, packed or not, one a line or in a list."""
    with tempfile.TemporaryDirectory(prefix="tenure-") as scratch:
        opened = unzipped(path, Path(scratch), path.name)
        if not is_one_a_line(opened):
            split(opened, Path(scratch) / "values.jsonl")
            opened = Path(scratch) / "values.jsonl"
        with opened.open("rb") as lines:
            yield from events_in(lines, SOURCE, now)


def _some(events: Iterator[Taken]) -> Iterator[list[Taken]]:
    """As many at a time as fit into memory well."""
    while some := list(islice(events, MOST)):
        yield some


def _called(events: Iterable[Taken]) -> str:
    """How the files of some events are called: the same for the same ones, so that they are known if they come again."""
    texts = hashlib.sha256()
    for event in events:
        texts.update(event.text.encode("utf-8", "replace") + b"\n")
    return f"{SOURCE}-{texts.hexdigest()[:12]}"
