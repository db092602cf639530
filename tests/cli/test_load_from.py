"""What ``load --from`` takes beside folders: events that Segment exported, an account of a vendor, a database."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from datetime import UTC, datetime

import duckdb

from tenure.engine.desk import Desk
from tests.sources.intercom.mock import TOKEN, Inbox
from tests.sources.vendor_server import served
from tests.workspaces import clock


def _rows(home, sql):
    with closing(Desk(home, clock=clock)) as desk:
        return desk.store.rows(sql)


def test_events_that_segment_exported_go_in_once_by_the_map_of_events(tenure, home, tmp_path):
    folder = tmp_path / "export"
    (folder / "2026-05-02").mkdir(parents=True)
    used = {
        "type": "track", "userId": "u1", "event": "Report", "messageId": "m1", "timestamp": "2026-05-01T10:00:00Z",
        "sentAt": "2026-05-01T10:59:58Z", "receivedAt": "2026-05-01T11:00:00Z",
    }  # fmt: skip
    bad = {"type": "track", "event": "Report", "messageId": "m2"}
    (folder / "a.ndjson").write_text(f"{json.dumps(used)}\n{json.dumps(bad)}\nno json\n")
    who = {"type": "group", "userId": "u1", "groupId": "dune", "messageId": "m3", "timestamp": "2026-05-02T09:00:00Z"}
    with gzip.open(folder / "2026-05-02" / "b.json.gz", "wt") as packed:  # a request as it was sent, told later
        json.dump([{"batch": [who, {**used, "messageId": "m4", "event": "Export"}]}], packed)
    (folder / "notes.txt").write_text("nothing")
    first = tenure("load --from segment", str(folder), "--format", "json")
    assert first.code == 0
    counts = [(one["table"], one["read"], one["loaded"], one["rejected"]) for one in json.loads(first.out)["data"]]
    assert sorted(counts) == [
        ("account", 1, 1, 0), ("person", 1, 1, 0), ("usage", 1, 1, 0), ("usage", 1, 1, 0), ("usage", 2, 0, 2),
    ]  # fmt: skip
    found = "SELECT event_id, account_id, person_id, feature, occurred_at FROM usage ORDER BY 1"
    known = _rows(home, found)
    assert known == [  # the sender's clock was two seconds behind
        ("segment:m1", "dune", "u1", "Report", datetime(2026, 5, 1, 10, 0, 2)),
        ("segment:m4", "dune", "u1", "Export", datetime(2026, 5, 1, 10, 0, 2)),
    ]
    again = json.loads(tenure("load --from segment", str(folder), "--format", "json").out)["data"]
    assert sum(one["loaded"] for one in again) == 0
    assert _rows(home, found) == known


def test_an_account_of_a_vendor_is_fetched_once_and_nothing_of_it_stays(tenure, home, monkeypatch):
    there, at = Inbox(), int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
    there.put("companies", "c1", at, company_id="cedar", name="Cedar", created_at=at)
    with served(there.answer) as server:
        lacks = tenure("load --from intercom", server.address, "--internal")
        assert (lacks.code, "TENURE_INTERCOM_TOKEN" in lacks.err) == (2, True)
        monkeypatch.setenv("TENURE_INTERCOM_TOKEN", TOKEN)
        guarded = tenure("load --from intercom", server.address)
        assert (guarded.code, guarded.out) == (2, "")
        said = tenure("load --from intercom", server.address, "--internal")
        assert (said.code, "account" in said.out) == (0, True)
        assert not (home / "sources.toml").exists()
        assert not list((home / "sync").glob("*")) if (home / "sync").exists() else True
        assert _rows(home, "SELECT name FROM account WHERE account_id = 'cedar'") == [("Cedar",)]
        kept = tenure("load --from intercom", server.address, "--internal", "--keep", "chat")
        assert kept.code == 0
    assert "[chat]" in (home / "sources.toml").read_text()
    assert TOKEN not in "".join(path.read_text("latin-1") for path in home.rglob("*") if path.is_file())


def test_a_database_is_asked_once(tenure, home, tmp_path):
    with duckdb.connect(str(tmp_path / "theirs.duckdb")) as con:
        con.execute("CREATE TABLE customer AS SELECT 'c' || i AS id, 'Name ' || i AS company FROM range(3) r(i)")
    address = f"duckdb://{tmp_path}/theirs.duckdb"
    asked = "account=SELECT id AS account_id, company AS name FROM customer"
    said = tenure("load --from sql", address, "--internal", "--query", asked, "--format", "json")
    assert [(one["table"], one["loaded"]) for one in json.loads(said.out)["data"]] == [("account", 3)]
    assert tenure("load --from sql", address, "--internal").code == 2
    assert tenure("load account x.csv --internal").code == 2
