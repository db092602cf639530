"""What every time of support is made of: seconds and business seconds from one instant to another, and waits."""

import ibis

from tenure.metrics.kinds import FactKey
from tenure.metrics.support.business_time import timed
from tenure.metrics.support.case import case
from tenure.metrics.world import World as Known
from tests.metrics.support.desk import course, desk, open_in, says, ticket
from tests.world import ACME

HOUR = 3600
MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


def cases(world, start="created", end="replied"):
    """The cases, with the time from one instant to another, by id."""
    reader, known = world.reader(), Known(world.settings)
    sql = str(ibis.to_sql(timed(known, case(known), start, end), dialect="duckdb"))
    moment = world._request("ticket_volume", "2026-03", "2026-03").moment
    rows = reader.fetch([FactKey("case"), FactKey("business_time")], moment.fill(sql, ()), (), moment)
    return {row["ticket_id"]: row for row in rows}


def took(row):
    return row["seconds"] / HOUR, row["business_seconds"] / HOUR


def test_the_published_reply_of_the_next_morning():
    """keeping.com: from 18:00 to 08:00, opening at 07:00, are 14 hours, and 1 of business."""
    world = ticket(open_in(desk(), "UTC", "office", "07:00-18:00"), "a", f"{MONDAY} 18:00")
    says(world, "a", "agent", f"{TUESDAY} 08:00")
    assert took(cases(world)["a"]) == (14, 1)


def test_what_is_not_answered_has_lasted_until_now():
    world = ticket(open_in(desk(f"{TUESDAY} 12:00")), "a", f"{MONDAY} 16:00")
    assert took(cases(world)["a"]) == (20, 4)


def test_replies_come_from_comments_where_a_ticket_has_any():
    world = desk()
    for name in ("comments", "bots only", "none"):
        ticket(world, name, MONDAY, first_reply_at=f"{MONDAY} 01:00")
    says(world, "comments", "agent", f"{MONDAY} 02:00")
    says(world, "bots only", "bot", f"{MONDAY} 03:00")
    found = cases(world)
    assert [found[name]["replied"] and found[name]["replied"].hour for name in ("comments", "bots only", "none")] == [
        2,
        None,
        1,
    ]


def test_first_and_last_solving():
    world = ticket(ticket(ticket(desk(), "a", MONDAY), "b", MONDAY), "c", MONDAY, solved_at=TUESDAY)
    course(world, "a", "solved", f"{MONDAY} 05:00", "open", f"{MONDAY} 06:00", "solved", f"{MONDAY} 08:00",
           "closed", f"{MONDAY} 20:00")  # fmt: skip
    course(world, "b", "solved", f"{MONDAY} 05:00", "hold", f"{MONDAY} 06:00")
    first, last = (cases(world, end=end) for end in ("first_solved", "last_solved"))
    assert [first[name]["seconds"] / HOUR for name in "abc"] == [5, 5, 24]
    assert (last["a"]["seconds"] / HOUR, last["b"]["last_solved"], last["c"]["seconds"] / HOUR) == (8, None, 24)


def test_waits_add_up_to_the_time_to_the_last_solving():
    """Full time = the requester's waits + ours + the time solved before it was opened again."""
    world = open_in(desk())
    ticket(world, "a", f"{MONDAY} 08:00")
    course(world, "a", "open", f"{MONDAY} 09:30", "pending", f"{MONDAY} 10:00", "open", f"{MONDAY} 13:00",
           "hold", f"{MONDAY} 14:00", "solved", f"{MONDAY} 16:00", "open", f"{TUESDAY} 10:00",
           "closed", f"{TUESDAY} 11:30")  # fmt: skip
    row = cases(world, end="last_solved")["a"]
    assert [row[f"{who}_seconds"] / HOUR for who in ("requester", "agent")] == [2 + 1 + 2 + 1.5, 3]
    assert row["seconds"] / HOUR == 6.5 + 3 + 18
    assert [row[f"{who}_business"] / HOUR for who in ("requester", "agent")] == [1 + 1 + 2 + 1.5, 3]
    assert (row["business_seconds"] / HOUR, row["waits"]) == (5.5 + 3 + 2, None)


def test_a_wait_that_goes_on_says_since_when():
    world = ticket(desk(), "a", f"{MONDAY} 08:00")
    course(world, "a", "pending", f"{MONDAY} 07:00", "open", f"{MONDAY} 09:00", "hold", f"{MONDAY} 10:00")
    row = cases(world)["a"]
    assert (row["agent_seconds"], row["requester_seconds"]) == (2 * HOUR, HOUR)  # the history is believed
    assert (row["waits"], str(row["waiting"])) == ("requester", f"{MONDAY} 10:00:00")
    assert (row["agent_business"], row["business_seconds"]) == (None, None)  # there is no schedule


def test_nothing_is_before_the_creation_or_after_now():
    world = ticket(desk(), "a", MONDAY, first_reply_at="2026-02-01", solved_at="2026-08-01", account_id=ACME)
    row = cases(world)["a"]
    assert (row["seconds"], row["last_solved"]) == (0, None)
