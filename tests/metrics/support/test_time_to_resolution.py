"""``time_to_resolution``: expected values are worked out by hand."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.support.desk import course, desk, open_in, ticket
from tests.world import ACME

EXAMPLE = Example(
    """Acme's ticket is solved after two hours, and opened again the next day: what counts is the first time. Birch's is
    solved after a day. Cedar's is not solved yet and is not left out. Two of three are solved within a day: 1,440
    minutes.""",
    {
        "ticket": """
        ticket_id,account_id,created_at
        t1,acme,2026-03-02 09:00
        t2,birch,2026-03-03 09:00
        t3,cedar,2026-03-05 09:00
        """,
        "ticket_status": """
        ticket_id,status,at
        t1,solved,2026-03-02 11:00
        t1,open,2026-03-03 10:00
        t1,solved,2026-03-04 16:00
        t2,solved,2026-03-04 09:00
        t3,open,2026-03-05 09:30
        """,
    },
    "2026-03",
    (Shown("1440", "2", "3", beside={"open": "1"}),),
)

SLUG = "time_to_resolution"
DAY = 1440


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def reopened():
    """Solved after two days, open again, solved for good after nine; another open again; a third open."""
    world = open_in(desk())
    for name in "abc":
        ticket(world, name, "2026-03-02")
    course(world, "a", "open", "2026-03-02", "solved", "2026-03-04", "open", "2026-03-05", "solved", "2026-03-11")
    course(world, "b", "open", "2026-03-02", "solved", "2026-03-05", "open", "2026-03-06")
    return course(world, "c", "new", "2026-03-02")


def test_to_the_first_solving_and_to_the_last():
    first, full = march(reopened()), march(reopened(), variant=("full",))
    assert (first.value, first.numerator, first.extra["open"]) == (3 * DAY, 2, 1)
    assert (full.value, full.numerator, full.extra["mean"]) == (None, 1, 9 * DAY)


def test_closed_unsolved_is_solved():
    world = course(ticket(desk(), "t", "2026-03-02"), "t", "open", "2026-03-02", "closed", "2026-03-03")
    assert march(world).value == DAY


def test_business_time_leaves_nights_weekends_and_holidays_out():
    world = ticket(open_in(desk()), "t", "2026-03-06 16:00:00", solved_at="2026-03-10 10:00:00")  # Friday to Tuesday
    assert march(world, where=(("clock", "business"),)).value == 60 + 8 * 60 + 60
    world.add("holiday", {"schedule_id": "office", "date": "2026-03-09"})
    assert march(world, where=(("clock", "business"),)).value == 120


def test_a_night_in_which_the_clocks_change():
    zone = "Europe/Berlin"
    world = ticket(open_in(desk(zone=zone), zone, "office", "00:00-24:00", days=range(7)), "t", "2026-03-29",
                   solved_at="2026-03-30")  # fmt: skip
    assert {f.slice["clock"]: f.value for f in world.ask(SLUG, "2026-03", by=("clock",))} == {
        "calendar": 23 * 60,
        "business": 23 * 60,
    }


def test_questions_to_success_managers_until_they_are_settled():
    world = open_in(desk())
    row = {"account_id": ACME, "csm_id": "ada", "asked_at": "2026-03-02"}
    world.add("inquiry", {"inquiry_id": "a", "answered_at": "2026-03-03", **row},
              {"inquiry_id": "b", "resolved_at": "2026-03-05", **row})  # fmt: skip
    figure = march(world, variant=("csm",))
    assert (figure.numerator, figure.value) == (1, 3 * DAY)


def test_by_priority():
    world = ticket(ticket(desk(), "a", "2026-03-02", priority="urgent", solved_at="2026-03-03"), "b", "2026-03-02",
                   priority="low", solved_at="2026-03-12")  # fmt: skip
    assert world.values(SLUG, "2026-03", by="priority") == {"urgent": DAY, "low": 10 * DAY}
