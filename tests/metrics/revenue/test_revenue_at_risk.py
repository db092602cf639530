"""``revenue_at_risk``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Acme pays 100 a month and leaves with a probability of 0.05, Birch 900 with 0.3, Cedar has no risk yet.
    0.05 x 100 + 0.3 x 900 = 275.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2025-01-01
        s2,birch,900,2025-02-01
        s3,cedar,80,2026-03-20
        """,
        "score": """
        account_id,model,version,at,score
        acme,churn_risk_90,v1,2026-03-31,5
        birch,churn_risk_90,v1,2026-03-31,30
        """,
    },
    "2026-03",
    (Shown("275"),),
)

SLUG = "revenue_at_risk"


def score(account, value, model="churn_risk_90", at="2026-03-31", band=None):
    return {"account_id": account, "model": model, "version": "v", "at": at, "score": value, "band": band}


def test_who_left_since_and_who_has_no_risk_are_left_out():
    world = World().account(ACME).account(BIRCH).account(CEDAR).owns(ADA, ACME).owns(BEN, BIRCH)
    world.pays(ACME, "33.3333", "2025-01-01").pays(BIRCH, 50, "2025-01-01", "2026-03-30").pays(CEDAR, 70, "2025-01-01")
    world.add("score", score(ACME, "12.5"), score(BIRCH, 50, at="2026-03-31"))
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.n) == (Decimal("4.1667"), 1)  # 33.3333 / 8 = 4.16666, rounded once
    assert world.values(SLUG, "2026-03", "owner") == {ADA: Decimal("4.1667")}


def test_by_band_the_share_that_left_is_taken():
    world = World()
    # Of 20 scores of poor a year before the close 90 days ago 5 left within 90 days; one left later.
    for number in range(20):
        gone = "2025-09-01" if number < 5 else "2025-12-01" if number == 5 else None
        world.account(f"a{number}").pays(f"a{number}", 10, "2024-01-01", gone)
        world.add("score", score(f"a{number}", 20, "health", "2025-07-01", "poor"))
    for account, band in ((ACME, "poor"), (BIRCH, "good")):
        world.account(account).pays(account, 100, "2024-01-01")
        world.add("score", score(account, 50, "health", "2026-03-31", band))
    (figure,) = world.ask(SLUG, "2026-03", variant=("by_band",))
    assert (figure.value, figure.n) == (25, 1)  # 5 / 20 of 100
    assert figure.excluded == {"too little known of its band": 1}


def test_scores_whose_outcome_is_open_or_long_ago_say_nothing_of_a_band():
    world = World()
    for number in range(20):
        world.account(f"a{number}").pays(f"a{number}", 10, "2024-01-01", "2026-02-01")
        world.add("score", score(f"a{number}", 20, "health", "2026-01-15", "poor"))  # within 90 days of the close
    world.account(ACME).pays(ACME, 100, "2024-01-01").add("score", score(ACME, 50, "health", "2026-03-31", "poor"))
    (figure,) = world.ask(SLUG, "2026-03", variant=("by_band",))
    assert (figure.value, figure.excluded) == (None, {"too little known of its band": 1})


def test_before_any_risk_was_made_nothing_is_known():
    world = World().account(ACME).account(BIRCH).owns(ADA, ACME).owns(BEN, BIRCH)
    world.pays(ACME, 100, "2025-01-01").pays(BIRCH, 50, "2025-01-01").add("score", score(ACME, 10, at="2026-04-30"))
    assert [figure.value for figure in world.ask(SLUG, "2026-02", "2026-04")] == [None, None, 10]
    assert world.values(SLUG, "2026-04", "owner") == {ADA: 10}
