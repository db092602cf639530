from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tenure.core.errors import DataError
from tenure.warehouse.inbox import Record
from tenure.warehouse.incoming import Incoming
from tenure.warehouse.rebuild import rebuild
from tenure.warehouse.store import FILE, Store
from tenure.warehouse.versions import derive
from tests.warehouse.files import Workspace, incoming

TABLES = ("account", "payment", "retraction", "batch", "failed_row")


def read(record: Record, path: Path) -> list[Incoming]:
    said = record.payload
    return [
        incoming(
            path,
            said["table"],
            name=said["file"],
            zone=said["flags"]["zone"],
            mode=said["flags"]["mode"],
            map_hash=said["map_hash"],
        )
    ]


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {table: store.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}


def filled(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,tier,x", "A-1,One,gold,1", "A-2,Two,,2", "A-3,,,"])
    workspace.load(
        "payment", ["invoice_id,amount,paid_at", "i1,5,2025-01-01 10:00", "i1,5,2025-01-01 10:00"], zone="Europe/Berlin"
    )
    workspace.load("account", ["account_id,name", "A-1,Uno"], mode="full", now=datetime(2025, 4, 1))
    workspace.load("account", ["account_id,name", "A-9,never"], dry_run=True)


def test_the_warehouse_is_made_anew_equal_to_the_row(workspace: Workspace) -> None:
    filled(workspace)
    before = contents(workspace.store)
    workspace.store.close()
    (workspace.home / FILE).write_bytes(b"damaged" * 5000)
    rebuild(workspace.home, workspace.inbox, read)
    workspace.store = Store.open(workspace.home)
    assert contents(workspace.store) == before
    derive(workspace.store.con, "UTC")


def test_a_damaged_archive_leaves_the_old_warehouse(workspace: Workspace) -> None:
    filled(workspace)
    before = contents(workspace.store)
    workspace.store.close()
    victim = next((workspace.home / "archive").glob("??/*"))
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes() + b"A-7,Seven,,\n")
    with pytest.raises(DataError, match="changed"):
        rebuild(workspace.home, workspace.inbox, read)
    workspace.store = Store.open(workspace.home)
    assert contents(workspace.store) == before
