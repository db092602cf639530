"""``feedback_volume``: expected values are worked out by hand."""

from __future__ import annotations

import pytest

from tests.example import Example, Shown
from tests.metrics.voice.requests import request
from tests.metrics.voice.surveys import csat, nps
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Acme answers a survey in its own words, and Birch with a score alone, which is no comment. Acme also wishes for a
    feature, and Cedar complains; its second complaint is April's. 1 + 1 + 1 = 3 comments.""",
    {
        "survey_answer": """
        answer_id,survey,account_id,score,scale_min,scale_max,text,answered_at
        a1,nps,acme,9,0,10,Saves us a day a week,2026-03-02
        a2,nps,birch,7,0,10,,2026-03-03
        """,
        "request": """
        request_id,account_id,kind,text,created_at
        r1,acme,feature,Export to a spreadsheet,2026-03-05
        r2,cedar,complaint,Slow on Mondays,2026-03-09
        r3,cedar,complaint,Still slow,2026-04-06
        """,
    },
    "2026-03",
    (Shown("3"),),
)

SLUG = "feedback_volume"


def told():
    return World().account(ACME).account(BIRCH, merged_into=ACME).account("test", is_test=True).add(
        "survey_answer",
        nps(9, text="Fine", account_id=ACME, theme="speed"),
        nps(3, text="Slow", account_id=BIRCH),
        nps(9, text="  ", account_id=ACME),
        nps(9, account_id=ACME),
        nps(None, text="No score, but words", account_id=ACME),
        csat(2, theme="price"),  # its text is not kept
        nps(2, sentiment="-0.5"),
        nps(2, "2026-04-01", text="Later"),
        nps(None, None, text="Sent with it", delivered_at="2026-03-05"),
        nps(9, text="Ours", account_id="test"),
    ).add(
        "request",
        request(ACME),
        request(ACME, kind="feedback", theme="price"),
        request("elsewhere", "2026-03-31 23:59", kind="complaint"),
        request(ACME, "2026-04-01"),
    )  # fmt: skip


def test_answers_with_words_and_requests():
    (figure,) = told().ask(SLUG, "2026-03")
    assert (figure.value, figure.n, figure.unit) == (9, 2, "count")
    # the exact limits of a Poisson mean of which 9 were seen
    assert (float(figure.low), float(figure.high)) == pytest.approx((4.115, 17.085), abs=1e-3)
    assert told().values(SLUG, "2026-03", by="kind") == {"answer": 6, "feature": 1, "feedback": 1, "complaint": 1}
    assert told().values(SLUG, "2026-03", by="survey") == {"nps": 5, "csat": 1, None: 3}
    assert told().values(SLUG, "2026-03", by="theme") == {"speed": 1, "price": 2, None: 6}


def test_what_was_not_said_yet_does_not_count():
    world = World(now="2026-03-09").add("survey_answer", nps(9, text="Fine"), nps(9, "2026-03-08", text="Fine"))
    assert world.add("request", request(ACME)).value(SLUG, "2026-03") == 1
    assert World().value(SLUG, "2026-03") == 0


def test_an_anonymous_answer_counts_in_the_whole_and_is_told_of_nobody():
    world = World().account(ACME).owns(ADA, ACME).owns(BEN, ACME, "2026-03-15")
    secret = {"account_id": ACME, "text": "Hush", "theme": "boss", "is_anonymous": True}
    world.add("survey_answer", nps(1, **secret), nps(9, "2026-03-20", text="Fine", account_id=ACME, theme="speed"))
    world.add("request", request(ACME))
    assert world.value(SLUG, "2026-03") == 3
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 1, BEN: 1, None: 1}
    assert world.values(SLUG, "2026-03", by="theme") == {"speed": 1, None: 2}
    (row,) = (row for row in world.rows(SLUG, "2026-03") if row["is_anonymous"])
    assert {row[name] for name in ("account_id", "account", "answer_id", "kind", "survey", "theme")} == {None}
