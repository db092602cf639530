"""``requester_wait_time``: expected values are worked out by hand."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.support.desk import course, desk, open_in, ticket

EXAMPLE = Example(
    """Acme waits for us from 8:00 to 8:30; until 9:00 we wait for Acme, which does not count; then until 9:15:
    30 + 15 = 45 minutes. Birch's ticket is on hold for a third party from 10:20 to 11:00, and that is waiting for us:
    20 + 40 = 60. Cedar still waits. Two of three have waited no longer than 60 minutes.""",
    {
        "ticket": """
        ticket_id,account_id,created_at
        t1,acme,2026-03-02 08:00
        t2,birch,2026-03-02 10:00
        t3,cedar,2026-03-03 12:00
        """,
        "ticket_status": """
        ticket_id,status,at
        t1,open,2026-03-02 08:00
        t1,pending,2026-03-02 08:30
        t1,open,2026-03-02 09:00
        t1,solved,2026-03-02 09:15
        t2,open,2026-03-02 10:00
        t2,hold,2026-03-02 10:20
        t2,solved,2026-03-02 11:00
        t3,new,2026-03-03 12:00
        """,
    },
    "2026-03",
    (Shown("60", "2", "3", beside={"open": "1"}),),
)

SLUG = "requester_wait_time"


def waited(world, slug=SLUG, **more):
    (figure,) = world.ask(slug, "2026-03", **more)
    return figure


def test_new_open_and_hold_count_and_pending_does_not():
    """10 minutes new, 20 open, (30 pending), 40 on hold, 50 open, solved."""
    world = ticket(open_in(desk()), "t", "2026-03-02 10:00:00")
    course(world, "t", "new", "2026-03-02 10:00:00", "open", "2026-03-02 10:10:00", "pending", "2026-03-02 10:30:00",
           "hold", "2026-03-02 11:00:00", "open", "2026-03-02 11:40:00", "solved", "2026-03-02 12:30:00")  # fmt: skip
    assert waited(world).value == 10 + 20 + 40 + 50
    assert waited(world, "agent_wait_time").value == 30
    full = waited(world, "time_to_resolution", variant=("full",))
    assert full.value == 120 + 30


def test_what_is_not_solved_goes_on():
    world = course(ticket(desk("2026-03-02 12:00:00"), "t", "2026-03-02 10:00:00"), "t", "open", "2026-03-02 10:00:00")
    figure = waited(world)
    assert (figure.value, figure.extra["open"]) == (None, 1)
    assert world.rows(SLUG, "2026-03")[0]["lasted"] == 2 * 3600


def test_the_time_solved_before_a_reopening_counts_for_nobody():
    world = ticket(open_in(desk()), "t", "2026-03-02")
    course(world, "t", "open", "2026-03-02", "solved", "2026-03-03", "open", "2026-03-05", "solved", "2026-03-06")
    assert waited(world).value == 2 * 1440


def test_business_time_of_each_wait():
    world = ticket(open_in(desk()), "t", "2026-03-02 16:30:00")
    course(world, "t", "open", "2026-03-02 16:30:00", "pending", "2026-03-03 09:30:00", "solved", "2026-03-03 12:00:00")
    assert waited(world, where=(("clock", "business"),)).value == 60


def test_a_ticket_without_a_history_is_left_out():
    figure = waited(ticket(desk(), "t", "2026-03-02", solved_at="2026-03-03"))
    assert (figure.n, figure.excluded) == (0, {"no history of statuses": 1})
