"""How what is known of an account becomes a score, by hand and by properties."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from tenure.core.written import Written
from tenure.scores.health.changed import LATE, MODEL, Stages, changed, total
from tenure.scores.health.model import read
from tenure.scores.health.score import Accounts, Scoring
from tenure.scores.signal import Known
from tests.scores.health.test_model import TEXT, model

THREE = TEXT + '\n[components.third]\nmetric = "mrr"\ndays = 1\ncurve = [[0, 0], [100, 100]]\nweight = 2\n'


def scoring(inputs, *, text=TEXT, segment=None, days=100, written=frozenset()):
    told = {name: {"acme": Known(value)} for name, value in inputs.items() if value is not None}
    return Scoring(model(text), Accounts(["acme"], [segment], [days]), told, written)


def only(of):
    (scored,) = of.scores()
    return scored


def test_components_add_up_by_their_weights():
    # 0.5 is worth 60 points, a mood of 2 is worth 75: (3 x 60 + 1 x 75) / 4 = 63.75
    scored = only(scoring({"use": 0.5, "mood": 2}))
    assert (scored.score, scored.band, scored.coverage) == (63.75, "fair", 1)
    # in SMB mood weighs half: (3 x 60 + 0.5 x 75) / 3.5 = 62.142857
    assert only(scoring({"use": 0.5, "mood": 2}, segment="SMB")).score == 62.14


def test_unknown_is_not_zero():
    scored = only(scoring({"use": 0.5, "mood": None}))
    assert (scored.score, scored.coverage) == (60, 0.75)
    nothing = only(scoring({"use": None, "mood": None}))
    assert (nothing.score, nothing.coverage, nothing.reason) == (None, 0, "too little is known")


def test_no_score_for_new_customers_nor_where_too_little_is_known():
    young = only(scoring({"use": 0.5, "mood": 2}, days=9))
    assert (young.score, young.band, young.reason) == (None, None, "a customer for 9 days, of 10")
    strict = TEXT.replace("minimum_days = 10", "minimum_coverage = 0.8")
    assert only(scoring({"use": 0.5}, text=strict)).score is None  # three quarters are known
    assert only(scoring({"use": 0.5, "mood": 1}, text=strict)).score == 70  # (180 + 100) / 4


def test_what_csms_write_can_be_weighed_down():
    less = TEXT.replace("minimum_days = 10", "written = 0.5")
    found = scoring({"use": 0.5, "mood": 2}, text=less, written=frozenset({"mood"}))
    assert only(found).score == 62.14  # mood weighs half, as in the segment above
    assert [part.is_written for part in found.parts("acme")] == [False, True]


VALUES = st.one_of(st.none(), st.floats(-0.5, 1.5, allow_nan=False))
MOODS = st.one_of(st.none(), st.integers(1, 5).map(float))


@given(VALUES, MOODS, st.one_of(st.none(), st.floats(0, 120)))
def test_a_score_is_the_sum_of_its_parts(use, mood, third):
    found = scoring({"use": use, "mood": mood, "third": third}, text=THREE)
    parts = found.parts("acme")
    exact = total(parts)
    if any(part.points is not None for part in parts):
        assert abs(Fraction(str(only(found).score)) - exact) <= Fraction(1, 200)
        assert min(p.points for p in parts if p.points is not None) <= exact <= max(p.points or 0 for p in parts)


@given(*(st.tuples(VALUES, MOODS, VALUES) for _ in range(3)))
def test_the_lines_of_a_change_add_up_exactly(told, then, now):
    def of(values, text):
        return scoring(dict(zip(("use", "mood", "third"), values, strict=True)), text=text)

    other = THREE.replace("weight = 3", "weight = 7")
    assume(all(any(value is not None for value in values) for values in (told, then, now)))
    stages = Stages(of(told, THREE), of(then, THREE), of(now, THREE), of(now, other))
    lines = changed("acme", stages)
    exact = total(stages.now.parts("acme")) - total(stages.then.parts("acme"))
    assert sum((line.change for line in lines), Fraction(0)) == exact


def test_a_change_is_told_by_what_made_it():
    before, after = scoring({"use": 0.5, "mood": None}), scoring({"use": 0.75, "mood": 4})
    other = scoring({"use": 0.75, "mood": 4}, text=TEXT.replace("weight = 3", "weight = 1"))
    lines = {line.what: line for line in changed("acme", Stages(scoring({"use": 0.25}), before, after, other))}
    # then 30 as was known; 60 as is known now; (3 x 80 + 25) / 4 = 66.25; (80 + 25) / 2 = 52.5
    assert float(lines[LATE].change) == 30
    assert float(lines[MODEL].change) == -13.75
    # use rises by 20 at the mean of the weights 1 and 3/4, and loses a quarter of weight at 70, 6.875 above the middle
    assert float(lines["use"].change) == 20 * 0.875 - 0.25 * (70 - 63.125)
    assert float(lines["mood"].change) == 0.25 * (25 - 63.125)  # it was not known
    assert (lines["mood"].before, lines["mood"].after) == (None, 4)


def test_what_was_not_known_at_the_time_is_no_late_data():
    here = scoring({"use": 0.5, "mood": 2})
    assert changed("acme", Stages(None, here, here, here)) != ()
    assert all(not line.change for line in changed("acme", Stages(None, here, here, here)))


def test_the_order_of_accounts_changes_nothing():
    told = {"use": {f"a{n}": Known(n / 10) for n in range(10)}, "mood": {f"a{n}": Known(n % 5 + 1) for n in range(7)}}

    def scores(ids):
        found = Scoring(read(Written("m.toml", TEXT)), Accounts(ids, ["SMB"] * 10, [99] * 10), told).scores()
        return {one.account_id: one for one in found}

    ids = [f"a{n}" for n in range(10)]
    assert scores(ids) == scores(ids[::-1])


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=8))
def test_the_worst_is_the_component_that_costs_most(values):
    ids = [f"a{number}" for number in range(len(values))]
    known = {
        name: {account: Known(row[at]) for account, row in zip(ids, values, strict=True) if row[at] is not None}
        for at, name in enumerate(("use", "mood", "third"))
    }
    found = Scoring(model(THREE), Accounts(ids, [None] * len(ids), [100] * len(ids)), known)
    for account, worst in zip(ids, found.worst(), strict=True):
        parts = [part for part in found.parts(account) if part.points is not None]
        whole = sum((part.weight for part in parts), Fraction(0))
        costs = {part.name: round(part.weight / whole * (100 - part.points), 4) for part in parts}
        assert worst == (max(costs, key=costs.__getitem__) if any(costs.values()) else None)
