"""Failed rows: seen, mended, replayed once, discarded with a name and a reason; and all of it again after a rebuild."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tenure.core.errors import DataError, UsageError
from tenure.engine import Scope
from tenure.engine.desk import Desk
from tenure.engine.verbs.discard import Discard, discard
from tenure.engine.verbs.failed import FailedRows, failed
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.mend import Mend, mend
from tenure.engine.verbs.rebuild import opened_again
from tenure.engine.verbs.reconcile import Reconcile, reconcile
from tenure.engine.verbs.reload import Reload, reload
from tenure.engine.verbs.take_in import TakeIn, take_in
from tenure.figures.listing import Query
from tenure.warehouse.inbox import Event, Inbox
from tenure.warehouse.rebuild import rebuild
from tests.engine.conftest import new_home

NOW = datetime(2026, 11, 27, 9)
ALL = FailedRows(Query())


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return new_home(tmp_path_factory.mktemp("failed") / "home")


@pytest.fixture
def desk(empty, tmp_path):
    with Desk(shutil.copytree(empty, tmp_path / "home"), clock=Clock()) as found:
        yield found


def loaded(desk, table, text, name="", **more):
    path = desk.home / (name or f"{table}.csv")
    path.write_text(text)
    return load(desk, Load((str(path),), table, **more)).reports[0]


def made_anew(desk):
    """The warehouse, without the figures, which take long."""
    desk.let_go_of_store()
    rebuild(desk.home, desk.inbox, lambda record, path: [opened_again(desk.home, record, path)])


LINES = (
    "subscription_id;account_id;amount;started_at;note\n"
    "s1;a1;100,50;31.01.2025;x\n"
    "s2;a2;oops;03.04.2025;y\n"
    "s3;a3;12,00;32.04.2025;z\n"
    "s4;a4;7,25;05.06.2025;w\n"
)
KNOWN = "SELECT subscription_id, amount, started_at, custom FROM subscription ORDER BY 1"


def test_a_row_mended_by_hand_is_loaded_once_as_its_file_writes_it(desk):
    first = loaded(desk, "subscription", LINES)
    assert (first.read, first.loaded, first.rejected) == (4, 2, 2)
    found = failed(desk, FailedRows())
    assert found.total == 2
    two, three = found.rows
    assert (two.line, two.cells["amount"], two.problems[0].column, two.state) == (3, "oops", "amount", "open")
    assert dict(found.counts["code"]) == {two.problems[0].code: 1, three.problems[0].code: 1}
    cells = {two.id: {"amount": "1.234,50"}, three.id: {"started_at": "31.02.2025"}}
    tried = mend(desk, Mend("ada", "typo", cells, dry_run=True))
    assert tried.replayed == (two.id,)
    assert tried.refused[0].problems[0].column == "started_at"
    assert failed(desk, FailedRows()).total == 2
    done = mend(desk, Mend("ada", "typo", cells))
    assert (done.replayed, done.loaded, len(done.batches)) == ((two.id,), 1, 1)
    rows = desk.store.rows(KNOWN)
    assert [(row[0], str(row[1]), row[2].date().isoformat()) for row in rows][1] == ("s2", "1234.5000", "2025-04-02")
    assert json.loads(rows[1][3]) == {"note": "y"}
    again = mend(desk, Mend("ada", "typo", {two.id: {"amount": "9"}}))
    assert (again.replayed, again.others) == ((), 1)
    (left,) = failed(desk, FailedRows()).rows
    assert left.id == three.id
    (replayed,) = failed(desk, FailedRows(Query(where=(("state", "equals", "replayed"),)))).rows
    assert (replayed.handled_by, replayed.handled_because, replayed.mended_by) == ("ada", "typo", 2)
    assert discard(desk, Discard("bo", "gone", where=(("state", "equals", "open"),))).ids == (three.id,)
    before = [desk.store.rows(KNOWN), failed(desk, ALL).rows, desk.store.rows("SELECT * FROM batch")]
    made_anew(desk)
    assert [desk.store.rows(KNOWN), failed(desk, ALL).rows, desk.store.rows("SELECT * FROM batch")] == before


def event(number, **said):
    return Event("web", f"m{number:04}", json.dumps(said))


def use(number, **more):
    said = {
        "type": "track",
        "userId": "u1",
        "event": "Report made",
        "properties": {"n": number},
        "groupId": "a1",
    } | more
    return event(number, **said)


def sent(desk, *events):
    with Inbox.open(desk.home) as inbox:
        return inbox.take(events, NOW.replace(tzinfo=UTC))


def test_one_bad_event_among_a_hundred_is_mended_and_there_once(desk):
    """R7, from the inbox on: the door's part is in tests/web/test_intake.py."""
    bad = event(50, type="track", userId="u1", event="Report made", timestamp="yesterday", groupId="a1")
    sent(desk, *(use(n) for n in range(50)), bad, *(use(n) for n in range(51, 100)))
    take_in(desk, TakeIn())
    count = "SELECT count(*), count(DISTINCT event_id) FROM usage"
    assert desk.store.rows(count) == [(99, 99)]
    (row,) = failed(desk, FailedRows()).rows
    assert (row.problems[0].column, row.problems[0].code) == ("event", "unreadable")
    assert "timestamp 'yesterday' is no time" in row.problems[0].reason
    again = mend(desk, Mend("ada", "try", {row.id: {}}))
    assert again.refused[0].problems[0].reason.startswith("timestamp 'yesterday' is no time")
    text = row.cells["event"].replace("yesterday", "2026-11-26T08:00:00Z")
    assert mend(desk, Mend("ada", "sender mended", {row.id: {"event": text}})).loaded == 1
    assert mend(desk, Mend("ada", "sender mended", {row.id: {"event": text}})).others == 1
    sent(
        desk, event(50, type="track", userId="u1", event="Report made", timestamp="2026-11-26T08:00:00Z", groupId="a1")
    )
    take_in(desk, TakeIn())
    assert desk.store.rows(count) == [(100, 100)]
    known = desk.store.rows("SELECT event_id, account_id, occurred_at FROM usage WHERE event_id = 'web:m0050'")
    assert known == [("web:m0050", "a1", datetime(2026, 11, 26, 8))]
    made_anew(desk)
    assert desk.store.rows(count) == [(100, 100)]
    assert failed(desk, FailedRows()).total == 0


