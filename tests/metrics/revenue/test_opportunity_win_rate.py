"""Won of what was decided."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """Two opportunities are won in March and one is lost, whenever they began and whatever they are worth. Dune's is
    still open and in neither term. 2 / (2 + 1) = 66.7 %.""",
    {
        "opportunity": """
        opportunity_id,account_id,kind,status,amount,created_at,closed_at
        o1,acme,upsell,won,1000,2025-11-10,2026-03-10
        o2,birch,new,lost,5000,2026-01-15,2026-03-20
        o3,cedar,renewal,won,2000,2026-03-01,2026-03-02
        o4,dune,upsell,open,3000,2026-02-10,
        """
    },
    "2026-03",
    (Shown("0.6667", "2", "3"),),
)

SLUG = "opportunity_win_rate"


def sale(number, status, closed_at="2026-03-10", amount=100, **more):
    row = {"opportunity_id": f"o{number}", "account_id": ACME, "kind": "upsell", "status": status, "amount": amount}
    return row | {"created_at": "2025-02-10", "closed_at": closed_at} | more


def told(*sales, **more):
    return World(**more).account(ACME).add("opportunity", *sales)


DECIDED = (
    sale(1, "won", "2026-03-01", 300),
    sale(2, "won", "2026-03-31 23:59:59", 100, kind="renewal"),
    sale(3, "lost", amount=600),
    sale(4, "won", "2026-04-01"),
    sale(5, "won", "2026-02-28"),
    sale(6, "open"),
    sale(7, "lost", None),
)


def test_won_of_what_was_decided_in_the_period():
    (figure,) = told(*DECIDED).ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.6666666667"), 2, 3)
    assert (float(figure.low), float(figure.high)) == pytest.approx((0.2077, 0.9385), abs=5e-5)  # Wilson of 2 of 3
    assert told(*DECIDED).values(SLUG, "2026-03", "kind") == {"upsell": Decimal("0.5"), "renewal": 1}


def test_by_value():
    (figure,) = told(*DECIDED).ask(SLUG, "2026-03", variant=("by_value",))
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.4"), 400, 1000)


def test_nothing_decided_no_value():
    assert told(sale(1, "open")).value(SLUG, "2026-03") is None
    assert told(sale(1, "won", "2026-03-20"), now="2026-03-15").value(SLUG, "2026-03") is None


def test_the_owner_is_the_one_when_it_was_decided():
    world = told(sale(1, "won", "2026-03-10"), sale(2, "lost", "2026-03-25", owner_id="seller"))
    world.owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-20")
    assert world.values(SLUG, "2026-03", "owner") == {ADA: 1, BEN: 0}
    assert world.values(SLUG, "2026-03", "agent") == {"seller": 0, None: 1}


def test_by_product_it_counts_for_each():
    world = told(sale(1, "won"), sale(2, "lost"))
    world.add("opportunity_line", {"opportunity_id": "o1", "product_id": "a", "amount": 60},
              {"opportunity_id": "o1", "product_id": "b", "amount": 40},
              {"opportunity_id": "o2", "product_id": "a", "amount": 100})  # fmt: skip
    assert world.values(SLUG, "2026-03", "product") == {"a": Decimal("0.5"), "b": 1}
