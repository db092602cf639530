"""To how many of those who could be sold more, more was sold."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """In March Acme adds two seats and Dune steps up from basic to pro: both are upsells. Cedar's price rises, which is
    none. Birch has the highest plan already; it is left out, though it adds seats. 2 / 3 = 66.7 %.""",
    {
        "plan": """
        plan,product_id,rank
        basic,core,1
        pro,core,2
        """,
        "subscription": """
        subscription_id,account_id,product_id,plan,quantity,unit_amount,started_at
        s1,acme,core,basic,10,10,2025-01-01
        s1,acme,core,basic,12,10,2026-03-10
        s2,birch,core,pro,10,15,2025-02-01
        s2,birch,core,pro,14,15,2026-03-12
        s3,cedar,core,basic,10,10,2025-02-01
        s3,cedar,core,basic,10,11,2026-03-15
        s4,dune,core,basic,10,10,2025-08-01
        s4,dune,core,pro,10,15,2026-03-20
        """,
    },
    "2026-03",
    (Shown("0.6667", "2", "3", left_out={"in the highest plan": "1"}),),
)

SLUG = "upsell_rate"
UPTO, SINCE = {"ended_at": "2026-03-10"}, {"started_at": "2026-03-10"}
PLANNER = {"product_id": "planner", "plan": "Team"}
INSIGHTS = {"product_id": "insights"}


def seats(quantity, price=10, **more):
    return PLANNER | {"amount": quantity * price, "quantity": quantity} | more


def ladder(world):
    names = ("Start", "Team", "Business", "Old")
    ranks = (1, 2, 3, 1)
    return world.add(
        "plan", *({"plan": n, "product_id": "planner", "rank": r} for n, r in zip(names, ranks, strict=True))
    )


def told(**more):
    world = ladder(Cases(**more))

    def case(name, before, *after):
        world.case(name, before | UPTO, *(line | SINCE for line in after))

    case("more seats", seats(10), seats(12))
    case("more seats, lower price", seats(10, 10), seats(12, 8))
    case("fewer seats", seats(10), seats(8))
    case("fewer seats, higher price", seats(10), seats(8, 20))
    case("a price rise", seats(10), seats(10, 12))
    case("a higher plan", seats(10), seats(10, 15, plan="Business"))
    case("a higher plan, fewer seats, less in all", seats(10), seats(3, 20, plan="Business"))
    case("a lower plan", seats(10), seats(10, 5, plan="Start"))
    case("a lower plan that costs more", seats(10), seats(10, 12, plan="Old"))
    case("an unknown plan that costs more", seats(10), seats(10, 12, plan="Special"))
    case("no quantities", PLANNER | {"amount": 100}, PLANNER | {"amount": 130})
    case("a discount ends", seats(10, discount_share="0.2"), seats(10))
    case("a swap that costs more", seats(10), INSIGHTS | {"amount": 150})
    case("a swap that costs less", seats(10), INSIGHTS | {"amount": 80})
    case("highest plan, more seats", seats(10, plan="Business"), seats(20, plan="Business"))
    case("leaves", seats(10))
    world.case("a further line", seats(10), seats(5) | SINCE)
    world.case("another product", seats(10), INSIGHTS | {"amount": 50} | SINCE)
    world.case("seats moved", seats(10) | UPTO, seats(8) | SINCE, seats(5) | UPTO, seats(7) | SINCE)
    world.case("leaves and returns with more", seats(10) | UPTO, seats(20, started_at="2026-03-20"))
    world.case("comes", seats(10, started_at="2026-03-01"), seats(10) | SINCE)
    world.case("on the first", seats(10, ended_at="2026-03-01"), seats(11, started_at="2026-03-01"))
    world.case("on the first of April", seats(10, ended_at="2026-04-01"), seats(11, started_at="2026-04-01"))
    world.case("highest plan beside another product", seats(10, plan="Business"), INSIGHTS | {"amount": 50})
    return world


WON = {
    "more seats", "more seats, lower price", "a higher plan", "an unknown plan that costs more",
    "a swap that costs more", "a further line", "on the first",
}  # fmt: skip
LOST = {
    "fewer seats", "fewer seats, higher price", "a price rise", "a higher plan, fewer seats, less in all",
    "a lower plan", "a lower plan that costs more", "no quantities", "a discount ends", "a swap that costs less",
    "leaves", "another product", "seats moved", "leaves and returns with more", "on the first of April",
    "highest plan beside another product",
}  # fmt: skip


def test_what_is_an_upsell_and_who_could_be_sold_more():
    world = told()
    found = world.by_case(SLUG, "2026-03")
    assert found == {**dict.fromkeys(WON, 1), **dict.fromkeys(LOST, 0), "highest plan, more seats": None}
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.3181818182"), 7, 22)
    assert (figure.n, figure.excluded) == (22, {"in the highest plan": 1})


def test_the_variant_has_every_customer_in_its_base():
    (figure,) = told().ask(SLUG, "2026-03", variant=("all_customers",))
    assert (figure.numerator, figure.denominator, figure.excluded) == (8, 23, {})


def test_by_product_and_plan_it_is_about_each_product_held():
    world = ladder(World())
    world.account(ACME).pays(ACME, 100, "2025-01-01", "2026-03-10", **PLANNER, quantity=10)
    world.pays(ACME, 50, "2025-01-01", line="i", product_id="insights")
    world.pays(ACME, 110, "2026-03-10", line="b", product_id="planner", plan="Team", quantity=11)
    assert world.values(SLUG, "2026-03", "product") == {"planner": 1, "insights": 0}
    assert world.values(SLUG, "2026-03", "plan") == {"Team": 1, None: 0}
    assert world.value(SLUG, "2026-03") == 1


def test_a_plan_without_a_product_ranks_for_all():
    world = World().add("plan", {"plan": "Basic", "rank": 1}, {"plan": "Pro", "rank": 2})
    world.account(ACME).pays(ACME, 10, "2025-01-01", product_id="x", plan="Pro")
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.excluded) == (None, {"in the highest plan": 1})


def test_the_owner_is_the_one_at_the_opening():
    world = World().account(ACME).pays(ACME, 10, "2025-01-01", "2026-03-20", quantity=1)
    world.pays(ACME, 20, "2026-03-20", line="more", quantity=2)
    world.owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-05")
    assert world.values(SLUG, "2026-03", "owner") == {ADA: 1}
