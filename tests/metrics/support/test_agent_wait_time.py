"""``agent_wait_time``: expected values are worked out by hand."""

from __future__ import annotations

from tests.metrics.support.desk import course, desk, ticket

SLUG = "agent_wait_time"


def test_we_wait_while_it_is_pending():
    world = ticket(desk(), "t", "2026-03-02 10:00:00")
    course(world, "t", "open", "2026-03-02 10:00:00", "pending", "2026-03-02 11:00:00", "open", "2026-03-02 11:45:00",
           "pending", "2026-03-03 10:00:00", "solved", "2026-03-03 10:15:00")  # fmt: skip
    assert world.value(SLUG, "2026-03") == 45 + 15


def test_a_ticket_that_was_never_pending_cost_no_wait():
    world = course(ticket(desk(), "t", "2026-03-02"), "t", "open", "2026-03-02", "solved", "2026-03-03")
    assert world.value(SLUG, "2026-03") == 0


def test_what_is_pending_goes_on():
    world = course(
        ticket(desk("2026-03-02 12:00:00"), "t", "2026-03-02 10:00:00"), "t", "pending", "2026-03-02 11:00:00"
    )
    assert world.value(SLUG, "2026-03") is None
    assert world.rows(SLUG, "2026-03")[0]["lasted"] == 3600