def test_events_of_people_whose_account_is_known_by_now_are_replayed_by_todays_map(desk):
    sent(desk, *(use(n, groupId=None, properties={"company": "c9", "n": n}) for n in range(3)))
    take_in(desk, TakeIn())
    open_ = FailedRows()
    assert failed(desk, open_).total == 3
    where = (("state", "equals", "open"), ("code", "equals", failed(desk, open_).rows[0].problems[0].code))
    assert mend(desk, Mend("ada", "try", where=where, dry_run=True)).replayed == ()
    loaded(desk, "person", "person_id,account_id\nu1,a7\n")
    assert mend(desk, Mend("ada", "account known", where=where, dry_run=True)).loaded == 3
    (desk.home / "events.toml").write_text(
        '[[load]]\nfile = "uses"\ntable = "usage"\nignore = ["*"]\n[load.columns]\nevent_id = "event_id"\n'
        'account_id = "properties.company"\nfeature = "name"\noccurred_at = "at"\n'
    )
    one = failed(desk, open_).rows[0]
    assert mend(desk, Mend("ada", "map mended", {one.id: {}})).loaded == 1
    (desk.home / "events.toml").unlink()
    assert mend(desk, Mend("ada", "account known", where=where)).loaded == 2
    assert sorted(desk.store.rows("SELECT account_id, person_id FROM usage")) == [
        ("a7", "u1"),
        ("a7", "u1"),
        ("c9", "u1"),
    ]
    before = desk.store.rows("SELECT * FROM usage ORDER BY ALL")
    made_anew(desk)
    assert desk.store.rows("SELECT * FROM usage ORDER BY ALL") == before


