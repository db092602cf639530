"""Why customers were lost: which of the reasons told counts."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, World

EXAMPLE = Example(
    """Three of four customers are lost in March. Of Birch the price is told as the reason. Dune's reason is told twenty
    days after the loss, within the thirty that there are. Of Cedar nothing is told: its 50 are shown as unknown, and not
    left out. 100 + 50 + 200 = 350 of monthly revenue are lost.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,300,2025-01-01,
        s2,birch,100,2025-02-01,2026-03-10
        s3,cedar,50,2025-02-01,2026-03-12
        s4,dune,200,2025-05-01,2026-03-15
        """,
        "churn": """
        churn_id,account_id,at,reason
        c1,birch,2026-03-01,price
        c2,dune,2026-04-04,sponsor left
        """,
    },
    "2026-03",
    (
        Shown("100", slice={"reason": "price"}),
        Shown("200", slice={"reason": "sponsor left"}),
        Shown("50", slice={"reason": "unknown"}),
    ),
    by=("reason",),
)

GONE = {"amount": 10, "ended_at": "2026-03-10"}


def reason(account, at, reason, **more):
    return {"churn_id": f"{account} {at} {reason}", "account_id": account, "at": at, "reason": reason, **more}


def told():
    world = Cases()
    world.case("nothing told", GONE)
    world.case("told at the end", GONE)
    world.case("told with the notice", GONE)
    world.case("told twice", GONE)
    world.case("told 30 days later", GONE)
    world.case("told too late", GONE)
    world.case(
        "told of an earlier loss", {"amount": 10, "ended_at": "2025-01-01"}, {**GONE, "started_at": "2025-06-01"}
    )
    world.case("told, and stayed", {"amount": 10})
    world.case("told, and back", {"amount": 10, "ended_at": "2026-03-05"}, {"amount": 10, "started_at": "2026-03-09"})
    world.add(
        "churn",
        reason("told at the end", "2026-03-10", "price", competitor="Rival", controllable=True),
        reason("told with the notice", "2025-12-01", "service", kind="non_payment", controllable=False),
        reason("told twice", "2026-02-01", "price"),
        reason("told twice", "2026-03-12", "merged", kind="merger"),
        reason("told 30 days later", "2026-04-09", "price"),
        reason("told too late", "2026-04-09 00:00:01", "price"),
        reason("told of an earlier loss", "2024-12-31", "price"),
        reason("told, and stayed", "2026-03-01", "price"),
        reason("told, and back", "2026-03-05", "price"),
    )
    return world


def test_the_latest_reason_between_activation_and_loss_plus_thirty_days():
    found = {
        (figure.slice["case"], figure.slice["reason"]): (figure.value, figure.n)
        for figure in told().ask("churn_reasons", "2026-03", by=("case", "reason"))
    }
    assert found == {
        ("nothing told", "unknown"): (10, 1),
        ("told at the end", "price"): (10, 1),
        ("told with the notice", "service"): (10, 1),
        ("told twice", "merged"): (10, 1),
        ("told 30 days later", "price"): (10, 1),
        ("told too late", "unknown"): (10, 1),
        ("told of an earlier loss", "unknown"): (10, 1),
    }


def test_slices_by_kind_competitor_and_whether_we_could_have_helped():
    world = told()
    assert world.values("churn_reasons", "2026-03", "kind") == {
        "voluntary": 20, "non_payment": 10, "merger": 10, "unknown": 30,
    }  # fmt: skip
    assert world.values("churn_reasons", "2026-03", "competitor") == {"Rival": 10, "unknown": 60}
    assert world.values("churn_reasons", "2026-03", "controllable") == {"yes": 10, "no": 10, "unknown": 50}
    (figure,) = world.ask("churn_reasons", "2026-03")
    assert (figure.value, figure.n) == (70, 7)


def test_reasons_told_of_merged_accounts_and_by_product():
    world = World().account(ACME).account("old", merged_into=ACME)
    world.pays(ACME, 10, "2025-01-01", "2026-03-10", product_id="core")
    world.pays("old", 4, "2025-01-01", "2026-02-10", product_id="extra")
    world.add("churn", reason("old", "2026-02-10", "price"), reason(ACME, "2026-03-10", "service"))
    assert world.values("churn_reasons", "2026-03", "reason") == {"service": 10}
    found = {
        (f.period_start.month, f.slice["product"], f.slice["reason"]): f.value
        for f in world.ask("churn_reasons", "2026-02", "2026-03", by=("product", "reason"))
    }
    assert found == {(2, "extra", "service"): 4, (3, "core", "service"): 10}


def test_a_lost_renewal_explains_a_loss_that_no_row_of_churn_does():
    world = Cases()
    for case, outcome in (("told with the renewal", "lost"), ("told twice", "lost"), ("renewed, then left", "renewed")):
        world.case(case, {"amount": 10, "ended_at": "2026-03-15"})
        world.add("renewal_outcome", {"renewal_id": case, "account_id": case, "outcome": outcome, "decided_at": "2026-03-10",
                                      "reason": "price"})  # fmt: skip
    world.add("churn", {"churn_id": "c1", "account_id": "told twice", "at": "2026-02-01", "reason": "competitor"})
    figures = world.ask("churn_reasons", "2026-03", by=("case", "reason", "kind"))
    assert {tuple(figure.slice.values()) for figure in figures if figure.value} == {
        ("told with the renewal", "price", "voluntary"), ("told twice", "competitor", "voluntary"),
        ("renewed, then left", "unknown", "unknown"),
    }  # fmt: skip
