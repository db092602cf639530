"""``preview_events``: what the last events would become by another map, before that is in force."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.events import OWN, arranged
from tenure.engine.verbs.load import deliver
from tenure.engine.verbs.take_in import accounts_of
from tenure.figures.scope import EVERYTHING, Scope
from tenure.sources.events.rows import COMPANIES, PEOPLE, UNREADABLE, USES, Taken
from tenure.sources.files.map_reader import parse_map
from tenure.warehouse.load import Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.incoming import Incoming
    from tenure.warehouse.load import Report

_FILES = (USES, PEOPLE, COMPANIES)


@dataclass(frozen=True)
class PreviewEvents:
    """``text``: of the map, word for word. ``scope``: must hold everything."""

    text: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Becoming:
    """Rows of a table that events would become: ``rows`` are the texts of ``columns``; ``good``: how many would go in, or are in, ``rejected``
    how many are refused.
    """

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    good: int
    rejected: int


@dataclass(frozen=True)
class Unfit:
    """A row that would be refused, and why."""

    table: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class EventsPreviewed:
    """What ``events`` would become; ``aside`` of them say nothing that is kept, ``merged`` what a later one says again."""

    events: int
    aside: int
    merged: int
    becoming: tuple[Becoming, ...]
    refused: tuple[Unfit, ...]


def preview_events(desk: Desk, request: PreviewEvents) -> EventsPreviewed:
    """Try a map on the last events, and change nothing. Raises ``UsageError`` for a map that is wrong."""
    if request.scope.narrow:
        raise UsageError("Events are of all accounts.", code="out_of_scope", fix="Ask somebody who sees everything.")
    check(request.text)
    store, events = desk.store, desk.inbox.last_events()
    if not events:
        return EventsPreviewed(0, 0, 0, (), ())
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tenure-")))
        taken = [Taken(one.source, one.event_id, one.text, one.received_at) for one in events]
        text, plan, found = arranged(taken, request.text, accounts_of(store), scratch, "preview")
        deliveries = []
        for job in plan.jobs:
            delivery = deliver(desk, replace(job, name=job.path.name), "UTC", text, keep=False)
            stack.callback(delivery.incoming.close)
            deliveries.append(delivery)
        # apart: though some of it is in by now, it is judged anew
        terms = Terms(desk.clock(), desk.settings.timezone, dry_run=True, origin="preview", apart=True)
        reports = load_all(store, desk.inbox, deliveries, terms)
        becoming = tuple(
            _becoming(desk, delivery.incoming, report)
            for delivery, report in zip(deliveries, reports, strict=True)
            if f"-{UNREADABLE}-" not in report.file
        )
    refused = [Unfit(r.table, row.column, row.value or "", row.reason) for r in reports for row in r.failed]
    return EventsPreviewed(len(events), found.aside, found.merged, becoming, tuple(refused))


def check(text: str) -> None:
    """Raise ``UsageError``, with the line, for a map that cannot be one of events."""
    for entry in parse_map(text, OWN).entries:
        if entry.file not in _FILES:
            raise UsageError(
                f"Of events there is no file {entry.file!r}.", code="bad_map", where=entry.place("file"),
                fix=f"There are: {', '.join(_FILES)}.",
            )  # fmt: skip
        if entry.table is None:
            raise UsageError("Each [[load]] needs a table.", code="bad_map", where=entry.place(""))


def _becoming(desk: Desk, incoming: Incoming, report: Report) -> Becoming:
    cells = {name: cell.sql for name, cell in incoming.columns.items()}
    listed = ", ".join(f"({sql})::VARCHAR AS {quoted(name)}" for name, sql in cells.items())
    where = f" WHERE {incoming.where}" if incoming.where else ""
    rows = desk.store.rows(f"SELECT {listed} FROM {incoming.relation}{where}")
    good = report.read - report.rejected
    return Becoming(incoming.table.name, tuple(cells), tuple(rows), good, report.rejected)
