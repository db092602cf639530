"""``agent_wait_time``: expected values are worked out by hand."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.metrics.support.desk import course, desk, ticket

EXAMPLE = Example(
    """We wait for Acme from 8:30 to 9:00, for 30 minutes, and for Birch from 10:20 to 12:20, for 120. Cedar has not
    answered yet: we still wait. Two of three have made us wait no longer than 120 minutes.""",
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
        t2,pending,2026-03-02 10:20
        t2,open,2026-03-02 12:20
        t2,solved,2026-03-02 13:00
        t3,open,2026-03-03 12:00
        t3,pending,2026-03-03 12:30
        """,
    },
    "2026-03",
    (Shown("120", "2", "3", beside={"open": "1"}),),
)

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
