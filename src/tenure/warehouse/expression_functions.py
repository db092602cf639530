"""The functions of expressions: what each takes and how it compiles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenure.warehouse.expression_value import DECIMAL, Failure, Kind, Problem, Value
from tenure.warehouse.store import literal

Complain = Callable[[str], Problem]
Built = tuple[Value, list[Failure]]
Build = Callable[[Sequence[Value], Complain], Built]

_BLANK = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"
_NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?"
_ISO = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?"
_T, _N, _D = Kind.TEXT, Kind.NUMBER, Kind.DATE


@dataclass(frozen=True)
class Function:
    """One function. ``usage`` shows how it is written, ``meaning`` what it gives.

    ``takes``: the kinds of its values, None for any; the last one repeats up to ``most`` values. ``build`` writes it: of
    the values as written, and what to complain with, it makes another and says where there is none.
    """

    usage: str
    meaning: str
    takes: tuple[Kind | None, ...]
    least: int
    most: int
    build: Callable[[Sequence[Any], Complain], tuple[Any, list[Failure]]]

    def kinds(self, count: int) -> tuple[Kind | None, ...]:
        """The kinds of ``count`` values."""
        return (self.takes + (self.takes[-1],) * count)[:count]


def date_literal(text: str, complain: Complain) -> Value:
    """The date that a literal writes."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise complain(f"{text!r} is not a date (2024-01-31)") from None
    if moment.tzinfo is not None:
        raise complain(f"{text!r} has a time zone: dates in expressions are civil dates")
    return Value(f"TIMESTAMP {literal(moment.isoformat(sep=' '))}", _D, text)


def _of_text(template: str) -> Build:
    """A function of texts: ``{0}`` and so on stand for its values."""

    def build(values: Sequence[Value], _: Complain) -> Built:
        return Value(template.format(*(f"({value.sql})" for value in values)), _T), []

    return build


def _test(template: str) -> Build:
    """A condition on texts, false where a text is null."""

    def build(values: Sequence[Value], _: Complain) -> Built:
        sql = template.format(*(f"({value.sql})" for value in values))
        return Value(f"coalesce({sql}, false)", Kind.BOOLEAN), []

    return build


def _whole(value: Value, complain: Complain, what: str, least: int = 0) -> int:
    constant = value.constant
    if not isinstance(constant, Decimal) or constant != constant.to_integral_value() or not least <= constant <= 10_000:
        raise complain(f"{what} must be a whole number that is written out, from {least}")
    return int(constant)


def _part(template: str, *, offset: int) -> Build:
    """A part of a text, by a number that is written out: the last value."""

    def build(values: Sequence[Value], complain: Complain) -> Built:
        number = _whole(values[-1], complain, "the last value") + offset
        texts = [f"({value.sql})" for value in values[:-1]]
        return Value(template.format(*texts, n=number), _T), []

    return build


def _concat(values: Sequence[Value], _: Complain) -> Built:
    return Value(f"concat({', '.join(value.as_text() for value in values)})", _T), []


def _coalesce(values: Sequence[Value], complain: Complain) -> Built:
    kinds = {value.kind for value in values} - {Kind.NOTHING}
    if len(kinds) > 1:
        raise complain(f"the values are of different kinds: {', '.join(sorted(kinds))}")
    kind = next(iter(kinds), Kind.NOTHING)
    parts = [f"nullif({value.sql}, '')" if kind is _T else value.sql for value in values]
    return Value(f"coalesce({', '.join(parts)})", kind), []


def _number(values: Sequence[Value], _: Complain) -> Built:
    text = f"nullif(trim({values[0].sql}, {_BLANK}), '')"
    sql = f"CASE WHEN regexp_full_match({text}, {literal(_NUMBER)}) THEN try_cast({text} AS {DECIMAL}) END"
    failure = Failure(f"{text} IS NOT NULL AND ({sql}) IS NULL", values[0].sql, "is not a number", "not_a_number")
    return Value(f"({sql})", _N), [failure]


