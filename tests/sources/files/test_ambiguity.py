"""Never guess: what a file leaves open is an error with both readings, what it settles is read."""

from __future__ import annotations

import pytest

from tenure.core.errors import DataError


def rows(column: str, *values: str, delimiter: str = ",") -> bytes:
    lines = [f"{number}{delimiter}{value}" for number, value in enumerate(values, 1)]
    return "\n".join([f"id{delimiter}{column}", *lines, ""]).encode()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["31/12/2023", "03/04/2024"], ["2023-12-31", "2024-04-03"]),  # 31 can only be a day
        (["12/31/2023", "03/04/2024"], ["2023-12-31", "2024-03-04"]),
        (
            ["31.12.23", "01.02.24", "29.06.24", "01.10.24", "01.01.00"],  # no year 2000 has a day 00
            ["2023-12-31", "2024-02-01", "2024-06-29", "2024-10-01", "2000-01-01"],
        ),
        (["2023/12/31", "2024/01/02 10:30"], ["2023-12-31", "2024-01-02T10:30:00"]),
        (["20231231", "20240102"], ["2023-12-31", "2024-01-02"]),
        (["3 Jan 2024", "14 March 2024"], ["2024-01-03", "2024-03-14"]),
        (["1/31/2024, 10:00:00 AM", "2/1/2024, 9:05:00 PM"], ["2024-01-31T10:00:00", "2024-02-01T21:05:00"]),
        (["05/05/2024", "06/06/2024"], ["2024-05-05", "2024-06-06"]),  # both readings are the same day
        (["31/12/2023", "n/a", "", "44927"], ["2023-12-31", "n/a", None, "44927"]),  # the loader refuses the rest
        (["2024-01-31", "2024-02-01", "03/04/2024"], ["2024-01-31", "2024-02-01", "03/04/2024"]),  # an ISO column
    ],
)
def test_dates_that_the_column_settles(read, values, expected):
    quoted = [f'"{value}"' for value in values]
    assert read(rows("day", *quoted), failed=("day",)).column("day") == expected


@pytest.mark.parametrize(
    ("values", "both"),
    [
        (["03/04/2024", "05/06/2024"], ("2024-04-03", "2024-03-04")),
        (["3-4-2024 10:00"], ("2024-04-03T10:00:00", "2024-03-04T10:00:00")),
        (["10/11/12"], ("2012-11-10", "2012-10-11")),
        (["31.12.23", "01.02.24"], ("2024-02-01", "2001-02-24")),  # day first, or year first
    ],
)
def test_dates_that_it_does_not(read, values, both):
    with pytest.raises(DataError) as error:
        read(rows("day", *values), failed=("day",))
    assert error.value.exit_code == 1
    assert error.value.code == "ambiguous_dates"
    assert "'day'" in error.value.message
    assert error.value.where == "file.csv:day"
    assert 'format = "%' in error.value.fix
    if len(values) == 1 or both[0].startswith("2024-04"):
        assert all(reading in error.value.message for reading in both)


def test_dates_written_in_two_ways(read):
    with pytest.raises(DataError) as error:
        read(rows("day", "31/12/2023", "30/12/2023", "12/25/2023"), failed=("day",))
    assert error.value.code == "mixed_dates"
    assert "'12/25/2023'" in error.value.message


def test_a_late_value_decides_for_the_whole_column(read):
    ambiguous = [f"{1 + number % 12:02}/{1 + number % 11:02}/2024" for number in range(5_000)]
    found = read(rows("day", *ambiguous, "31/01/2024"), failed=("day",))
    assert found.column("day")[1] == "2024-02-02"
    assert found.column("day")[11] == "2024-01-12"  # 12/01/2024


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y"])
def test_a_declared_date_format_ends_the_doubt(read, form):
    found = read(rows("day", "03/04/2024"), failed=("day",), entry=f'date_format = "{form}"')
    assert found.column("day") == ["2024-04-03" if form == "%d/%m/%Y" else "2024-03-04"]


def test_a_declared_format_is_not_helped_out_by_iso(read):
    # 2024-01-13 is no year-day-month; taken as ISO it would be read by another rule than its neighbour
    found = read(rows("day", "2024-31-01", "2024-01-13"), entry='date_format = "%Y-%d-%m"')
    assert found.column("day")[0] == "2024-01-31"
    assert found.checked == [("day", "not_a_date", "2024-01-13")]


@pytest.mark.parametrize(("form", "value"), [("epoch", "1704067200"), ("epoch_ms", "1704067200000")])
def test_seconds_since_1970_are_read_where_declared(read, form, value):
    found = read(rows("started_at", value), entry=f'date_format = "{form}"')
    assert found.column("started_at") == ["2024-01-01T00:00:00.000000Z"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1.234,56", "-0,5"], ["1234.56", "-0.5"]),
        (["1,234.56", "7"], ["1234.56", "7"]),
        (["1 234,56", "12,5"], ["1234.56", "12.5"]),
        (["1'234.56", "1"], ["1234.56", "1"]),
        (["(300.00)", "1,200.00"], ["-300.00", "1200.00"]),
        (["1,23,456.00"], ["123456.00"]),
        (["1.234.567"], ["1234567"]),  # two points cannot both be decimal
        (["12,5", "1,234"], ["12.5", "1.234"]),  # 12,5 can only have a decimal comma
        (["0.125", "1.500"], ["0.125", "1.500"]),  # no thousands begin with 0
        (["12.5", "1.234"], ["12.5", "1.234"]),
        (["1e5", "0x10", "1_000", "NaN", "٣", "12.5"], ["1e5", "0x10", "1_000", "NaN", "٣", "12.5"]),
    ],
)
def test_numbers_that_the_column_settles(read, values, expected):
    assert read(rows("amount", *values, delimiter=";"), failed=("amount",)).column("amount") == expected


