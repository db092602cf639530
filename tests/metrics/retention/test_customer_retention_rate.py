"""Who is still a customer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.config import Customers
from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Three customers are there when March begins. Birch ends on 15 March, Cedar on 1 April: an end is exclusive, so that
    Cedar is still a customer as the month closes. Dune comes in March and is in neither sum. 2 / 3 = 66.7 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2025-01-01,
        s2,birch,50,2025-02-01,2026-03-15
        s3,cedar,50,2025-02-01,2026-04-01
        s4,dune,80,2026-03-10,
        """
    },
    "2026-03",
    (Shown("0.6667", "2", "3"),),
)


def test_the_example_of_the_article_and_its_interval():
    """article-crr: 100 at the start, 10 lost, 5 new: (95 - 5) / 100."""
    world = World()
    world.add("account", *({"account_id": f"a{n}"} for n in range(105)))
    lines = [
        {"subscription_id": f"s{n}", "account_id": f"a{n}", "amount": n + 1, "started_at": "2026-01-01"}
        for n in range(105)
    ]
    for line in lines[:10]:
        line["ended_at"] = "2026-03-31"
    for line in lines[100:]:
        line["started_at"] = "2026-03-10"
    world.add("subscription", *lines)
    (figure,) = world.ask("customer_retention_rate", "2026-03")
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Decimal("0.9"), 90, 100, 100)
    assert (round(figure.low, 4), round(figure.high, 4)) == (Decimal("0.8256"), Decimal("0.9448"))  # Wilson, by hand
    (churn,) = world.ask("customer_churn_rate", "2026-03")
    assert (churn.value, churn.numerator, churn.status) == (Decimal("0.1"), 10, "ok")


def test_state_counts_and_nothing_else():
    world = Cases()
    world.case("stays", {"amount": 1}, churn_flag=True)  # a flag says nothing
    world.case("leaves and returns", {"amount": 1, "ended_at": "2026-03-05"}, {"amount": 1, "started_at": "2026-03-25"})
    world.case("leaves on the first", {"amount": 1, "ended_at": "2026-03-01"})
    world.case("leaves on the first of April", {"amount": 1, "ended_at": "2026-04-01"})
    world.case("left before", {"amount": 1, "ended_at": "2026-02-28"})
    world.case("comes and goes", {"amount": 1, "started_at": "2026-03-05", "ended_at": "2026-03-25"})
    world.case("comes", {"amount": 1, "started_at": "2026-03-01"})
    world.case("pauses", {"amount": 1, "ended_at": "2026-03-05"},
               {"amount": 1, "started_at": "2026-03-05", "is_paused": True})  # fmt: skip
    world.case("goes free", {"amount": 1, "ended_at": "2026-03-05"}, {"amount": 0, "started_at": "2026-03-05"})
    world.case("on trial", {"amount": 1, "is_trial": True})
    world.case("test", {"amount": 1}, is_test=True)
    assert world.by_case("customer_retention_rate", "2026-03") == {
        "stays": 1, "leaves and returns": 1, "leaves on the first": 0, "leaves on the first of April": 1, "pauses": 0,
        "goes free": 0,
    }  # fmt: skip
    (figure,) = world.ask("customer_retention_rate", "2026-03")
    assert (figure.numerator, figure.denominator, figure.status) == (3, 6, "small")


@pytest.mark.parametrize(
    ("setting", "who"), [("include_trials", "on trial"), ("include_paused", "pauses"), ("include_free", "goes free")]
)
def test_settings_say_who_counts_without_paying(setting, who):
    world = Cases(customers=Customers(**{setting: True}))
    world.case("on trial", {"amount": 1, "is_trial": True})
    world.case("pauses", {"amount": 1, "is_paused": True})
    world.case("goes free", {"amount": 0})
    assert world.by_case("customer_retention_rate", "2026-03") == {who: 1}


def test_no_customers_no_rate():
    world = World().account(ACME).pays(ACME, 1, "2026-03-10")
    (figure,) = world.ask("customer_retention_rate", "2026-03")
    assert (figure.value, figure.low, figure.denominator) == (None, None, 0)


def test_the_owner_is_who_owned_at_the_opening_and_shares_split_both_terms():
    world = World().account(ACME).account(BIRCH).account(CEDAR)
    world.pays(ACME, 1, "2025-01-01", "2026-03-20").owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-02")
    world.pays(BIRCH, 1, "2025-01-01").owns(ADA, BIRCH, "2025-01-01").owns(
        BEN, BIRCH, "2026-03-01"
    )  # on the first: counts
    world.pays(CEDAR, 1, "2025-01-01").owns(ADA, CEDAR, "2025-01-01", share="0.25").owns(
        BEN, CEDAR, "2025-01-01", share="0.75"
    )
    found = {
        f.slice["owner"]: (f.numerator, f.denominator)
        for f in world.ask("customer_retention_rate", "2026-03", by=("owner",))
    }
    assert found == {ADA: (Decimal("0.25"), Decimal("1.25")), BEN: (Decimal("1.75"), Decimal("1.75"))}


def test_owner_months_compound_the_months_held():
    world = World().account("d")
    for name, end in ((ACME, None), (BIRCH, "2026-02-10"), (CEDAR, "2026-03-10"), ("d", None)):
        world.account(name).pays(name, 1, "2025-01-01", end)
        world.owns(ADA, name, "2025-01-01")
    world.owns(BEN, CEDAR, "2026-03-01")
    # A quarter of Ada: 4/4, then 3/4, then (without Cedar, whom Ben lost) 2/2. Ben: 0/1 in March only.
    at_start = world.values("customer_retention_rate", "2026-Q1", "owner", grain="quarter")
    assert at_start == {ADA: Decimal("0.5")}
    months = {
        f.slice["owner"]: (f.value, f.denominator)
        for f in world.ask(
            "customer_retention_rate", "2026-Q1", by=("owner",), grain="quarter", variant=("owner_months",)
        )
    }
    assert months == {ADA: (Decimal("0.75"), 4), BEN: (0, 1)}
