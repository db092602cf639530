"""What came due and what became of it."""

from __future__ import annotations

from decimal import Decimal

from tenure.core.config import Renewals
from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """Four contracts come due in June 2026. Acme renews, Birch does not, and Dune renewed early, which counts now that it
    was due. Of Cedar nothing is decided on 1 July, eleven days after its end: it is within the grace of thirty days and
    left out. 2 / (4 - 1) = 66.7 %.""",
    {
        "contract": """
        contract_id,account_id,started_at,ended_at,value,outcome,decided_at
        k1,acme,2025-06-10,2026-06-10,1200,renewed,2026-06-08
        k2,birch,2025-06-15,2026-06-15,600,churned,2026-05-20
        k3,cedar,2025-06-20,2026-06-20,600,,
        k4,dune,2025-06-30,2026-06-30,960,renewed,2026-04-01
        """
    },
    "2026-06",
    (Shown("0.6667", "2", "3", left_out={"open within the grace": "1"}),),
)


def contract(case, due="2026-03-15", **more):
    return {"contract_id": case, "account_id": case, "started_at": "2025-03-15", "ended_at": due, "value": 120, **more}


def told(now="2026-07-01", **settings):
    world = Cases(now=now, **settings)

    def due(case, *lines, at="2026-03-15", **more):
        world.case(case, *lines)
        world.add("contract", contract(case, at, **more))

    until = {"amount": 10, "ended_at": "2026-03-15"}
    due("renewed", outcome="renewed")
    due("reduced", outcome="reduced")
    due("churned, yet paying", {"amount": 10}, outcome="churned")
    due("told open, yet paying", {"amount": 10}, outcome="open")
    due("renewed early", outcome="renewed", decided_at="2025-12-01")
    due("due on the first", at="2026-03-01", outcome="renewed")
    due("due on the first of April", at="2026-04-01", outcome="churned")
    due("own line runs", {**until, "ended_at": None, "contract_id": "own line runs"})
    due("own line over, another runs", {**until, "contract_id": "own line over, another runs"}, {"amount": 5})
    due("no own line, another runs", {"amount": 5})
    due("comes back on day 30", until, {"amount": 10, "started_at": "2026-04-14"})
    due("comes back on day 31", until, {"amount": 10, "started_at": "2026-04-15"})
    due("a trial goes on", {"amount": 10, "is_trial": True})
    due("a successor runs", until, successor_id="next")
    due("a successor came too late", until, successor_id="late")
    due("evergreen", {"amount": 10}, evergreen=True)
    world.add(
        "contract",
        {**contract("next", "2027-03-20"), "account_id": "a successor runs", "started_at": "2026-03-20"},
        {**contract("late", "2027-05-01"), "account_id": "a successor came too late", "started_at": "2026-05-01"},
    )
    return world


WON = (
    "renewed", "reduced", "renewed early", "due on the first", "own line runs", "no own line, another runs",
    "comes back on day 30", "a successor runs",
)  # fmt: skip
LOST = (
    "churned, yet paying", "told open, yet paying", "own line over, another runs", "comes back on day 31",
    "a trial goes on", "a successor came too late",
)  # fmt: skip


def test_each_sentence_of_the_definition():
    world = told()
    assert world.by_case("renewal_rate", "2026-03") == {
        **dict.fromkeys(WON, 1), **dict.fromkeys(LOST, 0), "evergreen": None,
    }  # fmt: skip
    (figure,) = world.ask("renewal_rate", "2026-03")
    assert (figure.value, figure.n) == (Decimal("0.5714285714"), 14)  # 8 / 14
    assert (figure.excluded, figure.bounds, figure.notes) == ({"evergreen": 1}, None, ())


def test_open_within_the_grace_gives_bounds():
    world = told(now="2026-04-10")
    (figure,) = world.ask("renewal_rate", "2026-03")
    # Told: 4 renewed or reduced, 1 churned; a successor runs: 5 / 6. Eight are open; evergreen is none of them.
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.8333333333"), 5, 6)
    assert figure.excluded == {"evergreen": 1, "open within the grace": 8}
    assert figure.bounds == (Decimal("0.3571428571"), Decimal("0.9285714286"))  # 5 / 14 and 13 / 14


