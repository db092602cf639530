"""How many hours a CSM's customers take."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Ada looks after Acme and Birch, and Ben after Cedar. Contacts in March took 60 + 30 + 90 = 180 minutes; that Ben had
    one of Acme's does not matter. The call with Birch says no minutes and adds none (3 of 4 say theirs), and automated
    mail takes nobody's time. 3 hours / 2 = 1.5 hours.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2025-01-01
        s2,birch,50,2025-02-01
        s3,cedar,90,2025-02-01
        """,
        "assignment": """
        account_id,csm_id,valid_from
        acme,ada,2025-01-01
        birch,ada,2025-02-01
        cedar,ben,2025-02-01
        """,
        "touchpoint": """
        touchpoint_id,account_id,csm_id,channel,occurred_at,minutes,is_automated
        t1,acme,ada,meeting,2026-03-04 10:00,60,false
        t2,acme,ben,call,2026-03-10 15:00,30,false
        t3,birch,ada,call,2026-03-12 09:00,,false
        t4,birch,,email,2026-03-16 06:00,5,true
        t5,cedar,ben,review,2026-03-20 13:00,90,false
        """,
    },
    "2026-03",
    (Shown("1.5", "3", "2", beside={"minutes_told": "0.75"}),),
)

SLUG = "workload_hours"


def call(number, minutes, at="2026-03-10", account=ACME, **more):
    return {"touchpoint_id": f"t{number}", "account_id": account, "channel": "call", "direction": "both",
            "occurred_at": at, "minutes": minutes} | more  # fmt: skip


def told(*calls, **settings):
    world = World(**settings).account(ACME, segment="SMB").pays(ACME, 1, "2025-01-01").owns(ADA, ACME, "2025-01-01")
    world.account(BIRCH, segment="Enterprise", tier="Gold").pays(BIRCH, 1, "2025-01-01").owns(BEN, BIRCH, "2025-01-01")
    return world.add("touchpoint", *calls)


CALLS = (
    call(1, 90), call(2, 60, csm_id="somebody else"), call(3, 30, "2026-03-31 23:59:59"), call(4, 45, "2026-04-01"),
    call(5, None), call(6, 15, is_automated=True), call(7, 240, account=BIRCH), call(8, 600, account="prospect"),
)  # fmt: skip


def test_hours_of_contact_with_the_customers_of_the_portfolio():
    (figure,) = told(*CALLS).ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("3.5"), 7, 2)
    assert figure.extra["minutes_told"] == Decimal("0.8")  # of five
    assert told(*CALLS).values(SLUG, "2026-03", "segment") == {"SMB": 3, "Enterprise": 4}


def test_it_is_the_portfolio_at_the_start_that_took_it():
    world = told(call(1, 60, "2026-03-20")).owns(BEN, ACME, "2026-03-05")
    assert world.values(SLUG, "2026-03", "owner") == {ADA: 1, BEN: 0}
    world = told(call(1, 90, "2026-03-20"))
    world.owns(ADA, ACME, "2026-01-01", share="0.5").owns(BEN, ACME, "2026-01-01", share="0.5")
    assert world.values(SLUG, "2026-03", "owner") == {ADA: Decimal("0.75"), BEN: Decimal("0.75")}


HOURS = {"SMB": Decimal("0.5"), "Gold": Decimal(6)}


def test_declared_hours_by_segment_or_else_tier():
    world = told(hours_per_account=HOURS).account("other").pays("other", 1, "2025-01-01").owns(ADA, "other")
    (figure,) = world.ask(SLUG, "2026-03", variant=("declared",))
    # Half of Ada's accounts have none declared, and half of her with them.
    assert (figure.numerator, figure.denominator, figure.excluded) == (
        Decimal("6.5"),
        Decimal("1.5"),
        {"no hours declared": 1},
    )
    assert world.values(SLUG, "2026-Q1", "owner", grain="quarter", variant=("declared",))[BEN] == 18
    world = told(hours_per_account=HOURS, now="2026-04-16")  # half of April
    assert world.values(SLUG, "2026-04", "owner", variant=("declared",)) == {ADA: Decimal("0.25"), BEN: 3}


def test_nothing_declared_no_value():
    assert told().value(SLUG, "2026-03", variant=("declared",)) is None


def test_by_working_time():
    world = told(*CALLS).add("csm", {"csm_id": BEN, "name": "Ben", "fte": "0.8"})
    assert world.values(SLUG, "2026-03", "owner", variant=("per_full_time",)) == {ADA: 3, BEN: 5}
