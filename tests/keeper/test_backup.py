"""Backups made while a workspace is worked with, and workspaces made of them."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, timedelta

import pytest

from tenure import keeper
from tenure.core.errors import DataError, UnavailableError, UsageError
from tenure.engine.verbs.doctor import Doctor
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.take_in import TakeIn
from tenure.keeper import backups
from tenure.warehouse import bundle
from tenure.warehouse.inbox import Event, Inbox
from tests.keeper.conftest import serving
from tests.workspaces import NOW, clock


def event(number: int) -> Event:
    said = {"type": "track", "userId": f"u{number % 7}", "event": "Report made", "timestamp": "2026-07-01T10:00:00Z"}
    return Event("app", f"e{number}", json.dumps(said | {"context": {"groupId": "acme"}}))


def take(home, numbers) -> int:
    with Inbox.open(home) as inbox:
        return inbox.take([event(number) for number in numbers], NOW.replace(tzinfo=UTC))


@pytest.fixture
def people(home):
    """The application's database beside the workspace: somebody is logged in."""
    with closing(sqlite3.connect(home / "app.db")) as con, con:
        con.execute("CREATE TABLE access_user (name TEXT)")
        con.execute("CREATE TABLE access_session (session_key TEXT)")
        con.execute("INSERT INTO access_user VALUES ('Ada')")
        con.execute("INSERT INTO access_session VALUES ('k')")
    (home / "sync").mkdir()
    shutil.copy(home / "app.db", home / "sync" / "billing.db")
    (home / "app.key").write_text("secret")
    (home / "models").mkdir()
    (home / "models" / "health.toml").write_text("# mine\n")
    return home


def known(home):
    """What a person would compare: rows, loads, refused rows and figures."""
    workspace = keeper.open(home, clock=clock)
    try:
        state = workspace.call("doctor", Doctor())
        figures = [(f.period_start, f.value, f.n) for f in workspace.show("mrr")]
        return state.rows, state.batches, state.failed_rows, figures
    finally:
        workspace.close()


def test_a_backup_under_load_is_one_moment_and_restores_to_equal_figures(people, tmp_path) -> None:
    home, again = people, tmp_path / "again"
    file, stop = tmp_path / "b" / "one.tar.zst", threading.Event()

    def send() -> None:
        number = 100
        while not stop.is_set():
            take(home, range(number, number + 5))
            number += 5

    with serving(home):
        workspace = keeper.open(home, clock=clock)
        told = {"account_id": "acme", "csm_id": "ada", "valid_from": "2025-01-01"}
        workspace.record("assignment", [told], by="boss", message_id="a1")
        take(home, range(10))
        workspace.call("take_in", TakeIn())
        sender = threading.Thread(target=send)
        sender.start()
        try:
            saved = backups.make(workspace, file, NOW)
        finally:
            stop.set()
            sender.join()
    assert saved.manifest.messages["done"] >= 15  # three files, a row, ten events and the file they went into
    assert (saved.manifest.left_out, saved.manifest.damaged) == (("app.key",), ())
    done = keeper.restore(file, again, clock=clock)
    assert done.events == saved.manifest.messages.get("pending", 0)
    assert (again / "models" / "health.toml").read_text() == "# mine\n"
    assert not (again / "app.key").exists()
    assert (again / "sync" / "billing.db").stat().st_size > 0
    with closing(sqlite3.connect(again / "app.db")) as con:
        assert con.execute(
            "SELECT (SELECT count(*) FROM access_user), (SELECT count(*) FROM access_session)"
        ).fetchall() == [(1, 0)]

    # What came before comes again, then what is new: both workspaces end with the same.
    assert take(again, range(10)) == 10
    take(home, range(9000, 9005))
    with Inbox.open(home) as inbox:
        sent = [int(record.message_id[1:]) for record in inbox.records(kind="event")]
    take(again, sent)
    for each in (home, again):
        workspace = keeper.open(each, clock=clock)
        while workspace.call("take_in", TakeIn()).more:
            pass
        loaded = workspace.call("load", Load((str(home / "exports" / "subscription.csv"),), "subscription"))
        assert loaded.reports[0].unchanged == 2
        workspace.close()
    here, there = known(home), known(again)
    assert here[0]["usage"] == len(sent)
    assert there[0] == here[0]
    assert there[3:] == here[3:]


