from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.core.errors import UsageError
from tenure.core.period import (
    Grain,
    Period,
    Window,
    add_months,
    instant,
    last_complete,
    local_day,
    months_between,
    opening,
    parse_bound,
    parse_period,
    period_at,
    periods,
    resolve,
)

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Pacific/Apia", "Asia/Kathmandu"]
)


@pytest.mark.parametrize(
    ("text", "fiscal_year_start", "start", "end"),
    [
        ("2026", 1, date(2026, 1, 1), date(2027, 1, 1)),
        ("2026", 4, date(2025, 4, 1), date(2026, 4, 1)),  # named by the year it ends in
        ("2026", 12, date(2025, 12, 1), date(2026, 12, 1)),
        ("2026-Q1", 1, date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", 1, date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-Q1", 4, date(2025, 4, 1), date(2025, 7, 1)),
        ("2026-Q4", 4, date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-H1", 1, date(2026, 1, 1), date(2026, 7, 1)),
        ("2026-H2", 4, date(2025, 10, 1), date(2026, 4, 1)),
        ("2026-H1", 11, date(2025, 11, 1), date(2026, 5, 1)),
        ("2026-Q2", 11, date(2026, 2, 1), date(2026, 5, 1)),
        ("2026-02", 4, date(2026, 2, 1), date(2026, 3, 1)),
        ("2026-W05", 1, date(2026, 1, 26), date(2026, 2, 2)),
        ("2026-W01", 1, date(2025, 12, 29), date(2026, 1, 5)),  # the week of the first Thursday
        ("2020-W53", 1, date(2020, 12, 28), date(2021, 1, 4)),
        ("2024-02-29", 1, date(2024, 2, 29), date(2024, 3, 1)),
    ],
)
def test_a_text_names_a_period_and_the_period_that_text(text, fiscal_year_start, start, end):
    period = parse_period(text, fiscal_year_start)
    assert (period.start, period.end, period.label) == (start, end, text)


def test_small_letters_and_blanks_are_understood():
    assert parse_period(" 2026-q3 ", 1) == parse_period("2026-Q3", 1)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-H0", "2026-H3", "2026-W54", "2026-W00", "2025-W53", "2026-02-30",
     "2026-3", "2026/03", "03-2026", "9999", "9999-12-31", "2026-W05-1", "0026", "٢٠٢٦"],
)  # fmt: skip
def test_what_names_no_period_is_answered_with_the_forms_that_do(text):
    with pytest.raises(UsageError) as caught:
        parse_period(text, 1)
    assert caught.value.code == "bad_period"
    assert "2026-Q1" in caught.value.fix


def test_bounds_are_the_first_day_and_the_last_day_of_what_they_name():
    assert parse_bound("2026-Q1", "from", 4) == date(2025, 4, 1)
    assert parse_bound("2026-Q1", "to", 4) == date(2025, 6, 30)
    assert parse_bound("2026-03-14", "from", 1) == parse_bound("2026-03-14", "to", 1) == date(2026, 3, 14)


def test_a_bad_bound_names_its_option():
    with pytest.raises(UsageError, match="no period") as caught:
        parse_bound("yesterday", "to", 1)
    assert caught.value.where == "--to"


def test_the_period_of_to_is_the_last_one_shown():
    found = periods(Grain.MONTH, parse_bound("2025-11", "from", 1), parse_bound("2026-02", "to", 1), 1)
    assert [period.label for period in found] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_periods_are_whole_even_where_the_bounds_lie_inside():
    found = periods(Grain.QUARTER, date(2025, 12, 31), date(2026, 4, 1), 1)
    assert [period.label for period in found] == ["2025-Q4", "2026-Q1", "2026-Q2"]


def test_a_to_before_its_from_is_an_error():
    with pytest.raises(UsageError, match="ends before it begins"):
        periods(Grain.DAY, date(2026, 1, 2), date(2026, 1, 1), 1)


@given(st.sampled_from(Grain), DAYS, st.integers(0, 900), st.integers(1, 12))
def test_periods_follow_each_other_without_gap_and_name_themselves(grain, first, days, fiscal_year_start):
    last = first + timedelta(days=days)
    found = periods(grain, first, last, fiscal_year_start)
    assert found[0].start <= first < found[0].end
    assert found[-1].start <= last < found[-1].end
    assert all(one.end == other.start for one, other in pairwise(found))
    assert [parse_period(period.label, fiscal_year_start) for period in found] == found


@pytest.mark.parametrize(
    ("grain", "today", "labels"),
    [
        (Grain.MONTH, date(2026, 3, 31), ["2026-01", "2026-02"]),  # March ends only with its last day
        (Grain.MONTH, date(2026, 4, 1), ["2026-02", "2026-03"]),
        (Grain.YEAR, date(2026, 3, 31), ["2024", "2025"]),  # the year 2026 runs to this evening
        (Grain.YEAR, date(2026, 4, 1), ["2025", "2026"]),
        (Grain.QUARTER, date(2026, 1, 1), ["2026-Q2", "2026-Q3"]),
        (Grain.WEEK, date(2026, 2, 1), ["2026-W03", "2026-W04"]),  # a Sunday: W05 is not over
        (Grain.DAY, date(2026, 3, 1), ["2026-02-27", "2026-02-28"]),
    ],
)
def test_the_last_complete_periods_end_before_today(grain, today, labels):
    assert [period.label for period in last_complete(grain, 2, today, 4)] == labels