def test_what_is_told_later_is_not_undone_by_a_row_that_is_mended_late(desk):
    loaded(desk, "account", "account_id,name,created_at\na1,Old,2026-13-01\na2,Two,2026-13-01\n", "one.csv")
    loaded(desk, "account", "account_id,name,created_at\na1,New,2026-02-01\n", "two.csv")
    rows = failed(desk, FailedRows()).rows
    done = mend(desk, Mend("ada", "month", {row.id: {"created_at": "2026-01-13"} for row in rows}))
    assert (done.loaded, done.superseded, done.outdated, len(done.replayed)) == (1, 1, 1, 2)
    names = "SELECT account_id, name FROM account ORDER BY known_at DESC, account_id"
    assert dict(desk.store.rows(names)) == {"a1": "New", "a2": "Two"}
    loaded(desk, "account", "account_id,name,created_at\na3,Three,x\n", "three.csv")
    loaded(desk, "account", "account_id,name,created_at\na2,Two,2026-01-13\n", "four.csv")
    (desk.home / "map.toml").write_text('[[load]]\ntable = "account"\nmode = "full"\n')
    loaded(
        desk, "account", "account_id,name,created_at\na2,Two,2026-01-13\n", "five.csv", map=str(desk.home / "map.toml")
    )
    (late,) = failed(desk, FailedRows()).rows
    assert mend(desk, Mend("ada", "?", {late.id: {"created_at": "2026-01-13"}})).outdated == 1, "a full file lacked it"


def test_the_same_file_again_keeps_what_was_mended_and_discarded(desk):
    text = "account_id,name,created_at\na1,One,x\na2,Two,y\n,Nobody,2026-01-01\n"
    loaded(desk, "account", text, "a.csv")
    one, two, _ = failed(desk, FailedRows()).rows
    mend(desk, Mend("ada", "day", {one.id: {"created_at": "2026-01-01"}}))
    discard(desk, Discard("ada", "a test", (two.id,)))
    loaded(desk, "account", "account_id,name\na9,Nine\n", "b.csv")
    assert loaded(desk, "account", text, "a.csv").rejected == 3, "others came since, so it is loaded again"
    states = [row.state for row in failed(desk, FailedRows(Query(order=("line",)))).rows]
    assert states == ["replayed", "discarded", "open"]
    assert discard(desk, Discard("ada", "not a test", (two.id,), reopen=True)).ids == (two.id,)
    (desk.home / "m.toml").write_text(
        '[[load]]\ntable = "account"\n[load.columns]\ncreated_at = { value = "2026-01-02" }\n'
    )
    loaded(desk, "account", text, "a.csv", map=str(desk.home / "m.toml"))
    (left,) = failed(desk, ALL).rows
    assert (left.line, left.state) == (4, "open"), "another map replaced the load, and with it what was mended"
    standing = (
        "SELECT account_id FROM account WHERE batch NOT IN (SELECT batch FROM batch WHERE retracted_by IS NOT NULL)"
    )
    assert sorted(desk.store.rows(standing)) == [("a1",), ("a2",), ("a9",)]


def test_a_line_that_is_no_row_is_written_anew(desk):
    assert loaded(desk, "account", "account_id,name\na1,One\na2,Two,three\n").rejected == 1
    (row,) = failed(desk, FailedRows()).rows
    assert (row.row, row.raw) == (None, "a2,Two,three")
    assert mend(desk, Mend("ada", "comma", {row.id: {}})).replayed == ()
    assert mend(desk, Mend("ada", "comma", {row.id: {"account_id": "a2", "name": "Two, three"}})).loaded == 1
    assert ("a2", "Two, three", 3) in desk.store.rows("SELECT account_id, name, line FROM account")


def test_only_who_sees_everything_and_says_who_and_why(desk):
    scope = Scope(("ada",))
    with pytest.raises(UsageError, match="no account"):
        failed(desk, FailedRows(scope=scope))
    with pytest.raises(UsageError, match="no account"):
        mend(desk, Mend("a", "b", {"x": {}}, scope=scope))
    with pytest.raises(UsageError, match="no account"):
        discard(desk, Discard("a", "b", ("x",), scope=scope))
    with pytest.raises(UsageError, match="a reason"):
        discard(desk, Discard("a", " ", ("x",)))
    with pytest.raises(UsageError, match="no failed row 'x'"):
        mend(desk, Mend("a", "b", {"x": {}}))
    loaded(desk, "account", "account_id,name,created_at\na1,One,x\n")
    (row,) = failed(desk, FailedRows()).rows
    with pytest.raises(UsageError, match="no column 'created'"):
        mend(desk, Mend("a", "b", {row.id: {"created": "2026-01-01"}}))


