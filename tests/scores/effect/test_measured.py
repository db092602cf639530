"""Effects from canonical rows: who is compared with whom, in which months, and what is said of it."""

from __future__ import annotations

from statistics import NormalDist

import pytest

from tenure.core.errors import DataError, UsageError
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.effect.measured import Terms, measured
from tenure.scores.effect.plays import one, plays
from tenure.scores.effect.values import Values
from tests.world import World

CALL = "Call"


def assigned(world, accounts, arm, at="2026-01-15", play=CALL):
    world.add("treatment", *({"account_id": a, "play": play, "arm": arm, "at": at} for a in accounts))


def customers(world, names, ends=None, amount=100, start="2024-01-01"):
    """Customers of one line each; ``ends``: when some of them leave."""
    world.add("account", *({"account_id": a, "name": a, "segment": "SMB"} for a in names))
    world.add("subscription", *(
        {"subscription_id": a, "account_id": a, "amount": amount, "started_at": start, "ended_at": (ends or {}).get(a)}
        for a in names
    ))  # fmt: skip


def known(world, scope=EVERYTHING, **more):
    request = world._request("mrr", "", "", scope=scope, **more)
    return plays(world.reader(), request.moment, scope, world.now, world.settings)


def effect(
    world, metric="customer_churn_rate", *, play=CALL, months=3, planned=None, scope=EVERYTHING, held=None, **more
):
    request = world._request(metric, "", "", scope=scope, window="period", **more)
    values = Values(lambda _request, _plan: world.reader(), world.ground(), world.settings, held or {})
    return measured(one(play, known(world, scope, **more)), Terms(months, planned, 10), request, values)


T = [f"t{n:02}" for n in range(12)]
H = [f"h{n:02}" for n in range(12)]


@pytest.fixture(scope="module")
def trial():
    """Twelve treated, of whom one leaves in time; twelve held out, of whom four do."""
    world = World("2026-07-01")
    ends = {
        "t00": "2026-01-16",  # in time: the very next day
        "t01": "2026-04-15",  # the months are over: the window is [15 January, 15 April)
        "h00": "2026-04-14", "h01": "2026-02-01", "h02": "2026-03-01", "h03": "2026-01-20",
        "h04": "2026-01-10",  # had left before: in no base
        "h05": "2026-06-01",
    }  # fmt: skip
    customers(world, T + H, ends)
    customers(world, ["late"])
    assigned(world, T, "treated")
    assigned(world, H, "held_out")
    assigned(world, ["t02"], "held_out", "2026-03-01")  # again, and the other way
    assigned(world, ["late"], "treated", "2026-05-01")  # its three months are not over
    world.owns("ada", "t00")
    return world


def test_shares_by_hand(trial):
    found = effect(trial)
    treated, held_out = found.groups
    assert (treated.assigned, treated.accounts, treated.value) == (12, 12, 1 / 12)
    assert (held_out.assigned, held_out.accounts, held_out.value) == (12, 11, 4 / 11)
    assert found.effect == pytest.approx(1 / 12 - 4 / 11)
    # Newcombe's method 10: Wilson's bounds of each, (x + z2/2 -+ z root(x (n - x) / n + z2/4)) / (n + z2), squared and added
    (low1, high1), (low0, high0) = _wilson(1, 12), _wilson(4, 11)
    assert found.low == pytest.approx(found.effect - ((1 / 12 - low1) ** 2 + (high0 - 4 / 11) ** 2) ** 0.5, abs=1e-4)
    assert found.high == pytest.approx(found.effect + ((high1 - 1 / 12) ** 2 + (4 / 11 - low0) ** 2) ** 0.5, abs=1e-4)
    assert (found.method, found.standing) == ("hold_out", "causal")
    assert found.told_from_none is False
    assert found.smallest == pytest.approx((found.high - found.low) / 2 * 2.8016 / 1.96, abs=1e-4)
    assert found.left_out == {"their months are not over": 1}


def _wilson(x, n, z=1.96):
    half = z * (x * (n - x) / n + z * z / 4) ** 0.5
    return (x + z * z / 2 - half) / (n + z * z), (x + z * z / 2 + half) / (n + z * z)


