"""Closed periods: which there are, which is next, and what keeps one from being closed with care."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import DataError, UsageError
from tenure.core.newconfig import rewritten
from tenure.engine import Scope, Workspace
from tenure.engine.verbs.close import Close, Closed
from tests.engine.conftest import Bench

pytestmark = pytest.mark.usefixtures("few_metrics")
ACCOUNTS = "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,ENT\n"
LINES = (
    "subscription_id,account_id,amount,currency,started_at\ns1,acme,100,EUR,2025-01-01\ns2,birch,50,EUR,2025-01-01\n"
)
#: An amount in a currency that nobody has a rate of holds all recurring revenue.
UNKNOWN = "subscription_id,account_id,amount,currency,started_at\ns3,birch,7,XXX,2026-10-05\n"


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Two accounts; it is 21 November 2026."""
    bench.load("account", ACCOUNTS)
    bench.load("subscription", LINES)
    return bench


def close(workspace: Workspace, period: str, **more: Any) -> Closed:
    closed: Closed = workspace.call("close", Close(period, **more))
    return closed


def test_the_next_month_is_the_one_after_the_last_that_is_closed(told: Bench) -> None:
    workspace = told.workspace()
    found = workspace.closings()
    assert (found.closed, found.next and found.next.period) == ((), "2026-10")
    assert [one.period for one in found.open] == ["2026-10", "2026-09", "2026-Q3", "2026-08", "2025"]
    close(workspace, "2026-08")
    found = workspace.closings()
    assert found.next
    assert found.next.period == "2026-09"
    assert [one.period for one in found.open] == ["2026-10", "2026-09", "2026-Q3", "2025"]
    close(workspace, "2026-Q3")
    close(workspace, "2026-10")
    found = workspace.closings()
    assert found.next is None, "November runs"
    assert [one.period for one in found.closed] == ["2026-10", "2026-Q3", "2026-08"]
    assert [one.period for one in found.open] == ["2026-09", "2025"], "September is still missing"


def test_who_closed_with_what_note_and_how_often_is_kept(told: Bench) -> None:
    workspace = told.workspace()
    first = close(workspace, "2026-10", by="user 7", note=" Told the board. ")
    (kept,) = workspace.closings().closed
    assert (kept.by, kept.note, kept.times, kept.held) == ("user 7", "Told the board.", 1, 0)
    assert (kept.figures, kept.last_batch) == (first.figures, first.last_batch)
    assert kept.closed_at == told.now.replace(tzinfo=UTC)
    figures = workspace.frozen("month", "2026-10")
    assert len(figures) == first.figures
    assert {one.slice.get("segment"): one.value for one in figures if one.metric == "mrr" and "segment" in one.slice} == {
        "SMB": Decimal(100), "ENT": Decimal(50),
    }  # fmt: skip
    assert workspace.reported("mrr") == {("month", "2026-10"): Decimal(150)}
    assert workspace.frozen("month", "2026-09") == ()
    told.load("subscription", LINES.replace("50", "60"))
    workspace = told.workspace()
    assert close(workspace, "2026-10").again
    (kept,) = workspace.closings().closed
    assert (kept.times, kept.by, kept.note) == (2, "", "")
    assert workspace.reported("mrr") == {("month", "2026-10"): Decimal(160)}


def test_a_close_of_before_tells_what_its_file_says(told: Bench) -> None:
    workspace = told.workspace()
    closed = close(workspace, "2026-10")
    workspace.close()
    with closing(sqlite3.connect(told.home / "inbox.db")) as con:
        ((payload,),) = con.execute("SELECT payload FROM message WHERE kind = 'close'").fetchall()
        old = {name: json.loads(payload)[name] for name in ("period", "grain", "archived", "sha256")}
        con.execute("UPDATE message SET payload = ? WHERE kind = 'close'", [json.dumps(old)])
        con.commit()
    (kept,) = told.workspace().closings().closed
    assert (kept.figures, kept.held, kept.last_batch, kept.by) == (closed.figures, 0, closed.last_batch, "")
    (told.home / old["archived"]).write_bytes(b"{}")
    workspace = told.workspace()
    (kept,) = workspace.closings().closed
    assert (kept.figures, kept.last_batch) == (None, None)
    with pytest.raises(DataError) as refused:
        workspace.frozen("month", "2026-10")
    assert refused.value.code == "archive_damaged"


