"""What became of customers: why they left, when they reduced or grew, by how much, and nothing of it known before."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tenure.core.period import instant
from tenure.scores.evaluate import Measure
from tenure.scores.risk.amount import amounts, typical
from tenure.scores.risk.backtest import judged, parted
from tenure.scores.risk.model import learned
from tenure.scores.risk.outcome import CHURN, CONTRACTION, GROWTH, LEFT, NEVER, Step, cut, leaving, left_by, stepped
from tenure.scores.risk.panel import SIGNALS, Origin, origin, panel
from tenure.scores.signal import Signal
from tests.scores.risk.made import FIRST, TODAY, company
from tests.world import ACME, BIRCH, CEDAR, World

SINCE = date(2025, 1, 1)


def line(account, quantity, start, end=None, unit="10", plan=None):
    return {
        "subscription_id": account, "account_id": account, "product_id": "core", "plan": plan, "quantity": quantity,
        "unit_amount": unit, "started_at": start, "ended_at": end,
    }  # fmt: skip


@pytest.fixture(scope="module")
def told():
    """Acme takes two seats more in February, pays a higher price in March, and gives four back in April; Birch is bought by
    another, Cedar does not pay; both leave.
    """
    world = World()
    for account in (ACME, BIRCH, CEDAR):
        world.account(account)
    world.add("subscription", line(ACME, 10, SINCE), known="2025-01-01")
    world.add("subscription", line(ACME, 12, "2026-02-10"), known="2026-02-10")
    world.add("subscription", line(ACME, 12, "2026-03-10", unit="11"), known="2026-03-10")
    world.add("subscription", line(ACME, 8, "2026-04-10", unit="11"), known="2026-04-10")
    for account, kind, end in ((BIRCH, "closed", "2026-04-15"), (CEDAR, "non_payment", "2026-05-01")):
        world.add("subscription", line(account, 10, SINCE, end), known="2025-01-01")
        churn = {"churn_id": account, "account_id": account, "at": end, "kind": kind}
        world.add("churn", churn, known=end)
    return world


def test_causes_are_those_of_the_churn_metrics(told):
    assert left_by(told.reader(), told.now).by == {
        (BIRCH, date(2026, 4, 15)): "merger", (CEDAR, date(2026, 5, 1)): "non_payment",
    }  # fmt: skip


def found(told, outcome):
    reader = told.reader()
    spells = leaving(reader, told.now)
    return stepped(reader, outcome, spells, date(2026, 1, 1), date(2026, 6, 1), told.now, told.settings)


def test_growth_is_seats_and_not_a_price(told):
    spells, ends = found(told, GROWTH)
    assert ends.steps == (Step(ACME, date(2026, 2, 10), 1_000_000, 200_000),)
    assert spells[ACME] == [(SINCE, date(2026, 2, 10)), (date(2026, 2, 10), NEVER)]
    assert (ends.by[ACME, date(2026, 2, 10)], ends.by[BIRCH, date(2026, 4, 15)]) == ("growth", LEFT)


def test_contraction_is_any_fall_while_staying(told):
    spells, ends = found(told, CONTRACTION)
    assert ends.steps == (Step(ACME, date(2026, 4, 10), 1_320_000, 440_000),)
    assert [until for _, until in spells[BIRCH]] == [date(2026, 4, 15)]
    assert ends.outcome is not CHURN


def test_its_own_booking_is_not_known_before(told):
    """A contraction that is written down on 10 April, or for 10 April beforehand, moves nothing that is known on 1 March."""
    ahead = World()
    ahead.account(ACME)
    ahead.add("subscription", line(ACME, 10, SINCE), known="2025-01-01")
    ahead.add("subscription", line(ACME, 6, "2026-04-10"), known="2026-02-01")
    after = World()
    after.account(ACME)
    after.add("subscription", line(ACME, 10, SINCE), known="2025-01-01")
    after.add("subscription", line(ACME, 6, "2026-02-10"), known="2026-03-10")
    own = {"net_revenue_retention": SIGNALS["net_revenue_retention"], "pulse": Signal(90, judgement="csm_pulse")}
    day = date(2026, 3, 1)
    for world in (ahead, after):
        here = origin(world.reader(), day, instant(day, "UTC"), world.settings, own)
        assert here.customers[0].mrr == 1_000_000
        assert here.values["net_revenue_retention"][0] == 1
    # That this has teeth: who asks with what is known today sees the second.
    late = origin(after.reader(), day, after.now, after.settings, own)
    assert (late.customers[0].mrr, late.values["net_revenue_retention"][0]) == (600_000, 0.6)
    _, ends = found(ahead, CONTRACTION)
    spells, _ = found(ahead, CONTRACTION)
    here = origin(ahead.reader(), day, instant(day, "UTC"), ahead.settings, own)
    assert list(panel([here], spells, 90, date(2026, 7, 1), ends).left) == [1]


def test_what_is_typical_is_the_ratio_of_the_sums():
    steps = [
        Step("a", date(2026, 1, 5), 100, 10),
        Step("a", date(2026, 3, 5), 110, 22),
        Step("b", date(2026, 2, 5), 300, 30),
    ]
    own = typical(steps, date(2026, 1, 1), date(2026, 3, 31))
    assert own.share.value == pytest.approx(62 / 510)
    assert own.square == pytest.approx((100 + 484 + 900) / (10_000 + 12_100 + 90_000))
    assert typical(steps, date(2026, 1, 1), date(2026, 1, 31)).share.value == pytest.approx(0.1)
    assert typical(steps, date(2027, 1, 1), date(2027, 1, 31)) is None


def growing(accounts=500, months=24, seed=5):
    """A company of which who uses much grows by a fifth, again and again, and who uses little leaves."""
    rng = np.random.default_rng(seed)
    origins, spells = company(accounts, months, seed)
    use = {one.account_id: value for part in origins for one, value in
           zip(part.customers, part.values["use"], strict=True)}  # fmt: skip
    steps = []
    for account, value in sorted(use.items()):
        day = FIRST.toordinal()
        while (day := day + 1 + int(rng.exponential(30 / (0.03 * np.exp(3.5 * (value - 0.5)))))) < TODAY.toordinal():
            steps.append(Step(account, date.fromordinal(day), 1_000_000, 200_000))
    return origins, *cut(spells, tuple(steps), GROWTH)


@pytest.fixture(scope="module")
def grown():
    return growing()


def test_growth_is_told_out_of_time_and_to_scale(grown):
    origins, spells, ends = grown
    parts = parted(origins[:-3], spells, 90, TODAY, ends)
    told = judged(parts, ("use",), 90, ("logistic",))
    assert told.measures.auc.low > 0.6
    assert told.predicted.mean() == pytest.approx(parts.tell.left.mean(), rel=0.2)
    money = amounts(parts.learn, parts.tell, told.predicted)
    assert money.share.value == pytest.approx(0.2)
    assert money.expected == pytest.approx(money.came, rel=0.2)
    assert money.came == pytest.approx(20 * parts.tell.left.sum())


def test_the_model_in_force_knows_its_rival(grown):
    origins, spells, ends = grown
    of = learned(origins, spells, 90, TODAY, ends)
    last = origins[-1]
    risks, use = of.probability(last, 90), last.values["use"]
    assert risks[use > 0.8].mean() > 2 * risks[use < 0.2].mean()
    assert (of.causes, of.typical.share) == ((), Measure(pytest.approx(0.2), pytest.approx(0.2), pytest.approx(0.2)))
    alone = -np.expm1(-np.multiply.reduce([*of.factors(last).values()]) * of.usual)
    assert (risks < alone).all(), "who leaves first does not grow"
    assert risks == pytest.approx(alone, rel=0.25)


def test_a_planted_leak_is_seen_at_once(grown):
    """A column that holds the booking tells nearly everything, so that its absence above means something."""
    origins, spells, ends = grown
    rng = np.random.default_rng(2)

    def leaking(part):
        own = panel([part], spells, 90, TODAY, ends)
        by = dict(zip([own.accounts.levels[code] for code in own.accounts.codes], own.left, strict=True))
        column = np.array([by.get(one.account_id, 0.0) for one in part.customers]) + rng.normal(
            0, 0.1, len(part.customers)
        )
        return Origin(part.day, part.customers, {**part.values, "tickets": column})

    leaky = parted([leaking(part) for part in origins[:-3]], spells, 90, TODAY, ends)
    assert judged(leaky, ("tickets",), 90, ("logistic",)).measures.auc.value > 0.9
    clean = parted(origins[:-3], spells, 90, TODAY, ends)
    assert judged(clean, ("use",), 90, ("logistic",)).measures.auc.value < 0.85
