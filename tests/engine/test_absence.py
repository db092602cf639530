"""Absences as they are told here: counted from the first day to the last, once, and taken off again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tenure.engine import Scope
from tests.engine.conftest import Bench, loaded
from tests.engine.test_training import refusal

FILES = {
    "csm": "csm_id,name,manager_id,ended_at\nmona,Mona,,\nada,Ada,mona,\nben,Ben,mona,\ngone,Gone,mona,2026-10-01\nzoe,Zoe,,\n",
    "account": "account_id,name\nacme,Acme\n",
    "subscription": "subscription_id,account_id,amount,started_at\ns1,acme,100,2025-01-01\n",
    "assignment": "account_id,csm_id,valid_from\nacme,ada,2025-01-01\n",
    "absence": "csm_id,from,to,kind,cover_csm_id\nben,2026-12-01,2026-12-03,sick,\n",
}


@pytest.fixture
def told(bench: Bench) -> Bench:
    """It is Saturday, 21 November 2026."""
    return loaded(bench, FILES)


def test_who_is_away_for_a_week_has_a_weeks_hours_less(told: Bench) -> None:
    """Of the 20 working days from 21 November to 20 December Ada is away on five: 120 hours become 90. Off, they are back."""
    line = told.workspace().seen_by(Scope(("mona", "ada", "ben")))
    before = line.workload().capacities["ada"].hours
    first, last = date(2026, 11, 30), date(2026, 12, 4)
    told.now += timedelta(minutes=1)
    line.tell_absence("ada", first, last, by="mona", message_id="w1", cover="ben")
    again = line.tell_absence("ada", first, last, by="mona", message_id="w1", cover="ben")
    assert (again.loaded, again.rows) == (1, 1), "sent again, it is taken once"
    capacity = line.workload().capacities["ada"]
    assert [int(each) for each in (before, capacity.hours)] == [120, 90]
    (one,) = [one for one in line.away(days=30) if one.csm_id == "ada"]
    assert (f"{one.begins:%m-%d %H}", f"{one.ends:%m-%d %H}", one.cover_csm_id) == ("11-29 23", "12-04 23", "ben"), (
        "in Berlin"
    )
    told.now += timedelta(minutes=1)
    line.tell_absence("ada", first, last, by="mona", message_id="w2", off=True)
    assert line.workload().capacities["ada"].hours == 120
    assert refusal(lambda: line.tell_absence("ada", first, last, by="mona", message_id="w3", off=True)) == "csm_id"
    told.now += timedelta(minutes=1)
    line.tell_absence("ada", first, last, by="mona", message_id="w4")
    assert line.workload().capacities["ada"].hours == capacity.hours, "told anew, it counts again"


def test_what_makes_no_sense_and_who_is_out_of_sight_is_refused(told: Bench) -> None:
    workspace = told.workspace()
    line, own = (workspace.seen_by(Scope(some)) for some in (("mona", "ada", "ben"), ("ada",)))
    day = date(2026, 12, 1)

    def tell(sight, who: str, first: date, last: date, cover: str = "") -> Callable[[], object]:
        return lambda: sight.tell_absence(
            who, first, last, by="x", message_id=f"{who}{first}{last}{cover}", cover=cover
        )

    assert refusal(tell(own, "ben", day, day)) == "csm_id", "another's"
    assert refusal(tell(line, "zoe", day, day)) == "csm_id", "out of the line"
    assert refusal(tell(line, "ada", day, date(2026, 11, 30))) == "last"
    assert refusal(tell(line, "ada", date(2026, 11, 16), date(2026, 11, 20))) == "last", "it is over"
    assert refusal(tell(line, "ada", day, date(2028, 12, 1))) == "last"
    far = date(2028, 1, 3)
    assert refusal(tell(line, "ada", far, far)) == "first", "where nobody would see it and take it off"
    assert refusal(tell(line, "ben", date(2026, 11, 23), day)) == "first", "away on the last day already"
    for cover in ("ada", "gone", "nobody"):
        assert refusal(tell(line, "ada", day, day, cover)) == "cover", cover
    told.now += timedelta(minutes=1)
    assert tell(line, "ben", date(2026, 11, 23), date(2026, 11, 30))(), "the day before is free"
    assert tell(line, "ben", date(2026, 12, 3), date(2026, 12, 3), "zoe")(), (
        "the first day after is, and anybody stands in"
    )
    assert tell(own, "ada", date(2026, 11, 16), date(2026, 11, 21))(), "it runs still"
