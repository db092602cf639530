from __future__ import annotations

from decimal import Decimal

import pytest

from tests.metrics.voice.surveys import csat, told

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
