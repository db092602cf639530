"""What is held for who reads while another writes: connections of one moment, and the warehouse's log."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tenure.engine import beside, origins
from tenure.engine.desk import Desk, silent
from tenure.engine.verbs.run import Run
from tenure.engine.workspace import Local
from tenure.figures.publish import last_of
from tenure.warehouse import still
from tests.keeper.test_beside import ANN, more
from tests.workspaces import clock


def test_a_long_log_is_put_in_order_once_nobody_reads(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LONG", 0)
    log = home / "warehouse.duckdb.wal"
    local = Local(home, clock, shared=True)
    local.call("run", Run(), silent, ANN)
    assert local._readers
    with local._readers.desk(silent, ANN, lambda _seen: None):
        local.call("load", more(home), silent, ANN)
        assert log.stat().st_size > 0
    local.call("run", Run(), silent, ANN)
    assert not log.exists() or log.stat().st_size == 0
    local.close()


@pytest.mark.parametrize("most", [1 << 30, 0])
def test_connections_come_back_clean_or_are_closed_where_they_hold_much(
    home: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(still, "MOST", most)
    local = Local(home, clock, shared=True)
    local.call("run", Run(), silent, ANN)
    assert local._readers
    local._readers.begins()
    state = local._readers._now
    assert state
    for _ in range(3 * beside.CONNECTIONS if most else 1):
        with local._readers.desk(silent, ANN, lambda _seen: None) as desk:
            desk.store.con.execute("CREATE TEMP TABLE mine AS SELECT 1 AS one")
            with closing(desk.store.cursor()) as cursor:
                cursor.execute("CREATE TEMP VIEW ours AS SELECT 1 AS one")
    free = len(state.still._free)
    assert free == (beside.CONNECTIONS if most else beside.CONNECTIONS - 2)
    local._readers.ends("run", ANN)
    assert not local._readers._there
    local.close()


def test_what_is_kept_of_later_rows_is_not_read_in_an_earlier_state(home: Path) -> None:
    with Desk(home, clock=clock) as desk:
        batch, retraction = last_of(desk.store)
        assert origins.still_true(desk, origins._Kept(batch, retraction, [], {}), clock())
        assert not origins.still_true(desk, origins._Kept(batch + 1, retraction, [], {}), clock())
