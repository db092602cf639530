"""``take_pulled``: what changed at a source, into the warehouse, all or nothing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.engine.verbs.load import deliver
from tenure.sources.files.map_reader import parse_map
from tenure.warehouse.load import Report, Terms
from tenure.warehouse.load import load as load_all

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class TakePulled:
    """The files of a ``folder`` (an absolute path), by the text of a ``map``. ``history``: see ``Load``."""

    folder: str
    map: str
    history: bool = False


@dataclass(frozen=True)
class Taken:
    """A report for each file and table."""

    reports: tuple[Report, ...]


def take_pulled(desk: Desk, request: TakePulled) -> Taken:
    """Load files that were made of what was fetched. The same files again change nothing. Raises ``TenureError``."""
    plan = parse_map(request.map, "map").for_folder(Path(request.folder))
    with ExitStack() as stack:
        deliveries = []
        for number, job in enumerate(plan.jobs):
            desk.progress(f"reading {job.path.name}", number, len(plan.jobs))
            delivery = deliver(desk, replace(job, name=job.path.name), desk.settings.timezone, request.map)
            stack.callback(delivery.incoming.close)
            deliveries.append(delivery)
        terms = Terms(desk.clock(), desk.settings.timezone, request.history)
        return Taken(tuple(load_all(desk.store, desk.inbox, deliveries, terms)))