def test_the_first_assignment_counts_and_the_others_are_told(trial):
    play = known(trial)[CALL].play
    assert (play.treated, play.held_out, play.again, play.both) == (13, 12, 1, 1)


def test_money_kept_is_a_ratio_of_sums(trial):
    found = effect(trial, "net_revenue_retention")
    assert [group.value for group in found.groups] == pytest.approx([11 / 12, 7 / 11])
    assert found.effect == pytest.approx(11 / 12 - 7 / 11)


def test_totals_are_means_of_everybody_assigned(trial):
    found = effect(trial, "mrr")
    assert [group.value for group in found.groups] == pytest.approx([1100 / 12, 700 / 12])
    assert found.plain == pytest.approx(400 / 12), "who had left before was at 0 before, too: that is adjusted for"


def test_a_plan_that_no_lot_keeps_makes_it_not_causal(trial):
    assert effect(trial, planned=0.5).standing == "causal"
    found = effect(trial, planned=0.9)
    assert found.standing == "not_causal"
    assert "50 % were treated where 90 % were planned" in found.because
    assert found.split.p < 0.01


def test_what_was_not_known_then_is_not_there(trial):
    with pytest.raises(DataError, match="0 treated"):
        effect(trial, as_of="2026-02-01")  # nobody's months are over


def test_a_narrow_scope_compares_its_own_accounts_only(trial):
    scope = Scope(("ada",))
    assert known(trial, scope)[CALL].play.treated == 1
    with pytest.raises(DataError, match="There are 1 treated"):
        effect(trial, scope=scope)
    assert known(trial, Scope(("nobody",))) == {}


def test_what_is_held_stays_held(trial):
    with pytest.raises(DataError, match=r"customer_churn_rate is held: broken\."):
        effect(
            trial, held={"subscription_version": "broken", "fact_level": "broken", "fact_book_month_period": "broken"}
        )


def test_what_is_not_made_of_accounts_is_refused(trial):
    for metric in ("customer_lifetime", "customer_lifetime_value", "mrr_movements"):
        with pytest.raises(UsageError, match="not made of what single accounts add"):
            effect(trial, metric)
    with pytest.raises(UsageError, match="0 months"):
        effect(trial, months=0)
    with pytest.raises(UsageError, match="no play called 'Cal'"):
        effect(trial, play="Cal")


def test_merged_accounts_are_one_and_test_accounts_none():
    world = World("2026-07-01")
    world.account("old", merged_into="new").account("new").account("try", is_test=True)
    assigned(world, ["old"], "treated", "2026-01-15")
    assigned(world, ["new"], "held_out", "2026-02-15")
    assigned(world, ["try"], "treated")
    (found,) = known(world).values()
    assert found.accounts == ("new",)
    assert (found.play.treated, found.play.held_out, found.play.both) == (1, 0, 1)


def test_a_choice_that_calls_itself_a_lot_is_warned_of():
    world = World("2026-07-01")
    customers(world, T, amount=900)
    customers(world, H, amount=100)
    world.pays("h00", 50, "2024-01-01", line="more")
    assigned(world, T, "treated")
    assigned(world, H, "held_out")
    found = effect(world)
    assert "differ by more than chance" in found.warnings[0]
    assert found.standing == "conditional"
    money = found.balance.traits[0]
    assert (money.name, money.treated, money.held_out) == ("MRR", 900, pytest.approx(1250 / 12))


def test_lots_of_different_shares_are_warned_of():
    world = World("2026-07-01")
    more = [f"m{n:02}" for n in range(24)]
    customers(world, T + H + more)
    assigned(world, T + more[:1], "treated", "2026-01-15")
    assigned(world, more[1:3], "held_out", "2026-01-15")
    assigned(world, more[3:6], "treated", "2026-03-15")
    assigned(world, H + more[6:], "held_out", "2026-03-15")
    found = effect(world)
    assert "between the months of the lot" in found.warnings[-1]
    # 13 of 15 in January, 3 of 33 in March, a third of all: 64 / (10 / 3) + 64 / (22 / 3) = 27.93 at one degree of freedom
    assert found.split.lots == pytest.approx(2 * NormalDist().cdf(-(27.927273**0.5)), rel=1e-4)


