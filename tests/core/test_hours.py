import json
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.core.hours import Hours, open_seconds, readings, stretches

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = 3600


def week(zone, days):
    return [Hours(DAYS.index(day), *pair, zone) for day, pairs in days.items() for pair in pairs]


def daily(zone, opens, closes):
    return [Hours(weekday, opens, closes, zone) for weekday in range(7)]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=None)


def seconds(hours, start, end, holidays=()):
    start, end = utc(start), utc(end)
    holidays = {date.fromisoformat(day) for day in holidays}
    return open_seconds(stretches(hours, holidays, min(start, end), max(start, end)), start, end)


@pytest.fixture
def biz(shared_data):
    """The specifications of the library biz, as (schedule, cases)."""
    path = shared_data / "zendesk_biz_specs" / "cases.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return json.loads(path.read_text())


@pytest.fixture
def published(shared_data):
    path = shared_data / "published_examples" / "examples.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return {example["id"]: example for example in json.loads(path.read_text())}


def test_the_specified_durations(biz):
    schedule = week(biz["spec_schedule"]["tz"], biz["spec_schedule"]["hours"])
    for case in biz["within"]:
        assert seconds(schedule, case["from"], case["to"]) == case["seconds"], case


def test_the_specified_moments_lie_as_much_business_time_away(biz):
    """From a moment so much later or earlier; no time at all leads to where business goes on or left off."""
    schedule = week(biz["spec_schedule"]["tz"], biz["spec_schedule"]["hours"])
    second = timedelta(seconds=1)
    for case in biz["add"]:
        expected = utc(case["expect"])
        amount = case["amount"] * {"seconds": 1, "minutes": 60, "hours": HOUR}[case["unit"]]
        ends = (case["after"], case["expect"]) if "after" in case else (case["expect"], case["before"])
        assert seconds(schedule, *ends) == amount, case
        beside = (expected, expected + second) if "after" in case else (expected - second, expected)
        assert seconds(schedule, *(end.isoformat() for end in beside)) == 1, case


def test_the_specified_segments(biz):
    schedule = week(biz["la_schedule"]["tz"], biz["la_schedule"]["hours"])
    holidays = {date.fromisoformat(day) for day in biz["la_schedule"]["holidays"]}
    asked = biz["la_segments"]
    found = stretches(schedule, holidays, utc(asked["from"]), utc(asked["to"]))
    assert found == [(utc(start), utc(end)) for start, end in asked["expect"]]
    assert open_seconds(found, utc(asked["from"]), utc(asked["to"])) == asked["total_hours"] * HOUR


def test_the_published_week(published):
    of = published["biz-week"]["inputs"]
    pairs = {
        day: [[end if ":" in end else f"{end}:00" for end in text.split("-")]]
        for day, text in of["schedule_utc"].items()
    }
    assert seconds(week("UTC", pairs), of["from"], of["to"]) == published["biz-week"]["expected_hours"] * HOUR


def test_the_published_reply_of_the_next_morning(published):
    of, expected = published["keeping-frt"]["inputs"], published["keeping-frt"]["expected"]
    schedule = daily("UTC", of["schedule_opens_next_day"], of["created"])  # it had just closed
    ends = f"2026-03-03T{of['created']}", f"2026-03-04T{of['reply'].split()[0]}"
    assert seconds(schedule, *ends) == expected["business_hours"] * HOUR
    assert (utc(ends[1]) - utc(ends[0])).seconds == expected["calendar_hours"] * HOUR


