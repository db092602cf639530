"""JSON: one object a line (JSON lines), an array of objects, or objects one after the other.

The objects' keys are the columns. Nested values stay JSON; a key that is missing, null or an empty text is empty.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import duckdb
from duckdb.sqltypes import VARCHAR

from tenure.core.errors import DataError
from tenure.sources.files.json_split import split
from tenure.sources.files.opened import Opened, column_names, runs
from tenure.sources.files.records import RAW_LENGTH
from tenure.sources.files.scan import scan
from tenure.warehouse.incoming import AfterRead, Lines, Refused
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

_LONGEST = 64 << 20
_MOST_COLUMNS = 5_000
_LOOKED_AT = 50
# DuckDB takes NaN and a comma before the end for JSON, and keeps 15 digits of a number with a point: such lines are
# read again, strictly and with every digit.
_SUSPECT = r"[0-9][0-9.]{15,}|,\s*[\]}]|[:\[,]\s*-?(?i:nan|inf)"
Why = tuple[str, str]
_BAD: dict[str, Why] = {
    "json": ("is not valid JSON", "bad_json"),
    "object": ("is no JSON object", "not_an_object"),
    "twice": ("has the same key twice", "doubled_key"),
}


def open_json(path: Path, scratch: Path, name: str) -> Opened:
    """The objects of a file in UTF-8. ``scratch``: a folder for copies. Raises ``DataError`` where there are none."""
    lines: list[int] | None = None
    if not is_one_a_line(path):
        lines = split(path, scratch / "values.jsonl")
        path = scratch / "values.jsonl"
    clean, damaged = _clean(path, scratch / "clean.jsonl")
    with duckdb.connect(str(scratch / "json.duckdb")) as con:
        _parse(con, clean)
        refused = damaged | _refused(con)
        keys = _keys(con, name)
        if not keys:
            raise _without_rows(name, refused)
        names = column_names(keys, name)
        target = scratch / "json.parquet"
        places = _write(con, keys, names, target, lines)
    after = AfterRead(
        tuple(
            Refused(lines[number - 1] if lines else number, "", "", *why, raw)
            for number, (why, raw) in sorted(refused.items())
        ),
        places,
    )
    return Opened(
        relation=f"read_parquet({literal(str(target))})",
        names=names,
        written=tuple(keys),
        typed=True,
        after_read=lambda _con: after,
    )


def _without_rows(name: str, refused: dict[int, tuple[Why, str]]) -> DataError:
    if not refused:
        return DataError("The file holds no rows.", code="empty_file", where=name, fix="Export it again.")
    number = min(refused)
    (reason, code), _ = refused[number]
    return DataError(
        f"The file holds no JSON object that can be read: value {number} {reason}.",
        code=code,
        where=name,
        fix="Load JSON lines (one object a line) or an array of objects.",
    )


def is_one_a_line(path: Path) -> bool:
    """Whether the first lines are objects of their own; a broken one among them does not matter."""
    with path.open("rb") as file:
        head = [
            part
            for part in (file.readline(_LONGEST).removeprefix(b"\xef\xbb\xbf").strip() for _ in range(_LOOKED_AT))
            if part
        ]
    if not head or head[0].startswith(b"["):
        return not head
    whole = sum(line.startswith(b"{") and line.endswith(b"}") for line in head)
    return 2 * whole >= len(head)


def _clean(path: Path, target: Path) -> tuple[Path, dict[int, tuple[Why, str]]]:
    """A file that DuckDB reads line by line, and the lines that it could not: those are empty in it."""
    found = scan(path)
    if found.is_utf8 and found.lone_cr == 0 and not found.nuls and found.longest < _LONGEST:
        return path, {}
    refused: dict[int, tuple[Why, str]] = {}
    with path.open("rb") as file, target.open("wb") as out:
        for number, line in enumerate(iter(lambda: file.readline(_LONGEST), b""), 1):
            why = None
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                why = ("holds a damaged character: it is not valid UTF-8", "bad_encoding")
            if b"\0" in line:
                why = ("holds a NUL byte, which no text has", "nul_byte")
            if len(line) >= _LONGEST:
                why = (f"is longer than {_LONGEST >> 20} MB", "too_long")
            if why:
                refused[number] = (why, line[:RAW_LENGTH].decode("utf-8", errors="replace").rstrip())
            out.write(b"\n" if why else line.replace(b"\r", b" ").rstrip() + b"\n")
    return target, refused


def _parse(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make the table ``line`` (number, text, status: ok, blank or why it is bad)."""
    con.create_function("exact_json", exact_json, [VARCHAR], VARCHAR)
    longest = scan(path).longest + 1
    source = (
        f"read_csv({literal(str(path))}, auto_detect = false, header = false, delim = '\x1f\x1e', quote = '', "
        f"escape = '', comment = '', nullstr = '', max_line_size = {max(longest, 2_000_000)}, "
        "columns = {'text': 'VARCHAR'}, null_padding = false)"
    )
    con.execute(f"""CREATE TABLE line AS
        SELECT number, text, CASE
            WHEN text IS NULL THEN 'blank' WHEN NOT json_valid(text) THEN 'json'
            WHEN json_type(text) <> 'OBJECT' THEN 'object'
            WHEN len(json_keys(text)) <> len(list_distinct(json_keys(text))) THEN 'twice' ELSE 'ok' END AS status
        FROM (SELECT row_number() OVER () AS number,
                     CASE WHEN regexp_matches(text, {literal(_SUSPECT)}) AND json_valid(text)
                          THEN exact_json(text) ELSE nullif(trim(text, ' ' || chr(9) || chr(13)), '') END AS text
              FROM {source})""")


