"""What is known of customers, item by item: every account is a case, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tenure.core.config import Relationship
from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """At the end of March Acme has a champion and was judged in time. Birch's champion left on the 10th. Cedar has one, but was
    last judged in December, more than 90 days before. 1 of 3 is in order.""",
    {
        "account": "account_id,name\nacme,Acme\nbirch,Birch\ncedar,Cedar",
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2025-01-01
        s2,birch,100,2025-01-01
        s3,cedar,100,2025-01-01
        """,
        "person": """
        person_id,account_id,is_champion,left_at
        p1,acme,true,
        p2,birch,true,2026-03-10
        p3,cedar,true,
        """,
        "judgement": """
        account_id,model,at,score
        acme,csm_pulse,2026-02-20,4
        birch,csm_pulse,2026-02-20,4
        cedar,csm_pulse,2025-12-20,4
        """,
    },
    "2026-03",
    (Shown("0.3333", "1", "3"),),
)
SLUG = "data_hygiene"
MARCH = "2026-03"


def paying(*names: str, **more: Any) -> Cases:
    world = Cases(**more)
    for name in names:
        world.case(name, {"amount": 100})
    return world


def in_order(world: Cases, what: str, **more: Any) -> dict[str, float | None]:
    return world.by_case(SLUG, MARCH, variant=(what,), **more)


def test_a_champion_is_somebody_who_was_known_and_had_not_left_at_the_close():
    world = paying("there", "left in March", "left in April", "came in April", "only a user", "nobody", "a colleague")
    champion = {"is_champion": True}
    world.add(
        "person",
        {"person_id": "a", "account_id": "there", **champion},
        {"person_id": "b", "account_id": "left in March", "left_at": "2026-03-31 23:59", **champion},
        {"person_id": "c", "account_id": "left in April", "left_at": "2026-04-01", **champion},
        {"person_id": "d", "account_id": "came in April", "created_at": "2026-04-01", **champion},
        {"person_id": "e", "account_id": "only a user"},
        {"person_id": "f", "account_id": "a colleague", "left_at": "2026-03-01", **champion},
        {"person_id": "g", "account_id": "a colleague", **champion},
    )
    assert in_order(world, "champion") == {
        "there": 1, "left in March": 0, "left in April": 1, "came in April": 0, "only a user": 0, "nobody": 0, "a colleague": 1,
    }  # fmt: skip


def test_a_pulse_is_of_the_days_before_the_close_and_of_one_of_us():
    """90 days before the first of April is the first of January."""
    world = paying("in time", "too old", "too late", "another tool")
    told = {"in time": "2026-01-01", "too old": "2025-12-31 23:59", "too late": "2026-04-01"}
    world.add(
        "judgement",
        *({"account_id": name, "model": "csm_pulse", "at": at, "score": 3} for name, at in told.items()),
        {"account_id": "another tool", "model": "vendor", "at": "2026-03-01", "score": 3},
    )
    assert in_order(world, "pulse") == {"in time": 1, "too old": 0, "too late": 0, "another tool": 0}


def test_renewals_that_come_due_are_to_be_judged():
    cases = {
        "judged": ("2026-05-01", {}, "2026-03-01"),
        "judged long ago": ("2026-05-01", {}, "2025-12-31"),
        "judged in April": ("2026-05-01", {}, "2026-04-02"),
        "not judged": ("2026-04-01", {}, None),
        "due later": ("2026-06-30", {}, None),  # 90 days after the close
        "due before": ("2026-03-31", {}, None),
        "decided": ("2026-05-01", {"outcome": "renewed", "decided_at": "2026-03-31"}, None),
        "decided in April": ("2026-05-01", {"outcome": "renewed", "decided_at": "2026-04-02"}, None),
        "evergreen": ("2026-05-01", {"evergreen": True}, None),
    }
    world = paying(*cases)
    for name, (due, more, judged) in cases.items():
        contract = {"contract_id": name, "account_id": name, "started_at": "2025-05-01", "ended_at": due, "value": 100}
        world.add("contract", contract | more)
        if judged:
            world.add("renewal_forecast", {"renewal_id": name, "account_id": name, "at": judged, "category": "likely"})
    second = {
        "contract_id": "second",
        "account_id": "judged",
        "started_at": "2025-05-01",
        "ended_at": "2026-05-09",
        "value": 1,
    }
    right = {"judged": 1, "judged long ago": 0, "judged in April": 0, "not judged": 0, "decided in April": 0}
    assert in_order(world, "forecast") == right
    world.add("contract", second)
    assert in_order(world, "forecast") == right | {"judged": 0}, "each of them is"


def test_of_a_plan_nothing_of_ours_is_overdue():
    cases = {
        "done": {"due_at": "2026-03-10", "done_at": "2026-03-12"},
        "done in April": {"due_at": "2026-03-31", "done_at": "2026-04-01"},
        "open": {"due_at": "2026-03-31"},
        "due in April": {"due_at": "2026-04-01"},
        "done long ago": {"due_at": "2025-06-01", "done_at": "2025-12-31"},
        "open for long": {"due_at": "2025-06-01"},
        "without a day": {},
        "theirs": {"due_at": "2026-03-10", "side": "customer"},
    }
    world = paying(*cases, "a goal", "a goal reached")
    world.add(
        "step", *({"step_id": name, "account_id": name, "name": "x", "side": "us", **of} for name, of in cases.items())
    )
    world.add(
        "goal", {"goal_id": "g", "account_id": "a goal", "name": "x", "due_at": "2026-03-10"},
        {"goal_id": "h", "account_id": "a goal reached", "name": "x", "due_at": "2026-03-10", "reached_at": "2026-03-30"},
    )  # fmt: skip
    assert in_order(world, "plan") == {
        "done": 1, "done in April": 0, "open": 0, "open for long": 0, "a goal": 0, "a goal reached": 1,
    }  # fmt: skip


