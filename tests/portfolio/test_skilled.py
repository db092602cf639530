"""Levels of skills that accounts ask for, by hand: what is short for sure, what may be, and nothing guessed of whom nothing is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tenure.core.written import Written
from tenure.portfolio.known import Account, Person
from tenure.portfolio.rules import read
from tenure.portfolio.skilled import sought
from tenure.portfolio.workload import capacity_of, hours_of

DAY = date(2026, 11, 27)
#: An account takes 40 hours, a full-time person has 100.
RULES = read(Written("portfolio.toml", "[workload]\nhistory = 0\nhours = 40\n[capacity]\nhours = 100\n"))
ACCOUNTS = [Account(name, name, owner, segment=segment) for name, owner, segment in (
    ("a", "ada", "SMB"), ("b", "ben", "SMB"), ("c", "ben", "Enterprise"), ("d", "cleo", "Enterprise"), ("e", "dan", "Enterprise"),
    ("f", "gone", "Enterprise"),
)]  # fmt: skip
PEOPLE = [Person("ada", "Ada"), Person("ben", "Ben"), Person("cleo", "Cleo", fte=Decimal("0.5")), Person("dan", "Dan")]


def found(seen: dict[str, dict[str, int]]) -> dict[tuple[str, int], tuple[object, ...]]:
    """Enterprise asks for level 3 of renewals, every other segment for 2; nobody asks for data."""
    hours = {one.id: hours_of(one, RULES, DAY) for one in ACCOUNTS}
    capacities = {one.id: capacity_of(one, RULES.time, DAY) for one in PEOPLE}
    asks = {"SMB": {"renewals": 2}, "Enterprise": {"renewals": 3}}
    made = sought(ACCOUNTS, lambda one: asks[one.segment or ""], seen, PEOPLE, hours, capacities)
    return {
        (one.skill, one.level): (
            one.accounts,
            one.hours,
            one.able,
            one.below,
            one.unknown,
            one.gap,
            one.most,
            one.unfit,
        )
        for one in made
    }


def test_a_level_is_asked_for_by_those_that_need_it_or_a_higher_one():
    """Six accounts need 2 at least: 240 hours, of 350 that all have who reach it. Four need 3: 160 hours, of Ada's 100 and Cleo's 50."""
    seen = {"renewals": {"ada": 4, "ben": 2, "cleo": 3, "dan": 2}, "data": {"ada": 1}}
    assert found(seen) == {
        ("renewals", 3): (4, 160, ("ada", "cleo"), ("ben", "dan"), (), 10, 10, 2),
        ("renewals", 2): (6, 240, ("ada", "ben", "cleo", "dan"), (), (), 0, 0, 0),
    }
    assert list(found(seen)) == [("renewals", 3), ("renewals", 2)], "what is short comes first"


def test_of_whom_nothing_is_known_counts_neither_as_able_nor_as_below():
    """Of Dan nothing is known: with his 100 hours there is enough at level 3, without them 10 are missing."""
    told = found({"renewals": {"ada": 4, "ben": 2, "cleo": 3}})
    assert told["renewals", 3] == (4, 160, ("ada", "cleo"), ("ben",), ("dan",), 0, 10, 1)
    assert found({})["renewals", 3] == (4, 160, (), (), ("ada", "ben", "cleo", "dan"), 0, 160, 0)


def test_who_has_no_hours_counts_for_nothing():
    """Ada has left: her accounts ask for what they ask for, and Cleo and Ben are all who are there for level 2."""
    people = [Person("ada", "Ada", ends=DAY), *PEOPLE[1:3]]
    capacities = {one.id: capacity_of(one, RULES.time, DAY) for one in people}
    hours = {one.id: hours_of(one, RULES, DAY) for one in ACCOUNTS}
    (one,) = sought(ACCOUNTS, lambda _one: {"data": 1}, {"data": {"ada": 4, "ben": 1}}, people, hours, capacities)
    assert (one.able, one.capacity, one.unknown, one.open, one.gap, one.most) == (("ben",), 100, ("cleo",), 50, 90, 140)
