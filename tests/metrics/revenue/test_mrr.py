"""Recurring revenue: what counts, per month, and at which moment."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.config import Customers
from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Acme pays 1,200 a year, which is 100 a month. Birch pays 300 a quarter less 20 %: 80 a month. Cedar is on trial and
    pays nothing yet. Dune came on the last day of March, and counts at its full monthly price. 100 + 80 + 50 = 230.""",
    {
        "subscription": """
        subscription_id,account_id,amount,interval,discount_share,is_trial,started_at
        s1,acme,1200,year,,false,2025-06-01
        s2,birch,300,quarter,0.2,false,2025-02-01
        s3,cedar,60,month,,true,2026-03-01
        s4,dune,50,month,,false,2026-03-31
        """
    },
    "2026-03",
    (Shown("230"),),
)


def test_each_line_counts_per_month_what_recurs():
    world = Cases()
    world.case("year", {"amount": 1200, "interval": "year"})
    world.case("quarter", {"amount": 300, "interval": "quarter"})
    world.case("week", {"amount": 30, "interval": "week"})  # 30 x 52 / 12
    world.case("half year", {"amount": 600, "interval": "month", "interval_count": 6})
    world.case("three years", {"amount": 3600, "interval": "year", "interval_count": 3})
    world.case("seats", {"unit_amount": "12.5", "quantity": 8})
    world.case("minimum", {"amount": 900, "committed_amount": 250})
    world.case("share off", {"amount": 200, "discount_share": "0.25"})
    world.case("amount off", {"amount": 200, "discount_amount": 30})
    world.case("off once", {"amount": 200, "discount_share": "0.5", "discount_kind": "once"})
    world.case("off until April", {"amount": 200, "discount_share": "0.5", "discount_ends_at": "2026-04-01"})
    world.case("off until March", {"amount": 200, "discount_share": "0.5", "discount_ends_at": "2026-03-31"})
    world.case("third", {"amount": 100, "interval": "quarter"})  # 33.3333: rounded once, to a ten-thousandth
    world.case("two lines", {"amount": 40}, {"amount": 60})
    world.case("credit", {"amount": 100}, {"amount": -30})
    world.case("trial", {"amount": 99, "is_trial": True})
    world.case("paused", {"amount": 99, "is_paused": True})
    world.case("free", {"amount": 0})
    world.case("all off", {"amount": 99, "discount_share": 1})
    world.case("test", {"amount": 99}, is_test=True)
    assert world.by_case("mrr", "2026-03") == {
        "year": 100, "quarter": 100, "week": 130, "half year": 100, "three years": 100, "seats": 100, "minimum": 250,
        "share off": 150, "amount off": 170, "off once": 200, "off until April": 100, "off until March": 200,
        "third": 33.3333, "two lines": 100, "credit": 70,
    }  # fmt: skip
    total = 7 * 100 + 130 + 250 + 150 + 170 + 200 + 200 + 70 + Decimal("33.3333")
    assert world.value("mrr", "2026-03") == total


def test_the_close_is_the_state_just_before_the_end():
    world = Cases()
    world.case("ends on the first of April", {"amount": 1, "ended_at": "2026-04-01"})
    world.case("ends on the last of March", {"amount": 2, "ended_at": "2026-03-31"})
    world.case("begins on the last of March", {"amount": 4, "started_at": "2026-03-31"})
    world.case("begins on the first of April", {"amount": 8, "started_at": "2026-04-01"})
    assert world.value("mrr", "2026-03") == 1 + 4
    assert world.value("mrr", "2026-04") == 4 + 8


def test_a_row_of_the_same_line_ends_the_one_before_it():
    world = Cases()
    world.case("grows", {"amount": 100})
    world.add(
        "subscription",
        {"subscription_id": "grows-0", "account_id": "grows", "amount": 150, "started_at": "2026-02-10"},
        {"subscription_id": "grows-0", "account_id": "grows", "amount": 180, "started_at": "2026-03-10",
         "ended_at": "2026-05-01"},
    )  # fmt: skip
    found = [int(figure.value) for figure in world.ask("mrr", "2026-01", "2026-05")]
    assert found == [100, 150, 180, 180, 0]


def test_a_seat_added_in_mid_month_counts_in_full():
    world = World().account(ACME)
    world.add(
        "subscription",
        {"subscription_id": "s", "account_id": ACME, "unit_amount": 10, "quantity": 5, "started_at": "2026-01-01"},
        {"subscription_id": "s", "account_id": ACME, "unit_amount": 10, "quantity": 6, "started_at": "2026-03-30"},
    )
    assert world.value("mrr", "2026-03") == 60