def exact_json(text: str) -> str:
    """The same JSON with its numbers as texts, digit by digit; what is not strictly JSON comes out as no JSON at all."""
    try:
        return json.dumps(
            json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_constant, object_pairs_hook=_pairs),
            ensure_ascii=False,
        )
    except (RecursionError, _DoubledError):
        return text  # nested too deeply for Python, but not for DuckDB; or for DuckDB to tell which key it is
    except ValueError:
        return "not JSON: " + text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


class _DoubledError(Exception):
    """An object has a key twice."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DoubledError
    return found


def _refused(con: duckdb.DuckDBPyConnection) -> dict[int, tuple[Why, str]]:
    found = con.execute(f"SELECT number, status, text[:{RAW_LENGTH}] FROM line WHERE status NOT IN ('ok', 'blank')")
    return {number: (_BAD[status], text.removeprefix("not JSON: ")) for number, status, text in found.fetchall()}


def _keys(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """All keys, in the order in which the file first has them."""
    found = con.execute(
        "SELECT key FROM (SELECT number, unnest(json_keys(text)) AS key, "
        "generate_subscripts(json_keys(text), 1) AS place FROM line WHERE status = 'ok') "
        "GROUP BY key ORDER BY min(number), arg_min(place, number)"
    ).fetchall()
    if len(found) > _MOST_COLUMNS:
        raise DataError(
            f"The objects have {len(found):,} different keys; up to {_MOST_COLUMNS:,} can be columns.",
            code="too_many_columns",
            where=name,
            fix="Give what differs from row to row as one nested value.",
        )
    return [row[0] for row in found]


def _write(
    con: duckdb.DuckDBPyConnection, keys: Sequence[str], names: Sequence[str], target: Path, lines: Sequence[int] | None
) -> Lines:
    """Write the objects' values as texts; gives where they stand, ``lines`` being those of the split values."""
    pointers = ", ".join(literal("/" + key.replace("~", "~0").replace("/", "~1")) for key in keys)
    values = ", ".join(f"nullif(\"values\"[{place}], '') AS {quoted(name)}" for place, name in enumerate(names, 1))
    rows = f"SELECT number, json_extract_string(text, [{pointers}]) AS \"values\" FROM line WHERE status = 'ok'"
    con.execute(f"COPY (SELECT {values} FROM ({rows}) ORDER BY number) TO {literal(str(target))} (FORMAT parquet)")
    if lines:
        numbers = con.execute("SELECT number FROM line WHERE status = 'ok' ORDER BY number").fetchall()
        return runs([lines[number - 1] for (number,) in numbers])
    found = con.execute(
        "SELECT place, number FROM (SELECT number, row_number() OVER (ORDER BY number) - 1 AS place "
        "FROM line WHERE status = 'ok') QUALIFY number - place IS DISTINCT FROM lag(number - place) OVER (ORDER BY number) "
        "ORDER BY place"
    ).fetchall()
    return Lines([place for place, _ in found] or [0], [number for _, number in found] or [1])
