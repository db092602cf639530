"""``feature_breadth``: expected values are worked out by hand."""

from __future__ import annotations

from tenure.core.config import Use
from tests.example import Example, Shown
from tests.metrics.use.product import did, seats, told
from tests.world import World

EXAMPLE = Example(
    """The product has three features; the log-in is none of them. Acme uses two. Birch does nothing but log in, and counts
    with all three. 2 / (3 + 3) = 33.3 %.""",
    {
        "feature": """
        feature_id,name,product_id,is_login
        plan,Plan,core,false
        share,Share,core,false
        reports,Reports,core,false
        login,Log-in,core,true
        """,
        "entitlement": """
        account_id,product_id,valid_from
        acme,core,2025-01-01
        birch,core,2025-02-01
        """,
        "usage": """
        account_id,person_id,feature,occurred_at
        acme,ann,plan,2026-03-02 09:00
        acme,bob,share,2026-03-03 10:00
        birch,cleo,login,2026-03-05 11:00
        """,
    },
    "2026-03",
    (Shown("0.3333", "2", "6"),),
)

SLUG = "feature_breadth"


def test_features_used_over_features_entitled():
    rows = [did("acme", "ann", "2026-03-02"), did("acme", "bob", "2026-03-03"), did("acme", None, "2026-03-03", "look"),
            did("acme", "ann", "2026-03-03", "login"), did("birch", "cleo", "2026-04-01")]  # fmt: skip
    world = told(*rows, entitled=(seats("acme", 5), seats("birch", 5)), use=Use(feature_uses=5))
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator, figure.n) == (2, 6, 6)  # of three features each; once is enough


def test_release_and_entitlement_bound_what_there_is():
    world = told(
        did("acme", "ann", "2026-03-02", "later"), entitled=(seats("acme", 5), seats("birch", 5, "2026-04-01"))
    )
    world.add("feature", {"feature_id": "later", "name": "Later", "product_id": "core", "released_at": "2026-04-01"})
    assert [(f.numerator, f.denominator) for f in world.ask(SLUG, "2026-03", "2026-04")] == [(0, 3), (0, 8)]


def test_no_features_no_value():
    (figure,) = World().ask(SLUG, "2026-03")
    assert figure.value is None
