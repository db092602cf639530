"""``doctor``: the state of a workspace, as its warehouse and inbox have it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.engine.erasure.tombstones import Tombstones, known_again
from tenure.figures.published import current, is_fresh
from tenure.warehouse.inbox import state_of
from tenure.warehouse.reconcile import Mismatch, mismatches
from tenure.warehouse.refused import LISTED
from tenure.warehouse.store import STORAGE_FORMAT

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.desk import Desk
    from tenure.warehouse.store import Store


@dataclass(frozen=True)
class Doctor:
    """Nothing needs to be said."""


@dataclass(frozen=True)
class State:
    """What was found. Sizes are in bytes; ``storage_format`` is the warehouse's, ``reads`` the newest this code reads.

    ``rows``: of the canonical tables, by table, empty ones left out. ``messages``: of the inbox, by state: ``pending`` ones are not yet in the warehouse.
    ``failed_rows``: about which nothing was done yet. ``mismatches``: where what was counted is not what is there.
    ``last_told``: the latest moment at which something was loaded; ``known_again``: people who were erased and are there.
    ``published``: for when; null where nothing is. ``fresh``: whether that answers a question asked now.
    """

    storage_format: int
    reads: int
    rows: dict[str, int]
    batches: int
    failed_rows: int
    messages: dict[str, int]
    published: datetime | None
    fresh: bool
    held: dict[str, str]
    free_space: int
    warehouse_size: int
    mismatches: tuple[Mismatch, ...] = ()
    last_told: datetime | None = None
    known_again: tuple[str, ...] = ()


def doctor(desk: Desk, _request: Doctor) -> State:
    """Look at everything and change nothing but what a crash left pending. Raises what is wrong with the warehouse."""
    store, settings, now = desk.store, desk.settings, desk.clock()
    rows, batches, failed = counted(store)
    found = current(desk.home)
    return State(
        int(store.meta("storage_format") or 0),
        STORAGE_FORMAT,
        rows,
        batches,
        failed,
        desk.inbox.counts(),
        found.now if found else None,
        is_fresh(found, settings, state_of(desk.home), now),
        dict(found.held) if found else {},
        shutil.disk_usage(desk.home).free,
        store.path.stat().st_size,
        tuple(mismatches(store, desk.inbox, desk.home)),
        store.value("SELECT max(known_at) FROM main.batch"),
        tuple(known_again(store, Tombstones.of(desk.home))),
    )


def counted(store: Store) -> tuple[dict[str, int], int, int]:
    """Rows of the canonical tables, empty ones left out; loads that count; refused rows about which nothing was done."""
    from tenure.warehouse.tables import all_tables

    counts = {name: int(store.value(f'SELECT count(*) FROM main."{name}"')) for name in all_tables()}
    return (
        {name: count for name, count in counts.items() if count},
        int(store.value("SELECT count(*) FROM main.batch WHERE retracted_by IS NULL")),
        int(store.value(f"SELECT count(*) FROM ({LISTED}) WHERE state = 'open'")),
    )