def test_a_backup_with_everything_is_at_once_a_workspace(people, tmp_path) -> None:
    file = tmp_path / "all.tar.zst"
    workspace = keeper.open(people, clock=clock)
    saved = backups.make(workspace, file, NOW, keys=True, warehouse=True)
    assert saved.manifest.left_out == ()
    last = backups.last(people)
    assert last is not None
    assert last.file == str(file)
    keeper.restore(file, tmp_path / "again", clock=clock)
    assert known(tmp_path / "again") == known(people)
    assert (tmp_path / "again" / "app.key").read_text() == "secret"
    with pytest.raises(UsageError, match="of that name"):
        backups.make(workspace, file, NOW)


def test_nothing_is_touched_by_a_backup_that_is_not_whole(home, tmp_path) -> None:
    file, cut, target = tmp_path / "b.tar.zst", tmp_path / "cut.tar.zst", tmp_path / "there"
    backups.make(keeper.open(home, clock=clock), file, NOW)
    content = file.read_bytes()
    for place in range(50, len(content), len(content) // 20):
        cut.write_bytes(content[:place])
        with pytest.raises(DataError):
            keeper.restore(cut, target, clock=clock)
        cut.write_bytes(content[:place] + bytes([content[place] ^ 64]) + content[place + 1 :])
        try:
            bundle.read(cut, None, lambda _size: None)
        except (DataError, UnavailableError):
            continue
        assert place < 60, "only what no file depends on may have been flipped"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar.zst", "cut.tar.zst", "home"]


def test_a_workspace_is_put_aside_and_its_keys_go_on(people, tmp_path) -> None:
    file = tmp_path / "b.tar.zst"
    backups.make(keeper.open(people, clock=clock), file, NOW)
    with pytest.raises(UsageError, match="workspace in this folder"):
        keeper.restore(file, people, clock=clock)
    with serving(people), pytest.raises(UnavailableError, match="uses this workspace"):
        keeper.restore(file, people, clock=clock, replace=True)
    (people / "models" / "health.toml").write_text("# newer\n")
    done = keeper.restore(file, people, clock=clock, replace=True)
    assert (people / "models" / "health.toml").read_text() == "# mine\n"
    assert (tmp_path / "home.before-20260715T120000" / "models" / "health.toml").read_text() == "# newer\n"
    assert (done.kept, (people / "app.key").read_text()) == (("app.key",), "secret")


def test_what_is_planned_is_made_and_the_oldest_go(home) -> None:
    (home / "backup.toml").write_text('keep = 2\nfolder = "mine"\n')
    workspace = keeper.open(home, clock=clock)
    (home / "mine").mkdir()
    (home / "mine" / "home-zzz.tar.zst").write_text("not ours\n")
    plan = backups.plan(home)
    assert plan is not None
    for day in range(3):
        backups.by_plan(workspace, plan, NOW + timedelta(days=day))
    made = sorted(path.name for path in (home / "mine").iterdir())
    assert made == ["home-20260716T120000Z.tar.zst", "home-20260717T120000Z.tar.zst", "home-zzz.tar.zst"]
    held = bundle.read(home / "mine" / made[0], None, lambda _size: None).members
    assert not any("20260715" in name for name in held), "a backup holds no backups"
    (home / "backup.toml").write_text("keep = 0\n")
    with pytest.raises(UsageError, match="keep"):
        backups.plan(home)


def test_an_inbox_of_another_time_beside_a_warehouse_is_noticed(home, tmp_path) -> None:
    old = tmp_path / "old.db"
    shutil.copy(home / "inbox.db", old)
    young = tmp_path / "young.duckdb"
    shutil.copy(home / "warehouse.duckdb", young)
    workspace = keeper.open(home, clock=clock)
    told = {"account_id": "acme", "csm_id": "ada", "valid_from": "2025-01-01"}
    workspace.record("assignment", [told], by="boss", message_id="a1")
    new = tmp_path / "new.db"
    shutil.copy(home / "inbox.db", new)
    for wal in home.glob("inbox.db-*"):
        wal.unlink()
    shutil.copy(old, home / "inbox.db")
    with pytest.raises(DataError, match="older than the warehouse"):
        workspace.rows("assignment")
    shutil.copy(new, home / "inbox.db")
    shutil.copy(young, home / "warehouse.duckdb")
    with pytest.raises(DataError, match="loads are missing"):
        workspace.call("doctor", Doctor())
    with Inbox.open(home) as inbox:
        inbox.new_epoch()
    with pytest.raises(DataError, match="another inbox"):
        workspace.call("doctor", Doctor())


def test_a_full_disk_is_a_sentence_and_leaves_nothing(home, tmp_path) -> None:
    file = tmp_path / "b.tar.zst"
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); from tenure.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "--home", str(home), "backup", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr, "disk" in done.stderr) == (3, False, True)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
