"""``referral_revenue``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.advocacy.acts import referral
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Acme referred Dune in January, and Dune first pays in March: that is when the referral is won. Which account became
    of Birch's referral is not known, so that it counts when it was made. Of Cedar's no value is told, and it is left out,
    not taken for 0. 5,000 + 2,000 = 7,000 a year.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2024-01-01
        s2,birch,50,2024-02-01
        s3,cedar,50,2024-02-01
        s4,dune,400,2026-03-15
        """,
        "advocacy": """
        advocacy_id,account_id,kind,occurred_at,outcome,referred_account_id,referred_domain,value
        v1,acme,referral,2026-01-12,won,dune,,5000
        v2,birch,referral,2026-03-04,won,,elm.example,2000
        v3,cedar,referral,2026-03-10,won,,fir.example,
        """,
    },
    "2026-03",
    (Shown("7000", left_out={"no value": "1"}),),
)

SLUG = "referral_revenue"


def test_what_was_won_counts_when_the_account_first_paid():
    world = World().account(ACME).account(CEDAR, domain="cedar.example").account("free").account("before")
    world.pays(CEDAR, 0, "2026-02-01").pays(CEDAR, 50, "2026-04-15", line="paid").pays("before", 5, "2020-01-01")
    world.pays("free", 9, "2026-04-01", is_trial=True)
    world.add(
        "advocacy",
        referral(ACME, "2026-02-10", "won", referred_domain="cedar.example", value="600.1234"),
        referral(ACME, "2026-03-10", "won", referred_account_id="before", value=10),
        referral(ACME, "2026-03-11", "won", referred_account_id="free", value=200),
        referral(ACME, "2026-03-12", "won", value=3000),
        referral(ACME, "2026-03-13", "qualified", value=40000),
        referral(ACME, "2026-03-14", "lost", value=500000),
    )
    february, march, april = world.ask(SLUG, "2026-02", "2026-04")
    assert (february.value, february.n) == (0, 0)
    assert (march.value, march.n) == (3210, 1)
    assert any("it is not known when they were won" in note for note in march.notes)
    assert (april.value, april.notes, april.unit) == (Decimal("600.1234"), (), "money")
    assert april.low is None


def test_what_does_not_count_is_named():
    world = World().account(ACME).account(BIRCH).account("partner", is_partner=True)
    world.add(
        "advocacy",
        referral(ACME, "2026-03-01", "won", referred_domain="a.example", value=1),
        referral(BIRCH, "2026-03-02", "won", referred_domain="a.example", value=20),
        referral(BIRCH, "2026-03-02", "won", referred_account_id=BIRCH, value=300),
        referral("partner", "2026-03-02", "won", value=4000),
        referral(BIRCH, "2026-03-02", "won"),
    )
    (figure,) = world.ask(SLUG, "2026-03")
    assert figure.value == 1
    assert figure.excluded == {"duplicate": 1, "no value": 1, "partner": 1, "self-referral": 1}


def test_the_owner_is_that_of_who_referred_when_it_was_won():
    world = World().account(ACME).account(CEDAR).pays(CEDAR, 50, "2026-04-15")
    world.owns(ADA, ACME).owns(BEN, ACME, "2026-04-01").owns("somebody else", CEDAR)
    world.add("advocacy", referral(ACME, "2026-02-10", "won", referred_account_id=CEDAR, value=600))
    assert world.values(SLUG, "2026-04", by="owner") == {BEN: 600}
