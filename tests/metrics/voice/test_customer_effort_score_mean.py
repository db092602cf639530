from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.voice.surveys import ces, told

EXAMPLE = Example(
    """Acme answers 6 and Birch 5 of 7. Cedar was asked how much effort it took, where low is good: its 2 of 7 is turned
    round to 6. Dune's answer stands on a scale of 1 to 5 and is left out. (6 + 5 + 6) / 3 = 5.67.""",
    {
        "survey_answer": """
        answer_id,survey,account_id,score,scale_min,scale_max,low_is_good,answered_at
        a1,ces,acme,6,1,7,false,2026-03-02
        a2,ces,birch,5,1,7,false,2026-03-04
        a3,ces,cedar,2,1,7,true,2026-03-05
        a4,ces,dune,4,1,5,false,2026-03-10
        """
    },
    "2026-03",
    (Shown("5.67", "17", "3", left_out={"another scale": "1"}),),
)

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
