"""Sessions: expected values are worked out by hand."""

from __future__ import annotations

from datetime import datetime

from tenure.core.config import Use
from tenure.metrics.use.session import session
from tests.contracts.engine import copied, opened, reader_of
from tests.metrics.use.product import did, laid, told


def sessions(*rows, **more):
    """(who, how many events, seconds) of March's sessions, in order."""
    found = sorted(laid(told(*rows, **more), session, "2026-03"), key=lambda row: (row["at"], str(row["person_id"])))
    return [(row["person_id"], row["events"], row["seconds"]) for row in found]


def at(*times, person="ann", **more):
    return [did("acme", person, f"2026-03-02 {time}", **more) for time in times]


def test_thirty_idle_minutes_cut_a_session():
    assert sessions(*at("09:00", "09:30", "10:00:01")) == [("ann", 2, 1800), ("ann", 1, None)]
    assert sessions(*at("09:00", "09:30", "10:00:01"), use=Use(idle_minutes=31)) == [("ann", 3, 3601)]
    assert sessions(*at("09:00", "09:10"), *at("09:05", person="bob")) == [("ann", 2, 600), ("bob", 1, None)]


def test_idle_is_what_follows_the_end_of_an_event():
    assert sessions(*at("09:00", seconds=3600), *at("09:10"), *at("10:20", seconds=60)) == [("ann", 3, 4860)]


def test_one_event_is_counted_and_its_length_unknown_unless_it_is_told():
    (row,) = laid(told(*at("09:00")), session, "2026-03")
    assert (row["one_event"], row["seconds"], row["at"]) == (1, None, datetime(2026, 3, 2, 9))
    assert sessions(*at("09:00", seconds=40)) == [("ann", 1, 40)]


def test_what_has_a_session_id_is_not_cut():
    rows = [*at("09:00", "11:00", session_id="s"), *at("09:10"), *at("09:00", person=None, session_id="t"),
            *at("09:00", person=None)]  # fmt: skip
    assert sorted(sessions(*rows), key=str) == sorted([("ann", 2, 7200), ("ann", 1, None), (None, 1, None)], key=str)


def test_it_belongs_where_it_began_and_goes_on():
    over = [did("acme", "ann", "2026-03-31 23:50"), did("acme", "ann", "2026-04-01 00:10")]
    before = [did("acme", "ann", "2026-02-28 23:50"), did("acme", "ann", "2026-03-01 00:10")]
    assert sessions(*over, *before) == [("ann", 2, 1200)]
    assert sessions(*over, now="2026-04-01") == [("ann", 1, None)]


def test_things_at_the_same_instant_are_one_session():
    assert sessions(*at("09:00", "09:00", "09:00")) == [("ann", 3, 0)]


def test_staff_have_none_and_merged_accounts_are_one():
    world = told(*at("09:00"), did("old", "ann", "2026-03-02 09:05"), *at("09:00", person="ours"))
    world.account("old", merged_into="acme").add("person", {"person_id": "ours", "is_internal": True})
    (row,) = laid(world, session, "2026-03")
    assert (row["account_id"], row["events"], row["seconds"]) == ("acme", 2, 300)


def test_they_are_the_same_on_another_engine(postgres):
    rows = [
        did("acme", f"person {n % 3}" if n % 7 else None, f"2026-03-{1 + n % 9:02} {8 + n % 4:02}:{n * 7 % 60:02}:30.5",
            seconds=n if n % 4 else None, session_id=f"s{n % 5}" if n % 5 == 0 else None)
        for n in range(150)
    ]  # fmt: skip
    world = told(*rows)
    here = laid(world, session, "2026-03")
    copied(world.con, postgres, "sessions")
    with opened(postgres, "sessions") as there:
        found = laid(world, session, "2026-03", reader_of(there, world.ground(), world.settings))
    assert len(here) > 20
    assert sorted(map(str, found)) == sorted(map(str, here))
