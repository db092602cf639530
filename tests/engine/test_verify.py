"""Who did what to a workspace is chained with it, and whatever is damaged on the disk is found or mended."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.damage import KINDS, answers, damage, verified
from tenure import keeper
from tenure.core import chainfiles
from tenure.core.acts import Act
from tenure.core.chain import COLUMNS, KEEPER, By, Head
from tenure.core.errors import UsageError
from tenure.engine import Workspace
from tenure.engine.desk import Desk
from tenure.engine.verbs.change_key import ChangeKey
from tenure.engine.verbs.doctor import Doctor
from tenure.engine.verbs.take_in import TakeIn
from tenure.engine.verbs.verify import Verify
from tenure.engine.verified import chained, inboxed
from tenure.engine.workspace import Local
from tenure.warehouse.inbox import Event, Inbox
from tenure.warehouse.load import recorded
from tests.keeper.conftest import serving
from tests.workspaces import NOW, clock, copy_to

ADA = By("user:7", "web", "r" * 16)


@pytest.fixture
def home(tmp_path) -> Path:
    return copy_to(tmp_path / "home")


def opened(home: Path, by: By = ADA) -> Workspace:
    return keeper.open(home, clock=clock, by=by)


#: What somebody may do to the inbox's file, and where it is found.
BEHIND = (
    ("UPDATE audit SET who = 'user:8' WHERE seq = 5", "inbox:5"),
    ("UPDATE audit SET at = replace(at, '2026', '2025') WHERE seq = 7", "inbox:7"),
    ("DELETE FROM audit WHERE seq = 6", "inbox:6"),
    ("DELETE FROM audit WHERE seq > 9", "inbox:10"),
    ("UPDATE audit SET seq = -seq WHERE seq IN (4, 5); UPDATE audit SET seq = 9 + seq WHERE seq < 0", "inbox:4"),
    (f"INSERT INTO audit SELECT 99, {', '.join(COLUMNS[1:])} FROM audit WHERE seq = 3", "inbox:99"),
    ("UPDATE message SET payload = replace(payload, 'P3', 'P4') WHERE message_id = 'm3'", "inbox.db:message 7"),
    ("UPDATE message SET received_at = '2020' WHERE message_id = 'm3'", "inbox.db:message 7"),
    ("DELETE FROM message WHERE message_id = 'm3'", "inbox.db:message 7"),
    ("UPDATE message SET message_id = 'new', seq = 999 WHERE message_id = 'm3'", "inbox.db:message 999"),
)


def of_the_inbox(home: Path) -> list[str]:
    """Where something is wrong with the inbox and its chain."""
    with Desk(home, clock=clock) as desk:
        return [one.where for part in (chained.look(desk, ()), inboxed.look(desk, None)) for one in part.damage]


def told(home: Path, after: int = 0) -> list[dict[str, object]]:
    """The entries of the inbox's chain after a number."""
    with Inbox.open(home) as inbox:
        return [dict(zip(COLUMNS, row, strict=True)) for row in inbox.log.rows(after=after)]


def person(name: str, account: str = "acme") -> dict[str, str]:
    return {"person_id": "p1", "account_id": account, "name": name, "email": f"{name.lower()}@example.com"}


def test_who_asked_is_noted_through_the_keeper_and_without_one(home) -> None:
    start = len(told(home))
    opened(home).record("person", [person("Lovelace")], by="ada", message_id="m1")
    with serving(home):
        opened(home, By("user:8", "key:3", "q" * 16)).record("person", [person("Byron")], by="ben", message_id="m2")
    first, second = told(home, start)
    assert [first[name] for name in ("who", "via", "request", "act", "kind")] == [
        "user:7", "web", "r" * 16, "recorded", "message",
    ]  # fmt: skip
    assert (second["who"], second["via"], json.loads(str(second["detail"]))["table"]) == ("user:8", "key:3", "person")
    assert first["at"] == "2026-07-15T12:00:00.000000Z"
    assert not any(word in str(told(home)) for word in ("Lovelace", "Byron", "example.com", "account.csv"))
    assert verified(home) == []


