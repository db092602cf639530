"""``response_time``: expected values are worked out by hand, or published."""

from __future__ import annotations

import pytest

from tests.example import Example, Shown
from tests.metrics.support.desk import desk, open_in, says, ticket
from tests.world import ACME

EXAMPLE = Example(
    """Acme asks on Monday at 10:00 and is answered at 11:30: after 90 minutes, for what the bot said is no reply. Birch
    asks at 18:00 and is answered at 8:00 the next day, after 14 hours, of which one is business time. Cedar still waits,
    and counts as waiting. Half of the three are answered with the second: after 840 minutes by the calendar, 90 of
    business.""",
    {
        "schedule": """
        schedule_id,time_zone,weekday,opens,closes
        office,UTC,0,07:00,17:00
        office,UTC,1,07:00,17:00
        office,UTC,2,07:00,17:00
        office,UTC,3,07:00,17:00
        office,UTC,4,07:00,17:00
        """,
        "ticket": """
        ticket_id,account_id,created_at
        t1,acme,2026-03-02 10:00
        t2,birch,2026-03-03 18:00
        t3,cedar,2026-03-05 10:00
        """,
        "ticket_comment": """
        ticket_id,author_role,is_public,at
        t1,bot,true,2026-03-02 10:01
        t1,agent,true,2026-03-02 11:30
        t2,agent,true,2026-03-04 08:00
        """,
    },
    "2026-03",
    (
        Shown("840", "2", "3", {"clock": "calendar"}, beside={"open": "1"}),
        Shown("90", "2", "3", {"clock": "business"}, beside={"open": "1"}),
    ),
    by=("clock",),
)

SLUG = "response_time"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def replied(*cases):
    """Tickets, each with its creation and its first reply, if it has one."""
    world = open_in(desk())
    for number, (created, reply) in enumerate(cases):
        ticket(world, f"t{number}", created)
        says(world, f"t{number}", "agent", *([reply] if reply else []))
    return world


def test_ninety_minutes():
    """Created at 10:00 on a Monday, answered at 11:30: 90 minutes (help.zoho.com)."""
    assert march(replied(("2026-03-02 10:00:00", "2026-03-02 11:30:00"))).value == 90


def test_an_hour_of_business_after_a_night():
    """Created at 18:00, answered at 08:00, where the schedule opens at 07:00: 60 minutes, or 14 hours (keeping.com)."""
    world = open_in(desk(), "UTC", "office", "07:00-17:00")
    says(ticket(world, "t", "2026-03-02 18:00:00"), "t", "agent", "2026-03-03 08:00:00")
    assert world.values(SLUG, "2026-03", by="clock") == {"business": 60, "calendar": 14 * 60}
    assert march(world).value == 14 * 60
    assert march(world, where=(("clock", "business"),)).value == 60


def test_whoever_is_not_answered_has_waited_at_least_so_long():
    figure = march(replied(("2026-03-02 10:00:00", "2026-03-02 10:10:00"), ("2026-03-02 10:00:00", "2026-03-02 12:00:00"),
                           ("2026-03-02 10:00:00", None), ("2026-03-31 10:00:00", None)))  # fmt: skip
    assert (figure.value, figure.n, figure.extra["open"], figure.extra["mean"]) == (120, 4, 2, 65)


def test_machines_and_notes_do_not_answer_and_neither_does_who_opens_a_ticket_for_another():
    world = ticket(open_in(desk()), "t", "2026-03-02 10:00:00")
    says(world, "t", "bot", "2026-03-02 10:01:00")
    says(world, "t", "agent", "2026-03-02 10:00:00", "2026-03-02 10:30:00")
    says(world, "t", "agent", "2026-03-02 10:02:00", public=False)
    assert march(world).value == 30


def test_a_ticket_solved_without_a_reply_waits_until_then():
    world = says(ticket(open_in(desk()), "answered", "2026-03-02"), "answered", "agent", "2026-03-04")
    ticket(world, "solved", "2026-03-02", solved_at="2026-03-03")
    figure = march(world)
    # After a day one is left to wait for, and answered after two.
    assert (figure.value, figure.numerator, figure.n) == (2 * 1440, 1, 2)


def test_where_nothing_tells_of_replies_there_is_no_time():
    figure = march(ticket(desk(), "t", "2026-03-02"))
    assert (figure.value, figure.n, figure.excluded) == (None, 0, {"replies not recorded": 1})


def test_questions_to_success_managers():
    world = open_in(desk(), "UTC", "office", "09:00-17:00")
    rows = [("a", "2026-03-02 16:00:00", "2026-03-03 10:00:00", None), ("b", "2026-03-02 16:00:00", None, "2026-03-03 09:30:00"),
            ("c", "2026-03-02 16:00:00", None, None)]  # fmt: skip
    world.add("inquiry", *({"inquiry_id": name, "account_id": ACME, "csm_id": "ada", "asked_at": at, "answered_at": answer,
                            "resolved_at": settled} for name, at, answer, settled in rows))  # fmt: skip
    found = world.ask(SLUG, "2026-03", by=("clock", "agent"), variant=("csm",))
    assert {f.slice["clock"]: (f.slice["agent"], f.value, f.numerator) for f in found} == {
        "calendar": ("ada", 18 * 60, 2),
        "business": ("ada", 120, 2),
    }


def test_without_a_schedule_there_is_no_business_time():
    world = says(ticket(desk(), "t", "2026-03-02"), "t", "agent", "2026-03-03")
    figure = march(world, where=(("clock", "business"),))
    assert (figure.value, figure.excluded) == (None, {"no business hours": 1})


@pytest.mark.parametrize(("period", "n"), [("2026-02", 0), ("2026-03", 1)])
def test_by_end_counts_in_the_month_of_the_reply(period, n):
    world = says(ticket(open_in(desk()), "t", "2026-02-20"), "t", "agent", "2026-03-02")
    (figure,) = world.ask(SLUG, period, variant=("by_end",))
    assert figure.n == n
