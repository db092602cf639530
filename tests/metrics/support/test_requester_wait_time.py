"""``requester_wait_time``: expected values are worked out by hand."""

from __future__ import annotations

from tests.metrics.support.desk import course, desk, open_in, ticket

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
