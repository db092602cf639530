"""JSON, Parquet and XLSX: the same texts a careful CSV export would have."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import resource
import time
import zipfile
import zlib
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tenure.core.errors import DataError, UsageError


def test_json_lines(read):
    body = b'{"id":1,"name":"a"}\n\n{"id":"2","amount":1.10,"name":null}\nbroken\n{"id":3,"more":{"x":[1, true]}}\n'
    found = read(body, "rows.jsonl")
    assert found.rows == [
        {"id": "1", "name": "a", "amount": None},
        {"id": "2", "name": None, "amount": "1.1"},
        {"id": "3", "name": None, "amount": None},
    ]
    assert [row["more"] for row in found.custom] == [None, None, '{"x":[1,true]}']
    assert found.lines == [1, 3, 5]
    assert [(row.line, row.code, row.raw) for row in found.refused] == [(4, "bad_json", "broken")]


@pytest.mark.parametrize(
    "number",
    [
        "12345678901234.5678",
        "9007199254740993",
        "18446744073709551616",
        "1e400",
        "0.1",
        "123456789012345678901234567890.123456789",
    ],
)
def test_numbers_of_json_are_exact(read, number):
    assert read(f'{{"id":1,"amount":{number}}}\n'.encode(), "rows.jsonl").column("amount") == [number]


@pytest.mark.parametrize(
    ("body", "ids", "lines", "refused"),
    [
        (b'[{"id":1},\n {"id":2}]', ["1", "2"], [1, 2], []),
        (b'[\n{"id":1,\n"name":"x,\\n{"},\n 5,\n{"id":2}\n]\n', ["1", "2"], [2, 5], [4]),
        (b'{\n "id": 1\n}\n{\n "id": 2\n}\n', ["1", "2"], [1, 4], []),
        (b'[{"id":1},{"id":"2', ["1"], [1], [1]),  # cut off
        (b'\xef\xbb\xbf{"id":1}\r\n{"id":2}\r\n', ["1", "2"], [1, 2], []),
        (b'{"id":1}\n{"id":1,"id":2}\n[3]\n{"id":"caf\xe9"}\n{"id":2}\n', ["1", "2"], [1, 5], [2, 3, 4]),
    ],
)
def test_json_of_every_shape(read, body, ids, lines, refused):
    found = read(body, "rows.json")
    assert found.column("id") == ids
    assert found.lines == lines
    assert [row.line for row in found.refused] == refused


def test_deep_json_is_a_value_like_another(read):
    deep = "[" * 100_000 + "]" * 100_000
    found = read(f'{{"id":"a","more":{deep},"long":1.2345678901234567890}}\n{{"id":"b"}}\n'.encode(), "rows.jsonl")
    assert found.column("id") == ["a", "b"]
    assert found.custom[0]["more"] == deep


@pytest.mark.parametrize("body", [b"[]", b"{}", b'"text"', b"[1, 2]", b"\n\n"])
def test_json_without_a_row_is_an_error(read, body):
    with pytest.raises(DataError):
        read(body, "rows.json")


def test_parquet_loses_nothing(read, tmp_path):
    zone = dt.timezone(dt.timedelta(hours=2))
    pq.write_table(
        pa.table(
            {
                "id": pa.array([7.0, 8.0]),  # what pandas makes of whole numbers with a gap
                "name": pa.array(["a", ""]),
                "amount": pa.array([Decimal("12345678901234567890.123456"), None], pa.decimal128(30, 6)),
                "day": pa.array([dt.date(2024, 1, 31), None]),
                "started_at": pa.array(
                    [dt.datetime(2024, 1, 31, 12, 0, 0, 5, zone), None], pa.timestamp("us", "+02:00")
                ),
                "ended_at": pa.array([dt.datetime(2024, 1, 31, 12, 30), None]),
                "pieces": pa.array([2**62, None]),
                "share": pa.array([0.1, None]),
                "flag": pa.array([True, None]),
                "list": pa.array([["a", "b"], None]),
            }
        ),
        tmp_path / "t.parquet",
    )
    found = read(tmp_path / "t.parquet")
    assert found.rows[0] == {
        "id": "7",
        "name": "a",
        "amount": "12345678901234567890.123456",
        "day": "2024-01-31",
        "started_at": "2024-01-31T10:00:00.000005Z",
        "ended_at": "2024-01-31 12:30:00",
        "pieces": str(2**62),
    }
    assert found.rows[1] == dict.fromkeys(found.rows[0]) | {"id": "8"}
    assert found.custom[0] == {"share": "0.1", "flag": "true", "list": '["a","b"]'}
    assert found.lines == [1, 2]


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    book.close()
    return out.getvalue()


def test_a_sheet_is_read_as_its_cells_show(read):
    body = workbook(
        (
            "Data",
            [
                [],
                ["id", "name", "amount", "day", "started_at", "flag", ""],
                [7, "a", 1234.5, dt.datetime(2024, 1, 31), dt.datetime(2024, 1, 31, 10, 30), True],
                [],
                ["007", "", 0.1 + 0.2],
            ],
        )
    )
    found = read(body, "book.xlsx")
    assert found.rows == [
        {"id": "7", "name": "a", "amount": "1234.5", "day": "2024-01-31", "started_at": "2024-01-31T10:30:00"},
        {"id": "007", "name": None, "amount": "0.3", "day": None, "started_at": None},
    ]
    assert [row["flag"] for row in found.custom] == ["true", None]
    assert found.lines == [3, 5]


def test_several_sheets_must_be_told_apart(read):
    body = workbook(*((name, [["id"], [name]]) for name in ("one", "two", "three")))
    with pytest.raises(DataError) as error:
        read(body, "book.xlsx")
    assert error.value.code == "several_sheets"
    assert "one, two, three" in error.value.message
    assert read(body, "book.xlsx", entry='sheet = "two"').column("id") == ["two"]
    with pytest.raises(UsageError) as error:
        read(body, "book.xlsx", entry='sheet = "four"')
    assert error.value.code == "no_such_sheet"
    assert "one, two, three" in error.value.fix


def test_a_sheet_can_be_named_behind_the_file(read, tmp_path):
    (tmp_path / "book.xlsx").write_bytes(workbook(("one", [["id"], ["1"]]), ("two", [["id"], ["2"]])))
    assert read(tmp_path / "book.xlsx#two").column("id") == ["2"]


def bomb_that_lies() -> bytes:
    """A workbook whose sheet says it is small and unzips to 60 MB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(60):
            sheet.write(bytes(1 << 20))
    honest = (60 << 20).to_bytes(4, "little")
    assert honest in out.getvalue()
    return out.getvalue().replace(honest, (1_000).to_bytes(4, "little"))


