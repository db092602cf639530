"""Checks that hold files and days against those before: one warehouse with all of their faults, and with what is no fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tenure.warehouse.checks import CheckResult
from tests.warehouse.checks.test_checks import found
from tests.warehouse.files import Workspace

#: A Monday, on whose morning all is looked at; files come each morning for the day before.
TODAY = date(2025, 3, 3)
NOW = datetime(2025, 3, 3, 6)
_USE = "event_id,account_id,feature,occurred_at,seconds"
_PAID = "payment_id,invoice_id,amount,paid_at"


def use(day: date, name: str, *, feature: str = "f", count: int = 40, seconds: int = 60, hour: int = 9) -> list[str]:
    """Events of a day, a minute apart, from an hour on."""
    start = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
    return [f"{name}-{day}-{n},a,{feature},{start + timedelta(minutes=n)},{seconds}" for n in range(count)]


def load(at: Workspace, table: str, header: str, lines: list[str], day: date, name: str) -> None:
    """A file that is loaded on the morning after a day."""
    at.load(
        table,
        [header, *lines],
        now=datetime.combine(day + timedelta(days=1), datetime.min.time()),
        name=f"{name}-{day}.csv",
    )


def days(count: int) -> list[date]:
    """The last days before today."""
    return [TODAY - timedelta(days=back) for back in range(count, 0, -1)]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, CheckResult]]:
    workspace = Workspace(Path(tmp_path_factory.mktemp("before")) / "home")
    usual, last = days(50)[:-1], days(1)[0]
    _use(workspace, usual, last)
    # Payments in cents on the last day, by a file without one of the columns; the usual file has 20 rows.
    for number, day in enumerate(days(12)):
        header = _PAID if day == last else f"{_PAID},currency"
        more, amount = ("", 5000) if day == last else (",EUR", 50)
        rows = [f"p{number}-{n},i{n},{amount},{day}T0{n % 8}:00:00{more}" for n in range(60 if day == last else 20)]
        load(workspace, "payment", header, rows, day, "payments")
    _state(workspace)
    yield found(workspace, now=NOW)
    workspace.close()


def _use(workspace: Workspace, usual: list[date], last: date) -> None:
    """Two features, the one renamed on the last day, on which half of the other are missing; all at other hours and midnight."""
    rows = [line for day in usual[:-2] for line in (*use(day, "e"), *use(day, "g", feature="g"))]
    load(workspace, "usage", _USE, rows, usual[-3], "usage")
    for day in (*usual[-2:], last):
        if day != last:
            load(workspace, "usage", _USE, [*use(day, "n"), *use(day, "o", feature="g")], day, "usage")
    late = use(last, "l", count=20, hour=0) + use(last, "r", feature="renamed", count=20, hour=0)
    twins = [line.replace("l-", "twin-", 1) for line in late[:20]]
    old = [f"old-{n},a,f,2024-06-0{n % 9 + 1},60" for n in range(60)]
    load(workspace, "usage", _USE, [*late, *twins, *old, *use(last, "x", count=100, hour=22)], last, "usage")


def _state(workspace: Workspace) -> None:
    accounts = [
        "a,Acme,acme.io,", "b,Test Ltd,b.io,", "c,Contest AG,c.io,", "d,D,example.com,", "m,MÃ¼ller,m.io,", "n,SÃO Paulo,n.io,",
        "o,O,o.io,o", "p,P,p.io,q", "q,Q,q.io,p", "r,R,r.io,nobody", "s,S,s.io,a",
    ]  # fmt: skip
    workspace.load("account", ["account_id,name,domain,merged_into", *accounts], name="accounts.csv")
    header = "subscription_id,account_id,product_id,amount,currency,started_at,ended_at"
    lines = [
        "s1,a,x,100,EUR,2024-01-01,", "s2,a,x,100,EUR,2024-02-01,", "s3,a,y,100,EUR,2024-02-01,",  # s2 beside s1
        "s4,b,x,100,EUR,2024-01-01,", "s4,b,x,9900,EUR,2024-06-01,", "s4,b,x,9000,EUR,2024-09-01,",  # a jump, and no more
        "s5,c,x,10,EUR,2024-01-01,2024-05-01", "s5,d,x,10,EUR,2024-06-01,",  # the id goes to another
        "s6,s,x,10,EUR,2024-01-01,2024-05-01", "s6,a,x,11,EUR,2024-06-01,",  # to the survivor of a merger
        "s7,c,x,10,EUR,2024-01-01,", "s8,c,z,10,USD,2024-01-01,", "s9,c,w,10,,2024-01-01,",  # none is EUR
    ]  # fmt: skip
    workspace.load("subscription", [header, *lines], name="subscriptions.csv")
    rates = [
        "USD,2025-01-01,0.92",
        "USD,2025-01-02,0.93",
        "USD,2025-01-03,1.08",
        "GBP,2025-01-01,1.2",
        "GBP,2025-02-01,1.35",
    ]
    workspace.load("exchange_rate", ["currency,date,rate", *rates], name="rates.csv")
    issued = "2024-05-01T10:00:00"
    invoices = [f"i1,a,100,{issued}", f"i2,a,100,{issued}", "i3,a,100,2024-06-01T10:00:00", f"i4,b,100,{issued}"]
    workspace.load("invoice", ["invoice_id,account_id,amount,issued_at", *invoices], name="invoices.csv")


#: By check: table and key of what must be found, and nothing else.
EXPECTED = {
    "lost_column": {("payment", "currency")},
    "odd_file_size": {("payment", "payments-#-#-#.csv")},
    "magnitude": {("payment", "amount")},
    "silent_feature": {("usage", "g")},
    "times_of_day": {("usage", "last file")},
    "late_events": {("usage", "usage-#-#-#.csv")},
    "unmarked_test": {("account", "b"), ("account", "d")},
    "garbled_text": {("account", "m")},
    "merged_wrongly": {("account", "o"), ("account", "p"), ("account", "q"), ("account", "r")},
    "moved_row": {("subscription", "s5 / 2024-01-01 00:00:00"), ("subscription", "s5 / 2024-06-01 00:00:00")},
    "amount_jump": {("subscription", "s4 / 2024-06-01 00:00:00")},
    "double_subscription": {("subscription", "s2 / 2024-02-01 00:00:00")},
    "other_currency": {("subscription", "s8 / 2024-01-01 00:00:00")},
    "rate_jump": {("exchange_rate", "USD / 2025-01-03")},
}


@pytest.mark.parametrize("check", sorted(EXPECTED))
def test_what_is_unlike_before_is_found_and_what_is_not_is_left(results: Mapping[str, CheckResult], check: str) -> None:
    assert {(row["table_name"], row["key"]) for row in results[check].rows} == EXPECTED[check]


def test_twins_are_found(results: Mapping[str, CheckResult]) -> None:
    # Of usage 20 of the day's 160 are twins; 60 payments of one moment are of different invoices.
    rows = {(row["table_name"], row["key"]): row["what"] for row in results["repeated_row"].rows}
    assert rows == {
        ("invoice", "i2"): "says the same as another row",
        ("usage", f"{days(1)[0]}"): "20 of 160 events say the same as another",
    }


def test_a_day_is_held_against_its_weekday(results: Mapping[str, CheckResult]) -> None:
    rows = [(row["table_name"], row["what"]) for row in results["daily_volume"].rows]
    assert rows == [("usage", "2025-03-02: 160 rows, usually 80 on this weekday")]
    assert results["daily_volume"].guide == "jump"
    assert results["daily_volume"].by_table == {"usage": 1}
