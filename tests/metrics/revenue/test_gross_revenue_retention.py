"""What is left of the revenue there was, growth aside."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """A year before the end of March 2026 Acme, Birch and Cedar pay 100 + 50 + 50 = 200. Since then Acme grew to 130, and
    counts with no more than its 100, so that it hides nothing of Birch's loss. (100 + 0 + 50) / 200 = 75 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2024-01-01,
        s1,acme,130,2025-09-01,
        s2,birch,50,2024-02-01,2025-11-01
        s3,cedar,50,2024-02-01,
        """
    },
    "2026-03",
    (Shown("0.75", "150", "200"),),
)


def story():
    world = World().account(ACME).account(BIRCH).account(CEDAR)
    world.pays(ACME, 100, "2025-01-01").pays(ACME, 200, "2025-06-01", line="more")
    world.pays(BIRCH, 100, "2025-01-01", "2025-08-01").pays(BIRCH, 40, "2025-08-01", line="less")
    return world.pays(CEDAR, 100, "2025-01-01", "2026-01-15")


def test_the_cap_is_per_account_and_not_on_the_total():
    (figure,) = story().ask("gross_revenue_retention", "2026-02")
    assert (figure.numerator, figure.denominator) == (140, 300)  # 100 + 40 + 0; the total grew to 340
    assert figure.value == Decimal("0.4666666667")
    assert story().value("net_revenue_retention", "2026-02") == Decimal("1.1333333333")


def test_by_product_the_cap_is_per_account_and_product_and_says_so():
    world = World().account(ACME).pays(ACME, 100, "2025-01-01", "2025-06-01", product_id="old")
    world.pays(ACME, 100, "2025-06-01", line="b", product_id="new").pays(
        ACME, 50, "2025-01-01", line="c", product_id="new"
    )
    assert world.value("gross_revenue_retention", "2026-02") == 1
    figures = world.ask("gross_revenue_retention", "2026-02", by=("product",))
    assert {figure.slice["product"]: figure.value for figure in figures} == {"old": 0, "new": 1}
    assert all(any("do not add up" in note for note in figure.notes) for figure in figures)


def test_parents_cap_the_family():
    world = World().account(ACME).account(BIRCH, parent_id=ACME)
    world.pays(ACME, 100, "2025-01-01", "2025-09-01").pays(BIRCH, 50, "2025-01-01").pays(
        BIRCH, 40, "2025-09-01", line="b"
    )
    assert world.value("gross_revenue_retention", "2026-02") == Decimal("0.3333333333")
    assert world.value("gross_revenue_retention", "2026-02", variant=("parent",)) == Decimal("0.6")


def test_shares_multiply_both_terms():
    world = story().owns(ADA, ACME, "2025-01-01", share="0.5").owns(BEN, ACME, "2025-01-01", share="0.5")
    world.owns(ADA, BIRCH, "2025-01-01").owns(BEN, CEDAR, "2025-01-01")
    found = {
        f.slice["owner"]: (f.numerator, f.denominator)
        for f in world.ask("gross_revenue_retention", "2026-02", by=("owner",))
    }
    assert found == {ADA: (90, 150), BEN: (50, 150)}


def test_never_over_one_and_within_its_interval():
    world = World()
    for n in range(30):
        world.account(f"a{n}").pays(f"a{n}", 100, "2025-01-01", "2025-05-01").pays(
            f"a{n}", 60 + 4 * n, "2025-05-01", line=f"b{n}"
        )
    (figure,) = world.ask("gross_revenue_retention", "2026-02")
    # 60, 64, ..., 96 are ten below 100 (sum 780), twenty are capped.
    assert figure.value == Decimal("0.9266666667")  # 2,780 / 3,000
    assert figure.low < figure.value < figure.high <= 1
    assert figure.status == "ok"