def _date(values: Sequence[Value], complain: Complain) -> Built:
    if len(values) == 1 and isinstance(values[0].constant, str):
        return date_literal(values[0].constant, complain), []
    text = f"nullif(trim({values[0].sql}, {_BLANK}), '')"
    if len(values) == 1:
        sql = f"CASE WHEN regexp_full_match({text}, {literal(_ISO)}) THEN try_cast({text} AS TIMESTAMP) END"
        reason = "is not a date (2024-01-31)"
    else:
        form = values[1].constant
        if not isinstance(form, str) or "%" not in form or "%z" in form.lower():
            raise complain('the format of a date is written out: date(text, "%d/%m/%Y"), without a time zone')
        sql, reason = f"try_strptime({text}, {literal(form)})", f"is not a date of the format {form}"
    failure = Failure(f"{text} IS NOT NULL AND ({sql}) IS NULL", values[0].sql, reason, "not_a_date")
    return Value(f"({sql})", _D), [failure]


def _later(unit: str) -> Build:
    """A date so many months, days or minutes later; the end of a shorter month stands for a day it has not."""

    def build(values: Sequence[Value], _: Complain) -> Built:
        moment, count = values
        sql = f"TRY(({moment.sql}) + {unit}(CAST(({count.sql}) AS INTEGER)))"
        broken = f"({count.sql}) <> trunc({count.sql}) OR {sql} IS NULL"
        failure = Failure(
            f"({moment.sql}) IS NOT NULL AND ({count.sql}) IS NOT NULL AND ({broken})",
            count.as_text(),
            "is not a whole number that can be added to the date",
            "not_a_count",
        )
        return Value(sql, _D), [failure]

    return build


FUNCTIONS: dict[str, Function] = {
    "lower": Function("lower(text)", "the text in small letters", (_T,), 1, 1, _of_text("lower({0})")),
    "upper": Function("upper(text)", "the text in capitals", (_T,), 1, 1, _of_text("upper({0})")),
    "strip": Function(
        "strip(text)", "the text without white space around it", (_T,), 1, 1, _of_text(f"trim({{0}}, {_BLANK})")
    ),
    "replace": Function(
        'replace(text, "old", "new")',
        "the text with every old replaced by new",
        (_T, _T, _T),
        3,
        3,
        _of_text("replace({0}, {1}, {2})"),
    ),
    "concat": Function("concat(a, b, ...)", "the values joined to one text; nothing for None", (None,), 1, 50, _concat),
    "coalesce": Function("coalesce(a, b, ...)", "the first value that is not empty", (None,), 1, 50, _coalesce),
    "split": Function(
        'split(text, "-", 0)',
        "the part with that number, counted from 0; None if there is none",
        (_T, _T, _N),
        3,
        3,
        _part("list_extract(string_split({0}, {1}), {n})", offset=1),
    ),
    "left": Function("left(text, 3)", "the first characters", (_T, _N), 2, 2, _part("left({0}, {n})", offset=0)),
    "right": Function("right(text, 3)", "the last characters", (_T, _N), 2, 2, _part("right({0}, {n})", offset=0)),
    "date": Function(
        'date(text) or date(text, "%d/%m/%Y")',
        "the date that the text writes, ISO without a format",
        (_T, _T),
        1,
        2,
        _date,
    ),
    "add_months": Function(
        "add_months(date, number)",
        "the date so many months later; 31 January plus one is the last of February",
        (_D, _N),
        2,
        2,
        _later("to_months"),
    ),
    "add_days": Function("add_days(date, number)", "the date so many days later", (_D, _N), 2, 2, _later("to_days")),
    "add_minutes": Function(
        "add_minutes(date, number)", "the time so many minutes later", (_D, _N), 2, 2, _later("to_minutes")
    ),
    "number": Function("number(text)", "the number that the text writes", (_T,), 1, 1, _number),
    "startswith": Function(
        'startswith(text, "begin")', "whether the text begins so", (_T, _T), 2, 2, _test("starts_with({0}, {1})")
    ),
    "contains": Function(
        'contains(text, "part")', "whether the text holds the part", (_T, _T), 2, 2, _test("contains({0}, {1})")
    ),
}
