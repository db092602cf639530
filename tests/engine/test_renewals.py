"""Renewals: what is listed, forecast, told and held against what came, by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tenure.core.errors import DataError, UsageError
from tenure.engine import Scope
from tenure.engine.verbs.rebuild import Rebuild
from tests.engine.conftest import Bench, loaded, new_home

#: Ada has Acme and Cedar, Ben Birch and Dune. It is noon of 21 November 2026.
ACCOUNTS = "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,ENT\ncedar,Cedar,SMB\ndune,Dune,\n"
OWNERS = "account_id,csm_id,valid_from\nacme,ada,2025-01-01\nbirch,ben,2025-01-01\ncedar,ada,2025-01-01\ndune,ben,2025-01-01\n"
LINES = (
    "subscription_id,account_id,amount,started_at\n"
    "s1,acme,100,2025-01-01\ns2,birch,50,2025-01-01\ns3,cedar,30,2025-01-01\ns4,dune,20,2025-01-01\n"
)
#: Open: Acme's 1,200, Birch's 600, and Dune's 240, which is late; Cedar's 300 became 360, and another of Birch's 100 was lost.
CONTRACTS = (
    "contract_id,account_id,started_at,ended_at,value,outcome,decided_at,renewed_value,evergreen\n"
    "k1,acme,2025-12-10,2026-12-10,1200,,,,\nk2,birch,2025-12-20,2026-12-20,600,,,,\n"
    "k3,cedar,2025-10-15,2026-10-15,300,renewed,2026-10-01,360,\nk4,dune,2025-11-05,2026-11-05,240,,,,\n"
    "k5,birch,2025-10-05,2026-10-05,100,churned,2026-09-20,,\nk6,dune,2025-10-05,2026-12-05,77,,,,true\n"
)
#: Of Birch no risk with the renewal was kept: until 3 January it is that of 90 days.
SCORES = "account_id,model,version,at,score\n" + "".join(
    f"{account},{model},r1,2026-11-21T00:00:00,{score}\n"
    for account, risks in {
        "acme": {"churn_risk_90": 30, "churn_risk_renewal": 10},
        "birch": {"churn_risk_30": 5, "churn_risk_90": 20, "churn_risk_180": 40},
        "dune": {"churn_risk_30": 2, "churn_risk_90": 9, "churn_risk_180": 12},
    }.items()
    for model, score in risks.items()
)
JUDGED = (
    "renewal_id,account_id,at,category,amount,by\nk1,acme,2026-11-01,at_risk,700,ada\nk1,acme,2026-11-10,commit,,ada\n"
    "k2,birch,2026-11-02,at_risk,150,ben\n"
)
TABLES = {
    "account": ACCOUNTS, "assignment": OWNERS, "subscription": LINES, "contract": CONTRACTS, "score": SCORES,
    "renewal_forecast": JUDGED,
}  # fmt: skip


@pytest.fixture
def told(bench: Bench) -> Bench:
    """The company."""
    return loaded(bench, TABLES, history=True)


def test_what_comes_up_is_listed_as_it_stands(told):
    found = {row["renewal_id"]: row for row in told.workspace().rows("renewals").rows}
    states = {
        name: (row["state"], row["value"], row["called"], row["renewal_probability"]) for name, row in found.items()
    }
    assert states == {
        "k1": ("open", 1200, 1200, Decimal("0.9")),  # the later judgement, without an amount: in full
        "k2": ("open", 600, 150, Decimal("0.8")),
        "k3": ("renewed", 300, None, None),
        "k4": ("late", 240, None, Decimal("0.98")),
        "k5": ("lost", 100, None, None),
    }
    assert (found["k3"]["renewed_value"], found["k5"]["renewed_value"], found["k1"]["renewed_value"]) == (360, 0, None)


def test_the_forecast_of_the_quarter_by_hand(told):
    found = told.workspace().renewal_forecast(by="owner")
    one = found.total
    assert (found.start, found.end, one.due.count, one.due.value) == (date(2026, 10, 1), date(2027, 1, 1), 5, 2440)
    assert (one.renewed.amount, one.up, one.lost.value, one.open.value, one.late.value) == (360, 1, 100, 2040, 240)
    assert {call.category: call.called for call in one.calls if call.count} == {"commit": 1200, "at_risk": 150, None: 0}
    assert one.called == 360 + 1200 + 150
    assert one.expected == 360 + 1200 * Decimal("0.9") + 600 * Decimal("0.8") + 240 * Decimal("0.98")
    # Sums of 1,200 (0.9), 600 (0.8) and 240 (0.98): up to 600 lie 2.16 %, up to 840 10 %; all of it has 70.56 %.
    assert (one.low, one.high) == (360 + 840, 360 + 2040)
    assert [(maker.renewal_id, maker.gap) for maker in found.makers] == [
        ("k2", 150 - 480), ("k4", -Decimal("235.20")), ("k1", 120),
    ]  # fmt: skip
    assert one.gap == sum(maker.gap for maker in found.makers)
    assert [day.value for day in found.days if day.day == date(2026, 12, 10)] == [1200]


def test_owners_add_up_to_the_total_and_neither_order_nor_files_matter(told, tmp_path):
    found = told.workspace().renewal_forecast(by="owner")
    for part in ("called", "expected", "gap"):
        assert sum(getattr(one, part) for one in found.groups) == getattr(found.total, part)
    assert sum(one.due.value for one in found.groups) == found.total.due.value
    other = Bench(new_home(tmp_path / "other"))
    head, *rows = CONTRACTS.splitlines()
    judged_head, *judged = JUDGED.splitlines()
    for part in (judged[2:], judged[:2]):
        other.load("renewal_forecast", "\n".join([judged_head, *part]) + "\n", history=True)
    for table in ("score", "subscription", "assignment", "account"):
        other.load(table, TABLES[table], history=True)
    for part in (rows[3:], rows[2::-1]):
        other.load("contract", "\n".join([head, *part]) + "\n", history=True)
    again = other.workspace().renewal_forecast(by="owner")
    assert (again.total, again.groups, again.makers, again.days) == (
        found.total,
        found.groups,
        found.makers,
        found.days,
    )
    other.opened[-1].close()


def test_a_csm_sees_and_judges_the_own_renewals_only(told):
    sight = told.workspace().seen_by(Scope(("ada",)))
    assert [row["renewal_id"] for row in sight.rows("renewals").rows] == ["k3", "k1"]
    assert sight.renewal_forecast().total.due.value == 1500
    for tell in (
        lambda: sight.judge_renewal("k2", "commit", by="ada"),
        lambda: sight.renewal_ended("k2", "renewed", by="ada"),
        lambda: sight.record("renewal_forecast", [{"renewal_id": "k2", "account_id": "birch", "at": "2026-11-21", "category":
                             "commit"}], by="ada", message_id="m"),
        lambda: sight.record("renewal_forecast", [{"renewal_id": "k2", "account_id": "acme", "at": "2026-11-02T00:00:00+01:00",
                             "category": "commit"}], by="ada", message_id="n"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as refused:
            tell()
        assert refused.value.code == "not_found"
    sight.judge_renewal("k1", "will_leave", by="ada")
    told.now += timedelta(seconds=5)
    assert sight.renewal_forecast().total.called == 360


def test_what_is_told_stands_until_the_subscriptions_say_it_and_changes_no_revenue(told):
    before = [figure.value for figure in told.workspace().show("mrr", end="2026-10")]
    ws = told.workspace()
    ws.judge_renewal("k4", "likely", by="ben", amount=200, reason="Waits.")
    ws.renewal_ended("k4", "renewed", by="ben", value=250)
    ws.renewal_ended("k2", "lost", by="ben", kind="voluntary", reason="price")
    told.now += timedelta(seconds=5)
    ws = told.workspace()
    one = ws.renewal_forecast().total
    assert (one.renewed.amount, one.lost.value, one.open.value) == (360 + 250, 700, 1200)
    with pytest.raises(UsageError, match="is renewed"):
        ws.judge_renewal("k4", "commit", by="ben")
    assert [figure.value for figure in ws.show("mrr", end="2026-10")] == before
    rate = ws.show("renewal_rate", start="2026-11", end="2026-11", as_of="2026-12-01")[0]
    assert (rate.numerator, rate.denominator) == (1, 1), "within the grace it counts as it was told"
    ws.call("rebuild", Rebuild())
    assert told.workspace().renewal_forecast().total == one
    told.workspace().renewal_ended("k2", "open", by="ben")
    told.now += timedelta(seconds=5)
    assert told.workspace().renewal_forecast().total.open.value == 1800
    with pytest.raises(UsageError, match="tells its own outcome: renewed"):
        told.workspace().renewal_ended("k3", "lost", by="ada", reason="price")
    # After the grace what runs decides: Birch goes on although it was called lost.
    told.workspace().renewal_ended("k2", "lost", by="ben", reason="price")
    told.now += timedelta(days=60)
    (k2,) = told.workspace().rows("renewals", where=[("renewal_id", "equals", "k2")]).rows
    assert (k2["state"], k2["renewed_value"]) == ("renewed", 600)


def test_what_is_postponed_moves_in_the_calendar_and_not_in_the_rate(told):
    told.workspace().renewal_ended("k1", "postponed", by="ada", postponed_to=date(2027, 1, 20))
    told.now += timedelta(seconds=5)
    ws = told.workspace()
    (k1,) = ws.rows("renewals", where=[("renewal_id", "equals", "k1")]).rows
    assert (k1["state"], f"{k1['due']:%F}", f"{k1['term_end']:%F}") == ("open", "2027-01-20", "2026-12-09")
    assert ws.renewal_forecast(start="2027-Q1").total.open.value == 1200
    assert ws.renewal_forecast().total.open.value == 840
    # 60 days and two weeks ahead the risk of 90 days counts, 30 %; not that of the renewal as the contract has it.
    assert (k1["renewal_probability"], f"{k1['due']:%H}") == (Decimal("0.7"), "11"), "noon in Berlin"
    with pytest.raises(DataError):
        ws.renewal_ended("k1", "postponed", by="ada", postponed_to=date(2026, 11, 1))


def test_what_has_no_probability_is_no_part_of_the_gap(told):
    told.workspace().renewal_ended("k1", "postponed", by="ada", postponed_to=date(2027, 6, 30))  # 221 days ahead
    told.now += timedelta(seconds=5)
    ws = told.workspace()
    late, every = ws.renewal_forecast(start="2027-Q2"), ws.renewal_forecast(start="2026-Q4", end="2027-Q2")
    assert (late.total.called, late.total.expected, late.total.gap, late.makers) == (1200, None, None, ())
    assert (every.total.called, every.total.gap) == (360 + 1200 + 150, 150 - 480 - Decimal("235.20"))
    assert [maker.renewal_id for maker in every.makers] == ["k2", "k4"]


def test_what_is_told_after_the_grace_holds_in_lists_for_a_while_and_not_in_rates(told):
    told.workspace().renewal_ended("k1", "postponed", by="ada", postponed_to=date(2027, 1, 20))

    def k1():
        (row,) = told.workspace().rows("renewals", where=[("renewal_id", "equals", "k1")]).rows
        return row["state"], row["renewed_value"]

    def rate():
        (figure,) = told.workspace().show("renewal_rate", start="2026-12", end="2026-12")
        return figure.numerator, figure.denominator

    told.now = datetime(2027, 1, 20, 22, 30)
    assert k1() == ("open", None)
    told.now = datetime(2027, 1, 20, 23, 30)  # in Berlin its day is over
    assert k1() == ("renewed", 1200), "it runs, as nobody said otherwise"
    before = rate()
    told.workspace().renewal_ended("k1", "lost", by="ada", reason="price")
    told.now += timedelta(seconds=5)
    assert (k1(), rate()) == (("lost", 0), before)
    assert told.workspace().renewal_forecast(start="2026-Q4").total.lost.value == 1200 + 100
    told.workspace().renewal_ended("k1", "renewed", by="ada", value=1300)
    told.now += timedelta(seconds=5)
    assert (k1(), rate()) == (("renewed", 1300), before)
    told.now += timedelta(days=31)
    assert k1() == ("renewed", 1200)


def test_what_is_postponed_is_late_once_its_local_day_is_over(told):
    told.workspace().renewal_ended("k1", "postponed", by="ada", postponed_to=date(2026, 12, 15))
    for hour, state in ((22, "open"), (23, "late")):
        told.now = datetime(2026, 12, 15, hour, 30)
        (k1,) = told.workspace().rows("renewals", where=[("renewal_id", "equals", "k1")]).rows
        assert k1["state"] == state


def test_a_judgement_has_to_make_sense(told):
    ws = told.workspace()
    for category, amount in (("sure", None), ("commit", -1), ("commit", "much")):
        with pytest.raises(DataError):
            ws.judge_renewal("k1", category, by="ada", amount=amount)
    with pytest.raises(UsageError, match="There is no renewal"):
        ws.judge_renewal("k6", "commit", by="ada")  # it has no term
    for start, end in (("2027-Q1", "2026-Q1"), ("soon", "")):
        with pytest.raises(UsageError):
            ws.renewal_forecast(start=start, end=end)


def test_without_contracts_yearly_terms_come_up(bench):
    bench.load("account", ACCOUNTS, history=True)
    bench.load(
        "subscription",
        "subscription_id,account_id,amount,interval,interval_count,started_at\n"
        "s1,acme,120,year,1,2024-12-10\ns2,birch,60,year,1,2024-02-29\ns3,cedar,10,month,1,2024-12-01\n"
        "s4,dune,36,year,2,2025-11-21\ns5,dune,24,year,1,2025-11-21\n",
        history=True,
    )
    found = bench.workspace().rows("renewals", order=("renewal_id",)).rows
    assert [(row["renewal_id"], row["value"], row["state"]) for row in found] == [
        ("s1@2026-12-10", 120, "open"), ("s2@2027-02-28", 60, "open"), ("s4@2027-11-21", 18, "open"),
        ("s5@2026-11-21", 24, "open"),
    ]  # fmt: skip
    assert all("no contracts are loaded" in row["note"] for row in found)
    bench.workspace().renewal_ended("s1@2026-12-10", "renewed", by="ada", value=130)
    bench.now += timedelta(seconds=5)
    (s1,) = bench.workspace().rows("renewals", where=[("renewal_id", "equals", "s1@2026-12-10")]).rows
    assert (s1["state"], s1["renewed_value"]) == ("renewed", 130)


#: Acme came with 1,100 of 1,000, Birch with nothing of 500. What was judged after 1 July was not known when the quarter began.
PAST = {
    "contract": (
        "contract_id,account_id,started_at,ended_at,value,outcome,decided_at,renewed_value\n"
        "h1,acme,2025-08-15,2026-08-15,1000,renewed,2026-08-10,1100\nh2,birch,2025-09-01,2026-09-01,500,churned,2026-08-20,\n"
        "h3,cedar,2025-09-05,2026-09-05,90,renewed,2026-06-20,90\n"
    ),
    "renewal_forecast": (
        "renewal_id,account_id,at,category,amount\nh1,acme,2026-05-20,commit,\nh2,birch,2026-06-10,likely,\n"
        "h1,acme,2026-07-05,at_risk,0\nh3,cedar,2026-06-01T10:00:00,likely,80\n"
    ),
    "score": (
        "account_id,model,version,at,score\nacme,churn_risk_90,r1,2026-06-30,10\nbirch,churn_risk_90,r1,2026-06-30,40\n"
        "acme,churn_risk_90,r1,2026-07-02,90\ncedar,churn_risk_90,r1,2026-06-30,10\n"
    ),
}
#: Of Birch Ben has the larger share.
SHARED = (
    "account_id,csm_id,valid_from,share\nacme,ada,2025-01-01,\nbirch,ada,2025-01-01,0.3\nbirch,ben,2025-01-01,0.7\n"
    "cedar,ada,2025-01-01,\ndune,ben,2025-01-01,\n"
)


def test_past_forecasts_are_held_against_what_came_as_they_were_known_then(bench):
    loaded(bench, {"account": ACCOUNTS, "assignment": SHARED, **PAST}, history=True)
    found = bench.workspace().renewal_accuracy()
    quarters = {(one.label, one.lead): one for one in found.quarters}
    start, month = quarters["2026-Q3", 0], quarters["2026-Q3", 30]
    # Cedar's had been decided by then, and is no forecast any more.
    assert (start.due, start.value, start.undecided, start.judged.n) == (2, 1500, 0, 2)
    assert (start.judged.forecast, start.judged.came) == (1500, 1100)
    assert start.judged.bias == pytest.approx(400 / 1500)
    assert start.judged.error == pytest.approx((100 + 500) / 1500)
    # On 1 June, at midnight, only Acme's was judged.
    assert (month.due, month.judged.n, month.judged.forecast, month.judged.came) == (3, 1, 1000, 1100)
    # 0.9 x 1,000 and 0.6 x 500; kept is no more than what was up. Up to 0 lie 4 %; Cedar's 90 are no part of the range.
    assert (start.modelled.forecast, start.modelled.came) == (1200, 1000)
    assert (start.modelled.range_low, start.modelled.range_high, start.modelled.inside) == (0, 1500, True)
    assert month.modelled.n == 0
    assert [(one.owner, one.judged.n, one.is_small) for one in found.people] == [("ada", 1, True), ("ben", 1, True)]
    assert found.apart is None
    mine = bench.workspace().seen_by(Scope(("ben",))).renewal_accuracy()
    assert [one.owner for one in mine.people] == ["ben"]
    assert next(one for one in mine.quarters if one.lead == 0).judged.came == 0


def test_people_are_told_apart_only_where_their_judgements_can_be(bench):
    rows = {"contract": ["contract_id,account_id,started_at,ended_at,value,outcome,decided_at,renewed_value"],
            "renewal_forecast": ["renewal_id,account_id,at,category,amount"], "account": ["account_id,name"],
            "assignment": ["account_id,csm_id,valid_from"]}  # fmt: skip
    for number in range(36):
        name, owner = f"a{number}", ("ada", "ben", "eva")[number % 3]
        # Ada and Ben are off by some, either way; Eva always calls 40 more than comes.
        off = 40 + number % 2 if owner == "eva" else 10 * (number % 4 - 2) + 5
        rows["account"].append(f"{name},{name}")
        rows["assignment"].append(f"{name},{owner},2025-01-01")
        rows["contract"].append(f"c{number},{name},2025-08-15,2026-08-15,100,renewed,2026-08-10,100")
        rows["renewal_forecast"].append(f"c{number},{name},2026-06-01,likely,{100 + off}")
    loaded(bench, {table: "\n".join(lines) + "\n" for table, lines in rows.items()}, history=True)
    found = bench.workspace().renewal_accuracy(quarters=1)
    assert found.apart is True
    assert {one.owner: one.differs for one in found.people} == {"ada": True, "ben": True, "eva": True}
    biases = {one.owner: one.judged.bias for one in found.people}
    assert biases["eva"] == pytest.approx(0.405, abs=0.01)


def test_a_renewal_is_worked_on_as_its_open_opportunity_or_else_as_the_last_one(told):
    told.load(
        "opportunity",
        "opportunity_id,account_id,kind,status,stage,created_at,closed_at,contract_id,amount\n"
        "won,acme,renewal,won,signed,2026-11-10,2026-11-12,k1,9\nopen,acme,renewal,open,talk,2026-10-01,,k1,9\n"
        "more,acme,upsell,open,offer,2026-11-15,,k1,9\n"
        "first,birch,renewal,lost,lost,2026-08-01,2026-08-02,k2,9\nlast,birch,renewal,lost,late,2026-09-01,2026-09-02,k2,9\n"
        "b,dune,renewal,open,same,2026-09-01,,k4,9\na,dune,renewal,open,alike,2026-09-01,,k4,9\n"
        "loose,cedar,renewal,open,talk,2026-09-01,,,9\n",
    )
    found = {row["renewal_id"]: row for row in told.workspace().rows("renewals").rows}
    assert {name: (row["opportunity_id"], row["opportunity_stage"]) for name, row in found.items()} == {
        "k1": ("open", "talk"), "k2": ("last", "late"), "k3": (None, None), "k4": ("a", "alike"), "k5": (None, None),
    }  # fmt: skip
    assert len(found) == 5, "each renewal stands there once"


def test_the_growth_pipeline_by_hand(told):
    told.load("csm", "csm_id,name,role\nada,Ada,csm\nsam,Sam,sales\n", history=True)
    told.load(
        "opportunity",
        "opportunity_id,account_id,kind,status,stage,probability,amount,sourced_by,created_at,expected_close,closed_at\n"
        "o1,acme,upsell,open,talk,0.2,100,ada,2026-11-01,2026-12-01,\no2,birch,cross_sell,open,offer,0.5,300,sam,2026-11-01,2026-11-10,\n"
        "o3,acme,upsell,won,,,50,ada,2026-10-01,2026-11-01,2026-10-11\no4,birch,upsell,won,,,70,sam,2026-09-01,,2026-10-01\n"
        "o5,birch,upsell,lost,,,90,ada,2026-09-01,,2026-10-01\no6,acme,renewal,open,talk,0.9,1200,ada,2026-11-01,,\n"
        "o7,acme,upsell,open,talk,,80,marketing,2026-11-01,,\n"
        + "".join(f"p{n},acme,add_on,won,,,1,ada,2026-10-01,,2026-10-{n + 1:02}\n" for n in range(1, 11)),
    )
    found = told.workspace().growth_pipeline()
    assert (found.total.count, found.total.amount, found.total.weighted, found.total.untold) == (3, 480, 170, 1)
    assert [(one.name, one.amount) for one in found.stages] == [("talk", 180), ("offer", 300)]
    assert {one.name: one.amount for one in found.sources} == {"csm": 100, "other": 380}
    assert [(one.month, one.amount, one.is_overdue) for one in found.closing] == [
        (None, 300, True), (date(2026, 12, 1), 100, False), (None, 80, False),
    ]  # fmt: skip
    upsell = found.won[0]
    assert (upsell.won, upsell.lost, upsell.amount, upsell.days) == (2, 1, 120, 20)
    assert (found.won[2].days, found.won[2].days_most) == (5.5, 9), "ten took 1 to 10 days"
    mine = told.workspace().seen_by(Scope(("ada",))).growth_pipeline()
    assert (mine.total.count, mine.won[0].won, mine.won[0].lost) == (2, 1, 0)
