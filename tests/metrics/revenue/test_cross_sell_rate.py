"""To how many of those who lacked a product, one was sold that they never had."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases

EXAMPLE = Example(
    """Acme buys reports in March, a product it never held: a cross-sell. Cedar takes reports in place of core on one day,
    which is a swap and none. Birch has every product there is and is left out. 1 / 2 = 50 %.""",
    {
        "subscription": """
        subscription_id,account_id,product_id,amount,started_at,ended_at
        s1,acme,core,100,2025-01-01,
        s2,acme,reports,30,2026-03-10,
        s3,birch,core,100,2025-02-01,
        s4,birch,reports,30,2025-02-01,
        s5,cedar,core,100,2025-02-01,2026-03-20
        s6,cedar,reports,30,2026-03-20,
        """
    },
    "2026-03",
    (Shown("0.5", "1", "2", left_out={"no further product": "1"}),),
)

SLUG = "cross_sell_rate"
SINCE = {"started_at": "2026-03-10"}


def of(product, amount=100, **more):
    return {"product_id": product, "amount": amount, **more}


def told():
    world = Cases().add("product", *({"product_id": name, "name": name} for name in ("a", "b", "c")))
    world.case("adds one", of("a"), of("b", **SINCE))
    world.case("adds two", of("a"), of("b", **SINCE), of("c", **SINCE))
    world.case("adds nothing", of("a"))
    world.case("more of the same", of("a"), of("a", **SINCE))
    world.case("tries one", of("a"), of("b", **SINCE, is_trial=True))
    world.case("tried before, pays now", of("a"), of("b", is_trial=True, ended_at="2026-03-10"), of("b", **SINCE))
    world.case("given away", of("a"), of("b", **SINCE, discount_share=1))
    world.case("swaps", of("a", ended_at="2026-03-10"), of("b", **SINCE))
    world.case("swaps one, adds another", of("a", ended_at="2026-03-10"), of("b", **SINCE), of("c", **SINCE))
    world.case("comes back to one", of("a"), of("b", ended_at="2025-01-01"), of("b", **SINCE))
    world.case("product unknown", of("a"), of(None, **SINCE))
    world.case("has every one", of("a"), of("b"), of("c"), of("b", **SINCE))
    world.case("had every one", of("a"), of("b", ended_at="2025-01-01"), of("c"))
    world.case("new", of("a", started_at="2026-03-01"), of("b", **SINCE))
    world.case("leaves, returns with another", of("a", ended_at="2026-03-10"), of("b", started_at="2026-03-20"))
    world.case("in April", of("a"), of("b", started_at="2026-04-01"))
    return world


def test_what_is_a_cross_sell_and_who_could_be_sold_another():
    world = told()
    won = {"adds one", "adds two", "tried before, pays now", "swaps one, adds another"}
    lost = {
        "adds nothing", "more of the same", "tries one", "given away", "swaps", "comes back to one", "product unknown",
        "leaves, returns with another", "in April",
    }  # fmt: skip
    expected = {**dict.fromkeys(won, 1), **dict.fromkeys(lost, 0), "has every one": None, "had every one": None}
    assert world.by_case(SLUG, "2026-03") == expected
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.n, figure.excluded) == (Decimal("0.3076923077"), 13, {"no further product": 2})


def test_by_product_it_is_about_those_who_never_had_it():
    figures = {f.slice["product"]: f for f in told().ask(SLUG, "2026-03", by=("product",))}
    # c: 13 customers never had it; it was sold to "adds two" and "swaps one, adds another".
    assert (figures["c"].numerator, figures["c"].denominator, figures["c"].excluded) == (2, 13, {"held before": 2})
    # b: 15 less the three who had it before.
    assert (figures["b"].numerator, figures["b"].denominator) == (4, 12)
    assert figures["a"].value is None
