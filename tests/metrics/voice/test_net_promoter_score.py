from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.example import Example, Shown
from tests.metrics.voice.surveys import invited, nps, told
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Ten people answer in March: seven promoters (9 and 10), two passives (7 and 8) and one detractor. The eleventh was
    asked and did not answer; that is no passive, and not counted. 100 x (7 - 1) / 10 = 60. 10 / 11 = 90.9 % answered.""",
    {
        "survey_answer": """
        answer_id,survey,account_id,person_id,score,scale_min,scale_max,sent_at,answered_at
        a1,nps,acme,ann,10,0,10,2026-03-02,2026-03-02
        a2,nps,acme,bob,9,0,10,2026-03-02,2026-03-03
        a3,nps,acme,cleo,9,0,10,2026-03-02,2026-03-03
        a4,nps,acme,dan,7,0,10,2026-03-02,2026-03-05
        a5,nps,birch,eve,10,0,10,2026-03-02,2026-03-02
        a6,nps,birch,finn,10,0,10,2026-03-02,2026-03-04
        a7,nps,birch,gus,3,0,10,2026-03-02,2026-03-06
        a8,nps,cedar,hal,9,0,10,2026-03-02,2026-03-03
        a9,nps,cedar,ida,8,0,10,2026-03-02,2026-03-09
        a10,nps,cedar,jon,10,0,10,2026-03-02,2026-03-10
        a11,nps,cedar,kim,,0,10,2026-03-02,
        """
    },
    "2026-03",
    (Shown("60", "6", "10", beside={"response_rate": "0.909"}),),
)

SLUG = "net_promoter_score"


def march(world, *variant, **more):
    (figure,) = world.ask(SLUG, "2026-03", variant=variant, **more)
    return figure


def test_the_published_example(shared_data):
    examples = (shared_data / "published_examples" / "examples.json").read_text()
    (example,) = [e for e in _examples(json.loads(examples)) if e["id"] == "article-nps"]
    shares = example["inputs"]
    scores = [9] * shares["promoters_pct"] + [7] * shares["passives_pct"] + [6] * shares["detractors_pct"]
    figure = march(told(*map(nps, scores)))
    assert figure.value == example["expected"]
    assert (figure.numerator, figure.denominator, figure.n) == (60, 100, 100)
    assert (float(figure.low), float(figure.high)) == pytest.approx((45.27, 71.24), abs=0.005)
    assert (figure.unit, figure.status) == ("points", "ok")


def _examples(found):
    return found if isinstance(found, list) else found["examples"]


@pytest.mark.parametrize(
    ("score", "points"), [(0, -100), (6, -100), (6.5, 0), (7, 0), (8, 0), (8.5, 0), (9, 100), (10, 100)]
)
def test_where_promoters_begin_and_detractors_end(score, points):
    assert march(told(nps(score))).value == points


def test_no_answer_is_no_score():
    figure = march(told(nps(9, "2026-02-10")))
    assert (figure.value, figure.denominator, figure.n, figure.low) == (None, 0, 0, None)


def test_a_blank_is_not_a_passive():
    figure = march(told(nps(10), nps(9), nps(None), invited("2026-03-01")))
    assert (figure.value, figure.n) == (100, 2)
    assert figure.excluded == {"no score": 1}


def test_a_scale_of_1_to_10_is_left_out_with_a_warning():
    figure = march(told(nps(9), nps(1, scale_min=1), nps(2, scale_min=1), nps(3, scale_max=5)))
    assert (figure.value, figure.n) == (100, 1)
    assert figure.excluded == {"another scale": 3}
    assert figure.notes == ("answers on a scale of 1-10 are left out: the score is defined on 0-10",)
    assert march(told(nps(9), nps(3, scale_max=5))).notes == ()


def test_a_score_outside_its_scale_is_left_out():
    figure = march(told(nps(9), nps(11), nps(-1)))
    assert (figure.value, figure.excluded) == (100, {"score outside its scale": 2})


def test_the_latest_answer_of_a_respondent_counts():
    figure = march(
        told(
            nps(2, "2026-03-02T09:00", person_id="pia"),
            nps(9, "2026-03-02T09:01", person_id="pia"),
            nps(None, "2026-03-20", person_id="pia"),  # a blank takes nothing back
            nps(1, "2026-03-01", person_id="paul"),
        )
    )
    assert (figure.numerator, figure.n) == (0, 2)
    assert figure.excluded == {"superseded answer": 1, "no score": 1}


def test_without_a_person_each_answer_is_its_own_respondent():
    assert march(told(nps(9), nps(9), nps(2))).n == 3


def test_each_wave_and_each_survey_has_its_own_latest_answer():
    pia = {"person_id": "pia"}
    world = told(
        nps(2, "2026-03-01", wave="Q1", **pia),
        nps(9, "2026-03-20", wave="Q1", **pia),
        nps(9, "2026-03-25", wave="Q2", **pia),
        nps(9, "2026-03-25", wave="Q2", survey="nps_onboarding", **pia),
    )
    figure = march(world)
    assert (figure.value, figure.n, figure.excluded) == (100, 3, {"superseded answer": 1})
    assert world.values(SLUG, "2026-03", by="wave") == {"Q1": 100, "Q2": 100}
    assert world.values(SLUG, "2026-03", by="survey") == {"nps": 100, "nps_onboarding": 100}


def test_without_waves_one_answer_a_window():
    world = told(nps(2, "2026-02-10", person_id="pia"), nps(9, "2026-03-10", person_id="pia"))
    assert world.value(SLUG, "2026-02") == -100  # the window is the month: nothing later in it
    assert march(world).value == 100
    quarter = march(world, window="3m")
    assert (quarter.value, quarter.n, quarter.excluded) == (100, 1, {"superseded answer": 1})


def test_relational_and_transactional_are_never_pooled():
    world = told(nps(10), nps(10, kind=None), nps(0, kind="transactional"))
    assert (march(world).value, march(world).n) == (100, 2)
    assert march(world, "transactional").value == -100
    assert world.values(SLUG, "2026-03", by="kind") == {"relational": 100}


def test_other_surveys_are_not_about_it():
    figure = march(told(nps(9), nps(0, survey="csat"), nps(0, survey="npsx"), nps(9, survey="NPS")))
    assert (figure.value, figure.n, figure.excluded) == (100, 2, {})


def test_the_response_rate_stands_beside_it():
    world = told(
        nps(9, "2026-03-03", sent_at="2026-03-01"),
        nps(9, "2026-04-02", sent_at="2026-03-30"),  # March's invitation, April's answer
        nps(0, "2026-03-05", sent_at="2026-02-27"),  # February's invitation, March's answer
        invited("2026-03-02"),
        invited("2026-03-02", kind="transactional"),
        invited("2026-03-02", survey="csat"),
    )
    figure = march(world)
    assert (figure.value, figure.n) == (0, 2)
    assert figure.extra["response_rate"] == Decimal("0.6666666667")
    (april,) = world.ask(SLUG, "2026-04")
    assert (april.value, april.extra["response_rate"]) == (100, None)


def test_accounts_count_alike_in_the_variant_account():
    # Acme: 9, 9, 0 is 1/3; Birch: 0 is -1. Mean: (1/3 - 1) / 2 = -1/3. By respondent: 2 - 2 = 0.
    world = told(*(nps(score, account_id=ACME) for score in (9, 9, 0)), nps(0, account_id=BIRCH), nps(9))
    world.account(ACME).account(BIRCH)
    figure = march(world, "account")
    assert figure.value == Decimal("-33.3333333333")
    assert (figure.denominator, figure.n, figure.excluded) == (2, 4, {"no account": 1})
    assert float(figure.numerator) == pytest.approx(1 / 3 - 1, abs=1e-11)
    assert march(world).value == 20


def test_revenue_weighs_in_the_variant_arr_weighted():
    # Acme pays 100 a month, Birch 300 until 15 March, then 500. ARR just before: Acme 1,200 split over two answers,
    # Birch 3,600 on the 10th and 6,000 on the 20th, each split over two.
    world = told(
        nps(9, account_id=ACME), nps(7, account_id=ACME),
        nps(0, "2026-03-10", account_id=BIRCH), nps(9, "2026-03-20", account_id=BIRCH),
        nps(9, account_id=CEDAR), nps(9),
    )  # fmt: skip
    world.account(ACME).account(BIRCH).account(CEDAR)
    world.pays(ACME, 100, "2026-01-01").pays(BIRCH, 300, "2026-01-01", "2026-03-15", line="b1")
    world.pays(BIRCH, 500, "2026-03-15", line="b2").pays(CEDAR, 900, "2026-03-15")
    figure = march(world, "arr_weighted")
    assert figure.numerator == 600 - 1800 + 3000
    assert figure.denominator == 1200 + 1800 + 3000
    assert (figure.value, figure.n) == (30, 4)
    assert figure.excluded == {"no account": 1, "no recurring revenue": 1}


def test_revenue_is_what_stood_just_before_the_answer():
    # She answers at the very moment at which the subscription ends, and another when hers begins.
    world = told(nps(0, "2026-03-10", account_id=ACME), nps(9, "2026-03-10", account_id=BIRCH))
    world.account(ACME).account(BIRCH)
    world.pays(ACME, 100, "2026-01-01", "2026-03-10").pays(BIRCH, 100, "2026-03-10")
    figure = march(world, "arr_weighted")
    assert (figure.value, figure.denominator, figure.excluded) == (-100, 1200, {"no recurring revenue": 1})


def test_revenue_in_other_currencies_counts_at_the_rate_of_the_opening():
    world = told(nps(9, account_id=ACME), nps(0, account_id=BIRCH), nps(0, account_id=CEDAR))
    world.account(ACME).account(BIRCH).account(CEDAR)
    world.pays(ACME, 100, "2026-01-01").pays(BIRCH, 100, "2026-01-01", currency="USD")
    world.pays(CEDAR, 100, "2026-01-01", currency="CHF")
    world.add("exchange_rate", {"currency": "USD", "date": "2026-02-01", "rate": "0.5"})
    world.add("exchange_rate", {"currency": "USD", "date": "2026-03-02", "rate": "0.9"})
    figure = march(world, "arr_weighted")
    assert (figure.numerator, figure.denominator) == (1200 - 600, 1800)
    assert figure.excluded == {"no exchange rate": 1}


def test_test_accounts_are_out_and_merged_ones_count_as_their_survivor():
    world = told(nps(9, account_id=ACME), nps(0, account_id=BIRCH), nps(0, account_id=CEDAR))
    world.account(ACME).account(BIRCH, merged_into=ACME).account(CEDAR, is_test=True)
    assert (march(world).value, march(world).n) == (0, 2)
    assert march(world, "account").denominator == 1


def test_an_answer_without_an_account_is_its_ticket_s_or_its_person_s():
    world = told(nps(9, person_id="pia"), nps(0, ticket_id="T1"), nps(0, account_id=BIRCH, person_id="pia"), nps(7))
    world.account(ACME).account(BIRCH).account(CEDAR)
    world.add("person", {"person_id": "pia", "account_id": ACME})
    world.add("ticket", {"ticket_id": "T1", "account_id": CEDAR, "created_at": "2026-03-01"})
    rows = world.rows(SLUG, "2026-03")
    assert sorted((row["account_id"] or "", row["stand"]) for row in rows) == [
        ("", 0), (ACME, 1), (BIRCH, -1), (CEDAR, -1),
    ]  # fmt: skip


def test_whoever_is_no_customer_counts_too():
    world = told(nps(9, account_id=ACME), nps(0, account_id=BIRCH)).account(ACME).account(BIRCH)
    world.pays(ACME, 100, "2026-01-01")
    assert march(world).value == 0
    assert world.values(SLUG, "2026-03", by="is_customer") == {True: 100, False: -100}


def test_the_owner_is_the_one_when_it_was_answered():
    world = told(nps(9, "2026-03-14", account_id=ACME), nps(0, "2026-03-15", account_id=ACME)).account(ACME)
    world.owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-15")
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 100, BEN: -100}


def test_a_shared_account_s_answer_counts_for_each_owner_by_the_share():
    world = told(nps(9, account_id=ACME), nps(0, account_id=BIRCH)).account(ACME).account(BIRCH)
    world.pays(ACME, 4_000_000, "2026-01-01").pays(BIRCH, 1_000_000, "2026-01-01")  # ARR 48 and 12 million
    world.owns(ADA, ACME, "2026-01-01", share="0.25").owns(BEN, ACME, "2026-01-01", share="0.75")
    world.owns(ADA, BIRCH, "2026-01-01")
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: -60, BEN: 100}  # (0.25 - 1) / 1.25
    assert world.values(SLUG, "2026-03", by="owner", variant=("arr_weighted",)) == {ADA: 0, BEN: 100}  # 12 - 12


def test_the_agent_is_the_csm_asked_about():
    world = told(nps(9, csm_id=ADA), nps(0, csm_id=BEN), nps(0))
    assert world.values(SLUG, "2026-03", by="agent") == {ADA: 100, BEN: -100, None: -100}


def test_themes_slice_the_answers():
    world = told(nps(9, theme="price", sent_at="2026-03-01"), nps(0, theme="speed", sent_at="2026-03-01"))
    assert world.values(SLUG, "2026-03", by="theme") == {"price": 100, "speed": -100, None: None}


def test_answers_belong_to_the_day_of_the_organisation():
    world = told(nps(9, "2026-03-31T22:30"), zone="Europe/Berlin")  # already April in Berlin
    assert (world.value(SLUG, "2026-03"), world.value(SLUG, "2026-04")) == (None, 100)


def test_an_answer_without_its_time_counts_when_it_was_delivered():
    world = told(nps(9, None, sent_at="2026-02-27", delivered_at="2026-03-02"), nps(0, None, sent_at="2026-02-27"))
    assert (world.value(SLUG, "2026-03"), world.value(SLUG, "2026-02")) == (100, -100)


def test_as_of_knows_what_was_known_then():
    world = World()
    world.add("survey_answer", nps(3, "2026-03-10", answer_id="a"), known="2026-03-11")
    world.add("survey_answer", nps(9, "2026-03-20", answer_id="b"), known="2026-03-21")
    world.add("survey_answer", nps(9, "2026-03-25", answer_id="a"), known="2026-03-26")  # answered anew
    assert march(world).value == 100
    then = march(world, as_of="2026-03-22")
    assert (then.value, then.n) == (0, 2)
    assert march(world, as_of="2026-03-15").value == -100
    assert march(world, as_of="2026-03-10").value is None


def test_what_is_dated_after_now_has_not_happened():
    world = told(nps(9, "2026-03-10"), nps(0, "2026-03-20", sent_at="2026-03-01"), now="2026-03-15")
    figure = march(world)
    assert (figure.value, figure.n, figure.extra["response_rate"]) == (100, 1, 0)


def test_anonymous_answers_are_hidden_among_fewer_than_five():
    few = [nps(9, theme="price", is_anonymous=True) for _ in range(4)]
    many = [nps(9, theme="speed", is_anonymous=True) for _ in range(6)]
    named = [nps(9, theme="tone") for _ in range(3)]
    found = told(*few, *many, *named).ask(SLUG, "2026-03", by=("theme",))
    status = {figure.slice["theme"]: figure.status for figure in found}
    assert status["price"] == "suppressed"
    assert status["speed"] == "small"
    assert status["tone"] == "suppressed"  # or price would be told by the total


def test_narrowing_a_question_tells_no_more_than_slicing_it():
    few = [nps(9, theme="price", is_anonymous=True) for _ in range(4)]
    many = [nps(9, theme="speed", is_anonymous=True) for _ in range(6)]
    named = [nps(9, theme="tone") for _ in range(3)]
    world = told(*few, *many, *named)

    def status(*themes: str) -> str:
        (figure,) = world.ask(SLUG, "2026-03", where=tuple(("theme", theme) for theme in themes))
        return str(figure.status)

    assert status() == "ok"
    assert status("speed") == "small"
    assert status("price") == "suppressed"
    assert status("tone") == "suppressed"
    assert status("speed", "tone") == "suppressed"  # beside the total that would be the price
    assert status("price", "tone") == "small"  # 7 answers, which the total less speed tells as well


def test_no_two_narrowed_questions_differ_by_some_of_what_is_hidden():
    sizes = {"a": 1, "b": 3, "c": 3, "big": 9}
    world = told(*(nps(9, theme=theme, is_anonymous=True) for theme, count in sizes.items() for _ in range(count)))

    def shown(*themes: str) -> bool:
        (figure,) = world.ask(SLUG, "2026-03", where=tuple(("theme", theme) for theme in themes))
        return str(figure.status) != "suppressed"

    assert {f.slice["theme"] for f in world.ask(SLUG, "2026-03", by=("theme",)) if f.status != "suppressed"} == {"big"}
    assert shown("big")
    assert shown("a", "b", "c")
    assert shown("a", "b", "c", "big")
    assert not any(shown(*some) for some in (("b", "c"), ("a", "b"), ("a", "c"), ("b", "c", "big"), ("a", "big")))


ANSWERS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 10)),
        st.sampled_from([None, "pia", "paul"]),
        st.sampled_from([None, "Q1", "Q2"]),
        st.integers(1, 31),
        st.sampled_from([None, ACME, BIRCH]),
    ),
    max_size=12,
)


@settings(max_examples=5, deadline=None)
@given(answers=ANSWERS, cut=st.integers(0, 12), data=st.data())
def test_order_split_and_repetition_change_nothing(answers, cut, data):
    rows = [
        nps(score, f"2026-03-{day:02}", person_id=person, wave=wave, account_id=account, answer_id=f"{n:02}")
        for n, (score, person, wave, day, account) in enumerate(answers)
    ]
    once = World().add("survey_answer", *rows).account(ACME).account(BIRCH)
    mixed = data.draw(st.permutations(rows))
    again = World().account(BIRCH).account(ACME)
    again.add("survey_answer", *mixed[cut:]).add("survey_answer", *mixed[:cut]).add("survey_answer", *rows)
    assert march(once) == march(again)
    assert march(once, "account") == march(again, "account")
    assert march(once).value == _points(_counting(rows))
    assert march(once, "account").value == _of_accounts(_counting(rows))


def _counting(rows):
    """By hand: the latest scored answer of a person and wave, and everybody else's."""
    latest = {}
    for row in rows:
        if row["score"] is not None:
            who = (row["person_id"], row["wave"]) if row["person_id"] else row["answer_id"]
            latest[who] = max(latest.get(who, row), row, key=lambda r: (r["answered_at"], r["answer_id"]))
    return list(latest.values())


def _stand(score):
    return 1 if score >= 9 else -1 if score <= 6 else 0


def _points(rows):
    found = Fraction(100 * sum(_stand(row["score"]) for row in rows), len(rows)) if rows else None
    return found if found is None else _exact(found)


def _of_accounts(rows):
    by_account = defaultdict(list)
    for row in rows:
        if row["account_id"]:
            by_account[row["account_id"]].append(_stand(row["score"]))
    if not by_account:
        return None
    means = [Fraction(sum(stands), len(stands)) for stands in by_account.values()]
    return _exact(100 * sum(means) / len(means))


def _exact(found):
    return pytest.approx(Decimal(found.numerator) / Decimal(found.denominator), abs=Decimal("1e-9"))
