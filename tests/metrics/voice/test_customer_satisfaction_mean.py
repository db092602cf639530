from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.metrics.voice.surveys import csat, told

EXAMPLE = Example(
    """Three answers stand on a scale of 1 to 5. Dune's 9 stands on one of 1 to 10: scales are never mixed, and it is left
    out. (5 + 4 + 3) / 3 = 4.""",
    {
        "survey_answer": """
        answer_id,survey,account_id,score,scale_min,scale_max,answered_at
        a1,csat,acme,5,1,5,2026-03-02
        a2,csat,birch,4,1,5,2026-03-04
        a3,csat,cedar,3,1,5,2026-03-10
        a4,csat,dune,9,1,10,2026-03-12
        """
    },
    "2026-03",
    (Shown("4", "12", "3", left_out={"another scale": "1"}),),
)

SLUG = "customer_satisfaction_mean"


def test_the_mean_of_each_scale():
    world = told(
        csat(3), csat(4), csat(5), csat(1, low_is_good=True),  # 3 + 4 + 5 + 5
        csat(9, scale=(1, 10)), csat(10, scale=(1, 10)), csat(1, scale=(0, 1)), csat(None),
    )  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.n, figure.unit) == (Decimal("4.25"), 17, 4, "score")
    assert figure.excluded == {"another scale": 3, "no score": 1}
    # Student's t with 3 degrees of freedom: 3.1824 x sqrt(11/12 / 4) = 1.5235
    assert (float(figure.low), float(figure.high)) == pytest.approx((2.7265, 5.7735), abs=1e-4)
    assert world.value(SLUG, "2026-03", variant=("1-10",)) == Decimal("9.5")


def test_the_last_rating_of_a_ticket_wins():
    world = told(csat(1, "2026-03-01", ticket_id="T1"), csat(4, "2026-03-02", ticket_id="T1"))
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.excluded) == (4, {"superseded answer": 1})


def test_no_answer_is_no_mean():
    assert told(csat(9, scale=(1, 10))).value(SLUG, "2026-03") is None
