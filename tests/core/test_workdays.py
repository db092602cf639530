"""Business days: counted over weekends and holidays, both ways."""

from datetime import date

from tenure.core.workdays import Workdays

#: Thursday is a holiday, and the Monday after.
OFFICE = Workdays(holidays=frozenset({date(2026, 4, 2), date(2026, 4, 6)}))
WEDNESDAY, TUESDAY = date(2026, 4, 1), date(2026, 4, 7)


def test_days_that_are_not_worked_do_not_count() -> None:
    assert OFFICE.after(WEDNESDAY, 1) == date(2026, 4, 3)
    assert OFFICE.after(WEDNESDAY, 2) == TUESDAY
    assert OFFICE.after(TUESDAY, -2) == WEDNESDAY
    assert OFFICE.between(WEDNESDAY, TUESDAY) == 2
    assert OFFICE.between(TUESDAY, WEDNESDAY) == -2


def test_no_days_later_is_the_day_itself_if_it_is_worked() -> None:
    assert OFFICE.after(WEDNESDAY, 0) == WEDNESDAY
    assert OFFICE.after(date(2026, 4, 4), 0) == TUESDAY


def test_a_sunday_is_worked_where_the_schedule_says_so() -> None:
    assert Workdays(frozenset({6})).after(WEDNESDAY, 1) == date(2026, 4, 5)


def test_who_is_never_open_gets_an_answer() -> None:
    assert Workdays(frozenset()).after(WEDNESDAY, 3) > WEDNESDAY
