from __future__ import annotations

import json
from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.voice.surveys import ces, csat, told
from tests.world import ADA, BEN

EXAMPLE = Example(
    """Acme (6) and Birch (5) agree that it was easy, Cedar (3) does not. Dune was asked how much effort it took, where low
    is good: its 2 of 5 is turned round to 4, which is easy. Elm did not answer. 3 / 4 = 75 %.""",
    {
        "survey_answer": """
        answer_id,survey,account_id,score,scale_min,scale_max,low_is_good,sent_at,answered_at
        a1,ces,acme,6,1,7,false,2026-03-02,2026-03-02
        a2,ces,birch,5,1,7,false,2026-03-02,2026-03-04
        a3,ces,cedar,3,1,7,false,2026-03-02,2026-03-05
        a4,ces,dune,2,1,5,true,2026-03-02,2026-03-10
        a5,ces,elm,,1,7,false,2026-03-02,
        """
    },
    "2026-03",
    (Shown("0.75", "3", "4"),),
)

SLUG = "customer_effort_score"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def test_the_published_example(shared_data):
    found = json.loads((shared_data / "published_examples" / "examples.json").read_text())
    found = found if isinstance(found, list) else found["examples"]
    (example,) = [e for e in found if e["id"] == "ces-qualtrics"]
    easy, n = example["inputs"]["scored_5_6_7"], example["inputs"]["n"]
    scores = [5 + k % 3 for k in range(easy)] + [1 + k % 4 for k in range(n - easy)]
    figure = march(told(*map(ces, scores)))
    assert figure.value * 100 == example["expected"]
    assert (figure.numerator, figure.denominator) == (65, 100)


def test_five_to_seven_of_seven_are_easy_and_the_mean_stands_beside_it():
    figure = march(told(*map(ces, (1, 4, 5, 7)), ces(None), ces(5, scale=(1, 5)), ces(9)))
    assert (figure.numerator, figure.denominator) == (3, 5)
    assert figure.extra["mean"] == Decimal("4.25")  # of 1, 4, 5, 7: the score on 1-5 is not mixed in
    assert figure.excluded == {"no score": 1, "score outside its scale": 1}


def test_effort_on_1_to_5_is_turned_round():
    figure = march(told(*(ces(score, scale=(1, 5), low_is_good=True) for score in (1, 2, 3, 4, 5))))
    assert figure.value == Decimal("0.4")
    assert figure.extra["mean"] is None
    agreement = march(told(*(ces(score, scale=(1, 5)) for score in (1, 2, 4, 5, 5))))
    assert agreement.value == Decimal("0.6")


def test_agreement_turned_round():
    figure = march(told(ces(1, low_is_good=True), ces(3, low_is_good=True), ces(4, low_is_good=True)))
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert figure.extra["mean"] == Decimal("5.3333333333")  # 7, 5, 4


def test_other_scales_and_surveys():
    world = told(ces(7), ces(10, scale=(0, 10)), csat(1), ces(1, survey="ces_chat"), ces(1, survey="cessation"))
    figure = march(world)
    assert (figure.value, figure.excluded) == (Decimal("0.5"), {"another scale": 1})
    assert world.values(SLUG, "2026-03", by="survey") == {"ces": 1, "ces_chat": 0}


def test_every_answer_counts_for_the_agent_of_its_moment():
    world = told(
        ces(7, "2026-03-01", ticket_id="T1", sent_at="2026-03-01"),
        ces(1, "2026-03-05", ticket_id="T1", sent_at="2026-03-01"),
    )
    world.add(
        "ticket_assignee",
        {"ticket_id": "T1", "csm_id": ADA, "at": "2026-02-01"},
        {"ticket_id": "T1", "csm_id": BEN, "at": "2026-03-03"},
    )
    found = {figure.slice["agent"]: figure for figure in world.ask(SLUG, "2026-03", by=("agent",))}
    assert {agent: figure.value for agent, figure in found.items()} == {ADA: 1, BEN: 0}
    # Both invitations were sent under Ada.
    assert [found[ADA].extra["response_rate"], found[BEN].extra["response_rate"]] == [1, None]


def test_no_answer_is_no_score():
    assert march(told(ces(None, None, sent_at="2026-03-01"))).value is None
