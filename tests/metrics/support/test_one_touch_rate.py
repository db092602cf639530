from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.support.desk import course, desk, says, ticket

EXAMPLE = Example(
    """Acme's ticket is solved with one reply. So is Cedar's: the bot's words and the note among ourselves are none.
    Birch's takes two. Dune's is solved without a word, and left out. 2 / 3 = 66.7 %.""",
    {
        "ticket": """
        ticket_id,account_id,created_at,solved_at
        t1,acme,2026-03-02 09:00,2026-03-02 16:00
        t2,birch,2026-03-03 09:00,2026-03-05 10:00
        t3,cedar,2026-03-04 09:00,2026-03-04 12:00
        t4,dune,2026-03-05 09:00,2026-03-06 09:00
        """,
        "ticket_comment": """
        ticket_id,author_role,is_public,at
        t1,agent,true,2026-03-02 15:00
        t2,agent,true,2026-03-03 11:00
        t2,agent,true,2026-03-05 09:30
        t3,bot,true,2026-03-04 09:01
        t3,agent,false,2026-03-04 10:00
        t3,agent,true,2026-03-04 11:30
        """,
    },
    "2026-03",
    (Shown("0.6667", "2", "3", left_out={"no reply": "1"}),),
)

SLUG = "one_touch_rate"


def march(world):
    (figure,) = world.ask(SLUG, "2026-03")
    return figure


def solved(world, name):
    return course(ticket(world, name, "2026-03-01"), name, "solved", "2026-03-10")


def test_exactly_one_public_reply_of_an_agent():
    world = desk()
    for name in ("one", "two", "late", "none"):
        solved(world, name)
    says(world, "one", "requester", "2026-03-01")
    says(world, "one", "bot", "2026-03-01 00:00:15")
    says(world, "one", "agent", "2026-03-02", public=False)
    says(world, "one", "agent", "2026-03-03")
    says(world, "two", "agent", "2026-03-03", "2026-03-04")
    says(world, "late", "agent", "2026-03-03", "2026-05-04")  # counted up to now
    says(world, "none", "requester", "2026-03-03")
    figure = march(world)
    assert (figure.numerator, figure.denominator) == (1, 3)
    assert figure.excluded == {"no reply": 1}


def test_what_an_agent_writes_as_it_is_made_is_no_reply():
    world = solved(desk(), "called")
    says(world, "called", "agent", "2026-03-01", "2026-03-01 00:00:01")
    assert march(world).value == 1


def test_open_again_is_not_decided_before_the_second_reply():
    world = desk()
    for name in ("done", "again", "again and again"):
        says(solved(world, name), name, "agent", "2026-03-05")
    course(world, "again", "open", "2026-03-20")
    course(world, "again and again", "open", "2026-03-20")
    says(world, "again and again", "agent", "2026-03-21")
    figure = march(world)
    assert (figure.value, figure.denominator, figure.excluded) == (Decimal("0.5"), 2, {"open again": 1})
    assert [round(float(end), 6) for end in figure.bounds] == [0.333333, 0.666667]


def test_without_comments_nothing_is_known_of_replies():
    world = ticket(desk(), "a", "2026-03-01", solved_at="2026-03-02", first_reply_at="2026-03-01 12:00")
    ticket(world, "b", "2026-03-01", solved_at="2026-03-02")
    figure = march(world)
    assert (figure.value, figure.excluded) == (None, {"replies not recorded": 2})
    says(solved(world, "c"), "c", "agent", "2026-03-05")  # comments are loaded now: b has none
    figure = march(world)
    assert (figure.value, figure.excluded) == (1, {"replies not recorded": 1, "no reply": 1})
