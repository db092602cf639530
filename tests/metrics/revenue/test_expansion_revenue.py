"""How much more the same customers pay."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.cases import Cases

EXAMPLE = Example(
    """Acme grows from 100 to 130 in March. Birch shrinks by 30, which does not lessen what Acme added, and Cedar is new.
    130 - 100 = 30.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2025-01-01
        s1,acme,130,2026-03-10
        s2,birch,100,2025-02-01
        s2,birch,70,2026-03-15
        s3,cedar,50,2026-03-20
        """
    },
    "2026-03",
    (Shown("30"),),
)

UPTO = {"ended_at": "2026-03-10"}
SINCE = {"started_at": "2026-03-10"}


def told():
    world = Cases()
    world.case("grows", {"amount": 100, **UPTO}, {"amount": 130, **SINCE})
    world.case("shrinks", {"amount": 100, **UPTO}, {"amount": 30, **SINCE})
    world.case("comes", {"amount": 100, **SINCE})
    world.case("goes", {"amount": 100, **UPTO})
    world.case("up and down", {"amount": 100}, {"amount": 50, "started_at": "2026-03-05", "ended_at": "2026-03-20"})
    world.case("renews", {"amount": 100, "contract_id": "k"})
    world.case("buys once", {"amount": 100})
    world.add("contract", {"contract_id": "k", "account_id": "renews", "started_at": "2025-03-15", "ended_at": "2026-03-15",
                           "value": 1200, "outcome": "renewed", "renewed_value": 1320})  # fmt: skip
    invoice = {"issued_at": "2026-03-20", "amount": 119}
    world.add(
        "invoice",
        {"invoice_id": "i1", "account_id": "buys once", **invoice},
        {"invoice_id": "i2", "account_id": "comes", **invoice},  # no customer at the opening
        {"invoice_id": "i3", "account_id": "buys once", **invoice, "status": "void"},
    )
    lines = [
        ("i1", "one_off", 80),
        ("i1", "recurring", 20),
        ("i1", "tax", 19),
        ("i2", "one_off", 80),
        ("i3", "one_off", 7),
    ]
    return world.add("invoice_line", *({"invoice_id": i, "kind": kind, "amount": amount} for i, kind, amount in lines))


def test_each_convention():
    world = told()
    assert world.by_case("expansion_revenue", "2026-03") == {"grows": 30}
    assert world.by_case("expansion_revenue", "2026-03", variant=("with_renewals",)) == {"grows": 30, "renews": 110}
    assert world.by_case("expansion_revenue", "2026-03", variant=("with_one_off",)) == {"grows": 30, "buys once": 80}
