"""``product_adoption``: expected values are worked out by hand."""

from __future__ import annotations

import pytest

from tenure.core.config import Use
from tests.example import Example, Shown
from tests.metrics.use.product import did, seats, told
from tests.world import World

EXAMPLE = Example(
    """In April one of Acme's two seats is in use: 1/2. Of three features one is used: 1/3. Ann uses it five times, where
    ten uses in these 30 days are full depth: 1/2. 1/2 x 1/3 x 1/2 = 1/12 = 8.3 %.""",
    {
        "feature": """
        feature_id,name,product_id
        plan,Plan,core
        share,Share,core
        reports,Reports,core
        """,
        "entitlement": """
        account_id,product_id,seats,valid_from
        acme,core,2,2025-01-01
        """,
        "usage": """
        account_id,person_id,feature,occurred_at,count
        acme,ann,plan,2026-04-02 09:00,2
        acme,ann,plan,2026-04-16 09:00,3
        """,
    },
    "2026-04",
    (Shown("0.0833", beside={"licence_use": "0.5", "breadth": "0.3333", "depth": "0.5"}),),
)

SLUG = "product_adoption"


def test_licence_use_times_breadth_times_depth():
    rows = [did("acme", "ann", "2026-03-02", count=5), did("acme", "bob", "2026-03-02")]
    world = told(*rows, entitled=(seats("acme", 8),), use=Use(full_depth=10))
    (figure,) = world.ask(SLUG, "2026-03")
    # Two of eight seats, one of three features; six uses by two adopters, of each of whom 10 1/3 in 31 days are full.
    parts = {"licence_use": 1 / 4, "breadth": 1 / 3, "depth": 6 / (20 * 31 / 30)}
    assert {name: float(figure.extra[name]) for name in parts} == pytest.approx(parts, abs=1e-9)
    assert float(figure.value) == pytest.approx(1 / 4 / 3 * 6 / (20 * 31 / 30), abs=1e-9)


def test_no_part_passes_one():
    rows = [did("acme", name, "2026-03-02", count=1000) for name in ("ann", "bob", "cleo")]
    world = told(*rows, entitled=(seats("acme", 2),))
    (figure,) = world.ask(SLUG, "2026-03")
    assert (float(figure.value), figure.extra["depth"]) == (pytest.approx(1 / 3), 1)


def test_without_licences_or_adopters_no_value():
    assert World().value(SLUG, "2026-03") is None
    assert told(entitled=(seats("acme", 2),)).value(SLUG, "2026-03") is None
