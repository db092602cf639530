"""Every file of the bad-input collection: what comes of it, stated by hand."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tenure.core.errors import DataError, TenureError, UsageError
from tenure.warehouse.table import state, text

ACCOUNT = state(
    "account",
    "An account.",
    key="account_id",
    columns=(text("account_id", "", required=True), text("name", ""), text("arr", ""), text("renewal", "")),
)

# file -> the texts of account_id and name (or the second column), and the refused lines
READ = {
    "cp1252.csv": ([("1", "Café “Ltd”")], []),
    "dates_ambiguous.csv": ([("1", None), ("2", None), ("3", None), ("4", None), ("5", None)], []),
    "dst_local.csv": ([("1", None), ("2", None), ("3", None), ("4", None)], []),
    "empty_header.csv": ([("1", None)], []),
    "mixed_newlines.csv": ([("1", "a"), ("2", "b"), ("3", "c")], []),
    "no_final_newline.csv": ([("1", "a")], []),
    "nul_bytes.csv": ([], [(2, "nul_byte")]),
    "numbers.csv": ([(str(number), None) for number in range(1, 12)], []),
    "ragged.csv": ([("3", "C")], [(2, "ragged"), (3, "ragged")]),
    "semicolon_decimal_comma.csv": ([("1", None), ("2", None)], []),
    "torn_last_row.csv": ([("1", "Acme")], [(3, "ragged")]),
    "unclosed_quote.csv": ([("2", "Beta"), ("3", "Gamma")], [(2, "unclosed_quote")]),
    "utf16le_bom.csv": ([("1", "Žluť")], []),
    "utf8_bom.csv": ([("1", "A")], []),
    "long_field_2MB.csv.gz": ([("1", "x" * 2_000_000)], []),
}
REFUSED = {
    "deep_100k.json": "bad_json",
    "dup_header.csv": "doubled_column",
    "dup_keys.json": "doubled_key",
    "gzip_bomb_1MB_to_1GB.json.gz": "zip_bomb",
    "lone_surrogate.json": "bad_json",
    "ssrf_urls.txt": "missing_column",
    "truncated.json.gz": "damaged_file",
    "xlsx_that_is_csv.xlsx": "wrong_kind",
    "xlsx_zip_bomb_300MB.xlsx": "zip_bomb",
    "xss_verbatims.txt": "missing_column",
    "xxe.xml": "not_a_table",
    "zip_slip.zip": "is_an_archive",
}
APART = {"bigint.json", "formula.csv", "wide_5000_cols.csv.gz"}  # tests of their own below


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read_and_the_rest_refused_by_line(read, shared_data, name):
    rows, refused = READ[name]
    found = read(shared_data / "bad-input" / "made" / name, table=ACCOUNT)
    assert [(row["account_id"], row.get("name")) for row in found.rows] == rows
    assert found.refusals == refused


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_sentence(read, shared_data, name):
    began = time.perf_counter()
    with pytest.raises(DataError) as error:
        read(shared_data / "bad-input" / "made" / name, table=ACCOUNT)
    assert error.value.code == REFUSED[name]
    assert error.value.message.endswith(".")
    assert error.value.fix
    assert name in error.value.where
    assert time.perf_counter() - began < 5


def test_every_made_file_has_its_expected_outcome(shared_data):
    made = {path.name for path in (shared_data / "bad-input" / "made").iterdir()}
    assert made == {*READ, *REFUSED, *APART}


def test_formulas_are_only_texts_and_keep_their_lines(read, shared_data):
    found = read(shared_data / "bad-input" / "made" / "formula.csv", table=ACCOUNT)
    assert found.column("name") == [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        '=HYPERLINK("http://127.0.0.1/x","a")',
        "＝1+1",
        " =1+1",
        "'=1+1",
        "%3d1",
        '";=1+1',
    ]
    # a carriage return and a newline stand inside values: lines are counted as an editor does
    assert found.lines == [2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15, 16]


def test_five_thousand_columns(read, shared_data):
    table = state("wide", "", key="c0", columns=(text("c0", "", required=True),))
    found = read(shared_data / "bad-input" / "made" / "wide_5000_cols.csv.gz", table=table)
    assert len(found.custom[0]) == 4_999
    assert found.custom[0]["c4999"] == "1"


def test_numbers_of_json_keep_every_digit(read, shared_data):
    table = state("event", "", key="type", columns=(text("type", "", required=True),))
    found = read(shared_data / "bad-input" / "made" / "bigint.json", table=table)
    assert found.custom[0]["userId"] == "u"
    assert json.loads(str(found.custom[0]["properties"])) == {"n": "18446744073709551616", "m": "1e400"}


SPECTRUM = [
    "comma_in_quotes",
    "empty",
    "empty_crlf",
    "escaped_quotes",
    "json",
    "location_coordinates",
    "newlines",
    "newlines_crlf",
    "quotes_and_newlines",
    "simple",
    "simple_crlf",
    "utf8",
]


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum(read, shared_data, name):
    folder = shared_data / "bad-input" / "csv-spectrum"
    expected = json.loads((folder / "json" / f"{name}.json").read_text("utf-8"))
    if name == "location_coordinates":  # one object instead of a list, and another telephone number than the file's
        expected = [{**expected, "Contact Phone Number": "2095257564"}]
    key = next(iter(expected[0]))
    table = state("row", "", key=key, columns=(text("row_id", "", required=True),))
    found = read(folder / "csvs" / f"{name}.csv", table=table, entry=f'columns.row_id = "{key}"')
    rows = (
        [{key: row["row_id"], **custom} for row, custom in zip(found.rows, found.custom, strict=True)]
        if found.custom
        else [{key: row["row_id"]} for row in found.rows]
    )
    # the files hold LF where the expected values were written down with CR LF
    assert rows == [{name: value.replace("\r\n", "\n") or None for name, value in row.items()} for row in expected]
    assert found.refused == []


def test_every_file_of_the_spectrum_is_tested(shared_data):
    folder = shared_data / "bad-input" / "csv-spectrum" / "csvs"
    assert {path.stem for path in folder.iterdir()} == set(SPECTRUM)


def test_json_that_parsers_must_refuse_is_refused(read, shared_data):
    """Each text of the JSON test suite as the value of a row, every one between two good rows."""
    table = state("row", "", key="a", columns=(text("a", "", required=True),))
    bodies = [
        path.read_bytes()
        for path in sorted((shared_data / "bad-input" / "jsontestsuite" / "test_parsing").glob("n_*.json"))
    ]
    bodies = [body for body in bodies if body.strip() and b"\n" not in body and b"\r" not in body]
    assert len(bodies) > 150
    found = read(b"".join(b'{"a":"good"}\n{"a":' + body + b"}\n" for body in bodies), "rows.jsonl", table=table)
    accepted = {(line - 2) // 2 for line in range(2, 2 * len(bodies) + 1, 2)} - {
        (line - 2) // 2 for line, _ in found.refusals
    }
    assert [bodies[place] for place in sorted(accepted)] == []
    assert found.column("a") == ["good"] * len(bodies)
    assert found.lines == list(range(1, 2 * len(bodies), 2))


@pytest.mark.parametrize(
    ("name", "make", "code", "kind"),
    [
        ("there", lambda path: path.mkdir(), "is_a_folder", UsageError),
        ("nowhere.csv", lambda path: None, "no_such_file", UsageError),
        ("empty.csv", lambda path: path.write_bytes(b""), "empty_file", DataError),
        ("blank.csv", lambda path: path.write_bytes(b"\n\r\n\n"), "empty_file", DataError),
        ("picture.csv", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "not_a_table", DataError),
        ("noise.csv", lambda path: path.write_bytes(bytes(range(256)) * 50), "not_a_table", DataError),
        ("old.xls", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + b"x" * 600), "old_workbook", DataError),
        ("cut.parquet", lambda path: path.write_bytes(b"PAR1\x15\x04"), "damaged_file", DataError),
        ("cut.xlsx", lambda path: path.write_bytes(b"PK\x03\x04\x14\x00"), "damaged_file", DataError),
    ],
)
def test_no_file_to_read(read, tmp_path, name, make, code, kind):
    path = tmp_path / name
    make(path)
    with pytest.raises(TenureError) as error:
        read(path)
    assert isinstance(error.value, kind)
    assert error.value.code == code


def test_a_sound_file_leaves_no_copy(read, tmp_path: Path):
    read(b"id,name\n1,a\n").incoming.close()
    assert list((tmp_path / "scratch").iterdir()) == []
