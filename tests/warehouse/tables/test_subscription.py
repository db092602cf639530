"""A line's monthly amount, against exact arithmetic in Python."""

from __future__ import annotations

import itertools
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.warehouse.tables.subscription import subscription

MONTHS = {"month": Fraction(1), "quarter": Fraction(3), "year": Fraction(12), "week": Fraction(12, 52)}


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


def worked_out(connection, zone="UTC", **row):
    """The derived columns, by name, of one row with the given cells."""
    return all_worked_out(connection, [row], zone)[0]


def all_worked_out(connection, rows, zone="UTC"):
    """The same of several rows in one query: most of its time is planning."""
    columns = subscription.columns
    typed = ", ".join(f'CAST("{c.name}" AS {c.type.sql}) AS "{c.name}"' for c in columns)
    names = ", ".join(f'"{c.name}"' for c in columns)
    cells = [str(row[c.name]) if row.get(c.name) is not None else None for row in rows for c in columns]
    marks = ", ".join("(" + ", ".join(["?"] * len(columns)) + ")" for _row in rows)
    wanted = ", ".join(d.sql.replace("{zone}", f"'{zone}'") for d in subscription.derived)
    given = f"(SELECT {typed} FROM (VALUES {marks}) AS given ({names}))"
    found = connection.execute(f"SELECT {wanted} FROM {given}", cells).fetchall()
    return [dict(zip((d.name for d in subscription.derived), values, strict=True)) for values in found]


def monthly(connection, **row):
    return worked_out(connection, **row)["monthly"]


def exact(row, *, discounted):
    """Per month in ten-thousandths: fractions, and one rounding at the end (Python's ``round`` is half to even)."""
    if row["committed_amount"] is not None:
        listed = Fraction(row["committed_amount"])
    elif row["unit_amount"] is not None:
        listed = Fraction(row["unit_amount"]) * Fraction(1 if row["quantity"] is None else row["quantity"])
    else:
        listed = Fraction(row["amount"])
    size = abs(listed)
    if discounted and row["discount_kind"] != "once":
        size = max(
            Fraction(0), size * (1 - Fraction(row["discount_share"] or 0)) - Fraction(row["discount_amount"] or 0)
        )
    per_month = size / (MONTHS[row["interval"] or "month"] * (row["interval_count"] or 1))
    return round(per_month * 10_000) * (-1 if listed < 0 else 1)


def decimals(low, high, places):
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


SMALL_OR_ANY = st.one_of(decimals(-1000, 1000, 2), decimals("-99999999999999.9999", "99999999999999.9999", 4))
LINES = st.fixed_dictionaries(
    {
        "amount": SMALL_OR_ANY,
        "unit_amount": st.none() | decimals(-1_000_000, 1_000_000, 8) | decimals(-50, 50, 2),
        "committed_amount": st.none() | st.none() | decimals(0, 100_000, 4),
        "quantity": st.none() | decimals(0, 10_000_000, 4) | st.integers(0, 500),
        "interval": st.sampled_from([None, "month", "quarter", "year", "week"]),
        "interval_count": st.sampled_from([None, 1, 2, 3, 6, 7, 36]),
        "discount_share": st.none() | decimals(0, 1, 6),
        "discount_amount": st.none() | decimals(0, 2000, 4),
        "discount_kind": st.sampled_from([None, "recurring", "once"]),
    }
)


@settings(max_examples=15, deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=40))
def test_the_monthly_amount_is_exact_and_rounded_once(connection, lines):
    found = all_worked_out(connection, lines)
    assert [row["monthly"] for row in found] == [exact(line, discounted=True) for line in lines]
    assert [row["monthly_list"] for row in found] == [exact(line, discounted=False) for line in lines]


@pytest.mark.parametrize(
    ("row", "ten_thousandths"),
    [
        ({"amount": "0.0001", "discount_share": "0.5"}, 0),  # 0.5 ten-thousandths
        ({"amount": "0.0003", "discount_share": "0.5"}, 2),  # 1.5
        ({"amount": "0.0005", "discount_share": "0.5"}, 2),  # 2.5
        ({"amount": "-0.0003", "discount_share": "0.5"}, -2),
        # 1e-8 x 29999.9999 / 2 is 1.499999995 ten-thousandths, and 1.5 where the discount was cut to twelve decimals
        ({"unit_amount": "0.00000001", "quantity": "29999.9999", "discount_share": "0.5"}, 1),
    ],
)
def test_halves_go_to_even_and_nothing_is_rounded_before(connection, row, ten_thousandths):
    assert monthly(connection, **row) == ten_thousandths


