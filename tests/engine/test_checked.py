"""What checks find is kept with its time; all rows can be asked for; and what a check holds is what stands on its tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenure.core.accept import Severity
from tenure.core.errors import UsageError
from tenure.engine import Scope, checked
from tenure.engine.verbs.check import Check
from tenure.engine.verbs.rebuild import Rebuild
from tenure.warehouse.checks import CheckResult
from tests.engine.conftest import Bench, loaded

DAY = datetime(2026, 11, 1, 3)
ACCOUNTS = "account_id,name\nacme,Acme\nbirch,Birch\n"
LINES = "subscription_id,account_id,amount,started_at\ns1,acme,100,2025-01-01\ns2,birch,50,2025-01-01\n"
TICKETS = "ticket_id,account_id,created_at,priority\nt1,acme,2026-10-02,low\nt2,ghost,2026-10-02,low\n"

TABLES = {"account": ACCOUNTS, "subscription": LINES, "ticket": TICKETS}


def result(count: int, mark: str = "", name: str = "orphan") -> CheckResult:
    return CheckResult(name, Severity.INFORMS, count, "", "", ("ticket",), (), {"ticket": count}, mark)


def test_a_trace_tells_since_when_without_a_break(tmp_path: Path) -> None:
    assert checked.rounds(tmp_path) == ()
    for number, (count, mark) in enumerate([(2, "a"), (0, ""), (3, "b"), (1, "c"), (1, "c")]):
        checked.keep(tmp_path, DAY + timedelta(days=number), [result(count, mark), result(0, name="stale")])
    kept = checked.rounds(tmp_path)
    assert [one.checks for one in kept] == [2] * 5
    trace = checked.trace(kept, "orphan")
    assert [count for _, count in trace.points] == [2, 0, 3, 1, 1]
    days = [at and at.day for at in (trace.since, trace.same_since, trace.last_found)]
    assert (days, trace.count, trace.most) == ([3, 4, 5], 1, 3)
    quiet = checked.trace(kept, "stale")
    assert (quiet.since, quiet.last_found, quiet.count) == (None, None, 0)


def test_a_damaged_line_costs_one_round_and_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "MOST", 3)
    for number in range(5):
        checked.keep(tmp_path, DAY + timedelta(days=number), [result(number)])
    path = tmp_path / checked.FILE
    lines = path.read_bytes().splitlines()
    assert len(lines) == 3
    path.write_bytes(b"\n".join([lines[0], lines[1][:20], lines[2]]))
    assert [one.at.day for one in checked.rounds(tmp_path)] == [3, 5]


def test_rounds_outlive_a_rebuild_and_name_nobody(bench: Bench) -> None:
    told = loaded(bench, TABLES)
    told.load("person", "person_id,account_id,email\nana@x.org,acme,ana@x.org\nbo,birch,ana@x.org\n")
    workspace = told.workspace()
    found = {one.name: one.count for one in workspace.call("check", Check(keep=True)) if one.count}
    assert found == {"orphan": 1, "shared_email": 2}
    workspace.call("rebuild", Rebuild())
    (kept,) = checked.rounds(told.home)
    assert {seen.name: seen.count for seen in kept.found} == found
    assert kept.at == told.now.replace(tzinfo=UTC)
    assert b"ana@" not in (told.home / checked.FILE).read_bytes()


def test_all_rows_of_a_check_are_paged_searched_and_for_who_sees_everything(bench: Bench) -> None:
    told = loaded(bench, TABLES)
    told.load(
        "ticket",
        "ticket_id,account_id,created_at\n" + "".join(f"t{n:03},ghost-{n % 7},2026-10-02\n" for n in range(60)),
    )
    workspace = told.workspace()
    first, last = (workspace.check_rows("orphan", offset=offset, limit=50) for offset in (0, 50))
    assert (first.total, len(first.rows), len(last.rows)) == (61, 50, 11)  # with the ghost of before
    assert [row["line"] for row in first.rows[:3]] == [2, 3, 4]
    assert first.rows[0]["what"] == "account_id ghost-0 is no known account"
    assert first.rows[0]["file"].endswith(".csv")
    # Of 60 numbers 0 to 59, those that leave 3 over when divided by 7: 3, 10, ... 59.
    assert workspace.check_rows("orphan", search="GHOST-3").total == 9
    assert workspace.check_rows("stale").total == 0
    with pytest.raises(UsageError, match="no check called 'orphans'"):
        workspace.check_rows("orphans")
    mine = workspace.seen_by(Scope(("ada",)))
    for ask in (lambda: mine.check_rows("orphan"), mine.check, mine.billing, mine.audit):
        with pytest.raises(UsageError) as refused:
            ask()
        assert refused.value.code == "out_of_scope"


def test_a_check_holds_what_stands_on_its_table_and_says_what_frees_it(bench: Bench) -> None:
    told = loaded(bench, TABLES)
    told.load("ticket", "ticket_id,account_id,created_at,priority\nt3,acme,2026-10-02,low\nt3,acme,2026-10-02,high\n")
    workspace = told.workspace()
    october: dict[str, Any] = {"start": "2026-10", "end": "2026-10"}
    assert workspace.show("mrr", **october)[0].value == 150
    held = workspace.show("ticket_volume", **october)[0]
    assert (held.status, held.value) == ("held", None)
    assert held.notes[0].startswith(
        "held by the check contradictory_key (1 rows): Load a file in which each key occurs once"
    )
    (blocking,) = [one for one in workspace.call("check", Check()) if one.holds]
    assert blocking.by_table == {"ticket": 1}
    assert "ticket_volume" in blocking.metrics
    assert not {"mrr", "net_revenue_retention", "login_frequency"} & set(blocking.metrics)
    # The metrics that are said to be held are those that are, and no others.
    names = ("ticket_volume", "response_time", "mrr", "churn_reasons", "login_frequency")
    for name in names:
        figures = workspace.show(name, **october)
        assert any(one.status == "held" for one in figures) == (name in blocking.metrics), name
    told.load("ticket", "ticket_id,account_id,created_at,priority\nt3,acme,2026-10-02,high\n")
    workspace = told.workspace()
    assert workspace.show("ticket_volume", **october)[0].value == 3
    assert not any(one.holds for one in workspace.call("check", Check()))


def test_severity_is_a_setting_of_each_check() -> None:
    from types import SimpleNamespace

    settings = SimpleNamespace(checks={"orphan": Severity.BLOCKS})
    known = checked.known(settings)  # type: ignore[arg-type]
    assert known["orphan"] == replace(known["orphan"], severity=Severity.BLOCKS)
    assert known["stale"].severity is Severity.INFORMS
