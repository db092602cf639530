from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.voice.surveys import csat, invited, nps, told
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Four invitations are sent in March. Cedar's never arrived and is left out. Acme answers at once and Dune in April,
    which counts where it was asked; Birch does not answer. 2 / 3 = 66.7 %.""",
    {
        "survey_answer": """
        answer_id,survey,account_id,score,scale_min,scale_max,sent_at,delivered_at,answered_at
        a1,nps,acme,9,0,10,2026-03-02,2026-03-02,2026-03-02
        a2,nps,birch,,0,10,2026-03-02,2026-03-02,
        a3,nps,cedar,,0,10,2026-03-02,,
        a4,nps,dune,7,0,10,2026-03-30,2026-03-30,2026-04-02
        """
    },
    "2026-03",
    (Shown("0.6667", "2", "3", left_out={"not delivered": "1"}),),
)

SLUG = "survey_response_rate"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def test_answered_of_sent_whenever_the_answer_came():
    figure = march(
        told(
            nps(9, "2026-03-05", sent_at="2026-03-01"),
            nps(9, "2026-05-05", sent_at="2026-03-31"),
            nps(None, "2026-03-06", sent_at="2026-03-01"),  # she wrote, but gave no score
            invited("2026-03-01"),
            nps(9, "2026-03-05", sent_at="2026-02-20"),  # February's
            nps(9, "2026-03-05"),  # never invited, as far as is known
        )
    )
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Decimal("0.75"), 3, 4, 4)
    assert figure.excluded == {}


def test_what_did_not_arrive_is_left_out_where_deliveries_are_recorded():
    came = {"sent_at": "2026-03-01", "delivered_at": "2026-03-01"}
    figure = march(
        told(
            nps(9, "2026-03-05", **came),
            nps(None, None, **came),
            nps(None, None, delivered_at="2026-03-02"),  # the sending is not known
            invited("2026-03-01"),  # bounced
            nps(9, "2026-03-05", sent_at="2026-03-01"),  # answered, so it arrived
        )
    )
    assert (figure.numerator, figure.denominator, figure.excluded) == (2, 4, {"not delivered": 1})


def test_before_the_records_of_deliveries_begin_what_was_sent_arrived():
    world = told(
        nps(9, "2026-02-05", sent_at="2026-02-01"),
        invited("2026-02-01"),
        invited("2026-03-01"),  # the month in which they begin
        nps(None, None, sent_at="2026-03-20", delivered_at="2026-03-20"),
        csat(None, None, sent_at="2026-03-01"),  # another survey, of which none are recorded
    )
    assert world.value(SLUG, "2026-02") == Decimal("0.5")
    found = {figure.slice["survey"]: figure for figure in world.ask(SLUG, "2026-03", by=("survey",))}
    assert (found["nps"].denominator, found["nps"].excluded) == (1, {"not delivered": 1})
    assert (found["csat"].value, found["csat"].denominator) == (0, 1)


def test_survey_kind_and_wave():
    world = told(
        nps(9, sent_at="2026-03-01", wave="Q1"), invited("2026-03-01", wave="Q1"), invited("2026-03-02", wave="Q2"),
        csat(5, sent_at="2026-03-01"),
    )  # fmt: skip
    assert world.values(SLUG, "2026-03", by="survey") == {"nps": Decimal("0.3333333333"), "csat": 1}
    assert world.values(SLUG, "2026-03", by="kind") == {"relational": Decimal("0.3333333333"), "transactional": 1}
    assert world.values(SLUG, "2026-03", by="wave") == {"Q1": Decimal("0.5"), "Q2": 0, None: 1}


def test_the_owner_and_the_agent_are_those_when_it_was_sent():
    world = told(
        nps(9, "2026-03-20", sent_at="2026-03-01", account_id=ACME, ticket_id="T1"),
        invited("2026-03-16", account_id=ACME),
    )
    world.account(ACME).owns(ADA, ACME, "2026-01-01").owns(BEN, ACME, "2026-03-15")
    world.add(
        "ticket_assignee",
        {"ticket_id": "T1", "csm_id": ADA, "at": "2026-02-01"},
        {"ticket_id": "T1", "csm_id": BEN, "at": "2026-03-03"},
    )
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 1, BEN: 0}
    assert world.values(SLUG, "2026-03", by="agent") == {ADA: 1, None: 0}


def test_as_of_an_answer_that_had_not_come():
    world = World().add("survey_answer", invited("2026-03-01", answer_id="a"), known="2026-03-01")
    world.add("survey_answer", nps(9, "2026-03-20", sent_at="2026-03-01", answer_id="a"), known="2026-03-20")
    assert march(world, as_of="2026-03-19").value == 0
    assert march(world).value == 1
    assert told(nps(9, "2026-03-20", sent_at="2026-03-01"), now="2026-03-20").value(SLUG, "2026-03") == 0


def test_test_accounts_are_not_asked_and_merged_ones_are_their_survivor():
    world = told(
        invited("2026-03-01", account_id=ACME), nps(9, sent_at="2026-03-01", account_id=BIRCH), invited("2026-03-01")
    )
    world.account(ACME, is_test=True).account(BIRCH)
    assert (march(world).numerator, march(world).denominator) == (1, 2)


def test_nothing_sent_is_no_rate():
    assert march(told(nps(9, "2026-03-05"))).value is None
    world = told(invited("2026-03-01", wave="Q1"), nps(9, sent_at="2026-03-05", delivered_at="2026-03-05", wave="Q2"))
    assert world.values(SLUG, "2026-03", by="wave") == {"Q1": None, "Q2": 1}
