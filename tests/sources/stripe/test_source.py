"""Stripe by its interface: the same rows as from a connector's files, whatever happens on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenure.core.errors import UnavailableError
from tenure.engine.sync import configured, vault
from tenure.engine.sync.status import sources
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.workspace import Workspace
from tenure.sources.fetching.pulled import Pulled
from tests.sources.stripe.mock import KEY, OBJECTS, Account, listed, second
from tests.sources.vendor_files import made, plain_rows_of
from tests.sources.vendor_server import Answer, Server, Stopping, Time, add_source, fetch, gone_through, served, told

NOW = datetime(2025, 5, 10, 12, tzinfo=UTC)


def _account(most: int = 100) -> Account:
    """Two customers: one pays seats, three and then four; the other has left."""
    found = Account(most)
    new = second("2025-01-02")
    found.put("products", id="prod_1", name="Desk", created=new)
    monthly = {"interval": "month", "interval_count": 1, "usage_type": "licensed"}
    found.put(
        "prices", id="seat", product="prod_1", currency="usd", unit_amount=5000, unit_amount_decimal="5000", nickname="Seat",
        type="recurring", billing_scheme="per_unit", recurring=monthly, transform_quantity=None, created=new,
    )  # fmt: skip
    found.put(
        "prices", id="yen", product="prod_1", currency="jpy", unit_amount=None, unit_amount_decimal="980.5", nickname=None,
        type="recurring", billing_scheme="per_unit", recurring=monthly, transform_quantity=None, created=new,
    )  # fmt: skip
    half = {
        "id": "half",
        "object": "coupon",
        "percent_off": 12.5,
        "amount_off": None,
        "currency": None,
        "duration": "forever",
    }
    for key, name, mail in (("cus_a", "Acme", "ann@acme.example"), ("cus_b", "Birch", None), ("cus_c", "Cedar", None)):
        found.put(
            "customers",
            id=key,
            name=name,
            email=mail,
            currency="usd",
            created=new,
            address={"country": "DE"},
            discount=None,
        )
    _subscribed(
        found,
        "sub_1",
        "cus_a",
        "si_1",
        "seat",
        4,
        discounts=[{"id": "di_1", "coupon": half, "start": new, "end": None}],
    )
    _subscribed(
        found, "sub_2", "cus_b", "si_2", "seat", 1, status="canceled", ended_at=second("2025-03-15"), canceled_at=second("2025-03-01"),
        cancellation_details={"reason": "cancellation_requested", "feedback": "too_expensive", "comment": None},
    )  # fmt: skip
    _subscribed(found, "sub_3", "cus_c", "si_3", "yen", 2)
    _billed(
        found, "in_1", "cus_a", "2025-02-01", [("il_1", 15000, "sub_1", "si_1", 3), ("il_2", 20000, "sub_1", "si_1", 4)]
    )
    found.put("charges", id="ch_1", customer="cus_a", invoice="in_1", amount=35000, amount_captured=35000, captured=True,
              currency="usd", status="succeeded", created=second("2025-02-02"), payment_intent="pi_1")  # fmt: skip
    found.put(
        "refunds",
        id="re_1",
        charge="ch_1",
        amount=500,
        currency="usd",
        status="succeeded",
        created=second("2025-02-05"),
    )
    found.put("credit_notes", id="cn_1", invoice="in_1", customer="cus_a", total=700, amount=700, currency="usd", status="issued",
              created=second("2025-02-06"))  # fmt: skip
    return found


def _subscribed(
    found: Account, key: str, customer: str, item: str, price: str, quantity: int, **more: Any
) -> dict[str, Any]:
    began = second("2025-01-02")
    line = {"id": item, "object": "subscription_item", "price": {"id": price}, "plan": {"id": price}, "quantity": quantity,
            "created": began, "subscription": key}  # fmt: skip
    told = {"status": "active", "created": began, "start_date": began, "current_period_start": second("2025-05-02"),
            "current_period_end": second("2025-06-02"), "cancel_at_period_end": False, "discount": None, **more}  # fmt: skip
    return found.put("subscriptions", id=key, customer=customer, items=listed(line), **told)


def _billed(found: Account, key: str, customer: str, day: str, lines: list[tuple[str, int, str, str, int]]) -> None:
    """An invoice: its first line is on the answer, the others are asked for."""
    rows = [
        {"id": line, "object": "line_item", "type": "subscription", "amount": amount, "currency": "usd", "price": {"id": "seat"},
         "plan": {"id": "seat"}, "subscription": sub, "subscription_item": item, "quantity": quantity,
         "period": {"start": second(day) + nth * 86400 * 31, "end": second(day) + (nth + 1) * 86400 * 31}, "livemode": True}
        for nth, (line, amount, sub, item, quantity) in enumerate(lines)
    ]  # fmt: skip
    total = sum(amount for _, amount, *_ in lines)
    found.put(
        "invoices", id=key, customer=customer, status="paid", paid=True, total=total, tax=None, total_excluding_tax=total,
        currency="usd", created=second(day), period_end=second(day), due_date=None, charge=None, payment_intent="pi_1",
        status_transitions={"finalized_at": second(day) + 3600, "paid_at": second(day) + 7200}, paid_out_of_band=False,
        amount_paid=total, starting_balance=0, ending_balance=0, lines={**listed(*rows), "has_more": False},
    )  # fmt: skip


@pytest.fixture
def account() -> Account:
    return _account()


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


def _known(ws: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    return {table: plain_rows_of(ws, table, *columns) for table, columns in TABLES.items()}


def test_a_first_pass_brings_everything_in_the_tables_words(ws: Workspace, server: Server) -> None:
    name = add_source(ws.home, server, "stripe", {"key": KEY})
    done = fetch(ws, name, Time(NOW))
    assert (done.loaded, done.troubles, sum(report.rejected for report in done.reports)) == (True, {}, 0)
    known = _known(ws)
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
    truth = _fetched(tmp_path / "whole", _account(), Time(NOW), [])
    assert {kind: len(rows) for kind, rows in truth.items()}["invoice_line_item"] == 2
    time = Time(NOW)
    faults: list[Answer | None] = [
        Answer(429, {}, {"retry-after": "7"}), Answer(500, b"<html>"), None, Answer(0), Answer(200, {"data": []}, cut=True), None,
        Answer(200, b"<html>Bad gateway"), Answer(503, {}, {"retry-after": "Sat, 10 May 2025 12:01:00 GMT"}), Answer(502),
    ]  # fmt: skip
    account = _account(most=1)
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
