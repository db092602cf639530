"""Workspaces of every storage format there was are opened, backed up first, and give what they gave."""

from __future__ import annotations

import tarfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tenure.core.errors import UnavailableError
from tenure.engine import restoring
from tenure.engine.desk import Desk, silent
from tenure.engine.verbs.doctor import Doctor, doctor
from tenure.engine.workspace import Local, Workspace
from tenure.warehouse import bundle
from tenure.warehouse.store import STORAGE_FORMAT, Store

FIXTURES = Path(__file__).parents[1] / "fixtures"
FORMATS = range(1, STORAGE_FORMAT + 1)


def clock() -> datetime:
    return datetime(2030, 1, 15, 12)  # later than the fixtures were made


def unpacked(number: int, home: Path) -> Path:
    with tarfile.open(FIXTURES / f"format-{number}.tar.xz") as tar:
        tar.extractall(home, filter="data")
    return home


@pytest.mark.parametrize("number", FORMATS)
def test_a_workspace_of_every_format_opens_with_its_rows(number: int, tmp_path: Path) -> None:
    # A format without a fixture: python -m tools.storage_fixture
    home = unpacked(number, tmp_path / "home")
    with Desk(home, clock=clock) as desk:
        state = doctor(desk, Doctor())
        current = "SELECT subscription_id, amount FROM subscription ORDER BY started_at, subscription_id"
        assert desk.store.rows(current) == [("s1", Decimal(100)), ("s2", Decimal(50)), ("s1", Decimal(120))]
    assert (state.storage_format, state.rows, state.batches, state.failed_rows) == (
        STORAGE_FORMAT, {"account": 2, "subscription": 3}, 3, 1,
    )  # fmt: skip
    made = sorted((home / "backups").glob("*")) if (home / "backups").exists() else []
    assert len(made) == (number < STORAGE_FORMAT)
    if made:
        held = bundle.read(made[0], None, lambda _size: None)
        assert (held.storage_format, "tenure.toml" in held.members) == (number, True)
        restoring.restore(made[0], tmp_path / "again", clock, silent)
        with Desk(tmp_path / "again", clock=clock) as desk:
            assert doctor(desk, Doctor()).rows == state.rows
        with Desk(home, clock=clock) as desk:
            doctor(desk, Doctor())
        assert sorted((home / "backups").glob("*")) == made, "opened again, nothing is done again"


def test_the_first_format_gives_its_figures_today(tmp_path: Path) -> None:
    home = unpacked(1, tmp_path / "home")
    workspace = Workspace(home, Local(home, clock), clock=clock)
    found = {f.period_start.isoformat()[:7]: f.value for f in workspace.show("mrr", start="2025-12", end="2026-06")}
    workspace.close()
    assert [found[month] for month in ("2025-12", "2026-01", "2026-05", "2026-06")] == [150, 170, 170, 120]


def test_a_newer_format_is_left_alone(tmp_path: Path) -> None:
    home = unpacked(STORAGE_FORMAT, tmp_path / "home")
    with Store.open(home) as store:
        store.set_meta("storage_format", "999")
    with Desk(home, clock=clock) as desk, pytest.raises(UnavailableError, match="format 999"):
        doctor(desk, Doctor())
    assert not (home / "backups").exists()
