"""Recurly's tables, as connectors export them, through the front door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tenure.engine.verbs.check import Check
from tenure.engine.verbs.load import Loaded
from tenure.engine.workspace import Workspace
from tenure.sources.vendor import find, vendors
from tests.sources.vendor_files import counts, load_from, made, rows_of, written

NOW = datetime(2025, 4, 10, 12)
FOLDER: dict[str, str] = {
    "account_history.csv": (
        "id,code,company,email,account_first_name,account_last_name,state,created_at,updated_at,deleted_at\n"
        "a1,acme,Acm,ann@acme.example,Ann,Able,active,2025-01-01 00:00:00,2025-01-01 00:00:00,\n"
        "a1,acme,Acme,ann@acme.example,Ann,Able,active,2025-01-01 00:00:00,2025-02-01 00:00:00,\n"
        "a2,birch,,,,,inactive,2025-01-01 00:00:00,2025-03-01 00:00:00,\n"
    ),
    "recurly_plan_history.csv": (
        "id,code,name,interval_unit,interval_length,updated_at\npm,basic,Basic,months,1,2024-01-01 00:00:00\n"
        "py,pro,Pro,months,12,2024-01-01 00:00:00\npd,thirty,Thirty,days,30,2024-01-01 00:00:00\n"
    ),
    "plan_add_on_history.csv": (
        "id,code,name,add_on_type,updated_at\nao1,support,Support,fixed,2024-01-01 00:00:00\n"
        "ao2,calls,Calls,usage,2024-01-01 00:00:00\n"
    ),
    "subscription_history_data.csv": (
        "id,account_id,plan_id,state,currency,unit_amount,quantity,add_ons_total,created_at,updated_at,activated_at,"
        "canceled_at,expires_at,current_term_ends_at,trial_started_at,trial_ends_at,paused_at,expiration_reason\n"
        "s1,a1,pm,active,USD,100.0,1,0.0,2025-01-05 00:00:00,2025-01-05 00:00:00,2025-01-05 00:00:00,,,2025-02-05 00:00:00,"
        "2025-01-05 00:00:00,2025-01-12 00:00:00,,\n"
        "s1,a1,pm,active,USD,120.0,2,30.0,2025-01-05 00:00:00,2025-03-10 00:00:00,2025-01-05 00:00:00,,,2025-05-05 00:00:00,"
        "2025-01-05 00:00:00,2025-01-12 00:00:00,,\n"
        "s2,a2,py,canceled,USD,1200.0,1,0.0,2025-01-01 00:00:00,2025-02-20 00:00:00,2025-01-01 00:00:00,2025-02-20 00:00:00,,"
        "2026-01-01 00:00:00,,,,\n"
        "s3,a2,pm,expired,USD,50.0,1,0.0,2025-01-01 00:00:00,2025-02-10 00:00:00,2025-01-01 00:00:00,2025-02-10 00:00:00,"
        "2025-02-10 00:00:00,2025-03-01 00:00:00,,,,nonpayment\n"
        "s4,a1,pm,active,USD,40.0,1,0.0,2025-01-01 00:00:00,2025-01-01 00:00:00,2025-01-01 00:00:00,,,,,,,\n"
        "s4,a1,pm,paused,USD,40.0,1,0.0,2025-01-01 00:00:00,2025-02-25 00:00:00,2025-01-01 00:00:00,,,,,,2025-03-01 00:00:00,\n"
        "s5,a1,pd,expired,USD,30.0,1,0.0,2024-01-01 00:00:00,2024-03-01 00:00:00,2024-01-01 00:00:00,2024-02-01 00:00:00,"
        "2024-03-01 00:00:00,,,,,canceled\n"
        "s6,a1,pm,failed,USD,70.0,1,0.0,2025-01-01 00:00:00,2025-01-01 00:00:00,,,,,,,,\n"
        "s7,a1,gone,active,USD,70.0,1,0.0,2025-01-01 00:00:00,2025-01-01 00:00:00,2025-01-01 00:00:00,,,,,,,\n"
        "s8,a1,pm,odd,USD,70.0,1,0.0,2025-01-01 00:00:00,2025-01-01 00:00:00,2025-01-01 00:00:00,,,,,,,\n"
        "s9,a1,pm,expired,USD,75.0,1,25.0,2024-01-01 00:00:00,2024-03-01 00:00:00,2024-01-01 00:00:00,2024-02-01 00:00:00,"
        "2024-03-01 00:00:00,,,,,\n"
    ),
    "subscription_add_on_history.csv": (
        "id,subscription_id,plan_add_on_id,unit_amount,quantity,created_at,updated_at,expired_at\n"
        "x1,s1,ao1,10.0,3,2025-02-01 00:00:00,2025-02-01 00:00:00,2025-04-01 00:00:00\n"
        "x2,s1,ao2,0.5,1,2025-02-01 00:00:00,2025-02-01 00:00:00,\n"
        "x3,s_lost,ao1,10.0,3,2025-02-01 00:00:00,2025-02-01 00:00:00,\n"
    ),
    "subscription_change_history.csv": (
        "id,subscription_id,plan_id,unit_amount,quantity,activate_at,activated,deleted_at\n"
        "c1,s1,pm,120.0,1,2025-02-14 23:00:00-01:00,true,2025-02-15 00:00:00\n"
        "c2,s1,pm,900.0,1,2025-03-15 00:00:00,false,2025-03-01 00:00:00\n"
    ),
    "coupon_history.csv": (
        "id,duration,updated_at\ntenth,forever,2024-01-01 00:00:00\nonce,single_use,2024-01-01 00:00:00\n"
    ),
    "coupon_discount.csv": (
        "coupon_id,type,percentage,amount,currency\ntenth,percent,10,,\nonce,percent,50,,\nten,fixed,,10.0,USD\n"
        "ten,fixed,,9.0,EUR\n"
    ),
    "coupon_redemption_history.csv": (
        "id,account_id,subscription_id,coupon_id,created_at,removed_at,updated_at\n"
        "r1,a2,,tenth,2025-02-05 00:00:00,,2025-02-05 00:00:00\nr2,a1,,once,2025-01-05 00:00:00,,2025-01-05 00:00:00\n"
        "r3,a1,s1,ten,2025-03-01 00:00:00,,2025-03-01 00:00:00\n"
    ),
    "invoice_history.csv": (
        "id,account_id,type,origin,state,currency,total,tax,previous_invoice_id,created_at,due_at,updated_at\n"
        "i1,a1,charge,purchase,open,USD,108.0,8.0,,2025-01-12 00:00:00,2025-01-12 00:00:00,2025-01-12 00:00:00\n"
        "i1,a1,charge,purchase,paid,USD,108.0,8.0,,2025-01-12 00:00:00,2025-01-12 00:00:00,2025-01-13 00:00:00\n"
        "i2,a1,credit,refund,closed,USD,-20.0,0.0,i1,2025-02-12 00:00:00,2025-02-12 00:00:00,2025-02-12 00:00:00\n"
        "i3,a2,legacy,purchase,failed,USD,50.0,0.0,,2025-01-01 00:00:00,2025-01-31 00:00:00,2025-02-10 00:00:00\n"
        "i4,a2,credit,write_off,closed,USD,-45.0,0.0,i3,2025-02-11 00:00:00,2025-02-11 00:00:00,2025-02-11 00:00:00\n"
        "i5,a9,charge,purchase,strange,USD,5.0,0.0,,2025-02-11 00:00:00,2025-02-11 00:00:00,2025-02-11 00:00:00\n"
        "i6,a9,charge,purchase,voided,USD,5.0,0.0,,2025-02-11 00:00:00,2025-02-11 00:00:00,2025-02-11 00:00:00\n"
    ),
    "invoice_subscription_history.csv": (
        "invoice_id,subscription_id,invoice_updated_at\ni1,s1,2025-01-12 00:00:00\ni3,s3,2025-01-01 00:00:00\n"
        "i3,s2,2025-01-01 00:00:00\n"
    ),
    "line_item_history.csv": (
        "id,invoice_id,subscription_id,add_on_id,origin,subtotal,discount,start_date,end_date,updated_at\n"
        "l1,i1,s1,,plan,100.0,10.0,2025-01-12 00:00:00,2025-02-12 00:00:00,2025-01-12 00:00:00\n"
        "l2,i1,s1,ao2,add_on,4.0,0.0,2025-01-12 00:00:00,2025-02-12 00:00:00,2025-01-12 00:00:00\n"
        "l3,i1,s1,,setup_fee,6.0,0.0,2025-01-12 00:00:00,2025-01-12 00:00:00,2025-01-12 00:00:00\n"
        "l4,i3,,,carryforward,5.0,0.0,2025-01-12 00:00:00,,2025-01-12 00:00:00\n"
        "l5,,,,debit,5.0,0.0,2025-01-12 00:00:00,,2025-01-12 00:00:00\n"
        "l6,i3,,,one_time,7.5,,2025-01-12 00:00:00,,2025-01-12 00:00:00\n"
    ),
    "transaction.csv": (
        "id,invoice_id,type,status,amount,currency,created_at,collected_at\n"
        "t1,i1,purchase,success,108.0,USD,2025-01-12 00:00:00,2025-01-12 06:00:00\n"
        "t2,i1,refund,success,20.0,USD,2025-02-12 00:00:00,\nt3,i3,purchase,declined,50.0,USD,2025-01-01 00:00:00,\n"
        "t4,,purchase,success,9.0,USD,2025-01-01 00:00:00,\nt5,,verify,success,0.0,USD,2025-01-01 00:00:00,\n"
    ),
    "credit_payment_history.csv": (
        "id,applied_to_invoice_id,action,amount,currency,created_at,voided_at,updated_at\n"
        "p1,i3,payment,5.0,USD,2025-01-02 00:00:00,,2025-01-02 00:00:00\n"
        "p2,i3,payment,5.0,USD,2025-01-03 00:00:00,2025-01-04 00:00:00,2025-01-04 00:00:00\n"
    ),
    "account_note_history.csv": "id\n1\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Loaded, Path]]:
    folder = written(tmp_path_factory.mktemp("recurly"), FOLDER)
    home = tmp_path_factory.mktemp("work") / "home"
    ws = made(home, NOW, "USD")
    yield ws, load_from(ws, "recurly", folder), folder
    ws.close()


def test_every_row_is_taken_or_refused_with_its_reason(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert counts(report) == {
        ("accounts from account_history.csv", "account"): (2, 2, 0),
        ("people from account_history.csv", "person"): (1, 1, 0),
        ("products from plan_add_on_history.csv", "product"): (2, 2, 0),
        ("plans from recurly_plan_history.csv", "plan"): (3, 3, 0),
        # s1 5 (trial, paid, changed, discounted, doubled), its add-on 3, its use 1; s2, s3, s4, s9 2 each; s5 1
        ("lines from subscription_history_data.csv", "subscription"): (21, 18, 3),
        ("losses from subscription_history_data.csv", "churn"): (2, 2, 0),
        ("invoices from invoice_history.csv", "invoice"): (6, 5, 1),
        ("billed from line_item_history.csv", "invoice_line"): (4, 4, 0),
        ("taxes from invoice_history.csv", "invoice_line"): (1, 1, 0),
        ("transaction.csv", "payment"): (3, 2, 1),
        ("credited from credit_payment_history.csv", "payment"): (1, 1, 0),
    }
    failed = [(row.column, row.value, row.reason.split(":")[0]) for r in report.reports for row in r.failed]
    assert failed == [
        ("per_plan", "gone", "is no id of intervals from recurly_plan_history.csv"),
        ("status", "odd", "is not among the values that the map knows"),
        ("subscription", "s_lost", "is no subscription of payers from subscription_history_data.csv"),
        ("status", "strange", "is not among the values that the map knows"),
        ("invoice_id", None, "is required and empty"),
    ]
    assert (report.unknown, report.aside) == ((), ("account_note_history.csv",))


def test_what_is_left_out_is_said(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert list(report.remarks) == [
        "account_history: 1 older versions; the last of each counts.",
        "invoice_history: 1 older versions; the last of each counts.",
        "subscription_history: 2 older versions tell what was paid before.",
        "subscription_history: 1 whose first payment failed left out.",
        "subscription_history: 1 with add-ons that are in no file; their total is a line of its own.",
        (
            "coupon_redemption_history: 1 whose coupon does not say how long it holds (coupon_history); they count until "
            "they are removed."
        ),
        "line_item_history: 1 carryforward left out: it is no sale.",
        "line_item_history: 1 not yet on an invoice left out.",
        "transaction: 1 purchase, declined, left out: no money moved for good.",
        "transaction: 1 verify, success, left out: no money moved for good.",
        "credit_payment_history: 1 payment, voided, left out: it paid no invoice.",
    ]


def test_a_line_is_told_stretch_by_stretch(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """Ten off 120 and 30 are 8 and 2, off 240 and 30 they are 8.8889 and 1.1111."""
    ws, _, _ = loaded
    rows = rows_of(
        ws, "subscription", "subscription_id", "started_at", "quantity", "unit_amount", "amount", "discount_share",
        "discount_amount", "is_trial", "is_paused",
    )  # fmt: skip
    told = {(r[0], f"{r[1]:%Y-%m-%d}"): (*r[2:7], r[7], r[8]) for r in rows}
    hundred, more, forty = Decimal(100), Decimal(120), Decimal(40)
    assert {key: row for key, row in told.items() if key[0] in ("s1", "x1", "s4", "s9:add_ons")} == {
        ("s1", "2025-01-05"): (1, hundred, None, None, None, True, False),
        ("s1", "2025-01-12"): (1, hundred, None, None, None, False, False),
        ("s1", "2025-02-15"): (1, more, None, None, None, False, False),
        ("s1", "2025-03-01"): (1, more, None, None, Decimal(8), False, False),
        ("s1", "2025-03-10"): (2, more, None, None, Decimal("8.8889"), False, False),
        ("x1", "2025-02-01"): (3, Decimal(10), None, None, None, False, False),
        ("x1", "2025-03-01"): (3, Decimal(10), None, None, Decimal(2), False, False),
        ("x1", "2025-03-10"): (3, Decimal(10), None, None, Decimal("1.1111"), False, False),
        ("s4", "2025-01-01"): (1, forty, None, None, None, False, False),
        ("s4", "2025-03-01"): (1, forty, None, None, None, False, True),
        ("s9:add_ons", "2024-01-01"): (None, None, Decimal(25), None, None, False, False),
    }
    columns = ("account_id", "product_id", "plan", "interval", "interval_count", "unit_amount", "committed_amount")
    by_id = {row[-1]: row[:-1] for row in rows_of(ws, "subscription", *columns, "subscription_id")}
    assert by_id["s5"] == ("acme", None, "thirty", "week", 30, Decimal(210), None)
    assert by_id["s2"] == ("birch", None, "pro", "month", 12, Decimal(1200), None)
    assert by_id["x1"] == ("acme", "support", None, "month", 1, Decimal(10), None)
    assert by_id["x2"] == ("acme", "calls", None, "month", 1, None, Decimal(0))


def test_accounts_and_what_became_of_them(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert rows_of(ws, "account", "account_id", "name", "churn_flag") == [
        ("acme", "Acme", None),
        ("birch", "birch", True),
    ]
    assert rows_of(ws, "person", "person_id", "account_id", "name") == [("a1", "acme", "Ann Able")]
    assert rows_of(ws, "churn", "subscription_id", "account_id", "kind", "reason") == [
        ("s3", "birch", "non_payment", "nonpayment"), ("s5", "acme", "voluntary", "canceled"),
    ]  # fmt: skip


def test_invoices_and_payments(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    columns = ("invoice_id", "account_id", "kind", "credits_id", "subscription_id", "amount", "status")
    assert rows_of(ws, "invoice", *columns) == [
        ("i1", "acme", "invoice", None, "s1", Decimal(108), "paid"),
        ("i2", "acme", "credit_note", "i1", None, Decimal(-20), "paid"),
        ("i3", "birch", "invoice", None, None, Decimal(50), "uncollectible"),
        ("i4", "birch", "write_off", "i3", None, Decimal(-45), "paid"),
        ("i6", "a9", "invoice", None, None, Decimal(5), "void"),  # of an account that is in no file
    ]
    assert rows_of(ws, "invoice_line", "invoice_id", "kind", "product_id", "amount") == [
        ("i1", "recurring", None, Decimal(90)), ("i1", "setup", None, Decimal(6)), ("i1", "tax", None, Decimal(8)),
        ("i1", "usage", "calls", Decimal(4)), ("i3", "one_off", None, Decimal("7.5")),
    ]  # fmt: skip
    assert rows_of(ws, "payment", "payment_id", "invoice_id", "kind", "amount") == [
        ("p1", "i3", "payment", Decimal(5)), ("t1", "i1", "payment", Decimal(108)), ("t2", "i1", "refund", Decimal(20)),
    ]  # fmt: skip
    found = {check.name: check.count for check in ws.call("check", Check())}
    assert (found["orphan"], found["flag_against_intervals"]) == (1, 1)  # an account in no file; a closed one that pays


def test_mrr_is_that_of_the_months(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """At the end of January 100, a year of 1,200, 50 and 40; in February 120 and three add-ons of 10, the year less a
    tenth, 40; in March two of 120 and the add-ons less 10, the year; what is paused and what is billed by use is none.
    """
    ws, _, _ = loaded
    values = [figure.value for figure in ws.show("mrr", start="2025-01", end="2025-03")]
    assert values == [Decimal(100 + 100 + 50 + 40), Decimal(120 + 30 + 90 + 40), Decimal(240 + 30 - 10 + 90)]


def test_vendors_are_there_by_existing() -> None:
    assert "recurly" in vendors()
    assert find("recurly").stream(Path("transaction_data.csv")) == "transaction"


def test_the_published_fixtures_are_accounted_for_row_by_row(tmp_path: Path, shared_data: Path) -> None:
    """One account pays 99; another 2,999 and 2,597 for add-ons, less a tenth since March 2019. The files tell the same
    in other words: between two versions of its redemption the coupon took off 22,943.6 - 22,384 = 559.6, a tenth of 5,596.
    """
    folder = shared_data / "dbt_recurly_seeds"
    raw = f"read_csv('{folder / 'coupon_redemption_history_data.csv'}', all_varchar := true)"
    ((taken,),) = duckdb.execute(
        f"SELECT max(discounted::DECIMAL(18, 2)) - min(discounted::DECIMAL(18, 2)) FROM {raw} WHERE state = 'active'"
    ).fetchall()
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "recurly", folder)
    assert counts(report, read=True) == {
        ("accounts from account_history_data.csv", "account"): (4, 4, 0),
        ("people from account_history_data.csv", "person"): (4, 4, 0),
        ("plans from plan_history_data.csv", "plan"): (2, 2, 0),
        ("lines from subscription_history_data.csv", "subscription"): (
            11,
            9,
            2,
        ),  # two add-ons of no known subscription
        ("losses from subscription_history_data.csv", "churn"): (2, 2, 0),
        ("invoices from invoice_history_data.csv", "invoice"): (5, 5, 0),
        ("billed from line_item_history_data.csv", "invoice_line"): (1, 1, 0),
        ("transaction_data.csv", "payment"): (1, 1, 0),
    }
    values = {f.period_start.year: f.value for f in ws.show("mrr", start="2018-12", end="2021-12", grain="month")}
    assert values == {2018: Decimal(99 + 5596), **dict.fromkeys((2019, 2020, 2021), 99 + 5596 - taken)}
    raw = f"read_csv('{folder / 'invoice_history_data.csv'}', all_varchar := true)"
    ((billed,),) = duckdb.execute(f"SELECT sum(total::DECIMAL(18, 2)) FROM {raw}").fetchall()
    assert sum(row[0] for row in rows_of(ws, "invoice", "amount")) == billed == Decimal(302)
    assert {name for name in report.unknown if name.endswith(".csv")} == set()
    assert len(report.aside) == 6
    ws.close()
