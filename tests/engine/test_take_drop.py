"""Files that are dropped: loaded once, moved away, waited for while they grow, and never followed out of the folder."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tenure.engine import arrivals, drops
from tenure.engine.desk import Desk
from tenure.engine.drops import looked
from tenure.engine.verbs.take_drop import TakeDrop, take_drop
from tenure.keeper.dropping import Dropping, Still, by_hand
from tenure.keeper.place import Place
from tests.engine.conftest import new_home

ACCOUNTS = "account_id,name\na1,Acme\na2,Birch\n"
DAY = "2026-11-28"  # in Berlin it is the next day


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return new_home(tmp_path_factory.mktemp("drops") / "home")


@pytest.fixture
def home(empty, tmp_path):
    return shutil.copytree(empty, tmp_path / "home")


@pytest.fixture
def desk(home):
    with Desk(home, clock=lambda: datetime(2026, 11, 27, 23, 30)) as opened:
        yield opened


def put(home: Path, path: str, text: str = ACCOUNTS) -> Path:
    file = home / "drop" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def taken(desk: Desk) -> list[tuple[Any, ...]]:
    """A round; what became of each sending."""
    found = take_drop(desk, TakeDrop(tuple(looked(desk.home))))
    none = arrivals.Outcome()
    return [
        (one.said["called"], one.state, (one.outcome or none).loaded, (one.outcome or none).error.get("code", ""))
        for one in found.arrivals
    ]


def lying(home: Path) -> list[str]:
    """All files below the folder."""
    root = home / "drop"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def counted(desk: Desk, table: str = "account") -> int:
    return int(desk.store.value(f"SELECT count(*) FROM {table}"))


def test_files_of_tables_vendors_and_maps_are_loaded_once_and_put_away(desk, home):
    put(home, "account/a.csv")
    put(home, "account/bad.csv", "account_id,name,created_at\na3,Cedar,soon\na4,Dogwood,\n")
    put(home, "crm/export-1.csv", "id,plan\na1,p\n")
    put(home, "crm/notes.csv", "x\n1\n")
    put(home, "crm/plans.csv", "plan,tier\np,gold\n")
    put(home, "crm/map.toml", '[[load]]\nfile = "export-*.csv"\ntable = "account"\n[load.columns]\naccount_id = "id"\n'
        'tier = { from = "plan", lookup = { file = "plans.csv", key = "plan", value = "tier" } }\n')  # fmt: skip
    put(home, "intercom/2026/company_history.csv", "id,name,updated_at\nc1,Acme,2026-01-01\n")
    put(home, "intercom/2026/what.csv", "x\n1\n")
    found = taken(desk)
    assert sorted(one[:2] for one in found) == [
        ("drop/account/a.csv", "done"), ("drop/account/bad.csv", "done"), ("drop/crm", "done"), ("drop/intercom/2026", "done"),
    ]  # fmt: skip
    assert lying(home) == [
        "crm/map.toml", "crm/plans.csv", f"done/{DAY}/account/a.csv", f"done/{DAY}/account/bad.csv", f"done/{DAY}/crm/export-1.csv",
        f"done/{DAY}/intercom/2026/company_history.csv", f"failed/{DAY}/crm/notes.csv", f"failed/{DAY}/crm/notes.csv.why.txt",
        f"failed/{DAY}/intercom/2026/what.csv", f"failed/{DAY}/intercom/2026/what.csv.why.txt",
    ]  # fmt: skip
    assert desk.store.rows("SELECT line, column_name FROM failed_row") == [(2, "created_at")]
    assert desk.store.rows("SELECT tier FROM account WHERE tier IS NOT NULL") == [("gold",)]
    before = counted(desk)
    put(home, "account/again.csv")
    assert taken(desk) == [("drop/account/again.csv", "done", 0, "")]
    assert (counted(desk), taken(desk)) == (before, [])
    assert [one.said["called"] for one in arrivals.arrived(home, 1)] == ["drop/account/again.csv"]


@pytest.mark.parametrize("at", ["load_all", "arrivals.settle", "drops.put_away"])
def test_a_crash_anywhere_loses_and_doubles_nothing(desk, home, monkeypatch, at):
    """Though the table was told something else between the crash and the next round."""
    put(home, "account/a.csv")

    def crash(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(f"tenure.engine.verbs.take_drop.{at}", crash)
        with pytest.raises(KeyboardInterrupt):
            taken(desk)
    assert (home / "drop/account/a.csv").exists()
    desk.close()
    assert [one[:2] for one in taken(desk)] == [("drop/account/a.csv", "done")]
    assert arrivals.arrived(home)[0].outcome.loaded == 2
    assert (counted(desk), counted(desk, "batch"), lying(home)) == (2, 1, [f"done/{DAY}/account/a.csv"])


def test_what_cannot_be_loaded_is_moved_with_a_text_that_says_why(desk, home, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("account_id,name\nstolen,Stolen\n")
    put(home, "account/b.csv", "who\nx\n")
    put(home, "account/none.csv", "account_id,name\n,Nobody\n")
    put(home, "acount/a.csv")
    put(home, "stray.csv")
    put(home, "account/a#1.csv")
    put(home, os.fsdecode(b"account/\xff\n.csv"))
    (home / "drop/account/link.csv").symlink_to(secret)
    (home / "drop/person").symlink_to(tmp_path)
    os.mkfifo(home / "drop/account/pipe")
    (home / "drop/account/sub").mkdir()
    put(home, "account/sub/deep.csv")
    found = taken(desk)
    assert len(found) == 9
    assert {one[1] for one in found if "none.csv" not in one[0]} == {"dropped"}
    left = [name for name in lying(home) if not name.startswith("failed/")]
    assert left == ["account/sub/deep.csv"]
    assert secret.exists()
    assert counted(desk) == 0
    why = {
        path.name.removesuffix(drops.WHY): path.read_text() for path in (home / "drop/failed").rglob(f"*{drops.WHY}")
    }
    assert why["none.csv"].startswith("Every row was refused:\nrow 2: account_id ")
    assert "account_id" in why["b.csv"]
    assert "no table" in why["a.csv"]
    assert all("link" in why[name] for name in ("link.csv", "person"))
    assert len(why) == 9
    assert taken(desk) == []


def test_what_can_be_loaded_later_waits_and_is_loaded_then(desk, home, monkeypatch):
    put(home, "crm/a.csv")
    own = put(home, "crm/map.toml", '[[load]]\nfile = "*.csv"\ntable = "acount"\n')
    put(home, "person/p.csv", "person_id,account_id\np1,a1\n")
    with monkeypatch.context() as full:
        full.setattr("tenure.engine.verbs.take_drop.shutil.disk_usage", lambda _path: SimpleNamespace(free=0))
        assert [one[3] for one in taken(desk)] == ["no_space"] * 2
    assert sorted(one[1:] for one in taken(desk)) == [("done", 1, ""), ("pending", 0, "bad_map")]
    assert [name for name in lying(home) if "person" not in name] == ["crm/a.csv", "crm/map.toml"]
    own.write_text('[[load]]\nfile = "*.csv"\ntable = "account"\n')
    assert taken(desk) == [("drop/crm", "done", 2, "")]
    put(home, "account/b.csv", "account_id,name\nb1,Oak\n")
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", lambda *_names: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
        assert taken(desk) == [("drop/account/b.csv", "done", 1, "not_moved")]
        assert taken(desk) == [("drop/account/b.csv", "done", 1, "not_moved")]
    assert taken(desk) == [("drop/account/b.csv", "done", 1, "")]
    assert (counted(desk), counted(desk, "batch")) == (3, 3)


def test_a_file_that_grows_is_waited_for(desk, home, monkeypatch):
    put(home, "account/a.csv")
    for name in ("b.csv.part", ".c.csv", "~d.csv", "e.csv~"):
        put(home, f"account/{name}")
    now = 0.0
    still = Still(lambda: now, quiet=5)
    assert still.of(looked(home)) == ()
    now = 4.0
    put(home, "account/a.csv", ACCOUNTS + "a3,Cedar\n")
    assert still.of(looked(home)) == ()
    now = 8.0
    assert still.of(looked(home)) == ()
    now = 9.0
    (ready,) = still.of(looked(home))
    put(home, "account/a.csv", ACCOUNTS + "a3,Cedar\na4,Dogwood\n")
    assert take_drop(desk, TakeDrop((ready,))).arrivals == (), "it is another by now"
    real = drops.is_as_seen
    with monkeypatch.context() as grows:
        seen: list[int] = []

        def once(*given: Any) -> bool:
            seen.append(1)
            return len(seen) == 1 and real(*given)

        grows.setattr("tenure.engine.drops.is_as_seen", once)
        assert [one[1:3] for one in taken(desk)] == [("done", 4)]
    assert (home / "drop/account/a.csv").exists(), "it changed while it was loaded"
    assert len(lying(home)) == 5


def test_the_keeper_takes_what_stands_still_and_brings_figures_up_to_date(desk, home):
    calls: list[str] = []

    def call(verb: str, request: Any) -> Any:
        calls.append(verb)
        return take_drop(desk, request) if verb == "take_drop" else None

    import threading

    dropping = Dropping(Place(home), threading.Event(), call)
    dropping._still = Still(quiet=0)
    assert dropping.look()
    assert calls == []
    put(home, "account/a.csv")
    assert dropping.look()
    assert calls == ["take_drop", "run"]
    put(home, "crm/a.csv")
    put(home, "crm/map.toml", "[[load]\n")
    Place(home).prepare()
    assert [dropping.look(), dropping.look()] == [False, False]
    assert Place(home).log.read_text().count("what was dropped waits: bad_map") == 1
    shutil.rmtree(home / "drop/crm")
    put(home, "account/b.csv", "account_id,name\nb1,Oak\n")
    put(home, "account/c.csv", "account_id,name\n")

    def grows(_seconds: float) -> None:
        put(home, "account/c.csv", "account_id,name\nc1,Ash\n")

    found, moving = by_hand(home, call, grows)
    assert ([one.said["called"] for one in found.arrivals], moving) == (["drop/account/b.csv"], 1)