@pytest.mark.parametrize(("value", "both"), [("1.234", ("1.234", "1234")), ("1,234", ("1234", "1.234"))])
def test_numbers_that_it_does_not(read, value, both):
    failed = ("amount",) if "," in value else ()  # 1.234 casts, and is in doubt all the same
    with pytest.raises(DataError) as error:
        read(rows("amount", value, "12", delimiter=";"), failed=failed)
    assert error.value.code == "ambiguous_numbers"
    assert repr(value) in error.value.message
    assert all(reading in error.value.message for reading in both)
    assert 'decimal = "."' in error.value.fix


def test_a_number_far_down_settles_or_unsettles_the_column(read):
    many = ["7"] * 1_000
    assert read(rows("amount", *many, "1.234", "1.5")).column("amount")[-2] == "1.234"
    with pytest.raises(DataError, match=r"'1\.234'"):
        read(rows("amount", *many, "1.234"))


def test_numbers_written_in_two_ways(read):
    with pytest.raises(DataError) as error:
        read(rows("amount", "1.234,50", "5.50", delimiter=";"), failed=("amount",))
    assert error.value.code == "mixed_numbers"


@pytest.mark.parametrize(("mark", "expected"), [(".", "1.234"), (",", "1234")])
def test_a_declared_decimal_mark_ends_the_doubt(read, mark, expected):
    assert read(rows("amount", "1.234"), entry=f'decimal = "{mark}"').column("amount") == [expected]


def test_a_plain_number_that_the_declared_format_does_not_read_is_refused(read):
    found = read(rows("amount", "12.5", "1.234,5", delimiter=";"), entry='decimal = ","')
    assert found.column("amount")[1] == "1234.5"
    assert found.checked == [("amount", "not_a_number", "12.5")]


def test_whole_numbers_have_no_decimals_so_that_their_marks_are_thousands(read):
    assert read(rows("pieces", "1.234", "12", delimiter=";"), failed=("pieces",)).column("pieces") == ["1234", "12"]


def test_a_currency_sign_needs_a_column_that_says_the_currency(read):
    found = read(b"id;amount\n1;$1,200.50\n2;30.25\n", failed=("amount",))
    assert found.checked == [("amount", "unsaid_currency", "$1,200.50")]
    found = read(b"id;amount;currency\n1;$1,200.50;USD\n2;30.25 EUR;EUR\n", failed=("amount",))
    assert found.checked == []
    assert found.column("amount") == ["1200.50", "30.25"]


def test_a_delimiter_that_cannot_be_told(read):
    with pytest.raises(DataError) as error:
        read(b"a,b;c\n1,2;3\n")
    assert error.value.code == "ambiguous_delimiter"
    found = read(b"id,b;name\n1,2;3\n", entry='delimiter = ";"\ncolumns.id = "id,b"')
    assert found.rows == [{"id": "1,2", "name": "3"}]


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("Müller", "cp1252"),
        ("Straße", "cp1252"),
        ("Café", "cp1252"),
        ("Łódź", "cp1250"),
        ("žluťoučký", "cp1250"),
        ("€500", "cp1252"),
        ("£500", "cp1252"),
    ],
)
def test_old_encodings_that_the_words_settle(read, word, encoding):
    assert read(f"id,name\n1,{word}\n".encode(encoding)).column("name") == [word]


@pytest.mark.parametrize(
    ("word", "encoding", "both"),
    [
        ("Señor", "cp1252", ("Señor", "Seńor")),
        ("Ångström", "cp1252", ("Ångström", "Ĺngström")),
        ("Müller", "mac_roman", ("Müller", "Mźller")),
    ],
)
def test_old_encodings_that_they_do_not(read, word, encoding, both):
    body = f"id,name\n0,plain\n1,{word}\n".encode(encoding)
    with pytest.raises(DataError) as error:
        read(body)
    assert error.value.code == "ambiguous_encoding"
    assert all(repr(reading) in error.value.message for reading in both)
    assert error.value.where == "file.csv:3"
    assert 'encoding = "' in error.value.fix
    assert read(body, entry=f'encoding = "{encoding}"').column("name") == ["plain", word]


def test_a_wrong_declared_encoding_is_said_with_its_line(read):
    with pytest.raises(DataError) as error:
        read("id,name\n0,plain\n1,Café\n".encode("cp1252"), entry='encoding = "ascii"')
    assert (error.value.code, error.value.where) == ("bad_encoding", "file.csv:3")
