"""Notice given, paid time not over."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """Acme and Dune have given notice by the end of March and still run, Dune until no known day. Birch gives notice
    after the close. Cedar's paid time is over: it is churn already. 100 + 60 = 160.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,cancel_requested_at,ended_at
        s1,acme,100,2025-01-01,2026-03-10,2026-06-01
        s2,birch,50,2025-02-01,2026-04-02,2026-06-01
        s3,cedar,80,2025-02-01,2026-01-20,2026-03-20
        s4,dune,60,2025-08-01,2026-02-15,
        """
    },
    "2026-03",
    (Shown("160"),),
)


def test_what_is_under_notice_just_before_the_close():
    world = Cases()
    world.case("noticed", {"amount": 10, "cancel_requested_at": "2026-03-31", "ended_at": "2026-06-01"})
    world.case("noticed, end unknown", {"amount": 10, "cancel_requested_at": "2026-01-31"})
    world.case("noticed later", {"amount": 10, "cancel_requested_at": "2026-04-01", "ended_at": "2026-06-01"})
    world.case("over", {"amount": 10, "cancel_requested_at": "2026-01-31", "ended_at": "2026-03-31"})
    world.case("over on the first", {"amount": 10, "cancel_requested_at": "2026-01-31", "ended_at": "2026-04-01"})
    world.case(
        "one of two", {"amount": 10, "cancel_requested_at": "2026-01-31", "ended_at": "2026-06-01"}, {"amount": 99}
    )
    world.case("decided", {"amount": 10, "contract_id": "k1"})
    world.case("decided later", {"amount": 10, "contract_id": "k2"})
    world.case("a trial", {"amount": 10, "is_trial": True, "cancel_requested_at": "2026-03-01"})
    term = {"started_at": "2025-06-01", "ended_at": "2026-06-01", "value": 120, "outcome": "churned"}
    world.add(
        "contract",
        {"contract_id": "k1", "account_id": "decided", "decided_at": "2026-03-10", **term},
        {"contract_id": "k2", "account_id": "decided later", "decided_at": "2026-04-10", **term},
    )
    assert world.by_case("pending_churn", "2026-03") == {
        "noticed": 10, "noticed, end unknown": 10, "over on the first": 10, "one of two": 10, "decided": 10,
    }  # fmt: skip
    (figure,) = world.ask("pending_churn", "2026-03")
    assert (figure.value, figure.n) == (50, 5)


def test_a_renewal_that_was_told_to_be_lost_is_under_notice_unless_its_contract_says_otherwise():
    world = Cases("2026-09-01")
    term = {"started_at": "2025-06-01", "ended_at": "2026-06-01", "value": 120}
    for case, more, told in (
        ("lost", {}, {"outcome": "lost", "decided_at": "2026-03-10"}),
        ("lost later", {}, {"outcome": "lost", "decided_at": "2026-04-10"}),
        ("postponed", {}, {"outcome": "postponed", "decided_at": "2026-03-10"}),
        ("signed after all", {"outcome": "renewed", "decided_at": "2026-03-20"}, {"outcome": "lost", "decided_at": "2026-03-10"}),
    ):  # fmt: skip
        world.case(case, {"amount": 10, "contract_id": case})
        world.add("contract", {"contract_id": case, "account_id": case, **term, **more})
        world.add("renewal_outcome", {"renewal_id": case, "account_id": case, **told})
    assert world.by_case("pending_churn", "2026-03") == {"lost": 10}
    assert sum(world.by_case("mrr", "2026-03").values()) == 40, "revenue is what subscriptions say"
    # The contracts end on 1 June; the 30 days of grace are over with 30 June, and both of what was told to be lost still run.
    assert world.by_case("pending_churn", "2026-06") == {"lost": 10, "lost later": 10}
    assert world.by_case("pending_churn", "2026-07") == {}


def test_the_owner_just_before_the_close():
    world = World().account(ACME).pays(ACME, 10, "2025-01-01", cancel_requested_at="2026-03-01")
    world.owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-04-01")
    assert world.values("pending_churn", "2026-03", "owner") == {ADA: 10}
    assert world.values("pending_churn", "2026-04", "owner") == {BEN: 10}