def test_anonymous_answers_are_not_told_by_account():
    world = World("2026-07-01")
    customers(world, T + H)
    assigned(world, T, "treated")
    assigned(world, H, "held_out")
    rows = [
        {"answer_id": a, "account_id": a, "person_id": a, "survey": "nps", "kind": "relational", "scale_min": 0, "scale_max": 10,
         "sent_at": "2026-02-01", "answered_at": "2026-02-02", "score": 10 if a in T else 5, "is_anonymous": True if a == "t00" else None}
        for a in T + H
    ]  # fmt: skip
    world.add("survey_answer", *rows)
    found = effect(world, "net_promoter_score")
    assert [(group.accounts, group.value) for group in found.groups] == [(11, 100.0), (12, -100.0)]
    assert found.effect == 200
    assert found.relative is None, "of −100 there is no part"


# Nobody held out


@pytest.fixture(scope="module")
def rolled_out():
    """Twelve accounts start between January and March, twelve never do; each writes two tickets a month, and after the
    start one.
    """
    world = World("2026-07-01")
    customers(world, T + H)
    starts = {a: f"2026-0{1 + n % 3}-10" for n, a in enumerate(T)}
    for account, at in starts.items():
        assigned(world, [account], "treated", at)
    rows = []
    for n, a in enumerate(T + H):
        for month in range(-6, 7):
            year, month_of_year = (2026, month) if month > 0 else (2025, 12 + month)
            first = f"{year}-{month_of_year:02}-05"
            after = a in starts and first[:7] >= starts[a][:7]
            many = (1 if after else 2) + (n + month) % 2
            rows += [{"ticket_id": f"{a}-{month}-{k}", "account_id": a, "created_at": first} for k in range(many)]
    world.add("ticket", *rows)
    return world


def test_the_others_stand_for_what_would_have_been(rolled_out):
    found = effect(rolled_out, "ticket_volume")
    assert (found.method, found.cohorts, found.months_before) == ("difference_in_differences", 3, 3)
    treated, others = found.groups
    assert (treated.accounts, others.accounts) == (12, 12 + 0)
    # 2.5 a month on average before and 1.5 after; three months hold two odd ones or one, alike among both
    assert found.effect == pytest.approx(-1.0, abs=0.12)
    assert found.low < -1 < found.high
    assert found.told_from_none
    assert [step.month for step in found.steps] == [-3, -2, -1, 0, 1, 2]


def test_churn_cannot_be_tested_before_and_is_not_called_causal(rolled_out):
    found = effect(rolled_out)
    assert (found.method, found.standing) == ("difference_in_differences", "not_causal")
    assert "cannot be tested" in found.because


def test_without_anybody_else_only_the_change_is_told():
    world = World("2026-07-01")
    customers(world, T)
    assigned(world, T, "treated")
    rows = [
        {"ticket_id": f"{a}-{month}-{k}", "account_id": a, "created_at": f"{month}-05"}
        for n, a in enumerate(T)
        for month in ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
        for k in range((3 if month < "2026" else 1) + n % 2)
    ]
    world.add("ticket", *rows)
    found = effect(world, "ticket_volume")
    assert (found.method, found.standing) == ("before_after", "not_causal")
    assert "0 other accounts" in found.because
    assert (found.groups[0].before, found.groups[0].value, found.effect) == (3.5, 1.5, -2)
    with pytest.raises(DataError, match="as it could not be otherwise"):
        effect(world)


def test_too_few_are_refused_with_how_many_are_needed():
    world = World("2026-07-01")
    customers(world, T + H)
    assigned(world, T[:4], "treated")
    with pytest.raises(DataError, match=r"There are 4 treated accounts .* 10 are needed"):
        effect(world)
    assigned(world, T[:12], "treated", play="Late")
    with pytest.raises(DataError, match="are needed"):
        effect(world, play="Late", months=12)
