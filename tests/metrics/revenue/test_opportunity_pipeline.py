"""What is open at the close, by stage."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Acme's and Birch's opportunities are open at the close of March. Cedar's was open then too and was won in April:
    which stage it had in March is no longer known. Dune's was lost in March and is not open.
    1,000 + 5,000 + 2,000 = 8,000.""",
    {
        "opportunity": """
        opportunity_id,account_id,kind,status,stage,amount,created_at,closed_at
        o1,acme,upsell,open,proposal,1000,2026-02-10,
        o2,birch,new,open,demo,5000,2026-03-20,
        o3,cedar,renewal,won,closed,2000,2026-02-15,2026-04-05
        o4,dune,upsell,lost,closed,3000,2026-01-10,2026-03-20
        """
    },
    "2026-03",
    (
        Shown("5000", slice={"stage": "demo"}),
        Shown("1000", slice={"stage": "proposal"}),
        Shown("2000", slice={"stage": "unknown"}),
    ),
    by=("stage",),
)

SLUG = "opportunity_pipeline"


def sale(number, amount=100, account=ACME, **more):
    row = {"opportunity_id": f"o{number}", "account_id": account, "kind": "upsell", "status": "open"}
    return row | {"amount": amount, "created_at": "2026-02-10"} | more


def told(*sales, **more):
    world = World(**more).account(ACME).account(BIRCH)
    return world.add("opportunity", *sales)


def by_stage(world, period="2026-03", **more):
    return {stage: float(value) for stage, value in world.values(SLUG, period, "stage", **more).items()}


def test_what_is_open_at_the_close_by_stage():
    world = told(
        sale(1, 100, stage="proposal"),
        sale(2, 50, stage="proposal", kind="new", account=BIRCH),
        sale(3, 30, stage="discovery", created_at="2026-03-31 23:59:59"),
        sale(4, 7, stage="discovery", created_at="2026-04-01"),
        sale(5, 2000, stage="won", status="won", closed_at="2026-03-31 23:59:59"),
        sale(6, 400, stage="won", status="won", closed_at="2026-04-01"),  # open until then; its stage is not kept
        sale(7, 9000, stage="lost", status="lost"),  # on no known day
        sale(8, 60),
        sale(
            9, 5, status="open", stage="proposal", closed_at="2026-03-05"
        ),  # an expected day, by what it says of itself
    )
    assert by_stage(world) == {"proposal": 155, "discovery": 30, "unknown": 460}
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.n, figure.low) == (645, 2, None)
    assert world.values(SLUG, "2026-03", "kind") == {"upsell": 595, "new": 50}


def test_a_decision_that_lies_ahead_has_not_been_made():
    world = told(sale(1, status="won", stage="proposal", closed_at="2026-03-20"), now="2026-03-15")
    assert by_stage(world) == {"proposal": 100}


def test_as_of_gives_the_stage_as_it_was_known():
    world = told().add("opportunity", sale(1, stage="proposal"), known="2026-02-10")
    world.add("opportunity", sale(1, stage="won", status="won", closed_at="2026-05-02"), known="2026-05-02")
    assert by_stage(world) == {"unknown": 100}
    assert by_stage(world, as_of="2026-04-10") == {"proposal": 100}


def test_weighted_by_the_probability_where_there_is_one():
    world = told(
        sale(1, "100.05", probability="0.333333"),  # 33.34996... in whole ten-thousandths
        sale(2, 50),
        sale(3, 400, BIRCH, probability=1, status="won", closed_at="2026-04-01"),
    )
    (figure,) = world.ask(SLUG, "2026-03", variant=("weighted",))
    assert (float(figure.value), figure.excluded) == (33.35, {"no probability": 2})


def test_at_the_rate_of_the_close():
    world = told(sale(1, currency="USD"), sale(2, 10, currency="CHF", account=BIRCH), sale(3, 1))
    rates = [
        {"currency": "USD", "date": day, "rate": rate} for day, rate in (("2026-01-01", "0.9"), ("2026-03-20", "0.8"))
    ]
    (figure,) = world.add("exchange_rate", *rates).ask(SLUG, "2026-03")
    assert (figure.value, figure.excluded) == (81, {"no exchange rate": 1})


def test_by_product_it_counts_with_its_lines():
    world = told(sale(1), sale(2, 30))
    world.add("opportunity_line", {"opportunity_id": "o1", "product_id": "a", "amount": 60},
              {"opportunity_id": "o1", "product_id": "b", "amount": 30})  # fmt: skip
    assert world.values(SLUG, "2026-03", "product") == {"a": 60, "b": 30, None: 40}


def test_the_owner_is_the_accounts_before_the_close_and_the_agent_who_works_on_it():
    world = told(sale(1, owner_id="seller")).owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-20")
    assert world.values(SLUG, "2026-03", "owner") == {BEN: 100}
    assert world.values(SLUG, "2026-03", "agent") == {"seller": 100}
