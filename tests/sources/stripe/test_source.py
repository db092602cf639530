"""Stripe by its interface: the same rows as from a connector's files, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenure.core.errors import UnavailableError
from tenure.engine.sync import pull
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.workspace import Workspace
from tenure.sources.fetching.pulled import Pulled
from tests.sources.stripe.mock import KEY, OBJECTS, Account, billed, small_account
from tests.sources.vendor_files import load_from, made, plain_rows_of
from tests.sources.vendor_server import Answer, Server, Stopping, Time, add_source, fetch, gone_through, served, told

NOW = datetime(2025, 5, 10, 12, tzinfo=UTC)


@pytest.fixture
def account() -> Account:
    return small_account()


@pytest.fixture
def server(account: Account) -> Iterator[Server]:
    with served(account.answer) as found:
        yield found


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return made(tmp_path / "home", NOW.replace(tzinfo=None), currency="USD")


TABLES = {
    "account": ("account_id", "name", "country", "churn_flag"),
    "person": ("person_id", "account_id", "email"),
    "product": ("product_id", "name"),
    "plan": ("plan", "product_id"),
    "subscription": (
        "subscription_id", "account_id", "plan", "quantity", "unit_amount", "currency", "discount_share", "started_at", "ended_at",
        "status",
    ),
    "churn": ("account_id", "kind", "reason"),
    "invoice": ("invoice_id", "kind", "account_id", "amount", "status", "issued_at"),
    "invoice_line": ("invoice_id", "kind", "subscription_id", "amount", "period_start"),
    "payment": ("payment_id", "invoice_id", "kind", "amount", "paid_at"),
}  # fmt: skip


def _known(ws: Workspace, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    return {table: plain_rows_of(ws, table, *TABLES[table]) for table in tables}


def _fetched(
    home: Path, account: Account, time: Time, faults: list[Answer | None], **said: Any
) -> dict[str, list[str]]:
    """What is known after a pass through an account that fails like this, of a folder that is no more than one."""
    home.mkdir()
    with served(account.answer) as server:
        name = add_source(home, server, "stripe", {"key": KEY}, **said)
        server.faults.extend(faults)
        assert gone_through(home, name, time).troubles == {}
        return told(home, name)


def test_the_full_truth_comes_out_whatever_happens_on_the_way(tmp_path: Path) -> None:
    truth = _fetched(tmp_path / "whole", small_account(), Time(NOW), [])
    assert {kind: len(rows) for kind, rows in truth.items()}["invoice_line_item"] == 2
    time = Time(NOW)
    faults: list[Answer | None] = [
        Answer(429, {}, {"retry-after": "7"}), Answer(500, b"<html>"), None, Answer(0), Answer(200, {"data": []}, cut=True), None,
        Answer(200, b"<html>Bad gateway"), Answer(503, {}, {"retry-after": "Sat, 10 May 2025 12:01:00 GMT"}), Answer(502),
    ]  # fmt: skip
    account = small_account(most=1)
    twice = account.answer
    last: list[Any] = []

    def answer(asked: Any) -> Any:
        """Every third answer is that of the question before, if it is about the same list."""
        nonlocal last
        now = [asked.path, twice(asked)]
        if len(account.events) == 0 and last and last[0] == asked.path and asked.one("starting_after") and not last[2:]:
            last.append("again")
            return last[1]
        last = now
        return now[1]

    account.answer = answer  # type: ignore[method-assign]
    assert _fetched(tmp_path / "dented", account, time, faults) == truth
    assert 7.0 in time.slept  # as long as it was asked to
    assert any(30 < seconds < 60 for seconds in time.slept)  # and until when it said


def _through(home: Path, name: str) -> bool:
    """Whether every stream was gone through."""
    with Pulled.open(home, name) as pulled:
        return len([name for name, passes in pulled.passes().items() if passes]) == len(OBJECTS)


def test_it_goes_on_where_it_was_cut_off(tmp_path: Path, account: Account) -> None:
    account.most = 1
    truth = _fetched(tmp_path / "whole", account, Time(NOW), [])
    home = tmp_path / "cut"
    home.mkdir()
    with served(account.answer) as server:
        name, time, cuts = add_source(home, server, "stripe", {"key": KEY}), Time(NOW), 0
        while cuts < 40 and not _through(home, name):
            before = len(server.asked)
            with pytest.raises(UnavailableError):
                gone_through(home, name, Stopping(time, 3))
            cuts += 1
            assert len(server.asked) <= before + 2
        assert 8 <= cuts < 40
        assert told(home, name) == truth


def test_a_list_without_an_end_is_noticed(tmp_path: Path, account: Account) -> None:
    account.most = 1
    right = account.answer

    def answer(asked: Any) -> Any:
        found = right(asked)
        return {**found, "data": right_first, "has_more": True} if asked.path == "/v1/invoices" else found

    with served(answer) as server:
        right_first = [account.found["invoices"]["in_1"]]
        home = tmp_path / "home"
        home.mkdir()
        name = add_source(home, server, "stripe", {"key": KEY})
        done = gone_through(home, name, Time(NOW))
        assert list(done.troubles) == ["invoice"]
        assert "no end" in done.troubles["invoice"]
        assert len([asked for asked in server.asked if asked.path == "/v1/invoices"]) < 10
        assert told(home, name)["charge"]  # the others go on


def _is_all_there(known: dict[str, list[tuple[Any, ...]]]) -> None:
    """What was put into the account by hand, in the tables' words."""
    assert known["account"] == [
        ("cus_a", "Acme", "DE", None), ("cus_b", "Birch", "DE", None), ("cus_c", "Cedar", "DE", None),
    ]  # fmt: skip
    assert known["person"] == [("cus_a", "cus_a", "ann@acme.example")]
    assert known["subscription"] == [
        ("si_1", "cus_a", "Seat", "3", "50", "USD", "0.125", "2025-01-02 00:00", None, "active"),
        ("si_1", "cus_a", "Seat", "4", "50", "USD", "0.125", "2025-03-04 00:00", None, "active"),
        ("si_2", "cus_b", "Seat", "1", "50", "USD", None, "2025-01-02 00:00", "2025-03-15 00:00", "canceled"),
        ("si_3", "cus_c", "yen", "2", "980.5", "JPY", None, "2025-01-02 00:00", None, "active"),
    ]
    assert known["invoice"] == [
        ("cn_1", "credit_note", "cus_a", "7", None, "2025-02-06 00:00"),
        ("in_1", "invoice", "cus_a", "350", "paid", "2025-02-01 01:00"),
    ]
    assert known["payment"] == [
        ("ch_1", "in_1", "payment", "350", "2025-02-02 00:00"), ("re_1", "in_1", "refund", "5", "2025-02-05 00:00"),
    ]  # fmt: skip
    assert [row[1] for row in known["churn"]] == ["voluntary"]