@pytest.mark.parametrize(
    ("zone", "march", "april"), [("UTC", 20, 10), ("Europe/Berlin", 10, 10), ("America/New_York", 10, 10)]
)
def test_days_are_cut_in_the_organisations_zone(zone, march, april):
    # 22:30 UTC on 31 March is 00:30 on 1 April in Berlin (summer time); 03:30 UTC on 1 April is still March in New York.
    world = World(zone=zone).account(ACME).account(BIRCH)
    world.pays(ACME, 10, "2026-03-31 22:30:00").pays(BIRCH, 10, "2026-01-01", "2026-04-01 03:30:00")
    assert world.value("mrr", "2026-03") == march
    assert world.value("mrr", "2026-04") == april


def test_an_unfinished_period_closes_now():
    world = World(now="2026-06-15").account(ACME).account(BIRCH)
    world.pays(ACME, 10, "2026-01-01", "2026-06-20").pays(BIRCH, 5, "2026-06-16")
    (figure,) = world.ask("mrr", "2026-06")
    assert figure.value == 10
    assert "the period is not over" in figure.notes


def test_as_of_reads_what_was_known_then():
    world = World().account(ACME, known="2026-01-01")
    world.pays(ACME, 10, "2026-01-01", known="2026-01-01")
    world.pays(ACME, 10, "2026-01-01", "2026-02-01", known="2026-03-05")  # the end was entered late
    assert world.value("mrr", "2026-02") == 0
    assert world.value("mrr", "2026-02", as_of="2026-03-04") == 10
    assert world.value("mrr", "2026-02", as_of="2026-03-05") == 0


def test_the_close_is_valued_at_the_closing_rate_or_the_budgets():
    world = World(budget_rates={"USD": Decimal("0.8")}).account(ACME).account(BIRCH)
    world.pays(ACME, 100, "2026-01-01", currency="USD").pays(BIRCH, 10, "2026-01-01", currency="XXX")
    world.add(
        "exchange_rate",
        {"currency": "USD", "date": "2026-01-01", "rate": "0.9"},
        {"currency": "USD", "date": "2026-04-01", "rate": "0.95"},
    )
    assert [figure.value for figure in world.ask("mrr", "2026-02", "2026-03")] == [90, 95]
    assert world.value("mrr", "2026-03", variant=("budget_rate",)) == 80
    world.account(CEDAR).pays(CEDAR, 5_000_000_000, "2026-04-01", currency="USD")
    assert world.value("mrr", "2026-04") == 95 + 4_750_000_000
    (figure,) = world.ask("mrr", "2026-03")
    assert figure.excluded == {"no exchange rate": 1}


def test_settings_may_count_those_who_pay_nothing_as_customers_but_their_money_is_nothing():
    world = World(customers=Customers(include_trials=True)).account(ACME).pays(ACME, 50, "2026-01-01", is_trial=True)
    assert world.value("mrr", "2026-03") == 0


def test_slices_are_read_just_before_the_close():
    world = World().account(ACME).pays(ACME, 10, "2025-01-01").owns(ADA, ACME, "2025-01-01")
    world.owns(BEN, ACME, "2026-03-01").account(BIRCH).pays(BIRCH, 100, "2025-01-01")
    world.owns(ADA, BIRCH, "2025-01-01", share="0.3").owns(BEN, BIRCH, "2025-01-01", share="0.7")
    assert world.values("mrr", "2026-02", "owner") == {ADA: 40, BEN: 70}
    assert world.values("mrr", "2026-03", "owner") == {ADA: 30, BEN: 80}
    world.owns(ADA, ACME, "2026-04-29")  # neither the owner of the opening nor the one of most of the month
    for metric, times in (("mrr", 1), ("arr", 12)):
        assert world.values(metric, "2026-04", "owner") == {ADA: 40 * times, BEN: 70 * times}


def test_merged_accounts_count_as_their_survivor_and_parents_on_request():
    world = World().account(ACME, segment="SMB").account(BIRCH, segment="ENT", merged_into=ACME)
    world.account("son", parent_id=ACME, segment="MID").pays(ACME, 1, "2026-01-01").pays(BIRCH, 2, "2026-01-01")
    world.pays("son", 4, "2026-01-01")
    assert world.values("mrr", "2026-03", "segment") == {"SMB": 3, "MID": 4}
    assert world.values("mrr", "2026-03", "segment", variant=("parent",)) == {"SMB": 7}


def test_products_and_plans_split_an_account_without_loss():
    world = World().account(ACME).pays(ACME, 100, "2026-01-01", product_id="core", plan="gold")
    world.pays(ACME, 20, "2026-01-01", line="b", product_id="extra").pays(ACME, -10, "2026-01-01", line="c")
    assert world.values("mrr", "2026-03", "product") == {"core": 100, "extra": 20, None: -10}
    assert world.values("mrr", "2026-03", "plan") == {"gold": 100, None: 10}


def test_cancelled_lines_may_be_taken_out_at_the_request():
    world = World().account(ACME)
    world.pays(ACME, 10, "2026-01-01", "2026-05-01", cancel_requested_at="2026-03-20")
    assert world.value("mrr", "2026-03") == 10
    assert world.value("mrr", "2026-03", variant=("request_day",)) == 0
