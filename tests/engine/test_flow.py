"""What came in of late, from where, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tenure.engine.verbs.load import Load
from tenure.engine.workspace import Local, Workspace
from tests.workspaces import LOADED, copy_to

TOUCHES = "touchpoint_id,account_id,channel,occurred_at\nt1,acme,call,2026-07-01\nt2,acme,call,2026-07-10\nt3,acme,fax,2026-07-11\n"
MORE = "touchpoint_id,account_id,channel,occurred_at\nt2,acme,call,2026-07-10\nt4,acme,call,2026-08-01\n"


def test_what_came_in_adds_up_by_source_and_table(tmp_path) -> None:
    home = copy_to(tmp_path / "home")
    now = LOADED + timedelta(hours=30)
    files = {"touches.csv": TOUCHES, "more.csv": MORE}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "map.toml").write_text(
        'source = "crm"\n[[load]]\nfile = "*.csv"\ntable = "touchpoint"\n', encoding="utf-8"
    )
    ws = Workspace(home, Local(home, lambda: now), clock=lambda: now)
    try:
        for name in files:
            ws.call("load", Load((str(tmp_path / name),), "touchpoint", map=str(tmp_path / "map.toml")))
        found = ws.flow()
        # of what was loaded thirty hours before, nothing is of late
        ((source, table, read, parts),) = [
            (s.source, s.table, s.read, (s.loaded, s.unchanged, s.superseded, s.rejected)) for s in found.streams
        ]
        assert (source, table, read) == ("crm", "touchpoint", 5)
        assert parts == (3, 1, 0, 1)
        assert sum(stream.read for stream in ws.flow(hours=48).streams) == 5 + 2 + 2 + 1
        crm, own = found.supplies
        assert (crm.source, crm.tables, crm.loads, crm.read, crm.rejected, crm.usual) == (
            "crm",
            ("touchpoint",),
            2,
            5,
            1,
            None,
        )
        assert crm.upto == datetime(2026, 7, 10)  # the first of August is yet to come
        assert (own.read, own.last) == (5, LOADED)
        with pytest.raises(UsageError, match="all accounts"):
            ws.seen_by(Scope(("ada",))).flow()
    finally:
        ws.close()