def test_what_was_received_is_reconciled_and_whatever_is_missing_is_said(desk):
    loaded(desk, "subscription", LINES)
    loaded(desk, "account", "account_id,name\na1,One\na1,One\na2,Two,three\n")
    people = [event(n, type="identify", userId=f"p{n}", groupId="a1", traits={"name": "x"}) for n in (901, 902, 901)]
    group = event(903, type="group", userId="p901", groupId="a1", traits={"name": "One"})
    alias, bad = event(904, type="alias", userId="p1"), event(905, type="poke")
    sent(desk, *(use(n) for n in range(10)), *people, group, alias, bad)
    take_in(desk, TakeIn())
    rows = failed(desk, FailedRows()).rows
    mend(desk, Mend("ada", "typo", {row.id: {"amount": "1,5"} for row in rows if row.table == "subscription"}))
    discard(desk, Discard("ada", "test", tuple(row.id for row in rows if row.table == "usage")))
    found = reconcile(desk, Reconcile())
    assert found.mismatches == ()
    for one in found.came:
        assert one.read == one.loaded + one.unchanged + one.superseded + one.rejected
        assert one.rejected == one.open + one.replayed + one.discarded
    files, events = sorted(found.came, key=lambda one: one.source, reverse=True)
    assert (files.read, files.loaded, files.unchanged, files.open, files.replayed, files.mends) == (7, 3, 1, 2, 1, 1)
    # ten uses, two people, a company that is known so, and what cannot be read
    assert (events.source, events.read, events.loaded, events.unchanged, events.discarded) == ("events", 14, 12, 1, 1)
    (one,) = found.sent
    assert (one.received, one.again) == (16, 1)
    assert found.handed == one.received - one.again == 15
    assert (found.aside, found.merged, found.twice) == (1, 1, 1)
    assert found.handed + found.twice == events.read + found.aside + found.merged
    made_anew(desk)
    assert reconcile(desk, Reconcile()).mismatches == ()


TAMPERED = {
    "failed_rows_differ": "DELETE FROM failed_row WHERE line = 4",
    "counts_differ": "UPDATE batch SET loaded = loaded - 1 WHERE batch = 1",
    "rows_differ": "DELETE FROM main_rows.subscription WHERE subscription_id = 's1'",
    "rows_of_no_load": "DELETE FROM batch WHERE batch = 1",
    "load_missing": "DELETE FROM batch WHERE batch = 1",
    "handling_missing": "DELETE FROM handled_row",
}


@pytest.fixture(scope="module")
def full(empty, tmp_path_factory):
    home = shutil.copytree(empty, tmp_path_factory.mktemp("full") / "home")
    with Desk(home, clock=Clock()) as desk:
        loaded(desk, "subscription", LINES)
        discard(desk, Discard("ada", "test", (failed(desk, FailedRows()).rows[0].id,)))
        sent(desk, *(use(n) for n in range(5)))
        take_in(desk, TakeIn())
        sent(desk, use(7))
        assert reconcile(desk, Reconcile()).mismatches == ()
    return home


@pytest.mark.parametrize(
    ("code", "of_warehouse", "of_inbox"),
    [
        *((code, sql, "") for code, sql in TAMPERED.items()),
        ("inbox_short", "", "DELETE FROM message WHERE kind = 'file' AND seq > 1"),
        ("events_differ", "", "DELETE FROM message WHERE state = 'pending'"),
        ("events_differ", "", "DELETE FROM message WHERE kind = 'event' AND state = 'done' AND seq = 4"),
        ("events_differ", "", "UPDATE received SET events = events + 1"),
        ("archive_short", "", ""),
    ],
)
def test_tampering_is_found(full, tmp_path, code, of_warehouse, of_inbox):
    home = shutil.copytree(full, tmp_path / "home")
    if code == "archive_short":
        next((home / "archive").glob("??/*.csv")).unlink()
    with closing(sqlite3.connect(home / "inbox.db")) as con, con:
        con.executescript(of_inbox)
    with Desk(home, clock=Clock()) as desk:
        for sql in filter(None, [of_warehouse]):
            desk.store.rows(sql)
        found = reconcile(desk, Reconcile()).mismatches
    assert code in {one.code for one in found}


