"""What moved recurring revenue: kinds, causes, days, rates and slices."""

from __future__ import annotations

from decimal import Decimal

from tenure.core.config import Customers
from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """230 stand in the books when March begins. Dune is new with 40. Elm had left in December and is back with 30: a
    reactivation, not new. Acme pays 20 more, Cedar 20 less, and Birch's 50 end. 230 + 40 + 30 + 20 - 20 - 50 = 250 at
    the close.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2025-01-01,
        s1,acme,120,2026-03-10,
        s2,birch,50,2025-02-01,2026-03-15
        s3,cedar,80,2025-02-01,
        s3,cedar,60,2026-03-12,
        s4,dune,40,2026-03-05,
        s5,elm,25,2025-03-01,2025-12-01
        s6,elm,30,2026-03-20,
        """
    },
    "2026-03",
    (
        Shown("40", slice={"kind": "new"}),
        Shown("30", slice={"kind": "reactivation"}),
        Shown("20", slice={"kind": "expansion"}),
        Shown("-20", slice={"kind": "contraction"}),
        Shown("-50", slice={"kind": "churn"}),
    ),
)


def test_kinds_of_movements():
    world = Cases()
    world.case("comes", {"amount": 10, "started_at": "2026-03-05"})
    world.case("comes on the first", {"amount": 10, "started_at": "2026-03-01"})
    world.case("goes on the first", {"amount": 10, "ended_at": "2026-03-01"})
    world.case("goes on the first of April", {"amount": 10, "ended_at": "2026-04-01"})
    world.case("returns", {"amount": 10, "ended_at": "2025-01-01"}, {"amount": 15, "started_at": "2026-03-05"})
    world.case("goes and returns", {"amount": 10, "ended_at": "2026-03-05"}, {"amount": 12, "started_at": "2026-03-20"})
    world.case("comes and goes", {"amount": 10, "started_at": "2026-03-05", "ended_at": "2026-03-25"})
    world.case("one of two goes", {"amount": 10}, {"amount": 5, "ended_at": "2026-03-09"})
    world.case("two on one day", {"amount": 100, "ended_at": "2026-03-09 09:00:00"},
               {"amount": 120, "started_at": "2026-03-09 15:00:00"})  # fmt: skip
    world.case("up and down", {"amount": 10}, {"amount": 5, "started_at": "2026-03-02", "ended_at": "2026-03-20"})
    world.case("discount over", {"amount": 10, "discount_share": "0.2", "discount_ends_at": "2026-03-15"})
    world.case("discount over later", {"amount": 10, "discount_share": "0.2", "discount_ends_at": "2026-04-01"})
    world.case("swap of equals", {"amount": 10, "ended_at": "2026-03-09"}, {"amount": 10, "started_at": "2026-03-09"})
    world.case("within a day", {"amount": 9, "started_at": "2026-03-09 08:00:00", "ended_at": "2026-03-09 20:00:00"})
    world.case("trial turns", {"amount": 30, "is_trial": True, "ended_at": "2026-03-03"},
               {"amount": 30, "started_at": "2026-03-03"})  # fmt: skip
    world.case("pauses", {"amount": 10, "ended_at": "2026-03-03"},
               {"amount": 10, "started_at": "2026-03-03", "is_paused": True})  # fmt: skip
    world.case("test", {"amount": 10, "started_at": "2026-03-05"}, is_test=True)
    assert world.by_kind("2026-03") == {
        ("comes", "new"): 10,
        ("comes on the first", "new"): 10,
        ("goes on the first", "churn"): -10,
        ("returns", "reactivation"): 15,
        ("goes and returns", "churn"): -10,
        ("goes and returns", "reactivation"): 12,
        ("comes and goes", "new"): 10,
        ("comes and goes", "churn"): -10,
        ("one of two goes", "contraction"): -5,
        ("two on one day", "expansion"): 20,
        ("up and down", "expansion"): 5,
        ("up and down", "contraction"): -5,
        ("discount over", "expansion"): 2,
        ("trial turns", "new"): 30,
        ("pauses", "churn"): -10,
    }
    total = {figure.slice["kind"]: (int(figure.value), figure.n) for figure in world.ask("mrr_movements", "2026-03")}
    assert total == {
        "new": (60, 4), "reactivation": (27, 2), "expansion": (27, 3), "contraction": (-10, 2), "churn": (-40, 4),
    }  # fmt: skip