@pytest.mark.parametrize(
    ("zone", "opens", "closes", "day", "expected"),
    [
        ("Europe/Berlin", "00:00", "24:00", "2026-03-29", 23 * HOUR),
        ("Europe/Berlin", "00:00", "24:00", "2026-10-25", 25 * HOUR),
        ("Europe/Berlin", "01:00", "04:00", "2026-03-29", 2 * HOUR),
        ("Europe/Berlin", "01:00", "04:00", "2026-10-25", 4 * HOUR),
        ("Europe/Berlin", "02:15", "02:45", "2026-03-29", 0),  # the clocks skip it
        ("Europe/Berlin", "02:30", "04:00", "2026-03-29", HOUR),  # opens when the clocks have skipped its hour
        ("Europe/Berlin", "09:00", "17:00", "2026-03-29", 8 * HOUR),
        ("Australia/Lord_Howe", "00:00", "24:00", "2026-04-05", 24 * HOUR + 1800),  # half an hour
        ("Australia/Lord_Howe", "00:00", "24:00", "2026-10-04", 24 * HOUR - 1800),
        ("Australia/Lord_Howe", "02:00", "02:30", "2026-10-04", 0),
        ("Pacific/Apia", "09:00", "17:00", "2011-12-30", 0),  # a day that was left out
    ],
)
def test_clock_changes_are_included(zone, opens, closes, day, expected):
    schedule = [each for each in daily(zone, opens, closes) if each.weekday == date.fromisoformat(day).weekday()]
    around = [datetime.fromisoformat(day) + timedelta(days=days) for days in (-2, 3)]
    assert seconds(schedule, *(end.isoformat() for end in around)) == expected


def test_hours_that_follow_each_other_share_the_hour_that_comes_twice():
    parts = [
        seconds(daily("Europe/Berlin", *pair), "2026-10-24T22:00", "2026-10-25T23:00")
        for pair in (("00:00", "02:30"), ("02:30", "24:00"))
    ]
    assert parts == [2.5 * HOUR, 22.5 * HOUR]


def test_hours_over_midnight_end_the_next_day():
    night = [Hours(4, "22:00", "06:00", "UTC")]  # from Friday to Saturday
    assert stretches(night, (), utc("2026-03-02"), utc("2026-03-09")) == [
        (utc("2026-03-06T22:00"), utc("2026-03-07T06:00"))
    ]
    two_rows = [Hours(4, "22:00", "24:00", "UTC"), Hours(5, "00:00", "06:00", "UTC")]
    for closed, expected in ((), 8), (("2026-03-06",), 6), (("2026-03-07",), 2):
        for hours in (night, two_rows):
            assert seconds(hours, "2026-03-02", "2026-03-09", closed) == expected * HOUR
    assert seconds([Hours(6, "20:00", "04:00", "UTC")], "2026-03-02", "2026-03-03") == 4 * HOUR  # Sunday to Monday
    assert seconds(daily("Asia/Kathmandu", "00:00", "00:00"), "2026-03-02", "2026-03-09") == 168 * HOUR


def test_two_stretches_a_day_overlaps_and_the_second():
    office = daily("UTC", "09:00", "12:30") + daily("UTC", "13:30", "17:30") + daily("UTC", "16:00", "17:30")
    assert seconds(office, "2026-03-02", "2026-03-03") == 7.5 * HOUR
    assert seconds(office, "2026-03-02T12:29:59", "2026-03-02T13:30:02") == 3
    assert seconds(office, "2026-03-02T14:00", "2026-03-02T09:00") == 0


@given(
    st.lists(
        st.builds(
            lambda weekday, opens, closes, zone: Hours(weekday, f"{opens:02}:15", f"{closes:02}:15", zone),
            st.integers(0, 6), st.integers(0, 23), st.integers(0, 23),
            st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
        ),
        max_size=6,
    ),
    st.integers(0, 30 * 86_400),
    st.integers(0, 30 * 86_400),
)  # fmt: skip
def test_the_schedule_s_clock_tells_the_same(hours, one, other):
    """Pieces without a gap, at most one of which holds an instant, and the difference of what they show."""
    first, last = date(2026, 3, 20), date(2026, 4, 20)
    midnight = datetime(2026, 3, 20)
    found = stretches(hours, {date(2026, 4, 3)}, midnight, datetime(2026, 4, 21))
    pieces = list(readings(found, first, last))
    assert all(piece.ends == following.starts for piece, following in pairwise(pieces))
    assert (pieces[0].starts, pieces[-1].ends) == (midnight, datetime(2026, 4, 21))

    def shown(at):
        (piece,) = [piece for piece in pieces if piece.starts <= at < piece.ends]
        assert piece.day == at.date()
        return piece.shown + min((at - piece.starts).seconds, piece.running)

    start, end = sorted(midnight + timedelta(seconds=second) for second in (one, other))
    assert shown(end) - shown(start) == open_seconds(found, start, end)
