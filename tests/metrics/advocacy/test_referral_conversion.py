"""``referral_conversion``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.advocacy.acts import referral
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Four companies are referred in March. One became a customer and one declined; two are still open and left out: the
    share is between 1 / 4 and 3 / 4 when all are decided. Dune referred itself, which counts nowhere.
    1 / (1 + 1) = 50 %.""",
    {
        "account": """
        account_id,name,domain
        acme,Acme,acme.example
        birch,Birch,birch.example
        cedar,Cedar,cedar.example
        dune,Dune,dune.example
        """,
        "advocacy": """
        advocacy_id,account_id,kind,occurred_at,outcome,referred_domain
        v1,acme,referral,2026-03-02,won,elm.example
        v2,acme,referral,2026-03-04,lost,fir.example
        v3,birch,referral,2026-03-10,qualified,gorse.example
        v4,cedar,referral,2026-03-12,open,hazel.example
        v5,dune,referral,2026-03-20,won,dune.example
        """,
    },
    "2026-03",
    (Shown("0.5", "1", "2", left_out={"still open": "2", "self-referral": "1"}),),
)

SLUG = "referral_conversion"


def told():
    world = World(now="2026-04-10").account(ACME).account(BIRCH).account("partner", is_partner=True)
    outcomes = ("won", "won", "lost", "lost", "open", "open", None, "qualified")
    world.add("advocacy", *(referral(ACME, f"2026-03-{day:02}", said) for day, said in enumerate(outcomes, start=1)))
    return world.add(
        "advocacy",
        referral(ACME, "2026-03-20", "won", referred_account_id=ACME),
        referral("partner", "2026-03-20", "open"),
        referral(BIRCH, "2026-02-28", "won", referred_domain="one.example"),
        referral(ACME, "2026-03-28", "open", referred_domain="one.example"),
        referral(BIRCH, "2026-04-11", "won"),
    )


def test_won_of_those_decided_and_what_may_still_come():
    """2 won, 2 lost and 4 open: 50 %, between 2/8 and 6/8."""
    (figure,) = told().ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Decimal("0.5"), 2, 4, 4)
    assert figure.bounds == (Decimal("0.25"), Decimal("0.75"))
    assert figure.excluded == {"duplicate": 1, "partner": 1, "self-referral": 1, "still open": 4}


def test_won_of_all_that_were_made():
    (figure,) = told().ask(SLUG, "2026-03", variant=("made",))
    assert (figure.value, figure.denominator, figure.bounds) == (Decimal("0.25"), 8, None)
    assert figure.excluded == {"duplicate": 1, "partner": 1, "self-referral": 1}


def test_it_is_of_the_period_and_the_owner_when_it_was_made():
    world = told().owns(ADA, ACME).owns(BEN, ACME, "2026-03-02")
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 1, BEN: Decimal("0.3333333333"), None: None}
    assert world.value(SLUG, "2026-02") == 1
    assert world.value(SLUG, "2026-04") is None  # not yet