def test_a_step_that_is_due_today_is_not_overdue_yet():
    world = paying("today", "yesterday", now="2026-03-20 15:00", zone="Europe/Berlin")
    for name, due in (("today", "2026-03-20"), ("yesterday", "2026-03-19")):
        world.add("step", {"step_id": name, "account_id": name, "name": "x", "side": "us", "due_at": due})
    assert in_order(world, "plan") == {"yesterday": 0}


def test_attributes_are_those_of_the_close_as_far_as_anybody_has_them():
    """No account has an industry or a region: they are not asked for."""
    world = Cases().case("whole", {"amount": 1}, segment="SMB", tier="A").case("part", {"amount": 1}, segment="SMB")
    world.case("moved", {"amount": 1}, segment="SMB")
    world.account("moved", case="moved", segment="SMB", tier="B", valid_from="2026-04-01")
    assert in_order(world, "attributes") == {"whole": 1, "part": 0, "moved": 0}
    assert world.by_case(SLUG, "2026-04", variant=("attributes",)) == {"whole": 1, "part": 0, "moved": 1}


def test_what_nobody_keeps_is_not_asked_for():
    world = paying("a", "b")
    for what in ("whole", "champion", "pulse", "forecast", "plan", "attributes"):
        (figure,) = world.ask(SLUG, MARCH, variant=(what,))
        assert (figure.value, figure.n) == (None, 0), what
    world.add("person", {"person_id": "x", "account_id": "a", "is_champion": True})
    assert in_order(world, "whole") == {"a": 1, "b": 0}


def test_what_began_to_be_kept_later_is_not_asked_of_the_periods_before():
    """The first pulse is of the second of April, the first champion of the third, the first tier of the fourth, the first forecast of the fifth."""
    world = paying("a", "b")
    world.add("judgement", {"account_id": "a", "model": "csm_pulse", "at": "2026-04-02", "score": 4})
    world.add("person", {"person_id": "x", "account_id": "a", "is_champion": True, "created_at": "2026-04-03"})
    world.account("a", case="a", tier="A", valid_from="2026-04-04")
    for name in "ab":
        world.add(
            "contract",
            {"contract_id": name, "account_id": name, "started_at": "2025-05-15", "ended_at": "2026-05-15", "value": 9},
        )
    world.add("renewal_forecast", {"renewal_id": "a", "account_id": "a", "at": "2026-04-05", "category": "likely"})
    for what in ("champion", "pulse", "forecast", "attributes", "whole"):
        before, after = world.ask(SLUG, MARCH, "2026-04", variant=(what,))
        assert (before.value, before.n) == (None, 0), what
        assert (after.numerator, after.denominator) == (1, 2), what


def test_customers_stand_under_what_they_lack_and_under_who_had_them_at_the_close():
    world = (
        World().account(ACME).account(BIRCH).account("gone").pays(ACME, 1, "2025-01-01").pays(BIRCH, 1, "2025-01-01")
    )
    world.pays("gone", 1, "2025-01-01", "2026-03-01").owns(ADA, ACME).owns(BEN, BIRCH).owns(ADA, BIRCH, "2026-03-31")
    world.add("person", {"person_id": "x", "account_id": ACME, "is_champion": True})
    world.add("judgement", {"account_id": ACME, "model": "csm_pulse", "at": "2026-03-01", "score": 3})
    found = world.ask(SLUG, MARCH, by=("item", "owner"))
    assert [(f.slice["item"], f.slice["owner"], f.value, f.n) for f in found] == [
        ("several", ADA, 0, 1),
        (None, ADA, 1, 1),
    ]
    year = world.ask(SLUG, MARCH, window="12m", by=("owner",))
    assert [(f.slice["owner"], f.value, f.n) for f in year] == [(ADA, Decimal("0.5"), 2)], "the window changes nothing"
    (quarter,) = world.ask(SLUG, "2026-Q1", grain="quarter")
    assert (quarter.value, quarter.n) == (Decimal("0.5"), 2)


def test_how_far_back_is_a_setting():
    world = paying("a", relationship=Relationship(coverage_days=30))
    world.add("judgement", {"account_id": "a", "model": "csm_pulse", "at": "2026-03-01", "score": 3})
    assert in_order(world, "pulse") == {"a": 0}


@pytest.mark.parametrize(("as_of", "value"), [("", 1), ("2026-04-10", 0)])
def test_as_of_a_day_only_what_was_told_by_then_is_known(as_of: str, value: int):
    world = paying("a")
    world.add("person", {"person_id": "y", "account_id": "b", "is_champion": True})
    world.add("person", {"person_id": "x", "account_id": "a", "is_champion": True}, known="2026-05-01")
    assert in_order(world, "champion", as_of=as_of) == {"a": value}
