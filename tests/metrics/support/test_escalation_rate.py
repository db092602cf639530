from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.support.desk import desk, ticket
from tests.world import ACME

EXAMPLE = Example(
    """Acme's ticket says itself when it was escalated. Birch's was not, but another was that had been merged into it:
    that counts here, and only here. Cedar's and Dune's were not. 2 / 4 = 50 %.""",
    {
        "ticket": """
        ticket_id,account_id,created_at,escalated_at,merged_into
        t1,acme,2026-03-02 09:00,2026-03-04 10:00,
        t2,birch,2026-03-03 09:00,,
        t3,birch,2026-03-03 11:00,,t2
        t4,cedar,2026-03-05 09:00,,
        t5,dune,2026-03-06 09:00,,
        """,
        "escalation": """
        escalation_id,account_id,ticket_id,level,opened_at
        e1,birch,t3,manager,2026-03-04 08:00
        """,
    },
    "2026-03",
    (Shown("0.5", "2", "4"),),
)

SLUG = "escalation_rate"


def taken_higher(world, name, at, of=None):
    return world.add("escalation", {"escalation_id": name, "account_id": ACME, "ticket_id": of, "level": "manager",
                                    "opened_at": at})  # fmt: skip


def test_tickets_of_the_period_that_were_ever_escalated():
    world = desk()
    for name in ("own", "told", "twice", "calm"):
        ticket(world, name, "2026-03-02", escalated_at="2026-04-10" if name in ("own", "twice") else None)
    taken_higher(world, "1", "2026-05-01", "told")
    taken_higher(taken_higher(world, "2", "2026-03-03", "twice"), "3", "2026-03-04", "twice")
    taken_higher(world, "4", "2026-03-04")  # of no ticket
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator, figure.value) == (3, 4, Decimal("0.75"))
    assert world.value(SLUG, "2026-04") is None


def test_what_was_merged_into_a_ticket_escalates_it():
    world = ticket(ticket(desk(), "a", "2026-03-02", merged_into="b"), "b", "2026-03-03", merged_into="c")
    ticket(ticket(world, "c", "2026-03-04"), "d", "2026-03-05")
    (figure,) = taken_higher(world, "1", "2026-03-06", "a").ask(SLUG, "2026-03")
    assert (figure.numerator, figure.denominator) == (1, 2)


def test_where_none_was_ever_recorded_the_rate_is_not_zero():
    world = ticket(desk("2026-03-20"), "a", "2026-03-02", escalated_at="2026-03-20")  # not before now
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.excluded) == (None, {"escalations not recorded": 1})
    ticket(world, "old", "2026-01-02", escalated_at="2026-01-03")
    assert world.value(SLUG, "2026-03") == 0
