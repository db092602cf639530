"""Expressions that a user may write, in a map or a definition of her own: small, typed and safe.

    add_months("2017-12-31", -number(tenure))
    "voluntary" if startswith(col("Churn Reason"), "Competitor") else "non_payment"

The text is parsed by Python's own parser, checked against a short list of what is allowed and compiled to DuckDB SQL;
nothing of it is ever run, and every literal is quoted. The language, for the reader of the reference page:

* a name is a column; ``col("odd name")`` is one whose name is no word. A column of a file is text, null where empty.
* ``"text"``, ``12.50``, ``True``, ``False``, ``None``.
* ``+ - * /`` on numbers, exact to ten decimals; ``== != in`` on anything of one kind, ``< <= > >=`` on numbers and
  dates; ``and or not``; ``a if condition else b``. Nothing equals ``None`` but ``None``; a comparison of size with
  ``None`` is false; arithmetic with ``None`` is ``None``.
* the functions of ``FUNCTIONS``.

What a row's text cannot give (``number("n/a")``, a division by zero, a product beyond 10^18) refuses the row: such
conditions are compiled into ``checks``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.warehouse.expression_check import Checker
from tenure.warehouse.expression_functions import FUNCTIONS, date_literal
from tenure.warehouse.expression_value import DECIMAL, NULL, Constant, Failure, Kind, Problem, Value
from tenure.warehouse.incoming import Check
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    import ast

_LONGEST_SQL = 20_000  # each step of a calculation repeats the one before in its check


@dataclass(frozen=True)
class Compiled:
    """An expression as SQL. ``sql`` gives ``kind``; ``columns`` are the names it reads, in order of appearance.

    ``checks``: the conditions under which a row has no value and is to be refused.
    """

    sql: str
    kind: Kind
    columns: tuple[str, ...]
    checks: tuple[Check, ...]

    @property
    def text(self) -> str:
        """SQL of the value as VARCHAR: a plain number, an ISO date or time, ``true`` or ``false``; null if empty."""
        return Value(self.sql, self.kind).as_text()


def compile_expression(
    source: str, columns: Mapping[str, Value], *, where: str = "", plain_number: Callable[[str], str] = str
) -> Compiled:
    """Compile ``source``, which may read ``columns``. ``where`` is the place of the text, for messages.

    ``plain_number`` turns the SQL of a text into SQL of the same number written plainly, where a file writes
    otherwise (``1.234,56``). Raises ``UsageError`` (``bad_expression``) with the position of what is wrong.
    """
    compiler = _Compiler(source, columns, plain_number)
    value = compiler.compile(where)
    return Compiled(value.sql, value.kind, tuple(compiler.read), tuple(compiler.checks))


class _Compiler(Checker[Value]):
    """Compiles one expression. ``guards`` are the conditions under which the present part is worked out at all."""

    def __init__(self, source: str, columns: Mapping[str, Value], plain_number: Callable[[str], str]) -> None:
        super().__init__(source, columns, FUNCTIONS)
        self.plain_number = plain_number
        self.checks: list[Check] = []
        self.guards: list[str] = []

    def value(self, node: ast.expr) -> Value:
        """As ``Checker.value``, as long as the SQL does not grow beyond measure."""
        value = super().value(node)
        if len(value.sql) > _LONGEST_SQL:
            raise self.problem(node, "this part is too complicated")
        return value

    def refuse(self, failure: Failure) -> None:
        """Refuse rows for which ``failure`` holds, where this part is worked out at all."""
        sql = " AND ".join(f"({part})" for part in [*self.guards, failure.sql])
        self.checks.append(Check(f"coalesce({sql}, false)", failure.value, failure.reason, failure.code))

    @contextmanager
    def only_where(self, conditions: Sequence[Value], *, hold: bool) -> Iterator[None]:
        """As ``Writer.only_where``."""
        guard = " AND ".join(f"({part.sql})" if hold else f"NOT ({part.sql})" for part in conditions)
        self.guards.append(guard or "true")
        yield
        self.guards.pop()

    def constant(self, value: Constant) -> Value:
        """As ``Writer.constant``."""
        match value:
            case None:
                return NULL
            case bool():
                return Value(str(value).lower(), Kind.BOOLEAN, value)
            case str():
                return Value(literal(value), Kind.TEXT, value)
        return Value(f"CAST('{value:f}' AS {DECIMAL})", Kind.NUMBER, value)

    def empty(self, value: Value, kind: Kind) -> Value:
        """As ``Writer.empty``."""
        return Value(value.sql, kind)

    def date(self, text: str, complain: Callable[[str], Problem]) -> Value:
        """As ``Writer.date``: a civil date."""
        return date_literal(text, complain)

    def calculated(self, left: Value, sign: str, right: Value, complain: Callable[[str], Problem]) -> Value:
        """As ``Writer.calculated``; rows for which there is no result are refused."""
        del complain
        sql = f"TRY({_operation(left.sql, sign, right.sql)})"
        if left.constant is None or right.constant is None:
            self.refuse(
                Failure(
                    f"({left.sql}) IS NOT NULL AND ({right.sql}) IS NOT NULL AND {sql} IS NULL",
                    f"concat_ws(' {sign} ', {left.as_text()}, {right.as_text()})",
                    "divides by zero or is too large" if sign == "/" else "is too large",
                    "arithmetic",
                )
            )
        return Value(sql, Kind.NUMBER)

    def negative(self, value: Value) -> Value:
        """As ``Writer.negative``."""
        constant = -value.constant if isinstance(value.constant, Decimal) else value.constant
        return Value(f"-({value.sql})", Kind.NUMBER, constant)

    def inverted(self, value: Value) -> Value:
        """As ``Writer.inverted``."""
        return Value(f"NOT ({value.sql})", Kind.BOOLEAN)

    def joined(self, values: Sequence[Value], *, every: bool) -> Value:
        """As ``Writer.joined``."""
        return Value((" AND " if every else " OR ").join(f"({value.sql})" for value in values), Kind.BOOLEAN)

    def chosen(self, condition: Value, first: Value, second: Value, kind: Kind) -> Value:
        """As ``Writer.chosen``."""
        return Value(f"CASE WHEN {condition.sql} THEN {first.sql} ELSE {second.sql} END", kind)

    def same(self, first: Value, second: Value) -> Value:
        """As ``Writer.same``."""
        return Value(f"({first.sql}) IS NOT DISTINCT FROM ({second.sql})", Kind.BOOLEAN)

    def ordered(self, first: Value, sign: str, second: Value) -> Value:
        """As ``Writer.ordered``."""
        return Value(f"coalesce(({first.sql}) {sign} ({second.sql}), false)", Kind.BOOLEAN)

    def taken(self, name: str, values: list[Value]) -> list[Value]:
        """The values as a function takes them: a number is read from how the file writes it."""
        return [Value(self.plain_number(values[0].sql), Kind.TEXT)] if name == "number" else values


def _operation(left: str, sign: str, right: str) -> str:
    """SQL of one exact operation. DuckDB divides decimals as binary fractions, so whole numbers are divided instead."""
    if sign != "/":
        return f"CAST(({left}) {sign} ({right}) AS {DECIMAL})"
    shift = "CAST(10000000000 AS DECIMAL(11,0))"
    over, under = (f"CAST(({part}) * {shift} AS HUGEINT)" for part in (left, right))
    # twice the quotient, truncated, then halved and rounded away from zero
    twice = f"CAST(({over} * 20000000000) // nullif({under}, 0) AS DECIMAL(37,0))"
    whole = f"round({twice} * CAST(0.5 AS DECIMAL(1,1)), 0)"
    return f"CAST({whole} * CAST('0.0000000001' AS DECIMAL(10,10)) AS {DECIMAL})"
