"""Stripe's tables, as connectors export them, through the front door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tenure.engine.verbs.check import Check
from tenure.engine.verbs.load import Load, Loaded
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.workspace import Workspace
from tenure.sources.stripe.words import major
from tenure.sources.vendor import find, vendors
from tests.sources.vendor_files import counts, load_from, made, rows_of, written

NOW = datetime(2025, 5, 10, 12)
_SUBSCRIPTION = (
    "id,customer_id,status,created,start_date,trial_start,trial_end,current_period_start,current_period_end,"
)
_SUBSCRIPTION += "cancel_at_period_end,canceled_at,ended_at,livemode,cancellation_details_reason,cancellation_details_feedback,plan_id,quantity\n"
FOLDER: dict[str, str] = {
    "customer.csv": (
        "id,name,email,created,currency,is_deleted,livemode\ncus_a,Acme,ann@acme.example,2025-01-02 00:00:00,usd,false,true\n"
        "cus_b,,,2025-01-01 00:00:00,,true,true\ncus_t,Tester,,2025-01-01 00:00:00,usd,false,false\n"
    ),
    "stripe_product.csv": "id,name,livemode\nprod_1,Desk,true\n",
    "price_data.csv": (
        "id,product_id,currency,unit_amount,unit_amount_decimal,recurring_interval,recurring_interval_count,"
        "recurring_usage_type,billing_scheme,type,nickname,transform_quantity_divide_by,transform_quantity_round,livemode\n"
        "month,prod_1,usd,5000,5000,month,1,licensed,per_unit,recurring,Seat,,,true\n"
        "year,prod_1,usd,120000,120000,year,1,licensed,per_unit,recurring,,,,true\n"
        "packs,prod_1,usd,1000,1000,month,1,licensed,per_unit,recurring,Packs,10,up,true\n"
        "yen,prod_1,jpy,980,980,month,1,licensed,per_unit,recurring,,,,true\n"
        "dinar,prod_1,kwd,12340,12340,month,1,licensed,per_unit,recurring,,,,true\n"
        "tiny,prod_1,usd,,0.05,day,30,licensed,per_unit,recurring,,,,true\n"
        "used,prod_1,usd,4,4,month,1,metered,per_unit,recurring,Use,,,true\n"
        "tiers,prod_1,usd,,,month,1,licensed,tiered,recurring,,,,true\n"
        "once,prod_1,usd,9900,9900,,,,per_unit,one_time,Setup,,,true\n"
    ),
    "plan.csv": (
        "id,product_id,currency,amount,interval,interval_count,usage_type,billing_scheme,nickname,livemode\n"
        "old,prod_1,usd,3000,month,1,licensed,per_unit,Old,true\nmonth,prod_1,usd,5000,month,1,licensed,per_unit,Seat,true\n"
    ),
    "subscription.csv": _SUBSCRIPTION + (
        "sub_1,cus_a,active,2025-01-10 09:00:00,2025-01-10 09:00:00,2025-01-10 09:00:00,2025-01-24 09:00:00,"
        "2025-04-24 09:00:00,2025-05-24 09:00:00,false,,,true,,,,\n"
        "sub_2,cus_b,canceled,2025-01-01 00:00:00,2025-01-01 00:00:00,,,2025-01-01 00:00:00,2026-01-01 00:00:00,false,"
        "2025-03-01 00:00:00,2025-03-15 00:00:00,true,cancellation_requested,too_expensive,,\n"
        "sub_3,cus_a,active,2025-02-03 00:00:00,2025-02-03 00:00:00,,,2025-05-03 00:00:00,2025-06-03 00:00:00,true,"
        "2025-05-05 00:00:00,,true,,,,\n"
        "sub_4,cus_a,incomplete,2025-02-03 00:00:00,2025-02-03 00:00:00,,,,,false,,,true,,,,\n"
        "sub_5,cus_a,unpaid,2025-01-01 00:00:00,2025-01-01 00:00:00,,,2025-03-01 00:00:00,2025-04-01 00:00:00,false,,,true,,,,\n"
        "sub_6,cus_a,active,2025-01-05 00:00:00,2025-01-05 00:00:00,,,2025-05-05 00:00:00,2025-06-05 00:00:00,false,,,true,,,,\n"
        "sub_7,cus_a,canceled,2024-01-01 00:00:00,2024-01-01 00:00:00,,,2024-01-01 00:00:00,2024-02-01 00:00:00,false,"
        "2024-03-01 00:00:00,2024-03-01 00:00:00,true,,,,\n"
        "sub_8,cus_t,active,2025-01-01 00:00:00,2025-01-01 00:00:00,,,2025-05-01 00:00:00,2025-06-01 00:00:00,false,,,false,,,,\n"
        "sub_9,cus_a,active,2025-03-02 00:00:00,2025-03-02 00:00:00,,,2025-05-02 00:00:00,2025-06-02 00:00:00,false,,,true,,,old,2\n"
        "sub_10,cus_a,canceled,2024-05-01 00:00:00,2024-05-01 00:00:00,,,2024-06-01 00:00:00,2024-07-01 00:00:00,true,"
        "2024-06-20 00:00:00,2024-07-01 00:00:00,true,,,,\n"
        "sub_x,cus_a,frozen,2025-01-01 00:00:00,2025-01-01 00:00:00,,,,,false,,,true,,,,\n"
    ),
    "subscription_history.csv": (
        "id,customer_id,status,created,start_date,pause_collection_behavior,livemode,_fivetran_start,_fivetran_active\n"
        "sub_6,cus_a,active,2025-01-05 00:00:00,2025-01-05 00:00:00,,true,2025-01-05 00:00:00,false\n"
        "sub_6,cus_a,active,2025-01-05 00:00:00,2025-01-05 00:00:00,void,true,2025-02-10 00:00:00,false\n"
        "sub_6,cus_a,active,2025-01-05 00:00:00,2025-01-05 00:00:00,,true,2025-03-10 01:00:00+01:00,true\n"
    ),
    "subscription_item.csv": (
        "id,subscription_id,plan_id,quantity,created\nsi_1,sub_1,month,3,2025-01-10 09:00:01\n"
        "si_2,sub_2,year,1,2025-01-01 00:00:00\nsi_3a,sub_3,month,1,2025-02-03 00:00:00\n"
        "si_3b,sub_3,packs,25,2025-02-03 00:00:00\nsi_4,sub_4,month,1,2025-02-03 00:00:00\n"
        "si_5,sub_5,month,1,2025-01-01 00:00:00\nsi_6,sub_6,month,1,2025-01-05 00:00:00\n"
        "si_7a,sub_7,used,,2024-01-01 00:00:00\nsi_7b,sub_7,tiers,4,2024-01-01 00:00:00\n"
        "si_7c,sub_7,yen,2,2024-01-01 00:00:00\nsi_7d,sub_7,dinar,1,2024-01-01 00:00:00\n"
        "si_7e,sub_7,tiny,600,2024-01-01 00:00:00\nsi_8,sub_8,month,9,2025-01-01 00:00:00\n"
        "si_lost,sub_lost,month,1,2025-01-01 00:00:00\nsi_10b,sub_10,old,1,2024-05-16 00:00:00\nsi_x,sub_x,month,1,2025-01-01 00:00:00\n"
    ),
    "coupon.csv": (
        "id,percent_off,amount_off,currency,duration,duration_in_months\nfifth,20,,,repeating,2\n"
        "twenty,,2000,usd,forever,\nwelcome,50,,,once,\n"
    ),
    "subscription_discount.csv": (
        "id,subscription_id,customer_id,coupon_id,start,end,invoice_id,invoice_item_id\n"
        "di_1,sub_1,cus_a,fifth,2025-02-01 00:00:00,,,\ndi_2,sub_3,cus_a,twenty,2025-02-03 00:00:00,,,\n"
        "di_3,sub_2,cus_b,welcome,2025-01-01 00:00:00,,,\ndi_4,sub_6,cus_a,gone,2025-01-01 00:00:00,,,\n"
    ),
    "invoice.csv": (
        "id,customer_id,status,currency,total,tax,created,status_transitions_finalized_at,due_date,charge_id,"
        "payment_intent_id,paid_out_of_band,amount_paid,status_transitions_paid_at,is_deleted,livemode,starting_balance,ending_balance\n"
        "in_7,cus_a,paid,usd,3000,,2025-04-02 00:00:00,,,,,false,0,,false,true,-5000,-2000\n"
        "in_1,cus_a,paid,usd,10200,200,2025-01-24 09:00:00,2025-01-24 10:00:00,,,,false,10200,,false,true,,\n"
        "in_2,cus_b,paid,usd,129900,,2025-01-01 00:00:00,,2025-01-31 00:00:00,ch_2,,false,129900,,false,true,,\n"
        "in_3,cus_a,paid,jpy,1960,0,2024-01-01 00:00:00,,,,pi_3,false,1960,,false,true,,\n"
        "in_4,cus_a,draft,usd,500,,2025-04-01 00:00:00,,,,,false,0,,true,true,,\n"
        "in_5,cus_a,paid,kwd,12340,,2024-01-01 00:00:00,,,,,true,12340,2024-01-09 00:00:00,false,true,,\n"
        "in_6,cus_a,paid,usd,15000,,2025-03-05 00:00:00,,,,,false,15000,,false,true,,\n"
        "in_t,cus_t,paid,usd,45000,,2025-01-01 00:00:00,,,,,false,45000,,false,false,,\n"
    ),
    "invoice_line_item.csv": (
        "id,invoice_id,type,amount,currency,plan_id,subscription_item_id,quantity,period_start,period_end,livemode,subscription_id\n"
        "il_1,in_1,subscription,10000,usd,month,si_1,2,2025-01-24 09:00:00,2025-02-24 09:00:00,true,\n"
        "il_2,in_2,subscription,120000,usd,year,si_2,1,2025-01-01 00:00:00,2026-01-01 00:00:00,true,\n"
        "il_3,in_2,invoiceitem,9900,usd,once,,1,2025-01-01 00:00:00,2025-01-01 00:00:00,true,\n"
        "il_4,in_3,subscription,1960,jpy,yen,si_7c,2,2024-01-01 00:00:00,2024-02-01 00:00:00,true,\n"
        "il_5,in_6,invoiceitem,-6300,usd,month,si_1,2,2025-03-05 00:00:00,2025-03-24 09:00:00,true,\n"
        "il_6,in_6,invoiceitem,9450,usd,month,si_1,3,2025-03-05 00:00:00,2025-03-24 09:00:00,true,\n"
        "il_7,in_6,subscription,11850,usd,used,si_7a,4000,2025-02-05 00:00:00,2025-03-05 00:00:00,true,\n"
        "il_9,in_6,subscription,5000,usd,month,si_10a,1,2024-05-01 00:00:00,2024-06-01 00:00:00,true,sub_10\n"
        "il_10,in_6,invoiceitem,-2580,usd,month,si_10a,1,2024-05-16 00:00:00,2024-06-01 00:00:00,true,sub_10\n"
        "il_8,in_6,subscription,lots,usd,used,si_7a,1,2025-02-05 00:00:00,2025-03-05 00:00:00,true,\n"
    ),
    "charge.csv": (
        "id,invoice_id,payment_intent_id,amount,currency,status,captured,created,livemode\n"
        "ch_1,in_1,,10200,usd,succeeded,true,2025-01-24 10:00:00,true\nch_2,,,129900,usd,succeeded,true,2025-02-09 00:00:00,true\n"
        "ch_3,,pi_3,1960,jpy,succeeded,true,2024-01-02 00:00:00,true\nch_4,,,700,usd,succeeded,true,2025-02-01 00:00:00,true\n"
        "ch_5,in_6,,15000,usd,failed,false,2025-03-05 00:00:00,true\n"
    ),
    "refund.csv": (
        "id,charge_id,amount,currency,status,created\nre_1,ch_1,2000,usd,succeeded,2025-02-01 00:00:00\n"
        "re_2,ch_lost,100,usd,succeeded,2025-02-01 00:00:00\nre_3,ch_1,100,usd,failed,2025-02-01 00:00:00\n"
    ),
    "dispute.csv": (
        "id,charge_id,amount,currency,status,created,livemode\ndu_1,ch_2,129900,usd,lost,2025-03-10 00:00:00,true\n"
        "du_2,ch_1,10200,usd,won,2025-02-10 00:00:00,true\n"
    ),
    "credit_note.csv": (
        "id,invoice_id,total,currency,status,created,livemode\ncn_1,in_1,2000,usd,issued,2025-02-01 00:00:00,true\n"
        "cn_2,in_lost,100,usd,issued,2025-02-01 00:00:00,true\n"
    ),
    "payout.csv": "id\npo_1\n",
    "wishes.csv": "id\n1\n",
}  # fmt: skip


def _mrr(ws: Workspace) -> list[Decimal | None]:
    return [figure.value for figure in ws.show("mrr", start="2025-01", end="2025-04")]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Loaded, Path]]:
    folder = written(tmp_path_factory.mktemp("stripe"), FOLDER)
    home = tmp_path_factory.mktemp("work") / "home"
    ws = made(home, NOW, "USD")
    rates = tmp_path_factory.mktemp("rates") / "rates.csv"
    rates.write_text("currency,date,rate\nJPY,2024-01-01,0.01\nKWD,2024-01-01,3\n")
    ws.call("load", Load((str(rates),), table="exchange_rate", history=True))
    yield ws, load_from(ws, "stripe", folder), folder
    ws.close()


def test_every_row_is_taken_or_refused_with_its_reason(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert counts(report) == {
        ("customer.csv", "account"): (2, 2, 0),
        ("people from customer.csv", "person"): (1, 1, 0),
        ("stripe_product.csv", "product"): (1, 1, 0),
        ("prices from price_data.csv", "plan"): (8, 8, 0),  # all but the one that is paid once
        ("plans from plan.csv", "plan"): (1, 1, 0),
        # si_1 has 5: trial, paid, discounted, a third seat, at full price; si_5 2, si_6 3, twelve others 1 each
        ("lines from subscription_item.csv", "subscription"): (22, 19, 3),
        ("plan_lines from subscription.csv", "subscription"): (1, 1, 0),
        ("losses from subscription.csv", "churn"): (1, 1, 0),
        ("past_lines from subscription_history.csv", "subscription"): (0, 0, 0),
        ("past_losses from subscription_history.csv", "churn"): (0, 0, 0),
        ("invoice.csv", "invoice"): (7, 7, 0),
        ("credit_note.csv", "invoice"): (2, 1, 1),
        ("billed from invoice_line_item.csv", "invoice_line"): (10, 9, 1),
        ("taxes from invoice.csv", "invoice_line"): (1, 1, 0),
        ("charge.csv", "payment"): (4, 3, 1),
        ("elsewhere from invoice.csv", "payment"): (2, 2, 0),
        ("refund.csv", "payment"): (2, 1, 1),
        ("dispute.csv", "payment"): (1, 1, 0),
    }
    failed = [(Path(r.file).name, row.line, row.value, row.reason) for r in report.reports for row in r.failed]
    known = "trialing, active, past_due, canceled, unpaid, paused"
    assert failed == [
        ("lines from subscription_item.csv", 18, None, "one of amount, unit_amount, committed_amount must be given"),
        ("lines from subscription_item.csv", 22, "sub_lost", "is no subscription of payers from subscription_item.csv"),
        ("lines from subscription_item.csv", 23, "frozen", f"is not among the values that the map knows: {known}"),
        ("credit_note.csv", 3, "in_lost", "is no id of invoices from invoice.csv"),
        ("billed from invoice_line_item.csv", 11, "lots", "is not an amount with up to 4 decimals"),
        ("charge.csv", 5, "ch_4", "is no id of charges_of_invoices from charge.csv"),
        ("refund.csv", 3, "ch_lost", "is no id of charges_of_invoices from charge.csv"),
    ]
    assert (report.unknown, report.aside) == (("wishes.csv",), ("payout.csv",))


def test_what_is_left_out_is_said(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert list(report.remarks) == [
        "customer: 1 of Stripe's test mode left out.",
        "subscription: 1 of Stripe's test mode left out.",
        "invoice: 1 of Stripe's test mode left out.",
        "subscription: 1 whose first payment never succeeded (incomplete) left out.",
        (
            "subscription: 1 paused or unpaid, and since when is told in no history; they count as resting from the "
            "beginning of the period that runs."
        ),
        "subscription_item: 1 of subscriptions that are in no file, so that nobody is known who pays.",
        "price: 1 with tiers, which no file tells: lines at these have no amount and are refused.",
        "price: 1 by use: lines at these commit to nothing; what was used is in invoice lines.",
        "discount: the coupon 'gone' (1) is in no file; what it takes off is not counted.",
        "invoice: 1 paid by charges that are in no file or name no invoice; by their payments they are unpaid.",
        "charge: 1 failed left out: no money moved for good.",
        "refund: 1 failed left out: no money moved for good.",
        "dispute: 1 won left out: no money moved for good.",
    ]


def test_a_line_is_told_stretch_by_stretch(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    rows = rows_of(
        ws, "subscription", "subscription_id", "started_at", "quantity", "unit_amount", "amount", "discount_share",
        "discount_amount", "is_trial", "is_paused",
    )  # fmt: skip
    told = {(r[0], f"{datetime.fromisoformat(str(r[1])):%Y-%m-%d}"): r[2:] for r in rows}
    seat, fifth = Decimal(50), Decimal("0.2")
    assert {key: row for key, row in told.items() if key[0] in ("si_1", "si_3a", "si_3b", "si_5", "si_6")} == {
        ("si_1", "2025-01-10"): (2, seat, None, None, None, True, False),
        ("si_1", "2025-01-24"): (2, seat, None, None, None, False, False),
        ("si_1", "2025-02-01"): (2, seat, None, fifth, None, False, False),
        ("si_1", "2025-03-05"): (3, seat, None, fifth, None, False, False),
        ("si_1", "2025-04-01"): (3, seat, None, None, None, False, False),
        # 20 off 50 and 30: 25 units are three packs of ten
        ("si_3a", "2025-02-03"): (1, seat, None, None, Decimal("12.5"), False, False),
        ("si_3b", "2025-02-03"): (25, None, Decimal(30), None, Decimal("7.5"), False, False),
        ("si_5", "2025-01-01"): (1, seat, None, None, None, False, False),
        ("si_5", "2025-03-01"): (1, seat, None, None, None, False, True),
        ("si_6", "2025-01-05"): (1, seat, None, None, None, False, False),
        ("si_6", "2025-02-10"): (1, seat, None, None, None, False, True),
        ("si_6", "2025-03-10"): (1, seat, None, None, None, False, False),
    }


def test_an_item_that_is_gone_is_told_by_the_invoices_that_billed_it(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    columns = ("subscription_id", "plan", "started_at", "ended_at", "cancel_requested_at")
    rows = [
        (row[0], row[1], *(f"{at:%m-%d}" for at in row[2:]))
        for row in rows_of(ws, "subscription", *columns)
        if row[0].startswith("si_10")
    ]
    assert rows == [("si_10a", "Seat", "05-01", "05-16", "06-20"), ("si_10b", "Old", "05-16", "07-01", "06-20")]


def test_prices_are_read_in_the_units_of_their_currency(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """980 yen are 980, 12340 thousandths of a dinar are 12.34, 0.05 cents a day and unit are 0.0035 dollars a week."""
    ws, _, _ = loaded
    columns = ("subscription_id", "currency", "unit_amount", "committed_amount", "interval", "interval_count", "plan")
    rows = {row[0]: row[1:] for row in rows_of(ws, "subscription", *columns)}
    assert rows["si_7c"] == ("JPY", Decimal(980), None, "month", 1, "yen")
    assert rows["si_7d"] == ("KWD", Decimal("12.34"), None, "month", 1, "dinar")
    assert rows["si_7e"] == ("USD", Decimal("0.0035"), None, "week", 30, "tiny")
    assert rows["si_7a"] == ("USD", None, Decimal(0), "month", 1, "Use")
    assert rows["sub_9"] == ("USD", Decimal(30), None, "month", 1, "Old")
    amounts = rows_of(
        ws, "invoice", "invoice_id", "account_id", "kind", "amount", "currency", "status", "subscription_id"
    )
    assert amounts == [
        ("cn_1", "cus_a", "credit_note", Decimal(20), "USD", None, None),
        ("in_1", "cus_a", "invoice", Decimal(102), "USD", "paid", "si_1"),
        ("in_2", "cus_b", "invoice", Decimal(1299), "USD", "paid", None),
        ("in_3", "cus_a", "invoice", Decimal(1960), "JPY", "paid", "si_7c"),
        ("in_4", "cus_a", "invoice", Decimal(5), "USD", "void", None),
        ("in_5", "cus_a", "invoice", Decimal("12.34"), "KWD", "paid", None),
        ("in_6", "cus_a", "invoice", Decimal(150), "USD", "paid", None),
        ("in_7", "cus_a", "invoice", Decimal(30), "USD", "paid", None),
    ]
    assert rows_of(ws, "invoice_line", "invoice_id", "kind", "subscription_id", "amount") == [
        ("in_1", "recurring", "si_1", Decimal(100)), ("in_1", "tax", None, Decimal(2)),
        ("in_2", "one_off", None, Decimal(99)), ("in_2", "recurring", "si_2", Decimal(1200)),
        ("in_3", "recurring", "si_7c", Decimal(1960)), ("in_6", "recurring", "si_1", Decimal(-63)),
        ("in_6", "recurring", "si_1", Decimal("94.5")), ("in_6", "recurring", "si_10a", Decimal("-25.8")),
        ("in_6", "recurring", "si_10a", Decimal(50)), ("in_6", "usage", "si_7a", Decimal("118.5")),
    ]  # fmt: skip
    assert rows_of(ws, "payment", "payment_id", "invoice_id", "kind", "amount", "currency") == [
        ("ch_1", "in_1", "payment", Decimal(102), "USD"), ("ch_2", "in_2", "payment", Decimal(1299), "USD"),
        ("ch_3", "in_3", "payment", Decimal(1960), "JPY"), ("du_1", "in_2", "chargeback", Decimal(1299), "USD"),
        ("in_5:out_of_band", "in_5", "payment", Decimal("12.34"), "KWD"),
        ("in_7:balance", "in_7", "payment", Decimal(30), "USD"), ("re_1", "in_1", "refund", Decimal(20), "USD"),
    ]  # fmt: skip


def test_accounts_and_what_became_of_them(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert rows_of(ws, "account", "account_id", "name", "currency", "churn_flag") == [
        ("cus_a", "Acme", "USD", None), ("cus_b", "cus_b", None, True),
    ]  # fmt: skip
    assert rows_of(ws, "person", "person_id", "account_id", "email") == [("cus_a", "cus_a", "ann@acme.example")]
    assert rows_of(ws, "churn", "churn_id", "account_id", "kind", "reason") == [
        ("sub_2", "cus_b", "voluntary", "too_expensive")
    ]


def test_checks_find_no_fault_in_what_is_read_right(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    found = {check.name: check.count for check in ws.call("check", Check()) if check.count}
    # two lines of one price run side by side, and a customer is billed in yen and dinars too: they are meant
    assert found == {"refused_row": 7, "double_subscription": 1, "other_currency": 4}


def test_mrr_is_that_of_the_months(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """At the end of January two seats of 50, a year of 1,200 and two seats elsewhere; in February a fifth off the two
    seats, one seat paused, and 80 less 20; in March a third seat, the year ended, one seat unpaid, the other back, and
    two at the old price of 30; in April the three seats at full price.
    """
    ws, _, _ = loaded
    assert _mrr(ws) == [
        Decimal(100 + 100 + 50 + 50),
        Decimal(80 + 100 + 60 + 50),
        Decimal(120 + 60 + 50 + 60),
        Decimal(320),
    ]
    (used,) = ws.show("usage_revenue", start="2025-03", end="2025-03")
    assert used.value == Decimal("118.5")
    (paid,) = ws.show("payment_regularity", start="2025-01", end="2025-01")
    assert (paid.numerator, paid.denominator) == (Decimal(0), Decimal(1))  # due on 31 January, paid on 9 February


def test_once_more_changes_nothing_and_what_is_gone_is_taken_back(
    loaded: tuple[Workspace, Loaded, Path], tmp_path: Path
) -> None:
    """Without the discount, February counts two seats in full and March three."""
    ws, first, folder = loaded
    again = load_from(ws, "stripe", folder)
    assert [(r.table, r.read, r.rejected, r.loaded, r.retracted) for r in again.reports] == [
        (r.table, r.read, r.rejected, 0, 0) for r in first.reports
    ]
    for name, text in FOLDER.items():
        lines = [line for line in text.splitlines() if not line.startswith("di_1")]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    load_from(ws, "stripe", tmp_path, history=False)
    later = [Decimal(300), Decimal(310), Decimal(320), Decimal(320)]
    assert _mrr(ws) == later
    ws.call("rebuild", Rebuild())
    assert _mrr(ws) == later


def test_amounts_of_all_kinds_of_currencies() -> None:
    """As docs.stripe.com/currencies has it: 10 USD are 1000, 500 yen 500, 5.124 dinar 5124, 5 ISK and 5 UGX 500."""
    for amount, currency, wanted in (
        ("1000", "usd", "10"), ("500", "jpy", "500"), ("5124", "KWD", "5.124"), ("500", "isk", "5"), ("500", "ugx", "5"),
        ("0.0005", "usd", "0.000005"), ("", "usd", None), ("x", "usd", None),
    ):  # fmt: skip
        ((found,),) = duckdb.execute(f"SELECT {major('?', '?')}", [amount, currency, currency]).fetchall()
        assert found == (Decimal(wanted) if wanted else None)


def test_vendors_are_there_by_existing() -> None:
    assert "stripe" in vendors()
    assert find("stripe").stream(Path("STRIPE_INVOICE_LINE_ITEM_DATA.csv")) == "invoice_line_item"


def test_the_published_fixtures_are_accounted_for_row_by_row(tmp_path: Path, shared_data: Path) -> None:
    """The seeds are inconsistent on purpose: orphans are refused or reported, and no row is lost without a word.

    Expected from the files: 12 customers, 10 products, 13 plans and 3 prices that recur; 14 items, of which 12 name
    subscriptions that are in no file and two begin after theirs ended; one invoice of two is of test mode; no charge
    succeeded, so that refunds and lost disputes have none.
    """
    folder = shared_data / "dbt_stripe_seeds"
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "stripe", folder)
    assert counts(report, read=True) == {
        ("customer_data.csv", "account"): (12, 12, 0),
        ("product_data.csv", "product"): (10, 10, 0),
        ("prices from price_data.csv", "plan"): (3, 3, 0),
        ("plans from plan_data.csv", "plan"): (13, 13, 0),
        ("lines from subscription_item_data.csv", "subscription"): (14, 0, 14),
        ("invoice_data.csv", "invoice"): (1, 1, 0),
        ("credit_note_data.csv", "invoice"): (1, 0, 1),
        ("billed from invoice_line_item_data.csv", "invoice_line"): (3, 3, 0),
        ("refund_data.csv", "payment"): (4, 0, 4),
        ("dispute_data.csv", "payment"): (7, 0, 7),
    }
    raw = f"read_csv('{folder / 'invoice_line_item_data.csv'}', all_varchar := true)"
    ((billed,),) = duckdb.execute(f"SELECT sum(amount::DECIMAL(18, 2)) / 100 FROM {raw}").fetchall()
    assert sum(row[0] for row in rows_of(ws, "invoice_line", "amount")) == Decimal(str(billed)) == Decimal("1.86")
    assert rows_of(ws, "invoice", "invoice_id", "account_id", "amount", "status") == [
        ("ab1111", "sdgfs84854", Decimal(10), "paid")
    ]
    assert {name for name in report.unknown if name.endswith(".csv")} == {
        "discount_data_postgres.csv", "discount_data_snowflake.csv", "subscription_discount_data_postgres.csv",
        "subscription_discount_data_snowflake.csv",
    }  # fmt: skip
    assert len(report.aside) == 11
    said = "\n".join(report.remarks)
    assert "charge: 16 failed" in said
    assert "subscription_item: 12 of subscriptions that are in no file" in said
    assert "subscription_item: 1 at prices that are in no file" in said  # 146gcb
    orphans = next(found for found in ws.call("check", Check()) if found.name == "orphan")
    assert orphans.count > 0
    ws.close()


def test_older_tables_and_other_forms_will_do(tmp_path: Path) -> None:
    """Subscriptions that name their one plan, told by a history only; typed columns; an invoice of the time before status."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "subscription_history.csv").write_text(
        "id,customer_id,status,start,plan_id,quantity,_fivetran_active\nsub_1,cus_1,active,2025-01-01 00:00:00,old,2,true\n"
        "sub_1,cus_1,trialing,2025-01-01 00:00:00,old,1,false\n"
    )
    plan = folder / "plan.parquet"
    duckdb.execute(
        "COPY (SELECT 'old' AS id, 'prod_1' AS product_id, 'usd' AS currency, 3000 AS amount, 'month' AS interval, "
        f"1 AS interval_count, true AS livemode) TO '{plan}' (FORMAT parquet)"
    )
    (folder / "invoice.jsonl").write_text(
        '{"id": "in_1", "customer_id": "cus_1", "total": 6000, "currency": "usd", "paid": true, "date": 1735689600}\n'
    )
    (folder / "credit_note.csv").write_text("id,invoice_id,total,currency,created\ncn_1,in_1,1000,usd,2025-01-02\n")
    (folder / "refund.csv").write_text("id,charge_id,amount,currency,created\nre_1,ch_1,10,usd,2025-01-02\n")
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "stripe", folder)
    assert [r.table for r in report.reports if r.rejected] == []
    lines = rows_of(ws, "subscription", "subscription_id", "account_id", "plan", "quantity", "unit_amount")
    assert lines == [("sub_1", "cus_1", "old", 2, Decimal(30))]
    assert [f.value for f in ws.show("mrr", start="2025-01", end="2025-01")] == [Decimal(60)]
    invoices = rows_of(ws, "invoice", "invoice_id", "amount", "issued_at", "status")
    assert [(*row[:2], f"{row[2]:%Y-%m-%d}", row[3]) for row in invoices] == [
        ("cn_1", Decimal(10), "2025-01-02", None),
        ("in_1", Decimal(60), "2025-01-01", "paid"),
    ]
    assert "refund is not loaded without charge." in report.remarks
    ws.close()
