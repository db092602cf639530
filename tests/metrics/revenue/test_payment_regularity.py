"""Invoices paid by their due date."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """Three invoices of 100 are due on 10 March. Acme pays on the day itself, in time. Birch pays the second part a day
    late. Cedar was credited 30 and pays the 70 it owes. Dune's is a draft and not counted. 2 / 3 = 66.7 %.""",
    {
        "invoice": """
        invoice_id,account_id,kind,credits_id,amount,issued_at,due_at,status
        i1,acme,invoice,,100,2026-02-10,2026-03-10,
        i2,birch,invoice,,100,2026-02-10,2026-03-10,
        i3,cedar,invoice,,100,2026-02-10,2026-03-10,
        i4,cedar,credit_note,i3,30,2026-02-20,,
        i5,dune,invoice,,100,2026-02-10,2026-03-10,draft
        """,
        "payment": """
        payment_id,invoice_id,amount,paid_at
        p1,i1,100,2026-03-10 18:00
        p2,i2,40,2026-03-01
        p3,i2,60,2026-03-11
        p4,i3,70,2026-03-05
        """,
    },
    "2026-03",
    (Shown("0.6667", "2", "3"),),
)


def told(world):
    """An invoice of 100, due on 10 March, in each case; payments and credits follow."""
    payments, credits_ = [], []

    def bill(case, *paid, credit=None, **more):
        world.case(case)
        row = {"invoice_id": case, "account_id": case, "amount": 100, "issued_at": "2026-02-10", "due_at": "2026-03-10"}
        world.add("invoice", row | more)
        payments.extend(
            {"invoice_id": case, "amount": amount, "paid_at": at, "kind": kind or "payment"}
            for at, amount, kind in paid
        )
        if credit:
            credits_.append({"invoice_id": f"credit {case}", "account_id": case, "kind": "credit_note", "credits_id": case,
                             "amount": credit, "issued_at": "2026-03-01"})  # fmt: skip

    bill("on the due day", ("2026-03-10 22:59:59", 100, None))
    bill("a second late", ("2026-03-10 23:00:00", 100, None))
    bill("in parts", ("2026-02-20", 40, None), ("2026-03-09", 60, None))
    bill("in parts, one late", ("2026-02-20", 40, None), ("2026-03-11", 60, None))
    bill("refunded before", ("2026-02-20", 100, None), ("2026-03-01", 20, "refund"))
    bill("refunded later", ("2026-02-20", 100, None), ("2026-03-11", 100, "refund"))
    bill(
        "charged back, paid again",
        ("2026-02-20", 100, None),
        ("2026-02-21", 100, "chargeback"),
        ("2026-02-22", 100, None),
    )
    bill("credited in part", ("2026-02-20", 70, None), credit=-30)
    bill("credited in whole", credit=100)
    bill("never paid", status="uncollectible")
    bill("void", status="void")
    bill("draft", status="draft")
    bill("without a due date", due_at=None)
    bill("due in April", due_at="2026-04-01")
    bill("marked as paid, no payment", status="paid")
    return world.add("payment", *payments).add("invoice", *credits_)


def test_what_counts_as_paid_by_the_due_date():
    world = told(Cases(zone="Europe/Berlin"))  # 10 March ends at 23:00 UTC there
    assert world.by_case("payment_regularity", "2026-03") == {
        "on the due day": 1, "a second late": 0, "in parts": 1, "in parts, one late": 0, "refunded before": 0,
        "refunded later": 1, "charged back, paid again": 1, "credited in part": 1, "never paid": 0,
        "marked as paid, no payment": 0,
    }  # fmt: skip
    (figure,) = world.ask("payment_regularity", "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.5"), 5, 10)


def test_an_invoice_due_today_is_not_due_yet_and_belongs_to_who_owned_when_it_was_issued():
    world = World(now="2026-03-10").account(ACME).owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-01")
    for day in ("2026-03-09", "2026-03-10"):
        world.add(
            "invoice", {"invoice_id": day, "account_id": ACME, "amount": 1, "issued_at": "2026-02-10", "due_at": day}
        )
    (figure,) = world.ask("payment_regularity", "2026-03", by=("owner",))
    assert (figure.slice["owner"], figure.value, figure.denominator) == (ADA, 0, 1)