def test_what_there_is_is_loaded_and_then_what_changes(
    ws: Workspace, server: Server, account: Account, tmp_path: Path
) -> None:
    name, time = add_source(ws.home, server, "stripe", {"key": KEY}), Time(NOW)
    done = fetch(ws, name, time)
    assert (done.loaded, done.troubles, sum(report.rejected for report in done.reports)) == (True, {}, 0)
    _is_all_there(_known(ws, *TABLES))
    time.now += timedelta(hours=1)
    so_far = len(server.asked)
    idle = fetch(ws, name, time)
    assert (idle.changed, idle.reports, len(server.asked) - so_far) == (
        0,
        (),
        len(OBJECTS),
    )  # a question for each stream

    at = int(time.now.timestamp())
    account.put("customers", "customer.updated", at, id="cus_a", name="Acme Ltd")
    account.drop("customers", "cus_c", "customer.deleted", at)
    billed(account, "in_2", "cus_b", "2025-05-01", [("il_3", 900, "sub_2", "si_2", 1)])
    account.tell("invoice.created", at, account.found["invoices"]["in_2"])
    time.now += timedelta(hours=1)
    loaded = {(report.table, report.read) for report in fetch(ws, name, time).reports}
    assert loaded == {("account", 2), ("person", 1), ("invoice", 1), ("invoice_line", 1)}  # and nothing else again

    # A draft is deleted: it never was a bill. The source is killed after the load, before it could remember that.
    account.drop("invoices", "in_2", "invoice.deleted", int(time.now.timestamp()))
    time.now += timedelta(hours=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pull, "_remember", _killed)
        with pytest.raises(KeyboardInterrupt):
            fetch(ws, name, time)
    assert fetch(ws, name, time).taken_back == 2
    ws.call("rebuild", Rebuild())  # from the archive alone
    known = _known(ws, "account", "invoice", "invoice_line")
    assert known["account"] == [
        ("cus_a", "Acme Ltd", "DE", None), ("cus_b", "Birch", "DE", None),
        ("cus_c", "Cedar", "DE", True),  # it is still known by its name
    ]  # fmt: skip
    assert [row[0] for row in known["invoice"]] == ["cn_1", "in_1"]
    assert {row[0] for row in known["invoice_line"]} == {"in_1"}

    folder = tmp_path / "exported"  # the same account through a connector's files
    folder.mkdir()
    for kind, lines in told(ws.home, name).items():
        (folder / f"stripe_{kind}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    by_files = load_from(ws, "stripe", folder, history=False)
    assert {report.loaded + report.superseded for report in by_files.reports} == {0}  # all of it is known already
    assert sum(report.unchanged for report in by_files.reports) > 15


def _killed(*_words: object) -> None:
    raise KeyboardInterrupt
