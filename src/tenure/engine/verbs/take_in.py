"""``take_in``: the events that wait in the inbox, into the warehouse."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.engine.events import arranged, map_of
from tenure.engine.verbs.load import deliver
from tenure.sources.events.rows import Taken, id_of, rows
from tenure.warehouse.counted import Handed
from tenure.warehouse.load import KIND, Report, Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.load.command import aware
from tenure.warehouse.messages import OF_EVENTS
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.sources.events.rows import Accounts, Rows
    from tenure.warehouse.inbox import Inbox, Waiting
    from tenure.warehouse.store import Store

#: As many events are handed on at once: more take much memory, fewer are loaded in less time than a load takes anyway.
MOST = 50_000
#: How long the inbox knows an event by its name. What is sent again later is looked for among the uses of the warehouse.
REMEMBERED = timedelta(days=400)


@dataclass(frozen=True)
class TakeIn:
    """``most``: events that are taken at once."""

    most: int = MOST


@dataclass(frozen=True)
class TakenIn:
    """What became of some events: ``events`` were taken, of which ``aside`` say nothing that is kept, and ``merged`` say of a person or
    company what a later one says; of all others there is a row in a report. ``more``: others wait.
    """

    events: int
    aside: int
    merged: int
    reports: tuple[Report, ...]
    more: bool


def take_in(desk: Desk, request: TakeIn) -> TakenIn:
    """Take events in, all or none; a crash later it is the same ones, in the same files. Raises ``UsageError`` for a map of
    events that is wrong: they wait.
    """
    store, inbox = desk.store, desk.inbox  # the warehouse first: it settles what a crash left
    if inbox.cut() and _is_there(inbox):
        begun = inbox.waiting(inbox.cut(), upto=inbox.cut())
        inbox.handed_on(inbox.cut(), _handed(store, begun, rows(_taken(begun), {}, lambda _people: {})))
    events = inbox.waiting(request.most, upto=inbox.cut())
    if not events:
        return TakenIn(0, 0, 0, (), more=False)
    inbox.begin(events[0].seq, events[-1].seq)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tenure-")))
        map_text = map_of(desk.home)
        fresh = _not_known(store, inbox, events)
        text, plan, found = arranged(_taken(fresh), map_text, accounts_of(store), scratch, _called(events[0].seq))
        found.aside += len(events) - len(fresh)
        deliveries = []
        for job in plan.jobs:
            delivery = deliver(desk, replace(job, name=job.path.name), "UTC", text)
            stack.callback(delivery.incoming.close)
            deliveries.append(delivery)
        reports = load_all(store, inbox, deliveries, Terms(desk.clock(), desk.settings.timezone, origin=OF_EVENTS))
    inbox.handed_on(events[-1].seq, _handed(store, events, found))
    inbox.prune(aware(desk.clock()) - REMEMBERED)
    return TakenIn(len(events), found.aside, found.merged, tuple(reports), more=bool(inbox.waiting(1)))


def _not_known(store: Store, inbox: Inbox, events: Sequence[Waiting]) -> Sequence[Waiting]:
    """Events without those that are uses of the warehouse already, where the inbox knows no more all that there were."""
    if not inbox.pruned():
        return events
    known = {
        name for (name,) in store.rows(
            "SELECT event_id FROM main.usage WHERE event_id IN (SELECT unnest(?::VARCHAR[]))", [[id_of(one.source, one.event_id) for one in events]]
        )
    }  # fmt: skip
    return [one for one in events if id_of(one.source, one.event_id) not in known]


def _taken(events: Sequence[Waiting]) -> list[Taken]:
    return [Taken(one.source, one.event_id, one.text, one.received_at) for one in events]


def _handed(store: Store, events: Sequence[Waiting], found: Rows) -> Handed:
    """The counts of events that are in the warehouse."""
    first = events[0].seq
    (read,) = store.rows(
        "SELECT coalesce(sum(read), 0)::BIGINT FROM batch WHERE starts_with(file, ?)", [f"{_called(first)}-"]
    )[0]
    return Handed(first, events[-1].seq, len(events), found.twice, found.merged, read)


def _called(first: int) -> str:
    """How the files of the events from a number on are called, up to what each holds."""
    return f"events-{first}"


def _is_there(inbox: Inbox) -> bool:
    """Whether the events that were being handed on are in the warehouse: all of their files are, or none."""
    name = f"{_called(inbox.begun())}-"
    done = inbox.records(state="done", kind=KIND, after=inbox.cut())
    return any(record.payload["file"].startswith(name) for record in done)


def accounts_of(store: Store) -> Accounts:
    """The accounts of people as they are known now."""

    def known(people: Collection[str]) -> dict[str, str]:
        listed = ", ".join(literal(person) for person in sorted(people))
        sql = f"SELECT person_id, account_id FROM person WHERE account_id IS NOT NULL AND person_id IN ({listed})"
        return dict(store.rows(sql))

    return known