def test_with_care_a_period_is_closed_once_and_the_same_message_is_answered_as_before(told: Bench) -> None:
    workspace = told.workspace()
    first = workspace.freeze("2026-10", by="user 7", message_id="m1")
    assert workspace.freeze("2026-10", by="user 7", message_id="m1") == first
    with pytest.raises(UsageError) as refused:
        workspace.freeze("2026-10", by="user 8", message_id="m2")
    assert refused.value.code == "already_closed"
    assert workspace.closings().closed[0].times == 1
    with pytest.raises(UsageError) as refused:
        workspace.freeze("2026-11", by="user 7", message_id="m3")
    assert refused.value.code == "not_over"


def test_what_a_check_holds_is_not_frozen_with_care(told: Bench) -> None:
    told.load("subscription", UNKNOWN)
    workspace = told.workspace()
    (held,) = workspace.blocking("2026-10")
    assert (held.check, held.rows, held.tables) == ("unknown_currency", 1, ("subscription",))
    # Of the four metrics that there are here, revenue's two stand on subscriptions; answers and tickets do not.
    assert held.metrics == ("gross_revenue_retention", "mrr")
    with pytest.raises(DataError) as refused:
        workspace.freeze("2026-10", by="user 7", message_id="m1")
    assert refused.value.code == "figures_held"
    assert "unknown_currency (1 row) holds figures of" in refused.value.message
    assert held.fix in refused.value.fix
    assert workspace.closings().closed == ()
    closed = close(workspace, "2026-10")  # the command says how many have no value
    frozen = [one for one in workspace.frozen("month", "2026-10") if one.metric in held.metrics]
    assert closed.held == len(frozen) > 0
    assert {(one.status, one.value) for one in frozen} == {("held", None)}
    told.load("exchange_rate", "currency,date,rate\nXXX,2026-01-01,2\n")
    workspace = told.workspace()
    assert workspace.blocking("2026-10") == ()


def test_a_contradiction_about_owners_blocks_as_figures_are_frozen_by_owner(told: Bench) -> None:
    told.load("csm", "csm_id,name,team\nada,Ada,One\nada,Ada,Two\n")
    workspace = told.workspace()
    assert workspace.show("mrr", start="2026-10", end="2026-10")[0].status == "ok", "in total nothing is in doubt"
    found = {slug for one in workspace.blocking("2026-10") for slug in one.metrics}
    close(workspace, "2026-10")
    held = {one.metric for one in workspace.frozen("month", "2026-10") if one.status == "held"}
    assert held == {"gross_revenue_retention", "mrr"} <= found, "nobody answered, and there are no tickets"


def test_through_a_narrow_scope_nothing_is_told_of_closes(told: Bench) -> None:
    mine = told.workspace().seen_by(Scope(("ada",)))
    for ask in (
        mine.closings, lambda: mine.frozen("month", "2026-10"), lambda: mine.reported("mrr"),
        lambda: mine.blocking("2026-10"), lambda: mine.freeze("2026-10", by="user 7", message_id="m"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as refused:
            ask()
        assert refused.value.code == "out_of_scope"


def test_fiscal_quarters_are_named_as_the_year_is_cut(told: Bench) -> None:
    path = told.home / "tenure.toml"
    path.write_text(path.read_text().replace("fiscal_year_start = 1", "fiscal_year_start = 2"))
    told.now = datetime(2026, 11, 21, 12)
    open_ = {one.period: (one.start.isoformat(), one.end.isoformat()) for one in told.workspace().closings().open}
    # A fiscal year from February 2026 to January 2027 is 2027: its third quarter ended with October.
    assert open_["2027-Q3"] == ("2026-08-01", "2026-11-01")
    assert open_["2026"] == ("2025-02-01", "2026-02-01")


def test_settings_that_would_make_a_closed_period_another_are_refused(told: Bench) -> None:
    workspace = told.workspace()
    text, _version = workspace.settings_file()
    close(workspace, "2026-08")
    assert workspace.save_settings(rewritten(text, {"fiscal_year_start": 4}), by="user 1").changed == (
        "fiscal_year_start",
    )
    workspace.save_settings(text, by="user 1")
    close(workspace, "2026-Q3")
    for name, value, said in (("fiscal_year_start", 4, "2026-Q3"), ("currency", "USD", "2026-08")):
        with pytest.raises(UsageError, match=f"{name} cannot be changed: {said} is closed") as refused:
            workspace.save_settings(rewritten(text, {name: value}), by="user 1")
        assert refused.value.code == "period_closed"
    assert workspace.settings_file()[0] == text