def test_what_a_crash_left_is_noted_as_asked_by_who_asked(home) -> None:
    start = len(told(home))
    local = Local(home, clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Inbox, "mark", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            local.call("record", _record("m1"), lambda *_: None, ADA)
    local.close()
    assert told(home, start) == []
    opened(home, By("user:8")).call("doctor", Doctor())
    (entry,) = told(home, start)
    assert (entry["who"], entry["act"]) == ("user:7", "recorded")


def _record(name: str):
    from tenure.engine.verbs.record import Record

    return Record("person", (person("Lovelace"),), "ada", name)


def test_what_the_keeper_does_by_itself_and_what_is_edited_by_hand_is_noted(home) -> None:
    opened(home).call("doctor", Doctor())
    start = len(told(home))
    with Inbox.open(home) as inbox:
        inbox.take([Event("app", "e1", '{"type":"identify","userId":"p9","traits":{"company":"acme"}}')], NOW)
    opened(home, KEEPER).call("take_in", TakeIn())
    settings = home / "tenure.toml"
    settings.write_text(settings.read_text().replace("include_trials = false", "include_trials = true"))
    opened(home, By("user:8")).call("doctor", Doctor())
    opened(home, By("user:8")).call("doctor", Doctor())
    loaded, changed = told(home, start)
    assert (loaded["who"], loaded["act"]) == ("keeper", "loaded")
    assert (changed["who"], changed["act"], changed["id"]) == ("", "settings_changed", "tenure.toml")
    detail = json.loads(str(changed["detail"]))
    assert detail["values"] == {"customers.include_trials": [False, True]}
    assert detail["noticed_by"] == "user:8"


def test_an_erased_person_leaves_the_log_whole(home) -> None:
    opened(home).record("person", [person("Lovelace")], by="ada", message_id="m1")
    with Inbox.open(home) as inbox:
        inbox.log.by, inbox.log.at = ADA, NOW
        found = inbox.find(recorded.SOURCE, "m1")
        assert found
        inbox.rewrite(found.seq, {**found.payload, "rows": [["p1", "acme", None, None]]}, Act.PERSON_ERASED)
    assert of_the_inbox(home) == []
    assert told(home)[-1]["act"] == "person_erased"
    with Inbox.open(home) as inbox:
        assert "Lovelace" not in str(inbox.records())


def test_every_way_to_change_the_log_behind_its_back_is_found_with_its_place(home) -> None:
    for number in range(8):
        opened(home).record("person", [person(f"P{number}")], by="ada", message_id=f"m{number}")
    whole = (home / "inbox.db").read_bytes()
    ends = opened(home).call("verify", Verify()).parts[0].head
    for sql, where in BEHIND:
        with closing(sqlite3.connect(home / "inbox.db")) as con:
            con.executescript(f"DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; {sql}")
        found = of_the_inbox(home)
        assert where in found, (sql, found)
        for file in home.glob("inbox.db*"):
            file.unlink()
        (home / "inbox.db").write_bytes(whole)
    assert of_the_inbox(home) == []
    assert opened(home).call("verify", Verify(heads=(ends,))).good
    other = chainfiles.told("inbox", Head(5, "a" * 64))
    (found,) = opened(home).call("verify", Verify(heads=(other,))).parts[0].damage
    assert found.where == "inbox:5"
    with pytest.raises(UsageError, match="no head"):
        opened(home).call("verify", Verify(heads=("nonsense",)))


def test_the_database_refuses_to_change_an_entry(home) -> None:
    opened(home).record("person", [person("Lovelace")], by="ada", message_id="m1")
    with closing(sqlite3.connect(home / "inbox.db")) as con:
        for sql in ("UPDATE audit SET who = ''", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
                con.execute(sql)


def test_messages_of_before_the_log_are_chained_as_they_are_found(home) -> None:
    """As with a workspace of an earlier version, which has neither the log nor a key."""
    before = len(told(home))
    with closing(sqlite3.connect(home / "inbox.db")) as con:
        con.executescript("DROP TABLE audit; DROP TABLE asked; ALTER TABLE message DROP COLUMN sum")
    for file in (home / "audit").iterdir():
        file.unlink()
    entries = told(home)
    assert {entry["act"] for entry in entries} == {"found"}
    assert len(entries) < before, "making the workspace was no message"
    assert of_the_inbox(home) == []


def test_a_new_key_signs_and_the_old_one_still_verifies(home) -> None:
    changed = opened(home).call("change_key", ChangeKey())
    assert changed.before != changed.after
    assert {entry["key"] for entry in told(home)} == {changed.before, changed.after}
    assert of_the_inbox(home) == []
    key = home / "audit" / "key"
    key.write_text(key.read_text().split("\n")[1] + "\n")
    assert "inbox:1" in of_the_inbox(home)


def test_an_event_that_the_disk_has_damaged_is_no_row(home) -> None:
    with Inbox.open(home) as inbox:
        inbox.take([Event("app", "e1", '{"type":"track","event":"Opened","userId":"p1"}')], NOW)
    with closing(sqlite3.connect(home / "inbox.db")) as con, con:
        con.execute("UPDATE message SET payload = replace(payload, 'Opened', 'Opemed')")
    assert of_the_inbox(home) == ["inbox.db:message 4"]
    with Inbox.open(home) as inbox:
        (event,) = inbox.waiting(10)
    assert "Opemed" not in event.text
    assert "damaged" in event.text


def test_deep_holds_the_warehouse_against_one_made_anew(home) -> None:
    local = Local(home, clock)
    local._desk.store.con.execute("UPDATE main_rows.subscription SET amount = amount + 1 WHERE subscription_id = 's1'")
    found = local.call("verify", Verify(deep=True), lambda *_: None)
    local.close()
    assert len(found.parts[3].damage) == 1
    assert "subscription" in found.parts[3].damage[0].message


def test_damage_to_any_kind_of_file_is_told_or_mended_and_no_figure_is_another(home) -> None:
    """One file of each kind, all at once but for the warehouse; the long form is ``bench.damage``."""
    chance, truth = random.Random(11), answers(home)
    hit = {}
    for kind, pattern in KINDS.items():
        if kind not in ("warehouse", "inbox"):
            path = chance.choice(sorted(home.glob(pattern)))
            hit[kind] = str(path.relative_to(home))
            content = path.read_bytes()
            path.chmod(0o600)
            place = len(content) // 2
            path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
    found = "\n".join(verified(home))
    for kind in ("archive", "pointer"):
        assert hit[kind] in found, kind
    assert "not here" in found, "the key"
    assert answers(home)[1::2] == truth[1::2]
    warehouse = home / "warehouse.duckdb"
    damage(warehouse, random.Random(4))
    assert all(now == then or "damaged" in str(now) for now, then in zip(answers(home), truth, strict=True))
