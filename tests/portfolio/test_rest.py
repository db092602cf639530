"""Lacks, levels of service, hand-overs and headcount, by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tenure.core.written import Written
from tenure.portfolio.coverage import crowds, exceptions
from tenure.portfolio.handover import Handover, givers, item
from tenure.portfolio.headcount import Past, outlook, shortages
from tenure.portfolio.known import Account, Away, Person
from tenure.portfolio.placing import Candidate, placed
from tenure.portfolio.rules import read, shipped
from tenure.portfolio.workload import capacity_of, hours_of

DAY = date(2026, 11, 27)
RULES = read(Written("portfolio.toml", """
otherwise = "Silver"
[tiers.Platinum]
hours = 10
accounts_per_csm = 2
skills = ["negotiation"]
[tiers.Gold]
by = "pool"
[workload]
history = 0
hours = 10
[capacity]
hours = 100
ramp = [0]
[headcount]
months = 3
hiring_days = 60
"""))  # fmt: skip


def account(name: str, owner: str = "ada", **more) -> Account:
    usual = {"owners": (owner,) if owner else (), "owned_since": DAY, "any_contact": DAY, "arr": Decimal(10)}
    return Account(name, name, owner, **(usual | more))


def test_every_lack_is_found_and_those_that_press_come_first():
    people = {
        "ada": Person("ada", "Ada"), "gone": Person("gone", "Gone", ends=DAY - timedelta(days=3)),
        "soon": Person("soon", "Soon", ends=DAY + timedelta(days=20)),
        "away": Person("away", "Away", absences=(Away(DAY, DAY + timedelta(days=9)),)),
        "covered": Person("covered", "Covered", absences=(Away(DAY, DAY + timedelta(days=9), "ada"),)),
    }  # fmt: skip
    accounts = [
        account("fine"), account("fine-too", "covered"), account("loose", ""), account("left", "gone"), account("leaves", "soon"),
        account("alone", "away"), account("two", owners=("ada", "ben")), account("owned-gold", tier="Gold"),
        account("quiet", any_contact=DAY - timedelta(days=31)), account("just", any_contact=DAY - timedelta(days=30)),
        account("never", any_contact=None, owned_since=DAY - timedelta(days=91)),
        account("pooled", "", pool="digital", tier="Platinum"), account("gold", "", pool="digital", tier="Gold"),
    ]  # fmt: skip
    accounts = [replace(one, tier="Basic") if one.id in {"quiet", "just"} else one for one in accounts]
    found = exceptions(accounts, people, RULES, {"Basic": 30}, 90, DAY)
    assert [(one.account, one.kind, one.days) for one in found] == [
        ("loose", "no_owner", None), ("left", "owner_left", 3), ("leaves", "owner_leaving", 20), ("alone", "no_cover", None),
        ("two", "several_owners", None), ("owned-gold", "should_be_pool", None), ("pooled", "should_be_owned", None),
        ("never", "no_contact", 91), ("quiet", "no_contact", 31),
    ]  # fmt: skip


def test_who_leaves_soon_leaves_within_the_days_that_the_file_says():
    dora = {"dora": Person("dora", "Dora", ends=DAY + timedelta(days=60))}
    kinds = {}
    for days in (59, 60):
        rules = read(Written("portfolio.toml", f"[balance]\nleaving_days = {days}\n"))
        kinds[days] = [one.kind for one in exceptions([account("acme", "dora")], dora, rules, {}, 90, DAY)]
    assert kinds == {59: [], 60: ["owner_leaving"]}


def test_the_file_that_the_guide_shows_is_one():
    guide = Path(__file__).parents[2] / "docs" / "how-to" / "portfolios.md"
    (shown,) = re.findall(r"```toml\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    rules = read(Written("portfolio.toml", shown))
    assert [tier.name for tier in rules.tiers] == ["Platinum", "Gold", "Digital"]
    same = read(
        Written(
            "portfolio.toml",
            "\n".join(line for line in shown.splitlines() if "onboarding" in line or line == "[workload.lifecycle]"),
        )
    )
    usual = read(shipped())
    assert (rules.guards, rules.time, rules.hiring) == (usual.guards, usual.time, usual.hiring), (
        "it says what comes with Tenure"
    )
    assert rules.work == same.work


def test_a_ratio_counts_working_time():
    mine = [account(f"p{n}", tier="Platinum") for n in range(2)]
    full, half = Person("ada", "Ada"), Person("ada", "Ada", fte=Decimal("0.5"))
    assert crowds(mine, [full], RULES) == []
    ((held, allowed),) = [(one.accounts, one.allowed) for one in crowds(mine, [half], RULES)]
    assert (held, allowed) == (2, 1)


def test_the_first_rule_that_catches_counts_and_sums_are_those_of_all():
    candidates = [
        Candidate("a", "A", "Silver", Decimal(100)), Candidate("b", "B", "Platinum", Decimal(50)), Candidate("c", "C", None, None),
        Candidate("d", "D", "Gold", Decimal(7)),
    ]  # fmt: skip
    found = placed(candidates, {"Platinum": frozenset("a"), "Gold": frozenset("ad")}, RULES)
    told = [(one.name, one.matches, one.accounts, one.arr, one.has, one.comes, one.goes) for one in found.levels]
    assert told == [("Platinum", 1, 1, 100, 1, 1, 1), ("Gold", 2, 1, 7, 1, 0, 0), ("Silver", 2, 2, 50, 1, 2, 1)]
    assert [(one.account, one.before, one.after) for one in found.shifts] == [
        ("a", "Silver", "Platinum"), ("b", "Platinum", "Silver"), ("c", None, "Silver"),
    ]  # fmt: skip
    assert (sum(one.accounts for one in found.levels), found.arr) == (4, 157)


def test_hand_overs_count_for_whoever_gave_them():
    done = item("goals", "sam", "ada", DAY, DAY + timedelta(days=2), DAY)
    late, open_ = (item("contacts", "sam", "ada", DAY - timedelta(days=n), None, DAY) for n in (1, 0))
    assert [(one.state, one.late_by) for one in (done, late, open_)] == [("done", 2), ("late", 1), ("open", 0)]
    in_time = item("goals", "sam", "ada", DAY, DAY, DAY)
    found = givers([Handover("a", "A", (done, late), noted=True), Handover("b", "B", (in_time,), noted=True)])
    assert [(one.accounts, one.complete, one.items, one.done, one.on_time) for one in found] == [(2, 1, 3, 2, 1)]


def test_without_any_change_in_the_past_the_future_is_as_now():
    past = [Past(date(2026, month, 1), 20, 0, 0, 0.0, 0.0) for month in range(1, 11)]
    people = [Person("ada", "Ada", fte=Decimal(1)), Person("ben", "Ben", fte=Decimal(1), ends=date(2027, 2, 1))]
    found = outlook(past, 20, Decimal(2000), Decimal(200), people, RULES, DAY)
    assert [(one.month.month, one.hours.value, one.hours.low, one.hours.high, one.capacity, one.missing) for one in found.months] == [
        (12, 200, 200, 200, 200, 0), (1, 200, 200, 200, 200, 0), (2, 200, 200, 200, 100, 1),
    ]  # fmt: skip
    assert found.first == date(2027, 2, 1)
    assert found.decide == date(2027, 2, 1) - timedelta(days=60 + 30), (
        "a month of starting in, in which nothing is done"
    )


def test_growth_is_that_of_the_past_and_the_same_each_time():
    past = [Past(date(2026, 9, 1), 100, 4, 1, 0.01, 400.0), Past(date(2026, 10, 1), 100, 0, 1, 0.0, 0.0)]
    found = outlook(past, 100, Decimal(10_000), Decimal(1_000), [], RULES, DAY)
    first = found.months[0]
    assert first.accounts.value == pytest.approx(101, abs=0.15)  # 100 + (4 + 0) / 2 - 1
    assert first.arr.value == pytest.approx(10_250, rel=0.01)  # half of it 10,100 + 400, half 10,000
    assert first.accounts.low < first.accounts.value < first.accounts.high
    assert outlook(past, 100, Decimal(10_000), Decimal(1_000), [], RULES, DAY) == found
    assert first.missing == 11, "1,010 hours are 10.1 people of 100"


def test_what_accounts_ask_for_and_nobody_has_is_short():
    accounts = [
        account("a", language="sv", region="North"),
        account("b", language="de-AT", tier="Platinum"),
        account("c", language="de"),
    ]
    people = [
        Person("ada", "Ada", languages=("de",), region="South", fte=Decimal(1)),
        Person("ben", "Ben", languages=("en",), fte=Decimal("0.1")),
    ]
    hours = {one.id: hours_of(one, RULES, DAY) for one in accounts}
    capacities = {one.id: capacity_of(one, RULES.time, DAY) for one in people}
    found = {
        (one.kind, one.name): (one.accounts, one.hours, one.able, one.untold, one.gap, one.unfit)
        for one in shortages(accounts, people, hours, capacities, RULES)
    }
    assert found == {
        ("language", "sv"): (1, 10, (), 0, 10, 1), ("language", "de"): (2, 20, ("ada",), 0, 0, 0),
        ("skill", "negotiation"): (1, 10, (), 2, 10, 1), ("region", "North"): (1, 10, ("ben",), 1, 0, 1),
    }  # fmt: skip