def test_small_and_large_numbers_are_worked_out_alike(connection):
    """On both sides of what 64 bits hold, and of the sign."""
    lines = [
        {
            "amount": f"{sign}{size}",
            "interval": interval,
            "interval_count": count,
            "discount_share": share,
            "discount_amount": taken,
        }
        for sign, size, interval, count, share, taken in itertools.product(
            ("", "-"),
            ("99999998.9999", "99999999", "99999999.0001", "0.0001", "0"),
            ("month", "year"),
            (1, 7, 1000, 1001),
            (None, "0.333333"),
            (None, "0.01", "99999999", "100000000"),
        )
    ] + [
        {"unit_amount": unit, "quantity": quantity, "interval": "quarter"}
        for unit, quantity in itertools.product(
            ("89.99999999", "90", "-90.00000001", "99999", "-99999.00000001"),
            ("9", "9.0001", "10000", "9999.9999", "99999999", "100000000"),
        )
    ]
    columns = [column.name for column in subscription.columns]
    rows = [{**dict.fromkeys(columns), **line} for line in lines]
    found = all_worked_out(connection, rows)
    assert [row["monthly"] for row in found] == [exact(line, discounted=True) for line in rows]
    listed = [exact(line, discounted=False) for line in rows]
    assert [row["monthly_list"] for row in found] == listed
    units = [
        listed[place] * 10_000 / Fraction(row["quantity"]) / 10_000 if row["quantity"] else None
        for place, row in enumerate(rows)
    ]
    assert [row["monthly_unit"] for row in found] == [None if unit is None else int(unit) for unit in units]


def test_1200_a_year_is_100_a_month(connection):
    assert monthly(connection, amount="1200", interval="year") == 100_0000


@pytest.mark.parametrize(
    ("row", "ten_thousandths"),
    [
        ({"amount": "100"}, 100_0000),
        ({"amount": "300", "interval": "quarter"}, 100_0000),
        ({"amount": "600", "interval": "month", "interval_count": 6}, 100_0000),
        ({"amount": "3600", "interval": "year", "interval_count": 3}, 100_0000),
        ({"amount": "12", "interval": "week"}, 52_0000),  # 12 x 52 / 12
        ({"amount": "10", "interval": "week"}, 43_3333),  # 520 / 12 = 43.33333
        ({"amount": "100", "interval": "year"}, 8_3333),  # 8.33333
        ({"amount": "200", "interval": "year"}, 16_6667),  # 16.66667
        ({"unit_amount": "0.00012345", "quantity": "1000"}, 1234),  # 0.12345 is 1234.5, half to even
        ({"unit_amount": "9.99"}, 9_9900),  # without a quantity it is one unit
        ({"unit_amount": "9.99", "quantity": "0"}, 0),
        ({"committed_amount": "500", "unit_amount": "0.02", "quantity": "90000"}, 500_0000),
        ({"amount": "100", "discount_share": "0.1"}, 90_0000),
        ({"amount": "100", "discount_amount": "25"}, 75_0000),
        ({"amount": "100", "discount_share": "0.1", "discount_kind": "once"}, 100_0000),
        ({"amount": "100", "discount_amount": "250"}, 0),
        ({"amount": "-100", "discount_share": "0.1"}, -90_0000),
        ({"amount": "-100", "discount_amount": "10"}, -90_0000),
        ({"amount": "-1200", "interval": "year"}, -100_0000),
    ],
)
def test_by_hand(connection, row, ten_thousandths):
    assert monthly(connection, **row) == ten_thousandths


def test_a_line_without_an_amount_has_no_monthly_amount(connection):
    found = worked_out(connection, quantity="5", discount_share="0.1")
    assert found["monthly"] is None
    assert found["monthly_list"] is None


def test_the_largest_numbers_neither_fail_nor_wrap(connection):
    """What is beyond 922 trillion a month is no amount; everything the columns can hold is worked out without error."""
    largest = {"unit_amount": "9999999999.99999999", "quantity": subscription.column("quantity").high}
    assert monthly(connection, **largest) is None
    # 5e18 x 52 / 12 / 1e18
    assert monthly(connection, **largest, discount_share="0.5", interval="week", interval_count=10**18) == 21_6667
    assert monthly(connection, amount="99999999999999.9999", interval="week") == (10**18 - 1) * 52 // 12


def test_days_are_cut_in_the_organisations_zone(connection):
    found = worked_out(connection, "America/New_York", started_at="2026-03-01 04:59:00", ended_at="2026-07-01 04:00:00")
    assert str(found["started_day"]) == "2026-02-28"  # 23:59 in winter
    assert str(found["ended_day"]) == "2026-07-01"  # midnight in summer
