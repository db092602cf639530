from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.metrics.voice.surveys import csat, told
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Ratings are good (1) or bad (0). Ticket 1 was rated bad at first and good later: the last rating of a ticket counts.
    Ticket 6 was offered for rating and not rated, which is no answer. Four are good and one is bad: 4 / 5 = 80 %.""",
    {
        "survey_answer": """
        answer_id,survey,account_id,ticket_id,score,scale_min,scale_max,answered_at
        a1,csat,acme,1,0,0,1,2026-03-02
        a2,csat,acme,1,1,0,1,2026-03-05
        a3,csat,acme,2,1,0,1,2026-03-09
        a4,csat,birch,3,1,0,1,2026-03-10
        a5,csat,birch,4,0,0,1,2026-03-12
        a6,csat,cedar,5,1,0,1,2026-03-16
        a7,csat,cedar,6,,0,1,
        """
    },
    "2026-03",
    (Shown("0.8", "4", "5", left_out={"superseded answer": "1"}),),
)

SLUG = "customer_satisfaction"
GOOD_OR_BAD = (0, 1)


def march(world, *variant, **more):
    (figure,) = world.ask(SLUG, "2026-03", variant=variant, **more)
    return figure


def test_the_published_example(shared_data):
    found = json.loads((shared_data / "published_examples" / "examples.json").read_text())
    found = found if isinstance(found, list) else found["examples"]
    (example,) = [e for e in found if e["id"] == "assembled-csat"]
    of = example["inputs"]
    ratings = [csat(1, scale=GOOD_OR_BAD)] * of["good"] + [csat(0, scale=GOOD_OR_BAD)] * of["bad"]
    ratings = [{**row, "answer_id": f"R{n}"} for n, row in enumerate(ratings)]
    offered = [csat(None, None, scale=GOOD_OR_BAD, sent_at="2026-03-01") for _ in range(5)]
    figure = march(told(*ratings, *offered))
    assert float(figure.value) == example["expected"]
    assert (figure.numerator, figure.denominator, figure.n, figure.excluded) == (8, 10, 10, {})


def test_four_and_five_of_five_are_satisfied():
    figure = march(told(*map(csat, (1, 2, 3, 4, 5, 5)), csat(None)))
    assert (figure.value, figure.n, figure.excluded) == (Decimal("0.5"), 6, {"no score": 1})
    assert (float(figure.low), float(figure.high)) == pytest.approx((0.1876, 0.8124), abs=1e-4)  # Wilson, 3 of 6


def test_of_ten_the_top_is_9_or_8():
    world = told(*(csat(score, scale=(1, 10)) for score in (7, 8, 9, 10)))
    assert march(world).value == Decimal("0.5")
    assert march(world, "8-10").value == Decimal("0.75")


def test_where_low_is_good_the_score_is_turned_round():
    world = told(*(csat(score, low_is_good=True) for score in (1, 2, 3, 4, 5)))
    assert march(world).value == Decimal("0.4")


def test_other_scales_are_left_out():
    figure = march(told(csat(5), csat(3, scale=(0, 3)), csat(7, scale=(1, 7)), csat(9)))
    assert (figure.value, figure.n) == (1, 1)
    assert figure.excluded == {"another scale": 2, "score outside its scale": 1}


def test_scales_slice_it():
    world = told(csat(5), csat(1), csat(10, scale=(1, 10)), csat(0, scale=GOOD_OR_BAD))
    assert world.values(SLUG, "2026-03", by="scale") == {"1-5": Decimal("0.5"), "1-10": 1, "0-1": 0}


def test_the_last_rating_of_a_ticket_wins_even_next_month():
    world = told(
        csat(1, "2026-03-01", ticket_id="T1"),
        csat(5, "2026-03-02", ticket_id="T1"),
        csat(None, "2026-03-03", ticket_id="T1"),
        csat(1, "2026-03-04", ticket_id="T2"),
        csat(5, "2026-04-04", ticket_id="T2"),
        csat(2, "2026-03-05"),
        csat(2, "2026-03-05"),
    )
    figure = march(world)
    assert (figure.numerator, figure.denominator) == (1, 3)
    assert figure.excluded == {"no score": 1, "superseded answer": 2}
    assert world.value(SLUG, "2026-04") == 1
    assert march(world, as_of="2026-03-31").denominator == 4  # T2's second rating lay ahead


def test_it_is_credited_to_whoever_had_the_ticket_when_it_was_rated():
    world = told(
        csat(5, "2026-03-10T12:00", ticket_id="T1"),  # Ada had it since that very moment
        csat(1, "2026-03-10", ticket_id="T2"),  # nobody had it yet: the ticket's assignee
        csat(5, "2026-03-10", ticket_id="T3"),  # no history: the ticket's assignee
        csat(1, "2026-03-11", ticket_id="T4", agent_id="carl"),  # Ben had it, whatever the survey says
        csat(5, "2026-03-10", agent_id="carl"),
        csat(5, "2026-03-10"),
    )
    for ticket in ("T1", "T2", "T3"):
        world.add("ticket", {"ticket_id": ticket, "created_at": "2026-03-01", "assignee_id": "eve"})
    world.add(
        "ticket_assignee",
        {"ticket_id": "T1", "csm_id": BEN, "at": "2026-03-02"},
        {"ticket_id": "T1", "csm_id": ADA, "at": "2026-03-10T12:00"},
        {"ticket_id": "T1", "csm_id": BEN, "at": "2026-03-11"},
        {"ticket_id": "T2", "csm_id": ADA, "at": "2026-03-12"},
        {"ticket_id": "T4", "csm_id": BEN, "at": "2026-03-02"},
    )
    found = world.values(SLUG, "2026-03", by="agent")
    assert found == {ADA: 1, "eve": Decimal("0.5"), "carl": 1, BEN: 0, None: 1}


def test_the_response_rate_stands_beside_it():
    world = told(csat(5, sent_at="2026-03-01"), csat(None, None, sent_at="2026-03-02"), csat(3, sent_at="2026-02-20"))
    figure = march(world)
    assert (figure.value, figure.n, figure.extra["response_rate"]) == (Decimal("0.5"), 2, Decimal("0.5"))


def test_accounts():
    world = told(csat(5, account_id=ACME), csat(1, account_id=BIRCH), csat(1, account_id=CEDAR), csat(5))
    world.account(ACME, segment="large").account(BIRCH, merged_into=ACME, segment="small").account(CEDAR, is_test=True)
    figure = march(world)
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert world.values(SLUG, "2026-03", by="segment") == {"large": Decimal("0.5"), None: 1}


def test_no_answer_is_no_satisfaction():
    assert march(World()).value is None
    assert march(told(csat(None, None, sent_at="2026-03-01"))).value is None
