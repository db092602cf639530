"""Texts to typed values, in SQL, and what is said of the texts that are none.

Each function gives SQL over a text expression. Plain values take a fast path; whatever is unusual (white space,
exponents, offsets) is looked at only where it occurs, because DuckDB evaluates a CASE branch on the rows that reach it.
A text that holds no value of the type gives null, which together with a text that is not null means: refuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tenure.warehouse.load.zones import to_local, to_utc
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table, Type

FIRST_DAY, LAST_DAY = "1900-01-01", "2200-12-31"
#: The code of a cell that must not be empty.
REQUIRED = "required"

_TRUE = ("true", "t", "yes", "y", "1", "1.0")
_FALSE = ("false", "f", "no", "n", "0", "0.0")
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?"
_WANTED = {
    Type.INTEGER: "is not a whole number",
    Type.NUMBER: "is not a number with up to 4 decimals",
    Type.MONEY: "is not an amount with up to 4 decimals",
    Type.PRICE: "is not an amount with up to 8 decimals",
    Type.RATE: "is not a number with up to 9 decimals",
    Type.SHARE: "is not a fraction with up to 6 decimals (25 % is 0.25)",
    Type.BOOLEAN: "is neither true nor false",
    Type.TIME: "is not a time (ISO 8601, as 2024-01-31T10:00:00Z)",
    Type.DATE: "is not a date (ISO 8601, as 2024-01-31)",
    Type.CLOCK: "is not a time of day (HH:MM)",
    Type.LIST: "is not a list (a JSON array of texts, or texts with ; between them)",
    Type.JSON: "is not JSON",
}


@dataclass(frozen=True)
class Problem:
    """Why a row is refused: ``sql`` is true (or null: not refused) for such rows. ``number``: of a reader's check."""

    column: str
    sql: str
    reason: str
    code: str
    of_cast: bool = False
    number: int | None = None

    @property
    def shown(self) -> str:
        """Which text the message shows: the column's, or the check's."""
        return self.column if self.number is None else str(self.number)


def is_identifier(table: Table, column: Column) -> bool:
    """Whether white space around the value means nothing: keys, references and words of a list."""
    return column.type is not Type.TEXT or bool(
        column.name in table.key or column.references or column.choices or column.name.endswith("_id")
    )


def cleaned(table: Table, column: Column, text: str) -> str:
    """SQL of the text that counts, without white space around it where that means nothing; null where nothing is left.

    The comparison is the cheapest way to notice what begins with white space or is empty: trimming every cell would
    take longer than reading the file.
    """
    if is_identifier(table, column):
        return (
            f"CASE WHEN {text} <= '!' OR suffix({text}, ' ') THEN nullif(trim({text}, ' \t\r\n'), '') ELSE {text} END"
        )
    return f"CASE WHEN {text} <= '!' AND trim({text}, ' \t\r\n') = '' THEN NULL ELSE {text} END"


def moments(text: str, *, days: bool = False) -> tuple[str, str]:
    """SQL of the two readings of a time: on the clocks of a zone to be given, and as an instant in UTC. At most one
    of them is not null; neither where ``days`` says that ``typed`` reads plain days itself and this is one.
    """
    dated = f"NOT {_is_day(text)} AND {_dated(text)}" if days else _dated(text)
    zoned = _has_zone(text)
    return f"CASE WHEN {dated} AND NOT {zoned} THEN try_cast({text} AS TIMESTAMP) END", (
        f"CASE WHEN {dated} AND {zoned} THEN make_timestamp(epoch_us(try_cast({text} AS TIMESTAMPTZ))) END"
    )


def typed(
    column: Column, text: str, civil: str, instant: str, *, zone: str, home_zone: str, inclusive_end: bool
) -> str:
    """SQL of the stored value of ``text`` (SQL over VARCHAR), null where it holds none.

    ``civil``, ``instant``: SQL of its ``moments``, for times and dates. ``zone``: of times without one;
    ``home_zone``: the organisation's, in which an instant is a civil date. ``inclusive_end``: the text names the last
    day, so the day after it is meant.
    """
    match column.type:
        case Type.TEXT:
            return _word(column, text)
        case Type.INTEGER:
            whole = f"try_cast({text} AS BIGINT)"  # which also reads 1_000 and 0x10, but does not write them so
            return f"CASE WHEN {whole}::VARCHAR = {text} THEN {whole} ELSE {_exact(text, 'BIGINT', 0)} END"
        case Type.BOOLEAN:
            low = f"lower({text})"
            return f"CASE WHEN {low} IN {_TRUE} THEN true WHEN {low} IN {_FALSE} THEN false END"
        case Type.TIME:
            return _time(civil, instant, zone, home_zone, inclusive_end)
        case Type.DATE:
            value = (
                f"CASE WHEN {_is_day(text)} THEN CASE WHEN {_dated(text)} THEN try_cast({text} AS DATE) END "
                f"ELSE coalesce({civil}::DATE, {to_local(instant, home_zone)}::DATE) END"
            )
            return f"({value}) + 1" if inclusive_end else value
        case Type.CLOCK:
            return (
                f"CASE WHEN regexp_full_match({text}, '([01]?\\d|2[0-3]):[0-5]\\d(:[0-5]\\d)?|24:00(:00)?') "
                f"THEN right('0' || regexp_extract({text}, '\\d+:\\d\\d'), 5) END"
            )
        case Type.LIST:
            texts = f"list_transform(string_split({text}, ';'), lambda x: trim(x))"
            return (
                f"CASE WHEN {text} LIKE '[%' THEN CASE WHEN json_type({_json(text)}) = 'ARRAY' "
                f"THEN {text} END ELSE to_json({texts})::VARCHAR END"
            )
        case Type.JSON:
            return f"CASE WHEN {_json(text)} IS NOT NULL THEN {text} END"
    return _decimal(column, text)


