"""``advocacy_rate``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.metrics.advocacy.acts import act, referral
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Acme, Birch and Cedar are customers at the end of June. Acme gave a testimonial and a review in the twelve months
    before, and counts once. Birch's reference holds no more, for the consent ended on 1 June. Dune's case study still
    stands, but Dune is no customer any more. 1 / 3 = 33.3 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2024-01-01,
        s2,birch,50,2024-02-01,
        s3,cedar,50,2025-02-01,
        s4,dune,80,2024-08-01,2026-05-01
        """,
        "advocacy": """
        advocacy_id,account_id,kind,occurred_at,expires_at
        v1,acme,testimonial,2025-11-10,
        v2,acme,review,2026-02-10,
        v3,birch,reference,2025-09-15,2026-06-01
        v4,dune,case_study,2026-01-20,
        """,
    },
    "2026-06",
    (Shown("0.3333", "1", "3"),),
)

SLUG = "advocacy_rate"
PAID = {"amount": 10}


def test_who_vouched_for_us_and_still_does():
    world = Cases(zone="Europe/Berlin")
    told = {
        "reference": [("reference", "2026-03-10", {})],
        "testimonial": [("testimonial", "2026-03-10", {})],
        "case study": [("case_study", "2026-03-10", {})],
        "review, and another": [("review", "2026-03-10", {}), ("review", "2026-03-11", {})],
        "only a referral": [("referral", "2026-03-10", {"outcome": "won"})],
        "nothing": [],
        "a year ago": [("review", "2025-04-01", {})],
        "over a year ago": [("review", "2025-03-31 21:59:59", {})],  # 31 March there
        "later": [("review", "2026-04-01", {})],
        "consent to the close": [("reference", "2026-03-10", {"expires_at": "2026-04-01"})],
        "consent until the last day": [("reference", "2026-03-10", {"expires_at": "2026-03-31"})],
        "consent over, a review stays": [
            ("reference", "2025-06-10", {"expires_at": "2026-01-01"}),
            ("review", "2025-06-10", {}),
        ],
        "consent to come": [("case_study", "2026-03-10", {"consent_at": "2026-04-02"})],
        "consented": [("case_study", "2026-03-10", {"consent_at": "2026-03-12"})],
        "the person has left": [("reference", "2026-03-10", {"person_id": "gone"})],
        "the person leaves later": [("reference", "2026-03-10", {"person_id": "going"})],
    }
    for case, acts in told.items():
        world.case(case, PAID)
        world.add("advocacy", *(act(case, kind, at, **more) for kind, at, more in acts))
    world.case("lost", {**PAID, "ended_at": "2026-03-31"})
    world.case("never a customer").add("advocacy", act("lost", "review", "2026-03-10"),
                                       act("never a customer", "review", "2026-03-10"))  # fmt: skip
    world.add("person", {"person_id": "gone", "left_at": "2026-03-30"}, {"person_id": "going", "left_at": "2026-04-30"})
    assert world.by_case(SLUG, "2026-03") == {
        "reference": 1, "testimonial": 1, "case study": 1, "review, and another": 1, "only a referral": 0, "nothing": 0,
        "a year ago": 1, "over a year ago": 0, "later": 0, "consent to the close": 1, "consent until the last day": 0,
        "consent over, a review stays": 1, "consent to come": 0, "consented": 1, "the person has left": 0,
        "the person leaves later": 1,
    }  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator, figure.value) == (9, 16, Decimal("0.5625"))
    assert (figure.window, world.value(SLUG, "2026-03", window="3m")) == ("period", figure.value)
    # In April one act grows too old, a consent ends, a person leaves; one consents and one reviews.
    assert world.value(SLUG, "2026-04") == Decimal("0.5")
    (january,) = world.ask(SLUG, "2026-01")  # both of a year ago, and the review
    assert (january.numerator, january.denominator) == (3, 17)


def test_merged_accounts_vouch_for_their_survivor_and_families_for_their_head():
    world = World().account(ACME).account("old", merged_into=ACME).account(BIRCH, parent_id=ACME)
    world.account("test", is_test=True).pays("test", 10, "2025-01-01")
    world.pays(ACME, 10, "2025-01-01").pays(BIRCH, 10, "2025-01-01")
    world.add("advocacy", act("old", "review", "2026-03-10"), act("test", "review", "2026-03-10"))
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator) == (1, 2)
    assert world.value(SLUG, "2026-03", variant=("parent",)) == 1


def test_the_owner_is_the_one_just_before_the_close_and_what_came_later_is_not_known():
    world = (
        World(now="2026-03-20").account(ACME).account(BIRCH).pays(ACME, 10, "2025-01-01").pays(BIRCH, 5, "2025-01-01")
    )
    world.owns(ADA, ACME).owns(BEN, ACME, "2026-03-19").owns(ADA, BIRCH)
    world.add("advocacy", act(ACME, "review", "2026-03-10"), act(BIRCH, "review", "2026-03-21"))
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 0, BEN: 1}


def test_accounts_whose_amounts_have_no_rate_are_left_out_and_counted():
    world = (
        World().account(ACME).account(BIRCH).pays(ACME, 10, "2025-01-01").pays(BIRCH, 5, "2025-01-01", currency="CHF")
    )
    (figure,) = world.add("advocacy", act(BIRCH, "review", "2026-03-10")).ask(SLUG, "2026-03")
    assert (figure.value, figure.denominator, figure.excluded) == (0, 1, {"no exchange rate": 1})


def test_no_customers_no_value_and_the_interval_is_wilsons():
    assert World().account(ACME).add("advocacy", act(ACME, "review", "2026-03-10")).value(SLUG, "2026-03") is None
    world = World()
    for number in range(100):
        world.account(f"a{number}").pays(f"a{number}", 10, "2025-01-01")
    world.add("advocacy", *(act(f"a{number}", "review", "2026-03-10") for number in range(20)))
    (figure,) = world.add("advocacy", referral("a50", "2026-03-10", "won")).ask(SLUG, "2026-03")
    assert figure.value == Decimal("0.2")
    assert (float(figure.low), float(figure.high)) == pytest.approx((0.1334, 0.2888), abs=5e-5)
