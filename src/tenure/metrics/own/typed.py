"""Expressions over a canonical table's columns: the language of maps, with columns that have types, as Ibis.

Numbers are exact to ten decimals, times are instants; a date that is written out is one of the organisation's, and begins
when it does there. What has no value (None, a product beyond 10^17) is null, and a condition on it is false: no row is refused.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from tenure.core.period import moment
from tenure.warehouse.expression_check import Checker
from tenure.warehouse.expression_functions import FUNCTIONS, Function
from tenure.warehouse.expression_value import Constant, Failure, Kind, Problem
from tenure.warehouse.table import Column, Type

if TYPE_CHECKING:
    import ast

    import ibis.expr.types as ir

Complain = Callable[[str], Problem]
_NUMBER = "decimal(38, 10)"
_TYPES = {Kind.TEXT: "string", Kind.NUMBER: _NUMBER, Kind.DATE: "timestamp(6)", Kind.BOOLEAN: "boolean"}
#: What the columns of a table give. A civil date is none of them: it is no instant.
_KINDS = {
    Type.TEXT: Kind.TEXT, Type.CLOCK: Kind.TEXT, Type.LIST: Kind.TEXT, Type.JSON: Kind.TEXT, Type.BOOLEAN: Kind.BOOLEAN,
    Type.TIME: Kind.DATE, Type.INTEGER: Kind.NUMBER, Type.NUMBER: Kind.NUMBER, Type.MONEY: Kind.NUMBER,
    Type.PRICE: Kind.NUMBER, Type.RATE: Kind.NUMBER, Type.VALUE: Kind.NUMBER, Type.SHARE: Kind.NUMBER,
}  # fmt: skip
_LARGEST = 1e17
_MOST = 250  # parts of an expression, as they come out in SQL; a product repeats what it is made of
#: What stands open in compiled SQL: a text that looks like it would be taken for it.
_OPEN = ("MOMENT_NOW", "MOMENT_KNOWN", "IS_ASKED", "IS_MEANT")


@dataclass(frozen=True)
class Typed:
    """A part of an expression, and of how many parts it is made. ``constant``: what was written out, if it was."""

    expr: Any
    kind: Kind
    constant: Constant = None
    size: int = 1


def columns_of(rows: ir.Table, columns: Collection[Column]) -> dict[str, Typed]:
    """What an expression may read of a table's rows."""
    found = {}
    for column in columns:
        kind = _KINDS.get(column.type)
        if kind is not None:
            value = rows[column.name]
            found[column.name] = Typed(value.cast(_NUMBER) if kind is Kind.NUMBER else value, kind)
    return found


def compiled(
    source: str, columns: Mapping[str, Typed], *, zone: str, where: str, refused: Mapping[str, str]
) -> tuple[Typed, tuple[str, ...]]:
    """What an expression gives, and the columns it reads. ``refused``: columns that it may not read, and why.

    Raises ``UsageError`` (``bad_expression``) with the position of what is wrong; ``where`` is the place of the text.
    """
    compiler = _Compiler(source, columns, zone, refused)
    value = compiler.compile(where)
    return value, tuple(compiler.read)


class _Compiler(Checker[Typed]):
    def __init__(self, source: str, columns: Mapping[str, Typed], zone: str, refused: Mapping[str, str]) -> None:
        super().__init__(source, columns, _functions(zone))
        self.zone = zone
        self.refused = refused

    def value(self, node: ast.expr) -> Typed:
        value = super().value(node)
        if value.size > _MOST:
            raise self.problem(node, "this part is too complicated")
        return value

    def column(self, name: str, node: ast.expr) -> Typed:
        if name in self.refused:
            raise self.problem(node, f"{name} cannot be read here: {self.refused[name]}")
        return super().column(name, node)

    def constant(self, value: Constant) -> Typed:
        match value:
            case None:
                return Typed(ibis.null(), Kind.NOTHING)
            case bool():
                return Typed(ibis.literal(value), Kind.BOOLEAN, value)
            case str():
                return Typed(ibis.literal(_plain(value)), Kind.TEXT, value)
        return Typed(ibis.literal(f"{value:f}").cast(_NUMBER), Kind.NUMBER, value)

    def empty(self, value: Typed, kind: Kind) -> Typed:
        return Typed(ibis.null(_TYPES[kind]), kind, size=value.size)

    def date(self, text: str, complain: Complain) -> Typed:
        return _date(text, self.zone, complain)

    def calculated(self, left: Typed, sign: str, right: Typed, complain: Complain) -> Typed:
        size = left.size + right.size + 1
        match sign:
            case "+":
                return Typed(left.expr + right.expr, Kind.NUMBER, size=size)
            case "-":
                return Typed(left.expr - right.expr, Kind.NUMBER, size=size)
            case "*":
                about = left.expr.cast("float64") * right.expr.cast("float64")
                fits = about.abs() < _LARGEST
                product = fits.ifelse((left.expr * right.expr).cast(_NUMBER), ibis.null(_NUMBER))
                return Typed(product, Kind.NUMBER, size=2 * size)
        raise complain("a metric divides its sums, not its rows: there is no /")

    def negative(self, value: Typed) -> Typed:
        constant = -value.constant if isinstance(value.constant, Decimal) else None
        return Typed(-value.expr, Kind.NUMBER, constant, value.size + 1)

    def inverted(self, value: Typed) -> Typed:
        return Typed(~value.expr, Kind.BOOLEAN, size=value.size + 1)

    def joined(self, values: Sequence[Typed], *, every: bool) -> Typed:
        whole = functools.reduce(operator.and_ if every else operator.or_, (value.expr for value in values))
        return Typed(whole, Kind.BOOLEAN, size=sum(value.size for value in values) + len(values) - 1)

    def chosen(self, condition: Typed, first: Typed, second: Typed, kind: Kind) -> Typed:
        size = condition.size + first.size + second.size + 1
        if kind is Kind.NOTHING:
            return Typed(ibis.null(), kind, size=size)
        return Typed(condition.expr.ifelse(_of(first, kind), _of(second, kind)), kind, size=size)

    def same(self, first: Typed, second: Typed) -> Typed:
        size = first.size + second.size + 1
        if first.kind is Kind.NOTHING and second.kind is Kind.NOTHING:
            return Typed(ibis.literal(value=True), Kind.BOOLEAN, size=size)
        if Kind.NOTHING in (first.kind, second.kind):
            told = second if first.kind is Kind.NOTHING else first
            return Typed(told.expr.isnull(), Kind.BOOLEAN, size=size)
        return Typed(first.expr.identical_to(second.expr), Kind.BOOLEAN, size=size)

    def ordered(self, first: Typed, sign: str, second: Typed) -> Typed:
        size = first.size + second.size + 1
        if Kind.NOTHING in (first.kind, second.kind):
            return Typed(ibis.literal(value=False), Kind.BOOLEAN, size=size)
        before = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[sign]
        return Typed(before(first.expr, second.expr).fill_null(False), Kind.BOOLEAN, size=size)


