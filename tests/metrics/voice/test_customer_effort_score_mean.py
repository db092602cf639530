from __future__ import annotations

from decimal import Decimal

from tests.metrics.voice.surveys import ces, told

SLUG = "customer_effort_score_mean"


def test_the_mean_of_each_scale():
    world = told(
        ces(1), ces(6), ces(None), ces(3, low_is_good=True),  # 1 + 6 + 5
        ces(1, scale=(1, 5), low_is_good=True), ces(4, scale=(1, 5)),  # 5 + 4
    )  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.n, figure.unit) == (4, 3, "score")
    assert figure.excluded == {"another scale": 2, "no score": 1}
    assert world.value(SLUG, "2026-03", variant=("1-5",)) == Decimal("4.5")


def test_no_answer_is_no_mean():
    assert told(ces(3, scale=(1, 5))).value(SLUG, "2026-03") is None
