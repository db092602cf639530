"""Settles how columns write dates and numbers, by all of their values, or says why that cannot be told.

A reading holds if it reads every value that any reading reads. If two hold and differ on a value, the column does not
say what it means, and the map has to. If none holds, the column is written in several ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import duckdb

from tenure.core.errors import DataError
from tenure.sources.files.date_format import ISO, NAMED, NUMERIC, DateFormat, candidates, outline
from tenure.sources.files.number_format import COMMA, POINT, NumberFormat
from tenure.warehouse.store import literal
from tenure.warehouse.table import Type

NUMBERS = (Type.INTEGER, Type.NUMBER, Type.MONEY, Type.PRICE, Type.RATE, Type.SHARE)
DATES = (Type.DATE, Type.TIME)
_SAMPLE = 500
_FIRST = 10_000


@dataclass(frozen=True)
class Question:
    """A column to settle: ``text`` is SQL of its texts, ``label`` its name in the file.

    ``failed``: some value is no plain one; else only a doubt is to be cleared.
    """

    column: str
    type: Type
    text: str
    label: str
    failed: bool


Answers = dict[str, DateFormat | NumberFormat]


def settle(
    con: duckdb.DuckDBPyConnection, relation: str, questions: Sequence[Question], file: str, *, currency: bool
) -> Answers:
    """The formats of the columns that are not written plainly; those not in the result are, or are beyond reading.

    ``currency``: the rows say their currency, so that a sign beside an amount may be read over.
    Raises ``DataError`` (``ambiguous_dates``, ``mixed_dates``, ``ambiguous_numbers``, ``mixed_numbers``).
    A query over the relation, before it a look at the first values, and for numbers without decimals another query.
    """
    dates = {question.column: _seen(con, relation, question) for question in questions if question.type in DATES}
    point, comma = replace(POINT, currency=currency), replace(COMMA, currency=currency)
    questions = _open_questions(con, relation, questions, comma)
    asked: list[str] = []
    for question in questions:
        asked += (
            _date_counts(question.text, dates[question.column])
            if question.column in dates
            else (_number_counts(question, point, comma))
        )
    if not asked:
        return {}
    counts = iter(con.execute(f"SELECT {', '.join(asked)} FROM {relation}").fetchall()[0])
    found: Answers = {}
    for question in questions:
        if question.column in dates:
            answer: DateFormat | NumberFormat | None = _date_answer(con, question, dates[question.column], counts, file)
        else:
            answer = _number_answer(question, point, comma, counts, file)
        if answer is not None:
            found[question.column] = answer
    return found


def _open_questions(
    con: duckdb.DuckDBPyConnection, relation: str, questions: Sequence[Question], comma: NumberFormat
) -> list[Question]:
    """The questions without the numbers of which no doubt is left: a value such as 12.5 leaves none, nor do numbers
    without any point.
    """
    doubts = [question for question in questions if question.type in NUMBERS and not question.failed]
    if not doubts:
        return list(questions)
    asked = [f"{q.text} AS t{place}" for place, q in enumerate(doubts)]
    first = f"(SELECT {', '.join(asked)} FROM {relation} LIMIT {_FIRST})"
    plain = [f"contains(t{place}, '.') AND NOT {_number_reads(replace(q, text=f't{place}'), comma)}"
             for place, q in enumerate(doubts)]  # fmt: skip
    found = con.execute(f"SELECT {', '.join(f'bool_or({part})' for part in plain)} FROM {first}").fetchall()[0]
    doubts = [question for question, clear in zip(doubts, found, strict=True) if not clear]
    if doubts:
        points = ", ".join(f"bool_or(contains({question.text}, '.'))" for question in doubts)
        found = con.execute(f"SELECT {points} FROM {relation}").fetchall()[0]
        doubts = [question for question, pointed in zip(doubts, found, strict=True) if pointed]
    return [question for question in questions if question in doubts or question.type in DATES or question.failed]


def _seen(con: duckdb.DuckDBPyConnection, relation: str, question: Question) -> list[DateFormat]:
    """The candidates for a column of dates, from the first values that are not ISO."""
    text = question.text
    values = [
        row[0]
        for row in con.execute(
            f"SELECT DISTINCT x FROM (SELECT {text} AS x FROM {relation} WHERE {text} IS NOT NULL "
            f"AND NOT regexp_full_match({text}, {literal(ISO)}) LIMIT {_SAMPLE})"
        ).fetchall()
    ]
    if not values:
        return []
    outlines = {outline(value.strip()) for value in values}
    forms = sorted({form for order in (*NUMERIC, NAMED) for form in order.formats if outline(form) in outlines})
    if not forms:
        return []
    single = [DateFormat((form,), "") for form in forms]
    asked = ", ".join(f"coalesce(bool_or({form.reads('x')}), false)" for form in single)
    read = con.execute(f"SELECT {asked} FROM (SELECT unnest(?::VARCHAR[]) AS x)", [values]).fetchall()[0]
    return candidates({form for form, does in zip(forms, read, strict=True) if does})


def _count(condition: str) -> str:
    return f"count_if({condition})"


def _example(text: str, condition: str) -> str:
    return f"min({text}) FILTER ({condition})"


def _date_counts(text: str, formats: Sequence[DateFormat]) -> list[str]:
    """ISO values; values that any reads; values that each reads; for each two, a value only one reads, and a differing."""
    if not formats:
        return []
    reads = [form.reads(text) for form in formats]
    iso = f"regexp_full_match({text}, {literal(ISO)}) AND try_cast(left(trim({text}), 10) AS DATE) IS NOT NULL"
    asked = [_count(iso), _count(" OR ".join(reads)), *map(_count, reads)]
    for one, two in combinations(formats, 2):
        asked += [
            _example(text, f"{one.reads(text)} AND NOT {two.reads(text)}"),
            _example(text, f"{two.reads(text)} AND NOT {one.reads(text)}"),
            _example(text, f"{one.moment(text)} <> {two.moment(text)}"),
        ]
    return asked


def _date_answer(
    con: duckdb.DuckDBPyConnection, question: Question, formats: Sequence[DateFormat], counts: Iterator[Any], file: str
) -> DateFormat | None:
    if not formats:
        return None
    iso, read, *each = (next(counts) for _ in range(2 + len(formats)))
    pairs = {pair: tuple(next(counts) for _ in range(3)) for pair in combinations(range(len(formats)), 2)}
    if not read or iso >= read:
        return None  # an ISO column; the others are refused
    holding = [place for place, count in enumerate(each) if count == read]
    if iso or not holding:
        raise _mixed_dates(question, formats, each, pairs, file, iso=iso)
    for one, two in combinations(holding, 2):
        value = pairs[one, two][2]
        if value is not None:
            raise _ambiguous_dates(con, question, (formats[one], formats[two]), value, file)
    return formats[holding[0]]


def _ambiguous_dates(
    con: duckdb.DuckDBPyConnection, question: Question, formats: tuple[DateFormat, DateFormat], value: str, file: str
) -> DataError:
    shown, forms = [], []
    for order in formats:
        shown.append(con.execute(f"SELECT {order.plain('x')} FROM (SELECT ?::VARCHAR AS x)", [value]).fetchall()[0][0])
        forms.append(
            next(
                form
                for form in order.formats
                if con.execute(
                    f"SELECT {DateFormat((form,), '').reads('x')} FROM (SELECT ?::VARCHAR AS x)", [value]
                ).fetchall()[0][0]
            )
        )
    return DataError(
        f"The dates of the column {question.label!r} can be read in two ways: {value!r} is {shown[0]} "
        f"({formats[0].words}) or {shown[1]} ({formats[1].words}), and no value of the column decides.",
        code="ambiguous_dates",
        where=f"{file}:{question.label}",
        fix=f'Say which in a map: {_declaration(question, "format", forms[0])}, or format = "{forms[1]}".',
    )


def _mixed_dates(
    question: Question,
    formats: Sequence[DateFormat],
    each: Sequence[int],
    pairs: Mapping[tuple[int, int], tuple[str | None, ...]],
    file: str,
    *,
    iso: int,
) -> DataError:
    best = max(range(len(formats)), key=lambda place: each[place])
    said = f"{each[best]:,} of the values are written as {formats[best].words}"
    if iso:
        said += f", {iso:,} as ISO dates"
    for (one, two), (only_one, only_two, _) in pairs.items():
        other = only_two if one == best else only_one if two == best else None
        if other is not None:
            said += f", but {other!r} as {formats[two if one == best else one].words}"
            break
    return DataError(
        f"The dates of the column {question.label!r} are written in more than one way: {said}.",
        code="mixed_dates",
        where=f"{file}:{question.label}",
        fix=f"Declare the right one in a map: {_declaration(question, 'format', formats[best].formats[0])}; rows "
        "written otherwise are then refused.",
    )


def _declaration(question: Question, key: str, value: str) -> str:
    return f'{question.column} = {{ from = "{question.label}", {key} = "{value}" }}'


def _number_reads(question: Question, form: NumberFormat) -> str:
    reads = form.reads(question.text)
    if question.type is Type.INTEGER:  # a whole number has no decimals, so its marks stand between thousands
        return f"({reads} AND regexp_full_match({form.plain(question.text)}, '[^.]*([.]0*)?'))"
    return reads


def _number_counts(question: Question, point: NumberFormat, comma: NumberFormat) -> list[str]:
    """Values each reads, values any reads, those with a sign of a currency; values only one reads; one that differs."""
    text = question.text
    one, two = _number_reads(question, point), _number_reads(question, comma)
    signed = f"{replace(point, currency=True).reads(text)} OR {replace(comma, currency=True).reads(text)}"
    if not question.failed:  # plain throughout: only marks that may stand between thousands leave a doubt
        one, two, signed = "true", f"(NOT contains({text}, '.') OR {two})", "false"
    return [
        _count(f"{text} IS NOT NULL AND {one}"),
        _count(f"{text} IS NOT NULL AND {two}"),
        _count(f"{text} IS NOT NULL AND ({one} OR {two})"),
        _count(f"({signed}) AND NOT ({one} OR {two})"),
        _example(text, f"{one} AND NOT {two}"),
        _example(text, f"{two} AND NOT {one}"),
        _example(
            text,
            f"regexp_matches({text}, '[.,]') AND {one} AND {two} AND {_value(point, text)} <> {_value(comma, text)}",
        ),
    ]


def _value(form: NumberFormat, text: str) -> str:
    return f"try_cast({form.plain(text)} AS DECIMAL(38,10))"


def _number_answer(
    question: Question, point: NumberFormat, comma: NumberFormat, counts: Iterator[Any], file: str
) -> NumberFormat | None:
    by_point, by_comma, read, signed, only_point, only_comma, differing = (next(counts) for _ in range(7))
    if not read:
        return point if signed else None
    if by_point == read == by_comma and differing is not None:
        pointed, comma_ed = _shown(differing, point), _shown(differing, comma)
        raise DataError(
            f"The numbers of the column {question.label!r} can be read in two ways: {differing!r} is {pointed} with a "
            f"decimal point or {comma_ed} with a decimal comma, and no value of the column decides.",
            code="ambiguous_numbers",
            where=f"{file}:{question.label}",
            fix=f'Say which in a map: {_declaration(question, "decimal", ".")}, or decimal = ",".',
        )
    if by_point == read:
        return point if question.failed else None
    if by_comma == read:
        return comma
    if 2 * by_point > read:
        return point  # the few others are refused
    raise DataError(
        f"The numbers of the column {question.label!r} are written in more than one way: {only_point!r} has a decimal "
        f"point, {only_comma!r} a decimal comma.",
        code="mixed_numbers",
        where=f"{file}:{question.label}",
        fix=f"Declare the right one in a map: {_declaration(question, 'decimal', ',')}; rows written otherwise are "
        "then refused.",
    )


def _shown(value: str, form: NumberFormat) -> str:
    """How a value without a currency's sign is read, for a message."""
    other = "," if form.decimal == "." else "."
    return value.strip().replace(other, "").replace(form.decimal, ".")
