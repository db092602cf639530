"""Who holds B of those who hold A."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import World

EXAMPLE = Example(
    """Acme, Birch and Cedar hold the product core. Only Acme pays for reports beside it: Cedar tries them, which is not
    holding them. 1 / 3 = 33.3 % of those with core have reports. Of the two with reports, Acme has core:
    1 / 2 = 50 %.""",
    {
        "subscription": """
        subscription_id,account_id,product_id,amount,is_trial,started_at
        s1,acme,core,100,false,2025-01-01
        s2,acme,reports,30,false,2025-06-01
        s3,birch,core,100,false,2025-02-01
        s4,cedar,core,100,false,2025-02-01
        s5,cedar,reports,30,true,2026-03-10
        s6,dune,reports,30,false,2025-08-01
        """
    },
    "2026-03",
    (
        Shown("0.3333", "1", "3", {"held": "core", "attached": "reports"}),
        Shown("0.5", "1", "2", {"held": "reports", "attached": "core"}),
    ),
    by=("held", "attached"),
)

SLUG = "attach_rate"


def of(product, **more):
    return {"product_id": product, "amount": 100, **more}


def told():
    world = Cases().add("product", *({"product_id": name, "name": name} for name in ("a", "b", "c")))
    world.case("a", of("a"))
    world.case("a and b", of("a"), of("b"))
    world.case("a, b tried", of("a"), of("b", is_trial=True))
    world.case("a, b over", of("a"), of("b", ended_at="2026-03-20"))
    world.case("a, b until April", of("a"), of("b", ended_at="2026-04-01"))
    world.case("a, b from April", of("a"), of("b", started_at="2026-04-01"))
    world.case("b", of("b"))
    world.case("gone", of("a", ended_at="2026-03-20"))
    world.case("product unknown", of(None))
    return world


def test_of_a_pair_it_is_the_share_of_those_who_hold_the_one():
    pairs = {(f.slice["held"], f.slice["attached"]): f for f in told().ask(SLUG, "2026-03", by=("held", "attached"))}
    assert (pairs["a", "b"].numerator, pairs["a", "b"].denominator) == (2, 6)  # what ends on the first of April is held
    assert (pairs["b", "a"].numerator, pairs["b", "a"].denominator) == (2, 3)
    assert pairs["a", "c"].value == 0
    assert ("c", "a") not in pairs


def test_over_pairs_sums_are_divided():
    (figure,) = told().ask(SLUG, "2026-03")
    # Six hold a and three b, each of whom could hold two more: 4 of 18.
    assert (figure.value, figure.n) == (Decimal("0.2222222222"), 18)
    by_product = {
        f.slice["product"]: (f.numerator, f.denominator) for f in told().ask(SLUG, "2026-03", by=("product",))
    }
    assert by_product == {"a": (2, 3), "b": (2, 6), "c": (0, 9)}


def test_anything_beside_it():
    found = {f.slice["held"]: (f.numerator, f.denominator)
             for f in told().ask(SLUG, "2026-03", by=("held",), variant=("any_product",))}  # fmt: skip
    assert found == {"a": (2, 6), "b": (2, 3)}


def test_one_product_only_has_nothing_to_attach():
    world = World().account("x").pays("x", 10, "2025-01-01", product_id="only")
    assert world.value(SLUG, "2026-03") is None
