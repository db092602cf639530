"""``churn_risk``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Risks are made on 1 and on 31 March; those of the last day count. (0.02 + 0.30) / 2 = 0.16.""",
    {
        "account": """
        account_id,name
        acme,Acme
        birch,Birch
        """,
        "score": """
        account_id,model,version,at,score
        acme,churn_risk_90,v1,2026-03-01,90
        acme,churn_risk_90,v2,2026-03-31,2
        birch,churn_risk_90,v2,2026-03-31,30
        birch,churn_risk_30,v2,2026-03-31,12
        """,
    },
    "2026-03",
    (Shown("0.16", "0.32", "2"),),
)

SLUG = "churn_risk"


def risk(account, score, days=90, at="2026-03-31"):
    return {"account_id": account, "model": f"churn_risk_{days}", "version": "v", "at": at, "score": score}


def test_each_horizon_is_a_variant_and_owners_are_those_of_the_moment():
    world = World().account(ACME).account(BIRCH).owns(ADA, ACME).owns(BEN, BIRCH)
    world.add("score", risk(ACME, "12.3456"), risk(BIRCH, 1), risk(ACME, 3, 30), risk(ACME, 40, 180))
    assert world.values(SLUG, "2026-03", "owner") == {ADA: Decimal("0.123456"), BEN: Decimal("0.01")}
    assert world.value(SLUG, "2026-03", variant=("days_30",)) == Decimal("0.03")
    assert world.value(SLUG, "2026-03", variant=("days_180",)) == Decimal("0.4")
    assert world.value(SLUG, "2026-04") is None


def test_the_interval_of_the_mean():
    world = World()
    for number, score in enumerate((10, 20, 30, 40)):
        world.account(f"a{number}").add("score", risk(f"a{number}", score))
    (figure,) = world.ask(SLUG, "2026-03")
    # Student's t with 3 degrees of freedom: 3.1824 x sqrt(0.05/3 / 4) = 0.2054
    assert (float(figure.low), float(figure.high)) == pytest.approx((0.0446, 0.4554), abs=1e-3)
