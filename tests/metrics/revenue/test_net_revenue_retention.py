"""What became of the revenue there was."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """A year before the end of March 2026 Acme, Birch and Cedar pay 100 + 50 + 50 = 200. Since then Acme grew to 130 and
    Birch left. Dune came in the meantime: new customers never count. (130 + 0 + 50) / 200 = 90 %. Half of the base is
    Acme's alone.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2024-01-01,
        s1,acme,130,2025-09-01,
        s2,birch,50,2024-02-01,2025-11-01
        s3,cedar,50,2024-02-01,
        s4,dune,80,2025-06-01,
        """
    },
    "2026-03",
    (Shown("0.9", "180", "200", beside={"top1_share": "0.5"}),),
)


def test_newcomers_never_count_and_returners_by_the_formula():
    world = Cases()
    world.case("grew", {"amount": 100, "ended_at": "2025-09-01"}, {"amount": 150, "started_at": "2025-09-01"})
    world.case("shrank", {"amount": 100, "ended_at": "2025-09-01"}, {"amount": 70, "started_at": "2025-09-01"})
    world.case("left", {"amount": 100, "ended_at": "2025-09-01"})
    world.case("left on the first", {"amount": 100, "ended_at": "2025-03-01"})
    world.case("returned", {"amount": 100, "ended_at": "2025-09-01"}, {"amount": 80, "started_at": "2025-11-01"})
    world.case("returned and left", {"amount": 100, "ended_at": "2025-09-01"},
               {"amount": 300, "started_at": "2025-11-01", "ended_at": "2026-02-01"})  # fmt: skip
    world.case("new", {"amount": 500, "started_at": "2025-03-01"})
    # The window of the figure of February 2026 opens on 1 March 2025.
    assert world.by_case("net_revenue_retention", "2026-02") == {
        "grew": 1.5, "shrank": 0.7, "left": 0, "left on the first": 0, "returned": 0.8, "returned and left": 0,
    }  # fmt: skip
    assert world.by_case("net_revenue_retention", "2026-02", variant=("movement_sum",)) == {
        "grew": 1.5, "shrank": 0.7, "left": 0, "left on the first": 0, "returned": 0, "returned and left": 0,
    }  # fmt: skip
    (figure,) = world.ask("net_revenue_retention", "2026-02")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.5"), 300, 600)
    assert figure.window == "12m"


def test_the_largest_account_is_shown():
    world = (
        World().account(ACME).account(BIRCH).pays(ACME, 300, "2025-01-01").pays(BIRCH, 100, "2025-01-01", "2025-12-01")
    )
    (figure,) = world.ask("net_revenue_retention", "2026-02")
    assert (figure.value, figure.extra["top1_share"]) == (Decimal("0.75"), Decimal("0.75"))


def test_exchange_rates_alone_never_move_it():
    world = World(budget_rates={"USD": Decimal(2)}).account(ACME).account(BIRCH)
    world.add("exchange_rate", {"currency": "USD", "date": "2025-01-01", "rate": 1},
              {"currency": "USD", "date": "2026-01-01", "rate": 5})  # fmt: skip
    world.pays(ACME, 100, "2025-01-01", currency="USD").pays(BIRCH, 100, "2025-01-01", "2026-01-10")
    assert world.value("net_revenue_retention", "2026-02") == Decimal("0.5")
    budget = world.value("net_revenue_retention", "2026-02", variant=("budget_rate",))
    assert budget == Decimal("0.6666666667")  # 200 / 300


def test_the_owner_at_the_windows_opening_or_the_months_of_each_owner():
    world = World().account(ACME).account(BIRCH).account(CEDAR)
    # Ada holds Acme in January, Ben from 1 February; Birch is Ada's all along.
    world.owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-02-01").owns(ADA, BIRCH, "2025-01-01")
    world.pays(ACME, 100, "2025-01-01").pays(ACME, 20, "2026-01-10", line="a2").pays(ACME, 30, "2026-02-10", line="a3")
    world.pays(BIRCH, 100, "2025-01-01").pays(BIRCH, 40, "2026-03-10", line="b2")
    ask = {"grain": "quarter", "window": "period"}
    assert world.values("net_revenue_retention", "2026-Q1", "owner", **ask) == {ADA: Decimal("1.45")}  # 290 / 200
    months = {
        f.slice["owner"]: (f.value, f.numerator, f.denominator)
        for f in world.ask("net_revenue_retention", "2026-Q1", by=("owner",), variant=("owner_months",), **ask)
    }
    # Ada: 220/200 in January, 100/100 in February, 140/100 in March. Ben: 150/120, then 150/150.
    assert months == {ADA: (Decimal("1.54"), 308, 200), BEN: (Decimal("1.25"), 150, 120)}


def test_a_quarter_is_asked_as_a_quarter_in_the_fiscal_year():
    world = World(fiscal_year_start=2).account(ACME).pays(ACME, 100, "2025-01-01", "2026-02-15")
    world.pays(ACME, 50, "2026-02-15", line="b").pays(ACME, 25, "2026-05-15", line="c")
    found = world.ask("net_revenue_retention", "2027-Q1", "2027-Q2", grain="quarter", window="period")
    assert [(f.period_start.month, f.value) for f in found] == [(2, Decimal("0.5")), (5, Decimal("1.5"))]


def test_undefined_without_revenue_at_the_start():
    (figure,) = World().account(ACME).pays(ACME, 1, "2026-01-01").ask("net_revenue_retention", "2026-02")
    assert (figure.value, figure.low, figure.high) == (None, None, None)