def test_an_inbox_cut_short_by_its_log_disagrees_with_the_warehouse(full, tmp_path):
    """SQLite drops what follows a damaged page of its log without a word."""
    home = shutil.copytree(full, tmp_path / "home")
    with closing(sqlite3.connect(home / "inbox.db")) as old:
        before = old.serialize()
    with Desk(home, clock=Clock()) as desk:
        loaded(desk, "account", "account_id,name\na1,One\n")
    (home / "inbox.db").write_bytes(before)
    for log in home.glob("inbox.db-*"):
        log.unlink()
    with Desk(home, clock=Clock()) as desk, pytest.raises(DataError, match="older than the warehouse"):
        reconcile(desk, Reconcile())


def test_events_that_an_inbox_lost_before_anybody_took_them_are_missed(full, tmp_path):
    home = shutil.copytree(full, tmp_path / "home")
    with closing(sqlite3.connect(home / "inbox.db")) as old:
        before = old.serialize()
    with Inbox.open(home) as inbox:
        inbox.take([use(8), use(9)], NOW.replace(tzinfo=UTC))
    (home / "inbox.db").write_bytes(before)
    for log in home.glob("inbox.db-*"):
        log.unlink()
    with Desk(home, clock=Clock()) as desk:
        (found,) = reconcile(desk, Reconcile()).mismatches
        assert found.code == "inbox_short"
        desk.inbox.new_epoch()  # as after a restore
        assert reconcile(desk, Reconcile()).mismatches == ()


def test_another_map_keeps_what_was_mended_by_hand(desk):
    loaded(desk, "account", "account_id,name,is_test\na1,One,so\na2,Two,perhaps\n,Nobody,no\n", "a.csv")
    one, _, nobody = failed(desk, FailedRows(Query(order=("line",)))).rows
    mend(desk, Mend("ada", "it is", {one.id: {"is_test": "yes"}}))
    mend(desk, Mend("ada", "she is", {nobody.id: {"account_id": "a3"}}))
    text = (
        '[[load]]\n[load.columns]\nis_test = { from = "is_test", values = { so = "yes", perhaps = "no", no = "no" } }\n'
    )
    tried = reload(desk, Reload(1, text, "ada", "words", dry_run=True))
    assert (tried.before.rejected, tried.reports[0].loaded, tried.reports[0].rejected) == (3, 2, 1)
    assert len(failed(desk, ALL).rows) == 3
    done = reload(desk, Reload(1, text, "ada", "words"))
    assert (done.reports[0].loaded, done.mended) == (2, 1)
    standing = (
        "SELECT account_id FROM account WHERE batch NOT IN (SELECT batch FROM batch WHERE retracted_by IS NOT NULL)"
    )
    assert sorted(desk.store.rows(standing)) == [("a1",), ("a2",), ("a3",)]
    assert [row.state for row in failed(desk, ALL).rows] == ["replayed"]
    with pytest.raises(UsageError, match="no load 1"):
        reload(desk, Reload(1, text, "ada", "words"))
    assert reconcile(desk, Reconcile()).mismatches == ()


def test_contradictions_are_told_by_their_lines_where_cells_have_lines_of_their_own(desk):
    loaded(desk, "account", 'account_id,name\na1,"One\nand more"\na1,Two\na2,Two\n')
    (found,) = desk.store.rows("SELECT line, code FROM failed_row")
    assert found in {(2, "contradicted"), (4, "contradicted")}
    assert failed(desk, ALL).total == 0, "it lost to another row of its file, and is no failed row"
