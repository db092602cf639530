"""What any program writes as CSV is read back as the same texts, in the same order, on the right lines."""

from __future__ import annotations

import csv
import io

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.read import open_incoming
from tests.sources.files.thing import THING

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
# without the control characters that no text has (a file of many of them is taken for a program)
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff") | st.sampled_from(
    "\n\r\t"
)
CELLS = st.text(LETTERS, max_size=12)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8)


def written(rows, delimiter: str, newline: str, *, quote_all: bool) -> str:
    out = io.StringIO(newline="")
    # Python does not quote a lone carriage return, nor a line feed where lines end otherwise: either then ends a line
    bare = "\r" if "\n" in newline else "\r\n"
    quote_all = quote_all or any(letter in cell for row in rows for cell in row for letter in bare)
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    )
    writer.writerow(["id", "name", "currency"])
    writer.writerows([[f"k{number}", *row[1:]] for number, row in enumerate(rows)])
    return out.getvalue()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(ENCODINGS), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_any_csv_is_read_back(tmp_path, rows, delimiter, encoding, newline, quote_all):
    body = written(rows, delimiter, newline, quote_all=quote_all)
    path = tmp_path / "file.csv"
    path.write_bytes(body.encode(encoding))
    entry = parse_map(f'[[load]]\ndelimiter = "{delimiter}"'.replace("\t", "\\t"), "m").entries[0]
    incoming = open_incoming(path, THING, zone="UTC", entry=entry)
    with duckdb.connect() as con:
        found = con.execute(f"SELECT * FROM {incoming.relation}").fetchall()
        settled = incoming.resolve(con, (), len(found))
        if settled is not incoming:
            found = con.execute(f"SELECT * FROM {settled.relation}").fetchall()
        after = settled.after_read(con)
    incoming.close()
    assert after.refused == ()
    assert found == [(f"k{number}", row[1] or None, row[2] or None) for number, row in enumerate(rows)]
    assert after.lines.of(range(len(rows))) == lines_of(body, len(rows))


def lines_of(body: str, rows: int) -> list[int]:
    """The line on which each record begins, by Python's own reader."""
    text = io.StringIO(body, newline="")
    delimiter = body[2] if body[0] != '"' else body[4]
    found, reader = [], csv.reader(text, delimiter=delimiter)
    for _ in range(rows + 1):
        found.append(reader.line_num + 1)
        next(reader)
    return found[1:]
