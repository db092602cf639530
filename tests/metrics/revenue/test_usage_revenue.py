"""Billed for use beyond the commitment."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """In April Acme is billed 500 for its plan and 120 for what it used in March beyond it; later 20 of that are credited.
    The use counts in March, when it was, and the plan does not. Birch's invoice came in March and is for February.
    120 - 20 = 100.""",
    {
        "invoice": """
        invoice_id,account_id,kind,credits_id,amount,issued_at
        i1,acme,invoice,,620,2026-04-03
        i2,birch,invoice,,80,2026-03-03
        i3,acme,credit_note,i1,20,2026-04-10
        """,
        "invoice_line": """
        invoice_id,kind,amount,period_start,period_end
        i1,recurring,500,2026-03-01,2026-04-01
        i1,usage,120,2026-03-01,2026-04-01
        i2,usage,80,2026-02-01,2026-03-01
        i3,usage,20,2026-03-01,2026-04-01
        """,
    },
    "2026-03",
    (Shown("100"),),
)

SLUG = "usage_revenue"


def told(world):
    """An invoice of 3 April for the use of March in each case."""

    def bill(case, amount=100, line="usage", upto="2026-04-01", **more):
        world.case(case)
        row = {"invoice_id": case, "account_id": case, "amount": amount, "issued_at": "2026-04-03"}
        world.add("invoice", row | more)
        world.add("invoice_line", {"invoice_id": case, "kind": line, "amount": amount, "period_end": upto})

    bill("used in March")
    bill("used until the first of March", upto="2026-03-01")
    bill("a quarter's use", 300)
    bill("time unknown", upto=None)
    bill("time unknown, billed in March", upto=None, issued_at="2026-03-31 23:59:59")
    bill("the commitment", line="recurring")
    bill("once", line="one_off")
    bill("tax", line="tax")
    bill("draft", status="draft")
    bill("void", status="void")
    bill("never paid", status="uncollectible")
    bill("credited, above zero", 20, kind="credit_note")
    bill("credited, below zero", -20, kind="credit_note")
    bill("written off", 20, kind="write_off")
    return world


def test_what_counts_and_when():
    world = Cases()
    told(world)
    assert world.by_case(SLUG, "2026-03") == {
        "used in March": 100, "a quarter's use": 300, "time unknown, billed in March": 100, "never paid": 100,
        "credited, above zero": -20, "credited, below zero": -20,
    }  # fmt: skip
    assert world.by_case(SLUG, "2026-02") == {"used until the first of March": 100}
    assert world.by_case(SLUG, "2026-04") == {"time unknown": 100}
    assert world.by_case(SLUG, "2026-03", variant=("when_billed",)) == {"time unknown, billed in March": 100}


def test_what_is_not_billed_yet_is_not_known():
    world = told(Cases(now="2026-04-03"))
    assert world.by_case(SLUG, "2026-03") == {"time unknown, billed in March": 100}


def test_the_owner_when_the_time_ended_and_the_product():
    world = World().account(ACME).owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-04-01")
    world.add("invoice", {"invoice_id": "i", "account_id": ACME, "amount": 10, "issued_at": "2026-04-03"})
    world.add(
        "invoice_line",
        {"invoice_id": "i", "kind": "usage", "product_id": "a", "amount": 10, "period_end": "2026-04-01"},
    )
    assert world.values(SLUG, "2026-03", "owner") == {ADA: 10}
    assert world.values(SLUG, "2026-03", "product") == {"a": 10}
    assert world.values(SLUG, "2026-04", "owner", variant=("when_billed",)) == {BEN: 10}
