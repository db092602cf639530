"""``reference_rate``: expected values are worked out by hand."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.advocacy.acts import act
from tests.metrics.cases import Cases
from tests.world import World

EXAMPLE = Example(
    """Four customers are there at the end of June. Acme gave two references and counts once. Birch gave a testimonial,
    which is something else. Cedar's reference holds no more, as Cleo, who gave it, has left, and Dune's is older than
    twelve months. 1 / 4 = 25 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2024-01-01
        s2,birch,50,2024-02-01
        s3,cedar,50,2024-02-01
        s4,dune,80,2024-08-01
        """,
        "person": """
        person_id,account_id,name,left_at
        ann,acme,Ann,
        cleo,cedar,Cleo,2026-04-15
        """,
        "advocacy": """
        advocacy_id,account_id,person_id,kind,occurred_at
        v1,acme,ann,reference,2025-10-10
        v2,acme,ann,reference,2026-03-10
        v3,birch,,testimonial,2026-02-20
        v4,cedar,cleo,reference,2026-01-15
        v5,dune,,reference,2025-05-12
        """,
    },
    "2026-06",
    (Shown("0.25", "1", "4"),),
)

SLUG = "reference_rate"
PAID = {"amount": 10}


def test_only_references_count_and_only_while_they_hold():
    world = Cases()
    for case in ("a reference", "two", "a testimonial", "expired", "left", "old"):
        world.case(case, PAID)
    world.case("lost", {**PAID, "ended_at": "2026-03-31"})
    world.add("person", {"person_id": "gone", "left_at": "2026-02-01"})
    world.add(
        "advocacy",
        act("a reference", "reference", "2026-03-10"),
        act("two", "reference", "2025-05-10"),
        act("two", "reference", "2026-03-10"),
        act("a testimonial", "testimonial", "2026-03-10"),
        act("a testimonial", "case_study", "2026-03-10"),
        act("expired", "reference", "2026-01-10", expires_at="2026-03-31"),
        act("left", "reference", "2026-01-10", person_id="gone"),
        act("old", "reference", "2025-03-31"),
        act("lost", "reference", "2026-03-10"),
    )
    assert world.by_case(SLUG, "2026-03") == {
        "a reference": 1, "two": 1, "a testimonial": 0, "expired": 0, "left": 0, "old": 0,
    }  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator, figure.n) == (2, 6, 6)


def test_no_customers_no_value():
    assert World().account("a").add("advocacy", act("a", "reference", "2026-03-10")).value(SLUG, "2026-03") is None
