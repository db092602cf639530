from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.support.desk import course, desk, ticket

EXAMPLE = Example(
    """Three tickets are first solved in March; Cedar's was closed without having been solved, and is one of them. Acme's
    is opened again in April, and still counts in March, where it was first solved. 1 / 3 = 33.3 %.""",
    {
        "ticket": """
        ticket_id,account_id,created_at
        t1,acme,2026-03-02 09:00
        t2,birch,2026-03-03 09:00
        t3,cedar,2026-03-04 09:00
        """,
        "ticket_status": """
        ticket_id,status,at
        t1,solved,2026-03-05 12:00
        t1,open,2026-04-02 09:00
        t1,solved,2026-04-03 17:00
        t2,solved,2026-03-06 10:00
        t2,closed,2026-03-10 10:00
        t3,closed,2026-03-12 15:00
        """,
    },
    "2026-03",
    (Shown("0.3333", "1", "3"),),
)

SLUG = "reopen_rate"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def test_a_ticket_counts_once_where_it_was_first_solved():
    world = desk()
    for name in "abcd":
        ticket(world, name, "2026-02-20")
    course(world, "a", "open", "2026-02-20", "solved", "2026-03-02", "closed", "2026-03-06")
    course(world, "b", "solved", "2026-03-03", "open", "2026-03-04", "solved", "2026-03-05", "hold", "2026-04-06")
    course(world, "c", "solved", "2026-02-28", "open", "2026-03-04", "solved", "2026-03-05")  # February's
    course(world, "d", "open", "2026-02-20", "closed", "2026-03-31 12:00")  # closed unsolved
    figure = march(world)
    assert (figure.numerator, figure.denominator) == (1, 3)
    assert (round(figure.low, 4), round(figure.high, 4)) == (Decimal("0.0615"), Decimal("0.7923"))  # Wilson, 1 of 3
    assert world.value(SLUG, "2026-02") == 1
    assert world.value(SLUG, "2026-04") is None


def test_it_follows_up_to_now_and_no_further():
    def at(now):
        world = ticket(desk(now), "a", "2026-03-01")
        return march(course(world, "a", "solved", "2026-03-02", "open", "2026-03-20")).value

    assert [at(now) for now in ("2026-03-20", "2026-03-20 00:00:01")] == [0, 1]


def test_statuses_of_one_instant_are_read_in_their_order():
    world = ticket(desk(), "a", "2026-03-01")
    figure = march(course(world, "a", "solved", "2026-03-02", "open", "2026-03-02", "closed", "2026-03-02"))
    assert (figure.numerator, figure.denominator) == (0, 1)


def test_without_statuses_the_times_tell_or_do_not():
    world = desk()
    ticket(world, "again", "2026-03-01", first_solved_at="2026-03-02", solved_at="2026-03-05")
    ticket(world, "once", "2026-03-01", first_solved_at="2026-03-02", solved_at="2026-03-02", closed_at="2026-03-06")
    ticket(world, "open again", "2026-03-01", first_solved_at="2026-03-02")
    ticket(world, "last only", "2026-03-01", solved_at="2026-03-03")
    ticket(world, "closed", "2026-03-01", first_solved_at="2026-03-02", closed_at="2026-03-06")
    ticket(world, "never", "2026-03-01")
    figure = march(world)
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert figure.excluded == {"reopening not recorded": 2}


def test_it_counts_for_who_had_it_when_it_was_solved():
    world = ticket(desk(), "a", "2026-03-01", assignee_id="zoe")
    course(world, "a", "solved", "2026-03-10", "open", "2026-03-11")
    hands = (("xia", "2026-03-02"), ("yan", "2026-03-10"), ("zoe", "2026-03-10 00:00:01"))
    world.add("ticket_assignee", *({"ticket_id": "a", "csm_id": who, "at": at} for who, at in hands))
    assert world.values(SLUG, "2026-03", by="agent") == {"yan": 1}