def test_causes_of_expansion_and_contraction_are_signed_and_add_up():
    def change(**row):
        return {"ended_at": "2026-03-10", "product_id": "core", "plan": "silver", **row}

    def to(**row):
        return {"started_at": "2026-03-10", "product_id": "core", "plan": "silver", **row}

    world = Cases()
    world.case("seats and price", change(unit_amount=10, quantity=10), to(unit_amount=9, quantity=12))
    world.case("seats, a total given", change(amount=100, quantity=10), to(amount=108, quantity=12))
    world.case("price", change(amount=100), to(amount=110))
    world.case("plan", change(amount=100), to(amount=150, plan="gold"))
    world.case("seats and plan", change(unit_amount=10, quantity=10), to(unit_amount=15, quantity=12, plan="gold"))
    world.case("new product", {"amount": 100, "product_id": "core"}, to(amount=40, product_id="extra"))
    world.case("product given up", {"amount": 100, "product_id": "core"}, change(amount=40, product_id="extra"))
    world.case(
        "product swapped", {"amount": 5, "product_id": "x"}, change(amount=100), to(amount=130, product_id="extra")
    )
    world.case("discount", change(amount=100), to(amount=100, discount_share="0.1"))
    world.case("price and discount", change(amount=100, discount_share="0.2"), to(amount=120, discount_share="0.1"))
    world.case("a line more", {"amount": 100, "product_id": "core"}, to(amount=30))
    world.case("of two, one changes", {"amount": 500, "product_id": "core", "quantity": 5},
               change(unit_amount=10, quantity=10), to(unit_amount=10, quantity=8))  # fmt: skip
    causes = world.by_kind("2026-03", by=("cause",))
    assert causes == {
        ("seats and price", "expansion", "seats"): 20,
        ("seats and price", "expansion", "price"): -12,
        ("seats, a total given", "expansion", "seats"): 20,
        ("seats, a total given", "expansion", "price"): -12,
        ("price", "expansion", "price"): 10,
        ("plan", "expansion", "tier"): 50,
        ("seats and plan", "expansion", "seats"): 20,
        ("seats and plan", "expansion", "tier"): 60,
        ("new product", "expansion", "cross_sell"): 40,
        ("product given up", "contraction", "cross_sell"): -40,
        ("product swapped", "expansion", "tier"): 30,
        ("discount", "contraction", "discount"): -10,
        ("price and discount", "expansion", "price"): 20,
        ("price and discount", "expansion", "discount"): 8,  # 20 off, then 12 off
        ("a line more", "expansion", "seats"): 30,
        ("of two, one changes", "contraction", "seats"): -20,
    }
    without = world.by_kind("2026-03")
    for (case, kind), value in without.items():
        assert value == sum(part for key, part in causes.items() if key[:2] == (case, kind))


def test_two_lines_of_a_product_that_change_on_one_day_each_tell_their_own_cause():
    world = Cases()
    world.case("two", {"unit_amount": 10, "quantity": 10, "product_id": "core"},
               {"unit_amount": 20, "quantity": 5, "product_id": "core"})  # fmt: skip
    rows = {"account_id": "two", "product_id": "core", "started_at": "2026-03-10"}
    world.add(
        "subscription",
        {**rows, "subscription_id": "two-0", "unit_amount": 10, "quantity": 12},  # two seats more
        {**rows, "subscription_id": "two-1", "unit_amount": 18, "quantity": 5},  # cheaper
    )
    assert world.by_kind("2026-03", by=("cause",)) == {
        ("two", "expansion", "seats"): 20, ("two", "expansion", "price"): -10,
    }  # fmt: skip


def test_the_example_of_chartmogul():
    """Gold 50/500, Silver 30/300 (chartmogul-syncalytics): churn is dated at the end of the paid year."""
    world = World().account(ACME)
    world.pays(ACME, 2000, "2025-01-10", "2026-01-10", line="gold", interval="year", quantity=4, plan="gold",
               product_id="gold", cancel_requested_at="2025-12-20")  # fmt: skip
    world.pays(ACME, 60, "2025-01-15", "2025-02-15", line="silver", quantity=2, plan="silver", product_id="silver")
    world.pays(ACME, 150, "2026-04-02", line="again", quantity=3, plan="gold", product_id="gold")
    found = [
        (figure.period_start.strftime("%Y-%m"), figure.slice["kind"], round(figure.value, 2))
        for figure in world.ask("mrr_movements", "2025-01", "2026-04")
    ]
    assert found == [
        ("2025-01", "new", Decimal("166.67")),
        ("2025-01", "expansion", 60),
        ("2025-02", "contraction", -60),
        ("2026-01", "churn", Decimal("-166.67")),
        ("2026-04", "reactivation", 150),
    ]
    early = world.ask("mrr_movements", "2025-12", "2026-01", variant=("request_day",))
    assert [(figure.period_start.month, figure.slice["kind"]) for figure in early] == [(12, "churn")]


