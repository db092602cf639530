"""How much yearly revenue one CSM looks after when the period starts."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """When March begins, Ada looks after Acme and Birch, and Ben after Cedar. Dune has no owner and is left out; Elm comes
    in March and is not there yet. 12 x (100 + 50 + 90) / 2 = 1,440 a year.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2025-01-01
        s2,birch,50,2025-02-01
        s3,cedar,90,2025-02-01
        s4,dune,80,2025-08-01
        s5,elm,70,2026-03-02
        """,
        "assignment": """
        account_id,csm_id,valid_from
        acme,ada,2025-01-01
        birch,ada,2025-02-01
        cedar,ben,2025-02-01
        elm,ben,2026-03-02
        """,
    },
    "2026-03",
    (Shown("1440", "2880", "2", left_out={"without an owner": "1"}),),
)

SLUG = "arr_per_csm"


def told():
    world = World().account(ACME, segment="SMB").pays(ACME, "100.05", "2025-01-01", "2026-03-10").owns(ADA, ACME)
    world.pays(ACME, 500, "2026-03-10", line="more")
    world.account(BIRCH, segment="Enterprise").pays(BIRCH, 900, "2025-01-01", currency="USD").owns(ADA, BIRCH)
    world.account(CEDAR, segment="SMB").pays(CEDAR, 40, "2025-01-01")
    world.owns(ADA, CEDAR, "2025-01-01", share="0.333333").owns(BEN, CEDAR, "2025-01-01", share="0.666667")
    return world.add("exchange_rate", {"currency": "USD", "date": "2025-01-01", "rate": "0.5"},
                     {"currency": "USD", "date": "2026-03-10", "rate": "0.9"})  # fmt: skip


def test_yearly_revenue_at_the_opening_by_person():
    # Acme 1,200.60, Birch 5,400, Cedar 480: two people.
    (figure,) = told().ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("3540.3"), Decimal("7080.6"), 2)
    assert told().values(SLUG, "2026-03", "owner") == {ADA: Decimal("6760.5998"), BEN: Decimal("320.0002")}


def test_in_a_slice_a_person_counts_for_her_part_of_accounts():
    world = told().add("assignment", {"account_id": CEDAR, "csm_id": ADA, "valid_from": "2026-01-01"})
    figures = {f.slice["segment"]: f for f in world.ask(SLUG, "2026-03", by=("segment",))}
    assert (figures["Enterprise"].numerator, figures["Enterprise"].denominator) == (5400, Decimal("0.333333"))
    assert figures["Enterprise"].value == 16200


def test_what_has_no_rate_is_left_out():
    world = told().account("dane").pays("dane", 1, "2025-01-01").pays("dane", 7, "2025-01-01", line="k", currency="DKK")
    (figure,) = world.owns(BEN, "dane").ask(SLUG, "2026-03")
    assert figure.excluded == {"no exchange rate": 1}
    assert figure.numerator == Decimal("7080.6")
