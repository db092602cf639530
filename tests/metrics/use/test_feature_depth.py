"""``feature_depth``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.config import Use
from tests.example import Example, Shown
from tests.metrics.use.product import did, seats, told

EXAMPLE = Example(
    """Ann uses the feature plan five times in March (one of the rows stands for four) and Bob once. Cleo only logs in: she
    adopted nothing, and does not lower the number. (5 + 1) / 2 = 3 uses per adopter.""",
    {
        "feature": """
        feature_id,name,product_id,is_login
        plan,Plan,core,false
        login,Log-in,core,true
        """,
        "entitlement": """
        account_id,product_id,valid_from
        acme,core,2025-01-01
        birch,core,2025-02-01
        """,
        "usage": """
        account_id,person_id,feature,occurred_at,count
        acme,ann,plan,2026-03-02 09:00,1
        acme,ann,plan,2026-03-09 09:00,4
        birch,bob,plan,2026-03-03 10:00,1
        birch,cleo,login,2026-03-05 11:00,1
        """,
    },
    "2026-03",
    (Shown("3", "6", "2"),),
)

SLUG = "feature_depth"
ENTITLED = (seats("acme", 5), seats("birch", 5))
ROWS = (
    did("acme", "ann", "2026-03-02"), did("acme", "ann", "2026-03-03", count=4), did("acme", "bob", "2026-03-03"),
    did("birch", "cleo", "2026-03-03", count=3), did("birch", "cleo", "2026-03-03", "look"), did("acme", None, "2026-03-03"),
)  # fmt: skip


def test_uses_per_adopter():
    world = told(*ROWS, entitled=ENTITLED)
    assert world.values(SLUG, "2026-03", "feature") == {"plan": Decimal(3), "look": Decimal(1)}  # 9 by three people
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator, figure.n, figure.unit) == (10, 4, 3, "count")


def test_adopters_are_those_with_k_uses():
    assert told(*ROWS, entitled=ENTITLED, use=Use(feature_uses=3)).value(SLUG, "2026-03") == Decimal(4)  # 5 and 3


def test_uses_before_the_release_are_none():
    world = told(
        did("acme", "ann", "2026-03-09", "new", count=7), did("acme", "ann", "2026-03-11", "new"), entitled=ENTITLED
    )
    world.add("feature", {"feature_id": "new", "name": "New", "product_id": "core", "released_at": "2026-03-10"})
    assert world.value(SLUG, "2026-03") == 1


def test_only_sums_are_left_out_and_no_adopters_no_value():
    world = told(entitled=ENTITLED)
    world.add(
        "usage_daily", {"account_id": "acme", "day": "2026-03-05", "feature": "plan", "active_users": 2, "events": 3}
    )
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.n, figure.excluded) == (None, 0, {"only daily sums of use": 3})


def test_the_share_of_full_depth():
    """In 31 days 6.2 uses are full: of plan, ann and bob used it 6 of 12.4 times, cleo 3 of 6.2, and of look 1 of 6.2."""
    world = told(*ROWS, did("birch", "cleo", "2026-03-04", "share", count=99), entitled=ENTITLED, use=Use(full_depth=6))
    assert float(world.value(SLUG, "2026-03", variant=("share_of_full",))) == pytest.approx((10 + 6.2) / (5 * 6.2))
