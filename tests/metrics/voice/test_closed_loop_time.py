"""``closed_loop_time``: expected values are worked out by hand."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.world import ACME, World

EXAMPLE = Example(
    """Birch's low answer is followed up after 4 days, and Acme is told what came of its request after 10. Cedar has heard
    nothing of its complaint yet, and counts as waiting. Dune's 9 is no low answer and needs no follow-up. Two of three
    were told within 10 days.""",
    {
        "request": """
        request_id,account_id,kind,created_at,informed_at
        r1,acme,feature,2026-03-02,2026-03-12
        r2,cedar,complaint,2026-03-10,
        """,
        "survey_answer": """
        answer_id,survey,account_id,score,scale_min,scale_max,answered_at,followed_up_at
        a1,nps,birch,3,0,10,2026-03-02,2026-03-06
        a2,nps,dune,9,0,10,2026-03-03,
        """,
    },
    "2026-03",
    (Shown("10", "2", "3", beside={"open": "1"}),),
)

SLUG = "closed_loop_time"


def asked(number, day, told=None):
    return {"request_id": f"r{number}", "account_id": ACME, "kind": "feature", "created_at": day, "informed_at": told}


def answered(number, score, day, told=None, **more):
    row = {
        "answer_id": f"a{number}",
        "account_id": ACME,
        "survey": "nps",
        "score": score,
        "scale_min": 0,
        "scale_max": 10,
    }
    return row | {"answered_at": day, "followed_up_at": told} | more


def told(*rows, now="2026-04-01"):
    world = World(now=now).account(ACME)
    for row in rows:
        world.add("request" if "request_id" in row else "survey_answer", row)
    return world


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def test_whoever_waits_counts_for_as_long_as_it_has_waited():
    figure = march(told(asked(1, "2026-03-01", "2026-03-05"), asked(2, "2026-03-02"), asked(3, "2026-03-31"),
                        answered(4, 6, "2026-03-01", "2026-03-11")))  # fmt: skip
    # 4 days: one of the three that had waited so long; 10 days: one of the two left.
    assert (figure.value, figure.numerator, figure.denominator, figure.extra["open"]) == (10, 2, 4, 2)
    assert (figure.extra["mean"], figure.extra["p90"]) == (7, None)


def test_what_is_told_after_now_has_not_been():
    world = told(asked(1, "2026-03-01", "2026-03-05"), asked(2, "2026-03-01", "2026-05-01"))
    assert march(world).extra["open"] == 1


def test_only_low_answers_that_somebody_can_be_told_of_are_cases():
    rows = [answered(1, 7, "2026-03-01"), answered(2, 0, "2026-03-01", is_anonymous=True), answered(3, None, "2026-03-01"),
            answered(4, 2, "2026-03-01", scale_min=1, scale_max=5, survey="csat"),
            answered(5, 3, "2026-03-01", scale_min=1, scale_max=5, survey="csat"),
            answered(6, 5, "2026-03-01", scale_min=1, scale_max=5, survey="ces", low_is_good=True)]  # fmt: skip
    assert march(told(*rows)).n == 2


def test_by_source_and_by_end():
    world = told(asked(1, "2026-02-01", "2026-03-05"), asked(2, "2026-03-01", "2026-03-02"),
                 answered(3, 0, "2026-03-01"))  # fmt: skip
    found = world.ask(SLUG, "2026-03", by=("source",))
    assert {f.slice["source"]: (f.value, f.n) for f in found} == {"request": (1, 1), "answer": (None, 1)}
    (ended,) = world.ask(SLUG, "2026-03", variant=("by_end",))
    assert (ended.n, ended.extra["mean"]) == (2, (32 + 1) / 2)