def problems(column: Column, text: str, value: str) -> list[Problem]:
    """Why a value of the column would be refused. ``text`` and ``value``: SQL of the text and of what it was cast to."""
    name = column.name
    found = []
    if column.type in _WANTED:
        found.append(
            Problem(
                name,
                f"{text} IS NOT NULL AND {value} IS NULL",
                _WANTED[column.type],
                f"not_a_{column.type.value}",
                of_cast=True,
            )
        )
    if column.required:
        found.append(Problem(name, f"{text} IS NULL", "is required and empty", REQUIRED))
    if column.choices and not column.open_choices:
        words = ", ".join(literal(choice) for choice in column.choices)
        found.append(
            Problem(name, f"{value} NOT IN ({words})", f"is none of {', '.join(column.choices)}", "not_a_choice")
        )
    for bound, sign, word, code in ((column.low, "<", "less", "too_low"), (column.high, ">", "more", "too_high")):
        if bound is not None:
            found.append(Problem(name, f"{value} {sign} {bound:g}", f"is {word} than {bound:g}", code))
    if column.type in (Type.TIME, Type.DATE):
        kind = "TIMESTAMP" if column.type is Type.TIME else "DATE"
        last = f"{kind} '{LAST_DAY}'"
        found.append(
            Problem(
                name,
                f"{value} < {kind} '{FIRST_DAY}' OR {value} > {last}",
                "is impossible: before 1900 or after 2200 (leave the cell empty for no end)",
                "impossible_time",
            )
        )
    return found


def default(column: Column) -> str | None:
    """SQL of the value that stands for an empty cell, or None."""
    return None if column.default is None else f"CAST({literal(column.default)} AS {column.type.sql})"


def _word(column: Column, text: str) -> str:
    """The text; a word of the column's list whatever its capitals."""
    if not column.choices:
        return text
    words = ", ".join(literal(choice) for choice in column.choices)
    return f"CASE WHEN lower({text}) IN ({words}) THEN lower({text}) ELSE {text} END"


def _decimal(column: Column, text: str) -> str:
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", column.type.sql)
    if found is None:
        raise TypeError(f"{column.type} has no reading")
    digits, decimals = int(found[1]), int(found[2])
    plain = rf"[+-]?\d{{1,{digits - decimals}}}(\.\d{{1,{decimals}}})?"
    return (
        f"CASE WHEN regexp_full_match({text}, '{plain}') THEN try_cast({text} AS {column.type.sql}) "
        f"ELSE {_exact(text, column.type.sql, decimals)} END"
    )


def _exact(text: str, kind: str, decimals: int) -> str:
    """The number where the type holds it exactly, but for the noise of a binary fraction in the digits far behind."""
    noise = f"1e-{decimals + 5}"
    wide = f"try_cast({text} AS DECIMAL(38,18))"
    stored = f"try_cast({wide} AS {kind})"
    return (
        f"CASE WHEN regexp_full_match({text}, '{_NUMBER}') "
        f"AND abs({wide} - try_cast({stored} AS DECIMAL(38,18))) < {noise} THEN {stored} END"
    )


def _json(text: str) -> str:
    return f"CASE WHEN json_valid({text}) THEN {text}::JSON END"


def _has_zone(text: str) -> str:
    """An offset or a zone's name behind the time of day: ``Z``, ``+02:00``, ``-0500``, ``UTC``."""
    usual = f"strlen({text}) = 10 OR (strlen({text}) = 19 AND {text}[17] = ':')"
    some = f"contains({text}, '+') OR contains(substr({text}, 12), '-') OR {text}[-1] > '9'"
    return f"(suffix({text}, 'Z') OR (NOT ({usual}) AND ({some})))"


def _is_day(text: str) -> str:
    return f"(strlen({text}) = 10)"


def _dated(text: str) -> str:
    """A digit comes first: words such as ``epoch`` and ``infinity`` are no times."""
    return f"{text} >= '0' AND {text} < ':'"


def _time(civil: str, instant: str, zone: str, home_zone: str, inclusive_end: bool) -> str:
    if inclusive_end:
        after = "(date_trunc('day', {}) + INTERVAL 1 DAY)::TIMESTAMP"
        civil, instant = after.format(civil), to_utc(after.format(to_local(instant, home_zone)), home_zone)
    return f"CASE WHEN {civil} IS NOT NULL THEN {to_utc(civil, zone)} ELSE {instant} END"
