from decimal import Decimal

import pytest

from tenure.core.config import Support
from tests.example import Example, Shown
from tests.metrics.support.desk import course, desk, open_in, promises, says, ticket
from tests.world import ACME, ADA, BEN

EXAMPLE = Example(
    """Tickets of high priority are promised a first reply within 60 minutes, by the calendar. Acme has it after exactly
    60, in time; Birch after 90. Cedar has none, and its time is over: late, though nobody has replied. Dune's ticket is
    of low priority, to which nothing is promised; it is left out. 1 / 3 = 33.3 %.""",
    {
        "sla_target": """
        measure,priority,minutes,clock,valid_from
        first_reply,high,60,calendar,2026-01-01
        """,
        "ticket": """
        ticket_id,account_id,priority,created_at,first_reply_at
        t1,acme,high,2026-03-02 09:00,2026-03-02 10:00
        t2,birch,high,2026-03-03 09:00,2026-03-03 10:30
        t3,cedar,high,2026-03-04 09:00,
        t4,dune,low,2026-03-05 09:00,2026-03-05 09:10
        """,
    },
    "2026-03",
    (Shown("0.3333", "1", "3", left_out={"no target": "1"}),),
)

SLUG = "sla_attainment"
MONDAY, TUESDAY, FRIDAY = "2026-03-02", "2026-03-03", "2026-03-06"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def replied(world, name, created, at, **more):
    return ticket(world, name, created, first_reply_at=at, **more)


def test_business_time_runs_in_open_hours_alone():
    """Friday 16:00 to Monday 10:00 is 2 hours of 9-17, to the second."""
    world = promises(open_in(desk()), "first_reply", 120)
    replied(world, "kept", f"{FRIDAY} 16:00", "2026-03-09 10:00")
    replied(world, "late", f"{FRIDAY} 16:00", "2026-03-09 10:00:01")
    replied(world, "out of hours", f"{FRIDAY} 20:00", "2026-03-08 12:00")  # no business time at all
    figure = march(world)
    assert (figure.numerator, figure.denominator) == (2, 3)
    world.add("holiday", {"schedule_id": "office", "date": "2026-03-09"})
    assert march(world).numerator == 3


def test_the_calendar_runs_always():
    world = promises(open_in(desk()), "first_reply", 120, clock="calendar")
    replied(world, "kept", f"{FRIDAY} 16:00", f"{FRIDAY} 18:00")
    replied(world, "late", f"{FRIDAY} 16:00", "2026-03-09 09:00")
    assert march(world).value == Decimal("0.5")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (f"{TUESDAY} 09:00", (None, {"open within the target": 1}, (0, 1))),  # one hour of two
        (f"{TUESDAY} 10:00", (None, {"open within the target": 1}, (0, 1))),
        (f"{TUESDAY} 10:00:01", (0, {}, None)),  # missed, though nobody has answered yet
    ],
)
def test_what_is_open_is_undecided_until_its_time_is_over(now, expected):
    figure = march(ticket(promises(open_in(desk(now)), "first_reply", 120), "a", f"{MONDAY} 16:00"))
    assert (figure.value, figure.excluded, figure.bounds) == expected


def test_solved_without_a_reply_is_undecided_unless_it_was_too_late():
    world = promises(desk(), "first_reply", 60, clock="calendar")
    ticket(world, "soon", f"{MONDAY} 10:00", solved_at=f"{MONDAY} 11:00")
    ticket(world, "late", f"{MONDAY} 10:00", solved_at=f"{MONDAY} 11:01")
    figure = march(world)
    assert (figure.numerator, figure.denominator) == (0, 1)
    assert figure.excluded == {"solved without a reply": 1}


def test_without_hours_or_a_target_nothing_is_decided():
    world = promises(desk(), "first_reply", 60, priority="high")
    replied(world, "a", f"{MONDAY} 10:00", f"{MONDAY} 10:30", priority="high")
    replied(world, "b", f"{MONDAY} 10:00", f"{MONDAY} 10:30", priority="low")
    assert (march(world).value, march(world).excluded) == (None, {"no business hours": 1, "no target": 1})


def test_the_schedule_is_the_ticket_s_else_the_default():
    def hours(settings, **more):
        world = open_in(open_in(desk(**settings), name="day"), "UTC", "night", "22:00-06:00")
        promises(world, "first_reply", 60)
        return march(replied(world, "a", f"{MONDAY} 23:00", f"{TUESDAY} 01:00", **more))

    assert hours({}).excluded == {"no business hours": 1}  # two schedules, and none is the default
    assert hours({"support": Support("night")}).value == 0
    assert hours({"support": Support("night")}, schedule_id="day").value == 1
    assert hours({"support": Support("night")}, schedule_id="not loaded").excluded == {"no business hours": 1}