def zipped_zeros() -> bytes:
    """A table of 120 MB in 120 KB."""
    packer = zlib.compressobj(wbits=31)
    return b"".join(
        [packer.compress(b"id,name\n"), *(packer.compress(bytes(1 << 20)) for _ in range(120)), packer.flush()]
    )


@pytest.mark.parametrize(("name", "make"), [("a.xlsx", bomb_that_lies), ("a.csv.gz", zipped_zeros)])
def test_bombs_are_refused_soon_and_in_little_memory(read, name, make):
    body = make()
    began, memory = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataError) as error:
        read(body, name)
    assert error.value.code == "zip_bomb"
    assert time.perf_counter() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 50_000  # KB; what it unzips to is more


def test_zipped_text_is_read_and_a_cut_one_refused(read):
    body = gzip.compress(b"id,name\n1,a\n2,b\n")
    assert read(body, "a.csv.gz").column("id") == ["1", "2"]
    with pytest.raises(DataError) as error:
        read(body[:-10], "a.csv.gz")
    assert error.value.code == "damaged_file"


def test_content_decides_over_the_name(read):
    assert read(workbook(("one", [["id"], [1]])), "really.csv").column("id") == ["1"]
    assert read(b'{"id":1}\n', "rows.txt").column("id") == ["1"]
    assert read(json.dumps([{"id": 1}]).encode("utf-16"), "rows.json").column("id") == ["1"]