def test_months_are_clamped_to_the_end_of_the_month():
    assert add_months(date(2026, 5, 31), -3) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert months_between(date(2026, 11, 30), date(2027, 1, 1)) == 2
    assert months_between(date(2027, 1, 1), date(2026, 12, 31)) == -1


@pytest.mark.parametrize(
    ("text", "window", "day"),
    [
        ("2026-03", Window.PERIOD, date(2026, 3, 1)),
        ("2026-03", Window.M12, date(2025, 4, 1)),
        ("2026-Q1", Window.M3, date(2026, 1, 1)),
        ("2026-Q1", Window.M6, date(2025, 10, 1)),
        ("2026", Window.M12, date(2026, 1, 1)),
        ("2026-05-30", Window.M3, date(2026, 2, 28)),  # closes on 31 May, and there is no 31 February
        ("2026-W05", Window.M3, date(2025, 11, 2)),
    ],
)
def test_a_window_opens_its_months_before_the_close(text, window, day):
    assert opening(parse_period(text, 1), window) == day


@pytest.mark.parametrize(("text", "window"), [("2026", Window.M3), ("2026", Window.M6)])
def test_a_window_shorter_than_the_grain_is_an_error(text, window):
    period = parse_period(text, 1)
    with pytest.raises(UsageError, match="shorter than a year"):
        opening(period, window)
    with pytest.raises(UsageError, match="shorter than a year"):
        resolve([period], window, "UTC", datetime(2000, 1, 1))


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        ("UTC", date(2026, 3, 1), datetime(2026, 3, 1)),
        ("Europe/Berlin", date(2026, 1, 1), datetime(2025, 12, 31, 23)),
        ("Europe/Berlin", date(2026, 7, 1), datetime(2026, 6, 30, 22)),
        ("Asia/Kathmandu", date(2026, 1, 1), datetime(2025, 12, 31, 18, 15)),
        # clocks went from 24:00 to 01:00: the day begins at 01:00 local, UTC-2
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3)),
        # clocks went from 01:00 back to 00:00: the first of two midnights, UTC-4
        ("America/Havana", date(2025, 11, 2), datetime(2025, 11, 2, 4)),
        # clocks went from 23:30 to 00:30: the day begins at half past midnight, UTC-4
        ("America/Toronto", date(1919, 3, 31), datetime(1919, 3, 31, 4, 30)),
        # Samoa left out 30 December 2011: the day is empty, the next begins at the same instant
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10)),
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10)),
    ],
)
def test_a_day_begins_at_its_first_instant(zone, day, utc):
    assert instant(day, zone) == utc


@given(DAYS, ZONES)
def test_an_instant_lies_in_the_day_that_it_begins(day, zone):
    begins = instant(day, zone)
    if begins < instant(day + timedelta(days=1), zone):
        assert local_day(begins, zone) == day
        assert local_day(begins - timedelta.resolution, zone) < day


def test_a_day_is_the_organisations_day():
    assert local_day(datetime(2026, 6, 30, 22), "Europe/Berlin") == date(2026, 7, 1)
    assert local_day(datetime(2026, 6, 30, 21, 59, 59), "Europe/Berlin") == date(2026, 6, 30)


def test_a_finished_period_runs_from_midnight_to_midnight():
    (span,) = resolve([parse_period("2026-03", 1)], Window.PERIOD, "Europe/Berlin", datetime(2026, 6, 1))
    # winter time at the start, summer time at the end
    assert (span.opens, span.closes) == (datetime(2026, 2, 28, 23), datetime(2026, 3, 31, 22))
    assert (span.opens_day, span.closes_day) == (date(2026, 3, 1), date(2026, 4, 1))


def test_an_unfinished_period_closes_now_and_a_later_one_gives_nothing():
    asked = periods(Grain.MONTH, date(2026, 2, 1), date(2026, 5, 1), 1)
    now = datetime(2026, 3, 15, 12, 30)
    spans = resolve(asked, Window.PERIOD, "UTC", now)
    assert [span.period.label for span in spans] == ["2026-02", "2026-03"]
    assert spans[1].closes == now
    assert (spans[1].opens_day, spans[1].closes_day) == (date(2026, 3, 1), date(2026, 3, 16))


def test_a_trailing_window_of_an_unfinished_period_keeps_its_length():
    (span,) = resolve([parse_period("2026-03", 1)], Window.M12, "UTC", datetime(2026, 3, 15, 12, 30))
    assert (span.opens_day, span.closes_day) == (date(2025, 3, 16), date(2026, 3, 16))
    assert span.opens == datetime(2025, 3, 16)


def test_as_of_the_end_of_a_day_closes_with_that_day():
    (span,) = resolve([parse_period("2026-03", 1)], Window.PERIOD, "UTC", datetime(2026, 3, 16))
    assert (span.closes, span.closes_day) == (datetime(2026, 3, 16), date(2026, 3, 16))


def test_at_its_very_end_a_period_is_finished_and_at_its_very_start_it_has_not_begun():
    march = parse_period("2026-03", 1)
    (span,) = resolve([march], Window.M3, "UTC", datetime(2026, 4, 1))
    assert (span.opens_day, span.closes_day) == (date(2026, 1, 1), date(2026, 4, 1))
    assert resolve([march], Window.PERIOD, "UTC", datetime(2026, 3, 1)) == []


def test_a_quarter_knows_its_fiscal_year():
    assert period_at(Grain.QUARTER, date(2026, 1, 31), 2) == Period(Grain.QUARTER, date(2025, 11, 1), date(2026, 2, 1))
    assert period_at(Grain.QUARTER, date(2026, 1, 31), 2).label == "2026-Q4"
