"""A workspace's own metrics through the engine's door: noticed when they change, frozen, and no trouble to the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenure import keeper
from tenure.core.errors import UsageError
from tenure.engine import Scope, Watch
from tenure.engine.desk import Desk
from tenure.engine.frozen import closes, content
from tenure.engine.verbs.close import Close
from tenure.engine.verbs.explain import Explain
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.show import Show
from tenure.figures import kept
from tenure.figures.request import Asked
from tenure.web.kit.asking import Answers
from tests.keeper.conftest import serving
from tests.metrics.own.files import LOST_DEALS, URGENT_SHARE
from tests.workspaces import clock, copy_to

TICKETS = """\
ticket_id,account_id,created_at,channel,priority
t1,acme,2026-06-02,email,urgent
t2,acme,2026-06-03,email,low
t3,birch,2026-06-04,email,urgent
t4,birch,2026-06-05,chat,urgent
"""
OWNERS = "account_id,csm_id,valid_from\nacme,ada,2025-01-01\nbirch,ben,2025-01-01\n"
JUNE = {"start": "2026-06", "end": "2026-06"}


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Path:
    home = copy_to(tmp_path_factory.mktemp("own") / "home")
    workspace = keeper.open(home, clock=clock)
    for table, text in (("ticket", TICKETS), ("assignment", OWNERS)):
        (home / f"{table}.csv").write_text(text)
        workspace.call("load", Load((str(home / f"{table}.csv"),), table, history=True))
    workspace.close()
    (home / "metrics").mkdir()
    return home


@pytest.fixture
def home(told):
    """A workspace with a metric of its own."""
    for file in (told / "metrics").iterdir():
        file.unlink()
    write(told, URGENT_SHARE)
    return told


@pytest.fixture
def workspace(home):
    found = keeper.open(home, clock=clock)
    yield found
    found.close()


def write(home: Path, text: str, name: str = "urgent_share") -> None:
    (home / "metrics" / f"{name}.toml").write_text(text)


def parts(asked, **more):
    (found,) = asked.show("urgent_share", **JUNE, **more)
    return found.numerator, found.denominator


def test_a_file_that_changes_is_noticed_by_the_next_question(home, workspace):
    assert parts(workspace) == (2, 3)
    write(home, URGENT_SHARE.replace("where", "# where"))
    assert parts(workspace) == (3, 4)
    (home / "metrics" / "urgent_share.toml").unlink()
    with pytest.raises(UsageError, match="There is no metric called 'urgent_share'"):
        parts(workspace)


def test_a_keeper_notices_it_too(home):
    with serving(home):
        asked = keeper.open(home, clock=clock)
        assert parts(asked) == (2, 3)
        assert {row["ticket_id"] for row in asked.explain("urgent_share", at="2026-06").rows} == {"t1", "t2", "t3"}
        write(home, URGENT_SHARE.replace('"urgent"', '"low"'))
        assert parts(asked) == (1, 3)
        assert asked.call("show", Show(Asked("urgent_share", "2026-06", "2026-06")))[0].numerator == 1


def test_pages_forget_what_they_kept(home, workspace):
    def kept():
        (found,) = Answers(workspace).ask("urgent_share", **JUNE)
        return found.numerator, found.denominator

    assert kept() == (2, 3)
    write(home, URGENT_SHARE.replace("where", "# where"))
    assert kept() == (3, 4)


def test_the_word_for_the_figures_changes_with_the_files(home):
    watch = Watch(home, clock)
    first = watch.word()
    assert watch.word() == first
    write(home, URGENT_SHARE.replace("where", "# where"))
    second = watch.word()
    assert second != first
    write(home, LOST_DEALS, "lost_deals")
    assert watch.word() not in (first, second)


def test_a_scope_and_an_explanation_hold_what_they_should(workspace):
    assert parts(workspace.seen_by(Scope(("ben",)))) == (1, 1)
    found = workspace.call("explain", Explain(Asked("urgent_share", "2026-06", "2026-06", by=("owner",))))
    assert found.sums == {"counted": 2, "base": 3}
    assert {(row["ticket_id"], row["owner"]) for row in found.rows} == {("t1", "ada"), ("t2", "ada"), ("t3", "ben")}
    assert found.entry.family == "own"
    assert "ticket_version" in found.sql


def test_as_of_a_day_before_anything_was_known_it_says_so(home, workspace):
    (then,) = workspace.show("urgent_share", **JUNE, as_of="2026-06-02")
    assert (then.numerator, then.denominator) == (1, 1)
    (before,) = workspace.show("urgent_share", start="2026-05", end="2026-05", as_of="2026-05-31")
    assert "nothing of this was known then" in before.notes[0]


def test_a_close_freezes_it_and_its_meaning(home, workspace, monkeypatch):
    mrr = kept.entry("mrr")
    monkeypatch.setattr(kept, "_shipped", lambda: {"mrr": mrr})  # all of them take minutes
    write(home, "kind = 1", "broken")

    def closed():
        workspace.call("close", Close("2026-06"))
        workspace.close()
        with Desk(home, clock=clock) as desk:
            return content(home, closes(desk)["month", "2026-06"])

    first = closed()
    write(home, URGENT_SHARE.replace("where", "# where"))
    assert parts(workspace) == (3, 4)
    assert parts(workspace, reported=True) == (2, 3)
    second = closed()
    changed = {slug for slug, meaning in second.definitions.items() if meaning != first.definitions[slug]}
    assert changed == {"urgent_share"}
    assert set(second.definitions) == {"mrr", "urgent_share"}
    assert {tuple(f.slice) for f in second.figures if f.metric == "urgent_share"} == {
        (),
        ("segment",),
        ("team",),
        ("owner",),
    }


def test_one_that_is_broken_is_no_trouble_to_the_others(home, workspace):
    write(home, URGENT_SHARE.replace("priority ==", "prio ==", 1), "broken")
    write(home, LOST_DEALS, "mrr")
    assert parts(workspace) == (2, 3)
    (mrr,) = workspace.show("mrr", **JUNE)
    assert mrr.unit == "money"
    assert mrr.value == 100
    assert {"urgent_share", "mrr"} <= set(workspace.metrics())
    assert "broken" not in workspace.metrics()
    assert workspace.metrics()["mrr"].family == "revenue"
    with pytest.raises(UsageError) as error:
        workspace.show("broken")
    assert error.value.where == f"{home}/metrics/broken.toml:7:counts"


def test_two_workspaces_in_one_process_have_each_their_own(home, workspace, tmp_path):
    other = keeper.open(copy_to(tmp_path / "other"), clock=clock)
    (other.home / "metrics").mkdir()
    write(other.home, URGENT_SHARE.replace("Share of", "Part of"))
    assert other.metrics()["urgent_share"].summary.startswith("Part of")
    assert workspace.metrics()["urgent_share"].summary.startswith("Share of")
    (found,) = other.show("urgent_share", **JUNE)
    assert found.value is None
    other.close()


def test_it_is_held_where_a_check_holds_its_table(tmp_path):
    home = copy_to(tmp_path / "home")
    (home / "metrics").mkdir()
    write(home, URGENT_SHARE)
    settings = home / "tenure.toml"
    settings.write_text(settings.read_text().replace("[checks]", '[checks]\norphan = "blocks"'))
    (home / "ticket.csv").write_text(TICKETS + "t5,ghost,2026-06-06,email,low\n")
    workspace = keeper.open(home, clock=clock)
    workspace.call("load", Load((str(home / "ticket.csv"),), "ticket", history=True))
    (found,) = workspace.show("urgent_share", **JUNE)
    assert (found.status, found.value) == ("held", None)
    assert "held by the check orphan" in found.notes[0]
    workspace.close()