def test_hours_are_those_of_the_schedule_s_zone_with_its_clock_changes():
    """In New York clocks go forward on 8 March 2026: 9-17 is 14-22 UTC before, 13-21 after."""
    world = promises(open_in(desk(), "America/New_York"), "first_reply", 60)
    replied(world, "kept", f"{FRIDAY} 21:30", "2026-03-09 13:30")
    replied(world, "late", f"{FRIDAY} 21:30", "2026-03-09 13:31")
    assert march(world).value == Decimal("0.5")


def test_the_narrowest_target_of_its_time_holds():
    world = desk().account(ACME, tier="Gold", valid_from="2026-03-10")
    for minutes, more in (
        (60, {}), (50, {"valid_from": "2026-03-20"}), (40, {"tier": "Gold"}), (30, {"priority": "high"}),
        (20, {"priority": "high", "tier": "Gold"}), (1, {"priority": "high", "valid_from": "2026-06-01"}),
    ):  # fmt: skip
        promises(world, "first_reply", minutes, clock="calendar", **more)

    def targets(day, priority):
        ticket(world, f"{day} {priority}", f"2026-03-{day}", priority=priority)
        return next(
            row["target"] / 60 for row in world.rows(SLUG, "2026-03") if row["ticket_id"] == f"{day} {priority}"
        )

    assert [targets(day, priority) for day in ("09", "11") for priority in ("low", "high")] == [60, 30, 40, 20]
    world.add("account", {"account_id": ACME, "name": "Acme", "valid_from": "2026-03-19"})
    assert targets("21", None) == 50


def test_every_measure_has_its_own_beginning_and_end():
    world = desk()
    for measure in ("first_reply", "next_reply", "resolution", "inquiry"):
        promises(world, measure, 60, clock="calendar")
    ticket(world, "a", f"{MONDAY} 08:00")
    says(world, "a", "requester", f"{MONDAY} 08:00", f"{MONDAY} 09:10", f"{MONDAY} 09:20", f"{MONDAY} 11:00")
    says(world, "a", "bot", f"{MONDAY} 09:15")
    says(world, "a", "agent", f"{MONDAY} 09:00", f"{MONDAY} 10:15", f"{MONDAY} 10:20", f"{MONDAY} 11:30")
    course(world, "a", "solved", f"{MONDAY} 08:59", "open", f"{MONDAY} 09:10", "solved", f"{MONDAY} 11:30")
    world.add("inquiry", {"inquiry_id": "i", "account_id": ACME, "csm_id": ADA, "asked_at": MONDAY,
                          "answered_at": f"{MONDAY} 00:59"})  # fmt: skip
    figures = {f.slice["measure"]: (f.numerator, f.denominator) for f in world.ask(SLUG, "2026-03", by=("measure",))}
    assert figures == {
        "first_reply": (1, 1),  # exactly at the target
        "next_reply": (1, 2),  # 09:10 to 10:15, and 11:00 to 11:30
        "resolution": (1, 1),
        "inquiry": (1, 1),
    }
    assert (march(world).numerator, march(world).denominator) == (4, 5)


def test_no_reply_is_awaited_after_the_ticket_was_solved():
    world = promises(desk(), "next_reply", 60, clock="calendar")
    for name in ("thanks", "meanwhile", "waiting"):
        ticket(world, name, MONDAY)
        says(world, name, "agent", f"{MONDAY} 09:00")
        says(world, name, "requester", f"{MONDAY} 10:00")
    course(world, "thanks", "solved", f"{MONDAY} 09:00")
    course(world, "meanwhile", "open", f"{MONDAY} 08:00", "solved", f"{MONDAY} 10:30")
    figure = march(world)
    assert (figure.numerator, figure.denominator, figure.excluded) == (0, 1, {"solved without a reply": 1})


def test_a_question_to_a_success_manager_runs_in_that_person_s_hours():
    world = open_in(open_in(desk()), "UTC", "evening", "17:00-20:00")
    for who, hours in ((ADA, "office"), (BEN, "evening")):
        world.add("csm", {"csm_id": who, "name": who, "schedule_id": hours})
        world.add("inquiry", {"inquiry_id": who, "account_id": ACME, "csm_id": who, "asked_at": f"{MONDAY} 16:00",
                              "answered_at": f"{MONDAY} 18:30"})  # fmt: skip
    assert promises(world, "inquiry", 75).values(SLUG, "2026-03", by="agent") == {ADA: 1, BEN: 0}


def test_as_of_a_day_hours_and_holidays_are_those_known_then():
    world = promises(open_in(desk()), "first_reply", 60)
    replied(world, "a", f"{MONDAY} 09:00", f"{TUESDAY} 10:00")
    world.add("holiday", {"schedule_id": "office", "date": MONDAY}, known="2026-04-02")
    assert [march(world, as_of=day).value for day in ("2026-04-01", "2026-04-02")] == [0, 1]


def test_a_schedule_in_a_zone_that_does_not_exist_has_no_hours():
    world = promises(open_in(desk(), "Europe/Nowhere"), "first_reply", 60)
    assert march(replied(world, "a", MONDAY, TUESDAY)).excluded == {"no business hours": 1}
