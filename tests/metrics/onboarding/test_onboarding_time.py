"""``onboarding_time``: expected values are worked out by hand."""

from __future__ import annotations

import pytest

from tests.example import Example, Shown
from tests.world import World

EXAMPLE = Example(
    """Three contracts begin in March. Acme is onboarded after 20 days, Birch after 60. Cedar is not yet, and counts as
    waiting: the mean of those who are would be 40 days. Half of the three are onboarded with Birch, after 60 days.""",
    {
        "contract": """
        contract_id,account_id,started_at,ended_at,value
        k1,acme,2026-03-01,2027-03-01,1200
        k2,birch,2026-03-01,2027-03-01,600
        k3,cedar,2026-03-10,2027-03-10,960
        """,
        "milestone": """
        account_id,kind,completed_at
        acme,onboarded,2026-03-21
        birch,onboarded,2026-04-30
        cedar,onboarded,
        """,
    },
    "2026-03",
    (Shown("60", "2", "3", beside={"mean": "40", "open": "1"}),),
)

SLUG = "onboarding_time"


def told(*stories, now="2026-07-01"):
    """Accounts that bought on 1 January: when they were onboarded, when they left, and more of the milestone."""
    world = World(now=now)
    for number, (onboarded, lost, more) in enumerate(stories):
        name = f"a{number}"
        world.account(name).pays(name, 10, "2026-01-01", lost)
        if onboarded or more:
            world.add("milestone", {"account_id": name, "kind": "onboarded", "completed_at": onboarded, **more})
    return world


HELD = {"held_minutes": 1440, "blocked_by": "customer"}
STORIES: tuple[tuple[str | None, str | None, dict[str, object]], ...] = (
    ("2026-01-11", None, {}), ("2026-01-21", None, {}), (None, "2026-01-06", {}), (None, None, {}), ("2026-02-10", None, HELD),
)  # fmt: skip


def january(world, **more):
    (figure,) = world.ask(SLUG, "2026-01", **more)
    return figure


def test_whoever_left_before_stays_in_the_base_and_never_arrives():
    figure = january(told(*STORIES))
    # One leaves after 5 days: 4/5 are left. F: 4/5 x 1/4 after 10, + 3/5 x 1/3 after 20, + 2/5 x 1/2 after 40 days.
    assert (figure.value, figure.numerator, figure.denominator) == (40, 3, 5)
    assert (figure.extra["open"], figure.extra["left"]) == (1, 1)
    gone = (None, "2026-01-07", {})
    # F: 3/5 x 1/3 after 10, + 2/5 x 1/2 after 20 days: 2/5, however few are left to wait for.
    assert january(told(*STORIES[:4], gone)).value is None


def test_what_the_customer_held_up_is_taken_off_in_the_variant():
    assert january(told(*STORIES), variant=("without_customer_holds",)).value == 39
    ours = ("2026-02-10", None, HELD | {"blocked_by": "us"})
    assert january(told(ours), variant=("without_customer_holds",)).value == 40


def test_what_was_held_up_before_or_after_the_way_is_not_taken_off():
    world = told(("2026-02-10", None, {}))
    for kind, day, minutes in (("closed_won", "2025-12-20", 1), ("kickoff", "2026-01-20", 1440), ("first_value", "2026-03-01", 9_999),
                               ("live", None, 7_777)):  # fmt: skip
        world.add("milestone", {"account_id": "a0", "kind": kind, "completed_at": day, "held_minutes": minutes,
                                "blocked_by": "customer"})  # fmt: skip
    assert january(world, variant=("without_customer_holds",)).value == 40 - 1


def test_the_first_contract_is_the_beginning_where_there_is_one():
    world = told(("2026-01-11", None, {}))
    contract = {
        "contract_id": "c",
        "account_id": "a0",
        "started_at": "2026-01-06",
        "ended_at": "2027-01-06",
        "value": 1,
    }
    assert january(world.add("contract", contract)).value == 5


@pytest.mark.parametrize(("now", "ended"), [("2026-01-20", 1), ("2026-02-01", 2)])
def test_what_is_later_than_now_has_not_happened(now, ended):
    assert january(told(*STORIES, now=now)).numerator == ended


def test_onboarded_before_the_contract_is_left_out():
    figure = january(told(("2025-12-20", None, {}), ("2026-01-03", None, {})))
    assert (figure.n, figure.value, figure.excluded) == (1, 2, {"ended before it began": 1})


def test_by_end_leaves_out_whoever_waits():
    (figure,) = told(*STORIES).ask(SLUG, "2026-02", variant=("by_end",))
    assert (figure.n, figure.value) == (1, 40)
