"""``customer_health_score``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Scores are made on 1 and on 31 March; those of the last day count. Cedar had none then: it is left out.
    (90 + 50) / 2 = 70.""",
    {
        "account": """
        account_id,name
        acme,Acme
        birch,Birch
        cedar,Cedar
        """,
        "score": """
        account_id,model,version,at,score,coverage,band
        acme,health,v1,2026-03-01,60,1,fair
        cedar,health,v1,2026-03-01,10,1,poor
        acme,health,v1,2026-03-31,90,1,good
        birch,health,v1,2026-03-31,50,0.8,fair
        """,
    },
    "2026-03",
    (Shown("70", "140", "2"),),
)

SLUG = "customer_health_score"


def scored(account, score, at="2026-03-31", version="v1", model="health", band="good"):
    return {"account_id": account, "model": model, "version": version, "at": at, "score": score, "band": band}


def test_the_version_that_was_used_first_last_counts():
    world = World().account(ACME).account(BIRCH)
    world.add(
        "score_model",
        {"model": "health", "version": "old", "at": "2026-01-01", "definition": "x"},
        {"model": "health", "version": "new", "at": "2026-03-31", "definition": "y"},
    )
    world.add(
        "score", scored(ACME, 80, version="old"), scored(ACME, 40, version="new"), scored(BIRCH, 60, version="old")
    )
    world.add("score", scored(ACME, 1, model="another"))
    assert world.value(SLUG, "2026-03") == 50
    assert world.ask(SLUG, "2026-04")[0].value is None  # nobody was scored in April


def test_slices_are_those_of_the_moment_of_the_score():
    world = World().account(ACME).account(BIRCH)
    world.owns(ADA, ACME, valid_to="2026-03-20").owns(BEN, ACME, since="2026-03-20").owns(ADA, BIRCH)
    world.add("score", scored(ACME, 80), scored(BIRCH, 30, band="poor"))
    assert world.values(SLUG, "2026-03", "owner") == {ADA: 30, BEN: 80}
    assert world.values(SLUG, "2026-03", "band") == {"good": 80, "poor": 30}


def test_a_merged_account_counts_as_its_survivor_and_what_was_scored_later_is_not_known_before():
    world = World().account(ACME).account(BIRCH, merged_into=ACME)
    world.add("score", scored(BIRCH, 70, at="2026-03-10"), known="2026-03-10")
    world.add("score", scored(ACME, 20, at="2026-03-31"), known="2026-04-02")
    assert world.value(SLUG, "2026-03") == 20
    assert world.value(SLUG, "2026-03", as_of="2026-03-31") == 70


def test_the_interval_of_the_mean():
    world = World()
    for number, score in enumerate((50, 60, 70, 80)):
        world.account(f"a{number}").add("score", scored(f"a{number}", score))
    (figure,) = world.ask(SLUG, "2026-03")
    # Student's t with 3 degrees of freedom: 3.1824 x sqrt(500/3 / 4) = 20.5421
    assert (figure.value, figure.unit) == (Decimal(65), "score")
    assert (float(figure.low), float(figure.high)) == pytest.approx((44.4579, 85.5421), abs=1e-3)