def test_what_was_told_here_stands_in_until_the_grace_is_over():
    def world(now):
        told = Cases(now=now)
        for case, outcome, lines in (
            ("told renewed, ends", "renewed", [{"amount": 10, "ended_at": "2026-03-15"}]),
            ("told lost, goes on", "lost", [{"amount": 10}]),
            ("postponed, goes on", "postponed", [{"amount": 10}]),
            ("taken back", "open", [{"amount": 10, "ended_at": "2026-03-15"}]),
        ):
            told.case(case, *lines)
            told.add("contract", contract(case))
            told.add("renewal_outcome", {"renewal_id": case, "account_id": case, "outcome": outcome,
                                         "decided_at": "2026-03-01", "value": 90})  # fmt: skip
        told.case("the contract knows better")
        told.add("contract", contract("the contract knows better", outcome="churned"))
        told.add("renewal_outcome", {"renewal_id": "the contract knows better", "account_id": "the contract knows better",
                                     "outcome": "renewed", "decided_at": "2026-03-01"})  # fmt: skip
        return told

    within = world("2026-04-10")
    assert within.by_case("renewal_rate", "2026-03") == {
        "told renewed, ends": 1, "told lost, goes on": 0, "postponed, goes on": None, "taken back": None,
        "the contract knows better": 0,
    }  # fmt: skip
    assert within.by_case("renewal_rate_value", "2026-03")["told renewed, ends"] == 0.75  # 90 of 120
    # Thirty days on, what runs decides.
    assert world("2026-07-01").by_case("renewal_rate", "2026-03") == {
        "told renewed, ends": 0, "told lost, goes on": 1, "postponed, goes on": 1, "taken back": 0,
        "the contract knows better": 0,
    }  # fmt: skip


def test_the_grace_is_a_setting():
    (figure,) = told(now="2026-04-10", renewals=Renewals(grace_days=10)).ask("renewal_rate", "2026-03")
    assert (figure.bounds, figure.n) == (None, 14)


def test_the_owner_at_the_opening_and_the_decision_as_of():
    world = World().account(ACME).owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-02")
    world.add("contract", contract(ACME), known="2025-03-15")
    world.add("contract", contract(ACME, outcome="renewed", decided_at="2026-05-02"), known="2026-05-02")
    assert world.values("renewal_rate", "2026-03", "owner") == {ADA: 1}
    assert world.values("renewal_rate", "2026-03", "owner", as_of="2026-05-01") == {ADA: 0}
    assert world.values("renewal_rate", "2026-03", "owner", as_of="2026-03-20") == {ADA: None}


def test_yearly_terms_stand_in_where_no_contracts_are_loaded():
    world = Cases()
    yearly = {"amount": 1200, "interval": "year", "started_at": "2024-03-15"}
    world.case("goes on", yearly)
    world.case("ends", {**yearly, "ended_at": "2026-03-15"})
    world.case("is followed", {**yearly, "ended_at": "2026-03-15"}, {**yearly, "started_at": "2026-03-30"})
    world.case("is followed late", {**yearly, "ended_at": "2026-03-15"}, {**yearly, "started_at": "2026-05-30"})
    world.case("two years", {**yearly, "interval_count": 2})
    world.case("three years", {**yearly, "interval_count": 3})
    world.case("monthly", {"amount": 10, "started_at": "2024-03-15"})
    world.case("leap", {**yearly, "started_at": "2024-02-29"})
    found = world.by_case("renewal_rate", "2026-03")
    assert found == {"goes on": 1, "ends": 0, "is followed": 1, "is followed late": 0, "two years": 1}
    assert world.by_case("renewal_rate", "2026-02") == {"leap": 1}
    (figure,) = world.ask("renewal_rate", "2026-03")
    assert "derived from yearly terms: no contracts are loaded" in figure.notes
    world = Cases(now="2026-03-20").case("goes on", yearly)
    (figure,) = world.ask("renewal_rate", "2026-03")
    assert (figure.value, figure.bounds) == (None, (0, 1))
