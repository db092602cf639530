from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.warehouse.load import cells
from tenure.warehouse.load.zones import to_utc
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Type

CON = duckdb.connect()
CON.execute("SET TimeZone = 'UTC'")


def read(kind: Type, text: str, *, zone: str = "UTC", home_zone: str = "UTC", inclusive: bool = False) -> object:
    """What a text holds, by way of SQL over a table (a constant would be folded by another path)."""
    CON.execute(f"CREATE OR REPLACE TABLE x AS SELECT {literal(text)} AS t")
    civil, instant = cells.moments("t")
    made = cells.typed(
        Column("c", kind, "?", is_end=inclusive),
        "t",
        civil,
        instant,
        zone=zone,
        home_zone=home_zone,
        inclusive_end=inclusive,
    )
    return CON.execute(f"SELECT {made} FROM x").fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Decimal(12)),
        ("-12.5", Decimal("-12.5")),
        ("+0.0001", Decimal("0.0001")),
        ("1e3", Decimal(1000)),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("99999999999999.9999", Decimal("99999999999999.9999")),
        ("0.30000000000000004", Decimal("0.3")),
        ("1234.5600000000001", Decimal("1234.56")),
        ("1.00005", None),
        ("1,5", None),
        ("NaN", None),
        ("nan", None),
        ("inf", None),
        ("-Infinity", None),
        ("0x10", None),
        ("1_000", None),
        ("100000000000000", None),
        ("12 EUR", None),
        ("--1", None),
        ("1e400", None),
        ("1 000", None),
    ],
)
def test_amounts(text: str, value: Decimal | None) -> None:
    assert read(Type.MONEY, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("5.0", 5),
        ("1e3", 1000),
        ("1.5", None),
        (".5", None),
        ("0x10", None),
        ("1_0", None),
        ("99999999999999999999", None),
        ("NaN", None),
    ],
)
def test_whole_numbers(text: str, value: int | None) -> None:
    assert read(Type.INTEGER, text) == value


def test_prices_and_rates_keep_their_decimals() -> None:
    assert read(Type.PRICE, "0.00000001") == Decimal("0.00000001")
    assert read(Type.PRICE, "0.000000001") is None
    assert read(Type.RATE, "1.123456789") == Decimal("1.123456789")
    assert read(Type.SHARE, "12%") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("TRUE", True),
        ("t", True),
        ("Yes", True),
        ("1", True),
        ("false", False),
        ("No", False),
        ("0", False),
        ("f", False),
        ("2", None),
        ("maybe", None),
        ("on", None),
    ],
)
def test_booleans(text: str, value: bool | None) -> None:
    assert read(Type.BOOLEAN, text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-01-31", datetime(2024, 1, 30, 23)),
        ("2024-07-01 10:00", datetime(2024, 7, 1, 8)),
        ("2024-07-01T10:00:00", datetime(2024, 7, 1, 8)),
        ("2024-07-01T10:00:00Z", datetime(2024, 7, 1, 10)),
        ("2024-07-01 10:00:00 UTC", datetime(2024, 7, 1, 10)),
        ("2024-07-01T10:00:00.123456+05:30", datetime(2024, 7, 1, 4, 30, 0, 123456)),
        ("2024-07-01 10:00:00-05", datetime(2024, 7, 1, 15)),
        ("2024-07-01 10:00:00-0500", datetime(2024, 7, 1, 15)),
        ("2024-02-30", None),
        ("2024-13-01", None),
        ("infinity", None),
        ("-infinity", None),
        ("epoch", None),
        ("now", None),
        ("20240131", None),
        ("31.01.2024", None),
        ("2024-07-01 10:00:00 +02", None),
        ("", None),
    ],
)
def test_times_without_a_zone_are_of_the_file_s(text: str, value: datetime | None) -> None:
    assert read(Type.TIME, text, zone="Europe/Berlin") == value


def test_a_time_that_occurs_twice_is_the_first() -> None:
    # Clocks go back from 03:00 CEST to 02:00 CET on 2024-10-27: 02:30 is 00:30 UTC and 01:30 UTC.
    assert read(Type.TIME, "2024-10-27 02:30", zone="Europe/Berlin") == datetime(2024, 10, 27, 0, 30)
    assert read(Type.TIME, "2024-10-27 01:59:59", zone="Europe/Berlin") == datetime(2024, 10, 26, 23, 59, 59)
    assert read(Type.TIME, "2024-10-27 03:00", zone="Europe/Berlin") == datetime(2024, 10, 27, 2)
    # Half an hour only, on Lord Howe Island.
    assert read(Type.TIME, "2024-04-07 01:45", zone="Australia/Lord_Howe") == datetime(2024, 4, 6, 14, 45)


def test_a_time_that_does_not_exist_moves_forward() -> None:
    # Clocks jump from 02:00 CET to 03:00 CEST on 2024-03-31: 02:30 becomes 03:30 CEST, 01:30 UTC.
    assert read(Type.TIME, "2024-03-31 02:30", zone="Europe/Berlin") == datetime(2024, 3, 31, 1, 30)


@settings(max_examples=150, deadline=None)
@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2025, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]
    ),
)
def test_local_times_agree_with_zoneinfo(at: datetime, zone: str) -> None:
    """Python's ``fold=0`` has both rules: the first of two, and forward over a gap."""
    expected = at.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    CON.execute("CREATE OR REPLACE TABLE y AS SELECT ?::TIMESTAMP AS moment", [at])
    assert CON.execute(f"SELECT {to_utc('moment', zone)} FROM y").fetchall()[0][0] == expected


def test_a_last_day_becomes_the_first_moment_after() -> None:
    assert read(Type.TIME, "2024-01-31", zone="Europe/Berlin", inclusive=True) == datetime(2024, 1, 31, 23)
    assert read(Type.TIME, "2024-01-31 23:59:59", inclusive=True) == datetime(2024, 2, 1)
    assert read(Type.DATE, "2024-02-29", inclusive=True) == date(2024, 3, 1)


def test_an_instant_is_the_organisation_s_civil_date() -> None:
    assert read(Type.DATE, "2024-01-01T23:30:00Z", home_zone="Europe/Berlin") == date(2024, 1, 2)
    assert read(Type.DATE, "2024-01-01 23:30", home_zone="Europe/Berlin") == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Type.CLOCK, "9:05", "09:05"),
        (Type.CLOCK, "17:30:00", "17:30"),
        (Type.CLOCK, "24:00", "24:00"),
        (Type.CLOCK, "25:00", None),
        (Type.CLOCK, "9", None),
        (Type.LIST, '["a","b"]', '["a","b"]'),
        (Type.LIST, "a; b", '["a","b"]'),
        (Type.LIST, "[a", None),
        (Type.JSON, '{"a": 1}', '{"a": 1}'),
        (Type.JSON, "{a", None),
    ],
)
def test_clocks_lists_and_json(kind: Type, text: str, value: str | None) -> None:
    assert read(kind, text) == value


def test_a_word_of_a_list_has_one_spelling() -> None:
    column = Column("c", Type.TEXT, "?", choices=("month", "year"))
    made = cells.typed(column, "'Month'", "NULL", "NULL", zone="UTC", home_zone="UTC", inclusive_end=False)
    assert CON.execute(f"SELECT {made}").fetchall() == [("month",)]


def test_a_far_year_is_a_reason_and_not_a_crash() -> None:
    for text in ("290000-01-01", "9999-12-31", "0000-01-01", "0001-01-01"):
        read(Type.TIME, text, zone="Europe/Berlin")