def test_lapses_are_bridged_where_the_settings_say_so():
    def told(days):
        world = (
            Cases(customers=Customers(lapse_days=days)).owns(ADA, "late", "2024-01-01").owns(BEN, "late", "2026-02-01")
        )
        world.case("late", {"amount": 100, "ended_at": "2026-01-31", "product_id": "p"},
                   {"amount": 120, "started_at": "2026-02-03", "product_id": "p"})  # fmt: skip
        return world

    assert told(2).by_kind("2026-01") == {("late", "churn"): -100}
    assert told(2).by_kind("2026-02") == {("late", "reactivation"): 120}
    bridged = told(3)
    assert bridged.by_kind("2026-01") == {}
    assert bridged.by_kind("2026-02", by=("cause", "owner")) == {("late", "expansion", "price", BEN): 20}
    assert bridged.values("mrr", "2026-01", "owner") == {ADA: 100}
    assert bridged.values("mrr", "2026-02", "owner") == {BEN: 120}
    assert bridged.value("customer_churn_rate", "2026-01") == 0


def test_merging_is_neither_churn_nor_expansion():
    world = World().account(ACME).account(BIRCH).pays(ACME, 10, "2025-01-01").pays(BIRCH, 5, "2025-01-01", "2026-03-10")
    world.pays(ACME, 5, "2026-03-10", line="taken over")
    assert {figure.slice["kind"]: figure.value for figure in world.ask("mrr_movements", "2026-03")} == {
        "expansion": 5, "churn": -5,
    }  # fmt: skip
    world.account(BIRCH, merged_into=ACME, known="2026-05-01")
    assert world.ask("mrr_movements", "2026-03") == []


def test_parents_net_their_family():
    world = World().account(ACME).account(BIRCH, parent_id=ACME).account(CEDAR, parent_id=BIRCH)
    world.pays(ACME, 10, "2025-01-01").pays(BIRCH, 5, "2025-01-01", "2026-03-10").pays(CEDAR, 20, "2026-03-10")
    kinds = {
        figure.slice["kind"]: figure.value for figure in world.ask("mrr_movements", "2026-03", variant=("parent",))
    }
    assert kinds == {"expansion": 15}


def test_movements_are_valued_at_the_opening_rate_and_fx_is_the_rest():
    world = World().account(ACME).account(BIRCH)
    rates = {"2026-01-01": "0.90", "2026-03-01": "0.80", "2026-03-15": "0.70", "2026-04-01": "0.50"}
    world.add("exchange_rate", *({"currency": "USD", "date": day, "rate": rate} for day, rate in rates.items()))
    world.pays(ACME, 100, "2026-01-01", currency="USD").pays(ACME, 50, "2026-03-20", line="more", currency="USD")
    world.pays(BIRCH, 10, "2026-01-01", "2026-03-20", currency="USD")
    assert [figure.value for figure in world.ask("mrr", "2026-02", "2026-03")] == [88, 75]  # 110 x 0.8, 150 x 0.5
    found = {figure.slice["kind"]: figure.value for figure in world.ask("mrr_movements", "2026-03")}
    assert found == {"expansion": 40, "churn": -8, "fx": -45}  # at 0.8; 150 x (0.5 - 0.8)


def test_transfers_in_mid_month_are_zero_in_total_and_one_on_the_first_stands_between():
    world = World().account(ACME, segment="SMB", valid_from="2024-01-01").pays(ACME, 100, "2025-01-01")
    world.account(ACME, segment="ENT", valid_from="2026-03-20")
    world.owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-10").owns(ADA, ACME, "2026-05-01")
    world.pays(ACME, 20, "2026-03-15", line="more")

    def told(period, by):
        return {
            (figure.slice[by], figure.slice["kind"]): figure.value
            for figure in world.ask("mrr_movements", period, by=(by,))
        }

    assert told("2026-03", "owner") == {
        (ADA, "transfer_out"): -100, (BEN, "transfer_in"): 100, (BEN, "expansion"): 20,
    }  # fmt: skip
    assert told("2026-03", "segment") == {
        ("SMB", "expansion"): 20, ("SMB", "transfer_out"): -120, ("ENT", "transfer_in"): 120,
    }  # fmt: skip
    assert told("2026-04", "owner") == told("2026-05", "owner") == {}
    assert world.values("mrr", "2026-04", "owner") == {BEN: 120}
    assert world.values("mrr", "2026-05", "owner") == {ADA: 120}


