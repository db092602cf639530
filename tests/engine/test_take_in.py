"""Events from the inbox into the warehouse: each once, whatever is killed where, and none lost without a word."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tenure.core.errors import UsageError
from tenure.engine.desk import Desk
from tenure.engine.events import map_of
from tenure.engine.in_force import version
from tenure.engine.verbs.doctor import Doctor, doctor
from tenure.engine.verbs.preview_events import PreviewEvents, preview_events
from tenure.engine.verbs.rebuild import Rebuild, rebuild
from tenure.engine.verbs.record import Record, record
from tenure.engine.verbs.save_events import SaveEvents, save_events
from tenure.engine.verbs.take_in import TakeIn, take_in
from tenure.engine.watch import Watch
from tenure.figures.published import current, is_fresh
from tenure.warehouse.inbox import Event, Inbox, state_of, waits
from tenure.warehouse.reconcile import mismatches
from tenure.warehouse.told import covers, told_of
from tests.engine.conftest import new_home

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
USES = "SELECT event_id, account_id, person_id, feature, occurred_at, properties FROM usage ORDER BY event_id"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return new_home(tmp_path_factory.mktemp("events") / "home")


@pytest.fixture
def home(empty, tmp_path):
    return shutil.copytree(empty, tmp_path / "home")


def desk_of(home):
    return Desk(home, clock=lambda: NOW.replace(tzinfo=None))


def event(number, **said):
    return Event("web", f"m{number:04}", json.dumps(said))


def uses(*numbers, **more):
    return [
        event(n, **{"type": "track", "userId": "u1", "event": "Report made", "properties": {"n": n}, **more})
        for n in numbers
    ]


GROUP = event(9000, type="group", userId="u1", groupId="a1", traits={"name": "Acme"})
PERSON = event(9001, type="identify", userId="u1", traits={"email": "a@b.c", "name": "Ann"})


def sent(home, *events):
    with Inbox.open(home) as inbox:
        return inbox.take(events, NOW)


def test_events_become_rows_once_and_all_are_accounted_for(home):
    assert sent(home, GROUP, PERSON, *uses(1, 2), event(3, type="poke"), event(4, type="alias", userId="u1")) == 0
    assert sent(home, *uses(2, 5)) == 1
    before = state_of(home)
    assert waits(home)
    with desk_of(home) as desk:
        found = take_in(desk, TakeIn())
        assert [row[:4] for row in desk.store.rows(USES)] == [
            (f"web:m{n:04}", "a1", "u1", "Report made") for n in (1, 2, 5)
        ]
        assert desk.store.rows("SELECT account_id, name, email FROM person") == [("a1", "Ann", "a@b.c")]
        assert desk.store.rows("SELECT account_id, name FROM account") == [("a1", "Acme")]
        failed = desk.store.rows("SELECT value, reason, raw FROM failed_row")
        counts = [(one.events, one.again) for one in desk.inbox.received()]
        assert take_in(desk, TakeIn()).events == 0
    assert [row[:2] for row in failed] == [
        ("type 'poke' is none of identify, group, track, page, screen, alias", "cannot be read")
    ]
    assert '\\"poke\\"' in failed[0][2]
    loaded, rejected = (sum(getattr(one, name) for one in found.reports) for name in ("loaded", "rejected"))
    assert counts == [(8, 1)]
    assert (found.events, found.aside, found.merged, loaded, rejected) == (7, 1, 1, 5, 1)
    assert found.events == loaded + rejected + found.aside + found.merged - 1, "the group tells of a person, too"
    assert not waits(home)
    assert state_of(home) != before


def test_names_go_after_400_days_and_nothing_counts_twice_even_then(home):
    def after(days, *events):
        now = NOW + timedelta(days=days)
        with Inbox.open(home) as inbox:
            again = inbox.take(events, now)
        with Desk(home, clock=lambda: now.replace(tzinfo=None)) as desk:
            while take_in(desk, TakeIn()).more:
                pass
            names = desk.inbox.ask("SELECT count(*) FROM message WHERE kind = 'event' AND state = 'done'")[0][0]
            assert mismatches(desk.store, desk.inbox, home) == []
            return again, names, desk.store.value("SELECT count(*) FROM usage")

    assert after(0, GROUP, *uses(1, 2)) == (0, 3, 2)
    assert after(89, *uses(1)) == (1, 3, 2)
    assert after(300, *uses(*range(100, 160))) == (0, 63, 62)  # the last fifty keep what they say, and their names
    assert after(399, *uses(3)) == (0, 64, 63)
    assert after(500, *uses(*range(200, 260))) == (0, 121, 123)
    assert after(501, *uses(1, 2)) == (0, 123, 123)  # nobody knows the names any more, but the warehouse has both


@pytest.mark.parametrize("at", ["load_all", "handed_on"])
def test_a_crash_anywhere_loses_and_doubles_nothing(home, monkeypatch, at):
    sent(home, GROUP, *uses(*range(30)))

    def crash(*_args, **_more):
        raise KeyboardInterrupt

    with desk_of(home) as desk:
        desk.store.rows("SELECT 1")
        with monkeypatch.context() as broken:
            where = (
                "tenure.engine.verbs.take_in.load_all" if at == "load_all" else "tenure.warehouse.inbox.Inbox.handed_on"
            )
            broken.setattr(where, crash)
            with pytest.raises(KeyboardInterrupt):
                take_in(desk, TakeIn(most=20))
    sent(home, *uses(30, 31))
    with desk_of(home) as desk:
        while take_in(desk, TakeIn(most=20)).more:
            pass
        rows = desk.store.rows(USES)
        batches = desk.store.rows("SELECT count(*), count(DISTINCT message_id) FROM batch")
    assert [row[0] for row in rows] == [f"web:m{n:04}" for n in range(32)]
    assert batches[0][0] == batches[0][1]


def test_the_warehouse_made_anew_has_the_same_rows(home):
    with desk_of(home) as desk:
        for n in range(3):
            sent(home, GROUP if n == 1 else PERSON, *uses(n, n + 10))
            take_in(desk, TakeIn())
        before = [
            desk.store.rows(sql)
            for sql in (USES, "SELECT * FROM person", "SELECT line, value, raw FROM failed_row ORDER BY ALL")
        ]
    with desk_of(home) as desk:
        rebuild(desk, Rebuild())
        after = [
            desk.store.rows(sql)
            for sql in (USES, "SELECT * FROM person", "SELECT line, value, raw FROM failed_row ORDER BY ALL")
        ]
    assert before == after
    assert len(before[2]) == 2, "of two uses nobody knew the account then"


def test_a_workspaces_own_map_says_what_becomes_what(home):
    own = home / "events.toml"
    own.write_text(
        '[[load]]\nfile = "uses"\ntable = "usage"\nignore = ["*"]\n[load.columns]\nevent_id = "event_id"\n'
        'account_id = "properties.company"\nfeature = { expr = "lower(name)" }\noccurred_at = "at"\n'
    )
    sent(home, *uses(1), event(2, type="track", userId="u1", event="Report made", properties={"company": "a5"}), PERSON)
    with desk_of(home) as desk:
        found = take_in(desk, TakeIn())
        assert [row[1:4] for row in desk.store.rows(USES)] == [("a5", "u1", "report made")]
        assert (found.events, found.aside, [one.rejected for one in found.reports]) == (3, 1, [1])
        assert desk.store.rows("SELECT count(*) FROM person") == [(0,)]
        own.write_text("[[load]]\nfile = 'uses'\ntable = 'usages'\n")
        sent(home, *uses(3))
        with pytest.raises(UsageError, match="usages"):
            take_in(desk, TakeIn())
        assert waits(home), "until the map is mended"
        own.unlink()
        assert take_in(desk, TakeIn()).events == 1


def test_while_events_are_worked_in_the_figures_of_before_answer_and_after_a_record_they_do_not(home):
    row = {"tool": "old", "metric": "mrr", "period_start": "2026-05-01", "period_end": "2026-06-01", "value": 200}
    watch = Watch(home, lambda: NOW.replace(tzinfo=None))
    with desk_of(home) as desk:

        def answers(seen):
            return is_fresh(current(home), desk.settings, seen(home), desk.clock())

        desk.fresh(desk.clock())
        words = [watch.word()]
        sent(home, GROUP, *uses(1, 2))
        take_in(desk, TakeIn())
        assert (answers(told_of), answers(state_of)) == (True, False)
        words.append(watch.word())
        desk.fresh(desk.clock())
        assert (answers(told_of), answers(state_of)) == (True, True)
        words.append(watch.word())
        assert words[0] == words[1] != words[2], "whoever has a page open is told when the figures have them"
        sent(home, *uses(3))
        record(desk, Record("reported_figure", (row,), "ada", "m1"))
        assert (answers(told_of), answers(state_of)) == (False, False)
        take_in(desk, TakeIn())
        assert (answers(told_of), answers(state_of)) == (False, False)
        desk.fresh(desk.clock())
        assert (answers(told_of), answers(state_of)) == (True, True)
    assert [covers(*pair) for pair in (("a:5", "a:4"), ("a:5", "a:6"), ("b:5", "a:4"), ("a:5", "a:4+"), ("", "a:0"), ("", ""))] == [
        True, False, False, False, False, True,
    ]  # fmt: skip


def test_hostile_texts_are_rows_like_others(home):
    nasty = {"a": "\u0000", "b": "=1+1", "c": "\u2028\ud83d\ude00", "deep": json.loads("[" * 200 + "]" * 200)}
    sent(home, GROUP, event(1, type="track", userId="u1", event="<b>'; DROP TABLE usage", properties=nasty))
    with desk_of(home) as desk:
        found = take_in(desk, TakeIn())
        rows = desk.store.rows(USES)
    assert len(rows) + sum(report.rejected for report in found.reports) == 1
    assert not rows or rows[0][3] == "<b>'; DROP TABLE usage"


def test_an_event_is_never_taken_for_another_message(home):
    """Whatever its source and its id are: one of the same name was told by somebody here."""
    row = {"tool": "old", "metric": "mrr", "period_start": "2026-05-01", "period_end": "2026-06-01", "value": 200}
    with Inbox.open(home) as inbox:
        inbox.take([Event("record", "m1", "{}"), Event("load", "m1", "{}")], NOW)
        assert inbox.find("record", "m1") is None
    with desk_of(home) as desk:
        take_in(desk, TakeIn())
        told = record(desk, Record("reported_figure", (row,), "ada", "m1"))
        assert (told.rows, told.loaded) == (1, 1)
        assert doctor(desk, Doctor()).messages == {"done": 4}, "two events, their file and what was told"
        assert {one.source for one in desk.inbox.received()} == {"load", "record"}


def test_a_map_that_is_no_text_keeps_events_waiting(home):
    (home / "events.toml").write_bytes(b"\xff\xfe[[load]]")
    sent(home, *uses(1))
    with desk_of(home) as desk, pytest.raises(UsageError, match="UTF-8"):
        take_in(desk, TakeIn())
    assert waits(home)


def test_a_map_is_tried_on_the_last_events_and_saved_only_if_it_can_be_read(home):
    own, shipped = home / "events.toml", map_of(home)
    tried = (
        '# ours\n[[load]]\nfile = "uses"\ntable = "usage"\nwhere = \'name != "heartbeat"\'\nignore = ["*"]\n[load.columns]\n'
        'event_id = "event_id"\naccount_id = "account_id"\nfeature = "name"\noccurred_at = "at"\nseconds = "properties.duration"\n'
    )
    sent(home, *uses(*range(60)))
    with desk_of(home) as desk:
        take_in(desk, TakeIn(most=55))
        take_in(desk, TakeIn())
        texts = desk.inbox.ask("SELECT count(*) FROM message WHERE kind = 'event' AND payload <> '{}'")
        assert texts == [(50,)], "of the others their names are kept"
        sent(home, GROUP, PERSON, *uses(101, properties={"duration": 9.5}), *uses(102, properties={"duration": "long"}),
             event(103, type="track", userId="u9", event="Odd"), event(104, type="track", userId="u1", event="heartbeat"))  # fmt: skip
        found = preview_events(desk, PreviewEvents(tried))
        assert (found.events, found.aside, found.merged) == (50, 2, 1), (
            "of people and companies nothing is kept: three are rows of two"
        )
        assert [(one.table, one.good, one.rejected, "seconds" in one.columns) for one in found.becoming] == [
            ("usage", 45, 2, True)  # 44 of before, of which nobody knew the account then
        ]
        assert sorted({(one.column, one.value) for one in found.refused}) == [
            ("account_id", ""),
            ("properties.duration", "long"),
        ]
        assert any("9.5" in row and "Report made" in row for one in found.becoming for row in one.rows)
        assert not any("heartbeat" in row for one in found.becoming for row in one.rows)
        take_in(desk, TakeIn())
        again = preview_events(desk, PreviewEvents(tried))
        assert (again.refused, again.becoming[0].good) == (found.refused, 45), "whether they are in by now or not"
        for wrong, where in (("[[load]\n", "events.toml:1"), ('[[load]]\nfile = "use"\ntable = "usage"\n', "events.toml:2"),
                             ('[[load]]\nfile = "uses"\ntable = "usag"\n', "events.toml:3"), ('\n[[load]]\nfile = "uses"\n', "events.toml:2")):  # fmt: skip
            with pytest.raises(UsageError) as error:
                save_events(desk, SaveEvents(wrong, version(shipped)))
            assert error.value.where == where
        assert not own.exists()
        saved = save_events(desk, SaveEvents(tried, version(shipped)))
        with pytest.raises(UsageError) as late:
            save_events(desk, SaveEvents(shipped, version(shipped)))
        assert (late.value.code, own.read_text(), saved.version) == ("changed_meanwhile", tried, version(tried))
        assert [row[5] for row in desk.inbox.log.rows()][-1] == "settings_changed"
        assert desk.inbox.last_events()
        desk.inbox.forget_said()
        assert desk.inbox.last_events() == [], "when a person is erased"


def test_the_map_of_the_guide_does_what_it_shows(home):
    guide = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "send-events.md"
    (home / "events.toml").write_text(guide.read_text().split("```toml\n")[1].split("```")[0])
    plan = event(1, type="group", userId="u1", groupId="a1", traits={"name": "Acme", "plan": "large"})
    sent(home, plan, *uses(2, properties={"duration": 9.5}), event(3, type="track", userId="u1", event="heartbeat"),
         event(4, type="track", userId="u1", event="Odd"), PERSON)  # fmt: skip
    with desk_of(home) as desk:
        found = take_in(desk, TakeIn())
        assert desk.store.rows("SELECT feature, seconds FROM usage ORDER BY feature") == [
            ("other", None),
            ("reports", 9.5),
        ]
        assert desk.store.rows("SELECT name, segment FROM account") == [("Acme", "large")]
    assert (found.aside, found.merged) == (1, 1), "of people nothing is read: group and identify tell of one"
