"""How many customers one CSM looks after when the period starts."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ADA, BEN, World

EXAMPLE = Example(
    """When March begins, Ada looks after Acme and Birch, and Ben after Cedar. Acme goes to Ben later in March, which
    changes nothing for March. Dune is a customer without an owner and left out. 3 / 2 = 1.5 customers.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2025-01-01
        s2,birch,50,2025-02-01
        s3,cedar,50,2025-02-01
        s4,dune,80,2025-08-01
        """,
        "assignment": """
        account_id,csm_id,valid_from
        acme,ada,2025-01-01
        acme,ben,2026-03-10
        birch,ada,2025-02-01
        cedar,ben,2025-02-01
        """,
    },
    "2026-03",
    (Shown("1.5", "3", "2", left_out={"without an owner": "1"}),),
)

SLUG = "accounts_per_csm"


def told(**owners):
    """Accounts by whoever owns them, as ``ada="a b c"``: those with a capital letter are Enterprise."""
    world = World()
    for owner, names in owners.items():
        for name in names.split():
            world.account(name, segment="Enterprise" if name.isupper() else "SMB").pays(name, 100, "2025-01-01")
            world.owns(owner, name, "2025-01-01")
    return world


def test_customers_with_an_owner_by_the_people_who_own_any():
    world = told(ada="a b c", ben="D").account("nobody's").pays("nobody's", 1, "2025-01-01")
    world.account("pooled").pays("pooled", 1, "2025-01-01")
    world.add("assignment", {"account_id": "pooled", "pool": "everyone", "valid_from": "2025-01-01"})
    world.account("no customer").owns(ADA, "no customer").account("gone").pays("gone", 1, "2025-01-01", "2026-02-01")
    world.owns(ADA, "gone").account("comes").pays("comes", 1, "2026-03-01").owns(BEN, "comes")
    world.add("csm", {"csm_id": "idle", "name": "Idle"})
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (2, 4, 2, 4)
    assert figure.excluded == {"in a pool": 1, "without an owner": 1}
    assert world.values(SLUG, "2026-03", "owner") == {ADA: 3, BEN: 1, "everyone": None, None: None}
    (figure,) = world.ask(SLUG, "2026-04")  # who came on the first of March is there in April
    assert (figure.numerator, figure.denominator) == (5, 2)


def test_in_a_slice_a_person_counts_for_her_part_in_it():
    world = told(ada="a b C D", ben="e f g")
    figures = {f.slice["segment"]: f for f in world.ask(SLUG, "2026-03", by=("segment",))}
    assert (figures["SMB"].numerator, figures["SMB"].denominator) == (5, Decimal("1.5"))
    assert (figures["Enterprise"].numerator, figures["Enterprise"].denominator) == (2, Decimal("0.5"))
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator) == (7, 2)


def test_parts_of_a_person_add_up_to_one_whatever_their_number():
    world = told(ada=" ".join(f"a{number}" for number in range(37)))  # 37 divides no round number
    assert world.value(SLUG, "2026-03") == 37


def test_a_shared_account_counts_by_the_share():
    world = told(ada="a", ben="b").account("both").pays("both", 1, "2025-01-01")
    world.owns(ADA, "both", "2025-01-01", share="0.25").owns(BEN, "both", "2025-01-01", share="0.75")
    assert world.values(SLUG, "2026-03", "owner") == {ADA: Decimal("1.25"), BEN: Decimal("1.75")}
    assert world.value(SLUG, "2026-03") == Decimal("1.5")


def test_working_time_team_and_owner_are_those_at_the_start():
    world = told(ada="a b", ben="c d")
    world.add("csm", {"csm_id": ADA, "name": "Ada", "team": "North", "fte": "0.5"},
              {"csm_id": ADA, "name": "Ada", "team": "South", "fte": 1, "valid_from": "2026-03-02"},
              {"csm_id": BEN, "name": "Ben", "team": "North"})  # fmt: skip
    world.owns(BEN, "b", "2026-03-01").owns(BEN, "a", "2026-03-02")
    assert world.values(SLUG, "2026-03", "owner") == {ADA: 1, BEN: 3}  # a hand-over dated the first counts
    assert world.values(SLUG, "2026-03", "owner", variant=("per_full_time",)) == {ADA: 2, BEN: 3}
    assert world.values(SLUG, "2026-03", "team") == {"North": 2}
    assert world.value(SLUG, "2026-03", variant=("per_full_time",)) == Decimal("2.6666666667")  # 4 / 1.5


def test_nobody_owns_anything_no_value():
    assert World().account("a").pays("a", 1, "2025-01-01").value(SLUG, "2026-03") is None