def test_a_change_of_shares_moves_only_the_difference():
    world = World().account(ACME).pays(ACME, 100, "2025-01-01").owns(ADA, ACME, "2025-01-01")
    world.owns(ADA, ACME, "2026-03-10", share="0.6").owns(BEN, ACME, "2026-03-10", share="0.4")
    world.pays(ACME, 10, "2026-03-20", line="more")
    found = {(f.slice["owner"], f.slice["kind"]): f.value for f in world.ask("mrr_movements", "2026-03", by=("owner",))}
    assert found == {
        (ADA, "transfer_out"): -40, (BEN, "transfer_in"): 40, (ADA, "expansion"): 6, (BEN, "expansion"): 4,
    }  # fmt: skip


def test_the_first_owner_owns_from_the_start_if_assigned_within_the_grace():
    world = World(now="2026-07-01").account(ACME).account(BIRCH)
    world.pays(ACME, 10, "2026-03-01").owns(ADA, ACME, "2026-03-31")
    world.pays(BIRCH, 20, "2026-03-01").owns(BEN, BIRCH, "2026-04-01")
    found = {(f.slice["owner"], f.slice["kind"]): f.value for f in world.ask("mrr_movements", "2026-03", by=("owner",))}
    assert found == {(ADA, "new"): 10, (None, "new"): 20}


def test_what_a_paying_trial_would_be_is_new_when_it_pays():
    world = World(customers=Customers(include_trials=True, include_paused=True)).account(ACME)
    world.pays(ACME, 50, "2026-01-10", "2026-02-10", is_trial=True).pays(ACME, 50, "2026-02-10", "2026-03-10", line="b")
    world.pays(ACME, 50, "2026-03-10", line="c", is_paused=True)
    found = [
        (figure.period_start.month, figure.slice["kind"], figure.value)
        for figure in world.ask("mrr_movements", "2026-01", "2026-03")
    ]
    assert found == [(2, "new", 50), (3, "contraction", -50)]  # still a customer, if the settings say so


def test_more_credit_than_pay_still_adds_up():
    world = (
        World().account(ACME).pays(ACME, 100, "2026-01-01", "2026-03-10").pays(ACME, -30, "2026-02-10", line="credit")
    )
    assert [figure.value for figure in world.ask("mrr", "2026-01", "2026-03")] == [100, 70, -30]
    assert {f.slice["kind"]: f.value for f in world.ask("mrr_movements", "2026-03")} == {"churn": -100}


def test_movements_of_products_are_those_of_account_and_product():
    world = World().account(ACME).pays(ACME, 100, "2025-01-01", "2026-03-10", product_id="old")
    world.pays(ACME, 130, "2026-03-10", line="b", product_id="new")
    found = {
        (f.slice["product"], f.slice["kind"]): f.value for f in world.ask("mrr_movements", "2026-03", by=("product",))
    }
    assert found == {("old", "churn"): -100, ("new", "new"): 130}


def test_an_unfinished_month_and_other_grains():
    world = World(now="2026-03-16", fiscal_year_start=2).account(ACME).pays(ACME, 10, "2026-01-05")
    world.pays(ACME, 5, "2026-03-10", line="b").pays(ACME, 7, "2026-03-20", line="c")
    assert [f.value for f in world.ask("mrr_movements", "2026-03")] == [5]
    assert [f.value for f in world.ask("mrr_movements", "2026-03-10", grain="day")] == [5]
    assert [f.value for f in world.ask("mrr_movements", "2026-03-10", grain="week")] == [5]
    quarters = world.ask("mrr_movements", "2025-11-01", "2026-03-01", grain="quarter")  # fiscal: Nov-Jan, Feb-Apr
    assert [(f.period_start.month, f.slice["kind"], f.value) for f in quarters] == [
        (11, "new", 10),
        (2, "expansion", 5),
    ]


def test_transfers_stay_in_the_product_they_carry():
    world = World().account(ACME).owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-10")
    world.pays(ACME, 100, "2025-01-01", product_id="core").pays(ACME, 30, "2025-01-01", line="b", product_id="extra")
    found = {
        (f.slice["owner"], f.slice["product"], f.slice["kind"]): f.value
        for f in world.ask("mrr_movements", "2026-03", by=("owner", "product"))
    }
    assert found == {
        (ADA, "core", "transfer_out"): -100, (BEN, "core", "transfer_in"): 100,
        (ADA, "extra", "transfer_out"): -30, (BEN, "extra", "transfer_in"): 30,
    }  # fmt: skip