def _of(value: Typed, kind: Kind) -> Any:
    return ibis.null(_TYPES[kind]) if value.kind is Kind.NOTHING else value.expr


def _plain(text: str) -> str:
    """A text that every engine takes as it stands."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Problem("a text holds a character that is not allowed")
    if any(word in text for word in _OPEN):
        raise Problem(f"a text must not hold {', '.join(_OPEN)}: they stand for something else")
    return text


def _date(text: str, zone: str, complain: Complain) -> Typed:
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise complain(f"{text!r} is not a date (2024-01-31)") from None
    if written.tzinfo is not None:
        raise complain(f"{text!r} has a time zone: dates in expressions are the organisation's")
    if not 1900 <= written.year < 9000:
        raise complain(f"{text!r} lies too far away")
    instant = ibis.literal(moment(written, zone).isoformat(sep=" ")).cast("timestamp(6)")
    return Typed(instant, Kind.DATE, text)


# The functions of the language that every engine works out alike

Built = tuple[Typed, list[Failure]]


def _functions(zone: str) -> dict[str, Function]:
    def date(values: Sequence[Typed], complain: Complain) -> Built:
        text = values[0].constant
        if len(values) > 1 or not isinstance(text, str):
            raise complain('a date is written out, as date("2024-01-31"); the times of the table are dates already')
        return _date(text, zone, complain), []

    builds: dict[str, Callable[[Sequence[Typed], Complain], Built]] = {
        "lower": lambda values, _: (replace(values[0], expr=values[0].expr.lower(), constant=None), []),
        "upper": lambda values, _: (replace(values[0], expr=values[0].expr.upper(), constant=None), []),
        "startswith": _test(lambda text, part: text.startswith(part)),
        "contains": _test(lambda text, part: text.contains(part)),
        "coalesce": _coalesce,
        "date": date,
        "add_months": _later("months", 1_200),
        "add_days": _later("days", 36_500),
        "add_minutes": _later("minutes", 52_560_000),
    }
    return {name: replace(FUNCTIONS[name], build=build) for name, build in builds.items()}


def _size(values: Sequence[Typed]) -> int:
    return sum(value.size for value in values) + 1


def _test(told: Callable[[Any, Any], Any]) -> Callable[[Sequence[Typed], Complain], Built]:
    """A condition on texts, false where one is null."""

    def build(values: Sequence[Typed], _: Complain) -> Built:
        text, part = (value.expr for value in values)
        return Typed(told(text, part).fill_null(False), Kind.BOOLEAN, size=_size(values)), []

    return build


def _coalesce(values: Sequence[Typed], complain: Complain) -> Built:
    kinds = {value.kind for value in values} - {Kind.NOTHING}
    if len(kinds) != 1:
        raise complain(f"the values are of different kinds: {', '.join(sorted(kinds))}" if kinds else "it has no value")
    kind = next(iter(kinds))
    told = [_of(value, kind) for value in values]
    told = [text.nullif("") for text in told] if kind is Kind.TEXT else told
    return Typed(ibis.coalesce(*told), kind, size=_size(values)), []


def _later(unit: str, most: int) -> Callable[[Sequence[Typed], Complain], Built]:
    """A time so many months, days (of 24 hours) or minutes later, by a number that is written out."""

    def build(values: Sequence[Typed], complain: Complain) -> Built:
        since, count = values
        number = count.constant
        if not isinstance(number, Decimal) or number != number.to_integral_value() or abs(number) > most:
            raise complain(f"the last value must be a whole number that is written out, up to {most:,}")
        later = since.expr + ibis.interval(**{unit: int(number)})
        return Typed(later, Kind.DATE, size=_size(values)), []

    return build
