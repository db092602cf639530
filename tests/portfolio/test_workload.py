"""Hours of accounts and of people, by hand: parts add up exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.core.errors import UsageError
from tenure.core.workdays import Workdays
from tenure.core.written import Written
from tenure.portfolio.known import Account, Away, Person
from tenure.portfolio.rules import read, shipped
from tenure.portfolio.workload import books, capacity_of, hours_of, load

DAY = date(2026, 11, 27)  # a Friday: the 30 days from it on have 21 working days
LEVELS = """
[tiers.Gold]
where = [["arr", "at_least", 1000]]
hours = 8
[workload]
hours = 3
ticket = 0.25
project = 2
renewal = 3
renewal_days = 90
history = 0.5
history_days = 182
per_contact_hour = 1
lifecycle = { onboarding = 4 }
[capacity]
hours = 100
ramp = [0.25, 0.5]
"""
RULES = read(Written("portfolio.toml", LEVELS))
PLAIN = Account("a", "A", "ada", ("ada",))


def parts(account):
    return [(part.kind, part.hours) for part in hours_of(account, RULES, DAY).parts]


def test_hours_are_made_of_parts_that_add_up_by_hand():
    busy = replace(
        PLAIN, tier="Gold", lifecycle="onboarding", tickets=3, projects=2, renewal=DAY + timedelta(days=90),
        minutes=Decimal(1200), history=180,
    )  # fmt: skip
    # 1200 minutes are 20 hours in 180 days; of a month of 30.4375 days 3.381944; half of the way from 8 there is -2.309.
    expected = [
        ("base", 8),
        ("lifecycle", 4),
        ("tickets", Decimal("0.75")),
        ("projects", 4),
        ("renewal", 3),
        ("history", Decimal("-2.31")),
    ]
    assert parts(busy) == expected
    assert hours_of(busy, RULES, DAY).hours == Decimal("17.44")
    assert parts(replace(busy, renewal=DAY + timedelta(days=91)))[-2][0] == "projects", "no renewal within 90 days"
    assert parts(replace(busy, renewal=DAY - timedelta(days=1)))[-2][0] == "projects", "that is over"


@pytest.mark.parametrize(
    ("account", "kind", "hours"),
    [
        (PLAIN, "usual", 3),
        (replace(PLAIN, tier="Silver", declared=Decimal("6.5")), "declared", Decimal("6.5")),
        (replace(PLAIN, tier="Gold", declared=Decimal("6.5")), "base", 8),
    ],
)
def test_where_a_level_says_no_hours_the_settings_do_and_then_the_usual(account, kind, hours):
    assert parts(account) == [(kind, hours)]


def test_what_is_measured_and_what_is_guessed():
    logged = replace(PLAIN, minutes=Decimal(60), history=182)
    assert [part.estimated for part in hours_of(logged, RULES, DAY).parts] == [True, False]
    assert hours_of(replace(logged, guessed=Decimal(30)), RULES, DAY).parts[-1].estimated, (
        "some contacts said no minutes"
    )
    assert parts(replace(PLAIN, history=0)) == [("usual", 3)], (
        "where nothing is logged nothing is known, which is not zero"
    )


@given(
    tickets=st.integers(0, 50), projects=st.integers(0, 9), minutes=st.integers(0, 20_000), history=st.integers(0, 182),
    tier=st.sampled_from([None, "Gold", "Silver"]), lifecycle=st.sampled_from([None, "onboarding"]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_parts_add_up_and_hours_are_never_negative(**of):
    of["minutes"] = Decimal(of["minutes"])
    work = hours_of(replace(PLAIN, **of), RULES, DAY)
    assert work.hours == sum(part.hours for part in work.parts) >= 0
    assert all(part.hours == round(part.hours, 2) for part in work.parts)


def test_capacity_by_hand():
    def told(person):
        found = capacity_of(person, RULES.time, DAY)
        return [(part.kind, part.hours) for part in found.parts], found.hours

    full = Person("p", "P", fte=Decimal(1))
    assert told(full) == ([("full", 100)], 100)
    assert told(replace(full, fte=Decimal("0.8"))) == ([("full", 100), ("part_time", -20)], 80)
    # Away on 10 of 21 working days, from Monday 30 November to before Monday 14 December.
    away = replace(full, fte=Decimal("0.8"), absences=(Away(date(2026, 11, 30), date(2026, 12, 14)),))
    assert told(away)[1] == (Decimal(80) * 11 / 21).quantize(Decimal("0.01"))  # 11 are left
    # Began on the 20th of November: a quarter until the 20th of December, then half.
    new = replace(full, began=date(2026, 11, 20))
    quarter, half = 16, 5  # working days from 27 November to 18 December, and from 21 to 25 December
    assert told(new)[1] == (Decimal(100) * (quarter * Decimal("0.25") + half * Decimal("0.5")) / 21).quantize(
        Decimal("0.01")
    )
    assert told(replace(full, ends=DAY))[1] == 0
    # Of the 21 weekdays the 25th of December is a holiday, and so is a Saturday, which takes nothing; away for a week of the 20 left.
    closed = Workdays(holidays=frozenset({date(2026, 12, 25), date(2026, 12, 5)}))
    resting = replace(full, workdays=closed, absences=(Away(date(2026, 11, 30), date(2026, 12, 5)),))
    after = Decimal("95.24"), Decimal("71.43")  # 100 x 20 / 21, and 15 / 20 of that
    assert told(resting) == ([("full", 100), ("holidays", after[0] - 100), ("away", after[1] - after[0])], after[1])
    assert capacity_of(resting, RULES.time, DAY).away == Decimal("0.25"), "a holiday is no absence"
    assert told(replace(full, workdays=Workdays(frozenset())))[1] == 0
    assert capacity_of(replace(full, fte=None), RULES.time, DAY).guessed


def test_a_shared_account_counts_for_each_by_its_part():
    shared = replace(PLAIN, owners=("ada", "ben"), arr=Decimal(900), risk=Decimal("0.2"))
    hours = {"a": hours_of(shared, RULES, DAY)}
    capacities = {who: capacity_of(Person(who, who), RULES.time, DAY) for who in ("ada", "ben", "cleo")}
    found = books([shared], hours, capacities)
    assert [(one.hours, one.arr, one.load, one.risky) for one in found.values()] == [
        (Decimal("1.50"), 450, Decimal("0.0150"), 1), (Decimal("1.50"), 450, Decimal("0.0150"), 1), (0, 0, 0, 0),
    ]  # fmt: skip
    assert load(Decimal(5), Decimal(0)) is None


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("[tiers.Gold]\nhours = -1\n", "hours must be a number of hours", "portfolio.toml:2:tiers.Gold.hours"),
        ("[tiers.Gold]\nwhere = [[1]]\n", "where must be conditions", "portfolio.toml:2:tiers.Gold.where"),
        (
            "[balance]\nmost_moves = 2\n",
            "most_moves must be a number from 0 to 1",
            "portfolio.toml:2:balance.most_moves",
        ),
        ("[capacity]\nramp = 3\n", "ramp must be a share", "portfolio.toml:2:capacity.ramp"),
        ("colour = 1\n", "There is no key colour here", "portfolio.toml:1:colour"),
        ('[tiers.Gold]\nby = "nobody"\n', 'by must be "owner" or "pool"', "portfolio.toml:2:tiers.Gold.by"),
        ("[workload\n", "This is not TOML", "portfolio.toml:1"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text, message, where):
    with pytest.raises(UsageError, match=message) as told:
        read(Written("portfolio.toml", text))
    assert told.value.where == where


def test_a_version_names_what_the_file_means():
    one = read(Written("portfolio.toml", "[tiers.A]\nhours = 1\n[tiers.B]\nhours = 2\n"))
    same = read(Written("portfolio.toml", "# a comment\n[tiers.A]\nhours = 1.0\n[tiers.B]\nhours = 2\n"))
    turned = read(Written("portfolio.toml", "[tiers.B]\nhours = 2\n[tiers.A]\nhours = 1\n"))
    assert one.version == same.version != turned.version, (
        "the first level that fits counts, so their order means something"
    )
    assert read(shipped()).tiers == ()
