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

import ast
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tenure.core.errors import UsageError
from tenure.warehouse.expression_functions import FUNCTIONS, date_literal
from tenure.warehouse.expression_value import DECIMAL, NULL, Failure, Kind, Problem, Value
from tenure.warehouse.incoming import Check
from tenure.warehouse.store import literal

_LONGEST = 2_000
_LONGEST_SQL = 20_000  # each step of a calculation repeats the one before in its check
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_ORDER: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


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
    compiler = _Compiler(source.replace("\n", " ").strip(), columns, plain_number)
    try:
        value = compiler.compile()
    except Problem as problem:
        at = f" at character {problem.position}" if problem.position else ""
        shown = source if len(source) <= 100 else source[:100] + "…"
        raise UsageError(
            f"The expression {shown!r} is wrong{at}: {problem.message}.",
            code="bad_expression",
            where=where,
            fix=problem.fix,
        ) from None
    return Compiled(value.sql, value.kind, tuple(compiler.read), tuple(compiler.checks))


class _Compiler:
    """Compiles one expression. ``guards`` are the conditions under which the present node is worked out at all."""

    def __init__(self, source: str, columns: Mapping[str, Value], plain_number: Callable[[str], str]) -> None:
        self.source = source
        self.columns = columns
        self.plain_number = plain_number
        self.read: dict[str, None] = {}
        self.checks: list[Check] = []
        self.guards: list[str] = []

    def compile(self) -> Value:
        if len(self.source) > _LONGEST:
            raise Problem(f"it is longer than {_LONGEST:,} characters")
        try:
            tree = ast.parse(self.source, mode="eval")
            return self.value(tree.body)
        except SyntaxError as error:
            raise Problem(error.msg or "it cannot be read", error.offset) from None
        except (ValueError, RecursionError, MemoryError):  # a NUL character; nested too deeply
            raise Problem(
                "it cannot be read: it is nested too deeply or holds a character that is not allowed"
            ) from None

    def value(self, node: ast.expr) -> Value:
        compile_node = _NODES.get(type(node))
        if compile_node is None:
            raise self.problem(
                node,
                f"{ast.get_source_segment(self.source, node)!r} is not part of the language",
                "See the reference of expressions for what is.",
            )
        value = compile_node(self, node)
        if len(value.sql) > _LONGEST_SQL:
            raise self.problem(node, "this part is too complicated")
        return value

    def problem(self, node: ast.expr, message: str, fix: str = "") -> Problem:
        """The problem, placed at the node."""
        before = self.source.encode()[: node.col_offset].decode(errors="replace")
        return Problem(message, len(before) + 1, fix)

    def of_kind(self, node: ast.expr, kind: Kind) -> Value:
        """The node's value, which must be of that kind (or None); a text literal stands for the date it writes."""
        value = self.value(node)
        if value.kind is kind or value.kind is Kind.NOTHING:
            return Value(value.sql, kind, value.constant)
        if kind is Kind.DATE and isinstance(value.constant, str):
            return date_literal(value.constant, lambda message: self.problem(node, message))
        hint = {Kind.NUMBER: "number(...)", Kind.DATE: "date(...)"}.get(kind)
        segment = ast.get_source_segment(self.source, node)
        raise self.problem(
            node,
            f"{segment} is a {value.kind}, but a {kind} is needed here",
            f"Write {hint.replace('...', str(segment))}." if hint and value.kind is Kind.TEXT else "",
        )

    def refuse(self, failure: Failure) -> None:
        """Refuse rows for which ``failure`` holds, where this node is worked out at all."""
        sql = " AND ".join(f"({part})" for part in [*self.guards, failure.sql])
        self.checks.append(Check(f"coalesce({sql}, false)", failure.value, failure.reason, failure.code))

    def guarded(self, condition: str, node: ast.expr) -> Value:
        """The node's value, worked out only where ``condition`` holds."""
        self.guards.append(condition)
        value = self.value(node)
        self.guards.pop()
        return value

    def column(self, name: str, node: ast.expr) -> Value:
        if name not in self.columns:
            near = difflib.get_close_matches(name, sorted(self.columns), n=3, cutoff=0.5)
            raise self.problem(
                node,
                f"there is no column {name!r}",
                f"Did you mean {', '.join(near)}?"
                if near
                else f"The columns are: {', '.join(list(self.columns)[:20])}.",
            )
        self.read[name] = None
        return self.columns[name]

    def name(self, node: ast.Name) -> Value:
        if node.id in FUNCTIONS and node.id not in self.columns:
            raise self.problem(node, f"{node.id} is a function: write {FUNCTIONS[node.id].usage}")
        return self.column(node.id, node)

    def constant(self, node: ast.Constant) -> Value:
        if node.value is None:
            return NULL
        if isinstance(node.value, bool):
            return Value(str(node.value).lower(), Kind.BOOLEAN, node.value)
        if isinstance(node.value, str):
            return Value(literal(node.value), Kind.TEXT, node.value)
        if isinstance(node.value, int | float):
            written = (ast.get_source_segment(self.source, node) or "").lower()
            if all(character in "0123456789.e-+" for character in written):
                number = Decimal(written)
                exponent = number.as_tuple().exponent
                if isinstance(exponent, int) and exponent >= -10 and abs(number) < Decimal(10) ** 18:
                    return Value(f"CAST('{number:f}' AS {DECIMAL})", Kind.NUMBER, number)
            raise self.problem(node, f"{written} is not a plain number with up to 18 digits and 10 decimals")
        raise self.problem(node, "only texts, numbers, True, False and None can be written out")

    def arithmetic(self, node: ast.BinOp) -> Value:
        sign = _ARITHMETIC.get(type(node.op))
        if sign is None:
            raise self.problem(node, "the operators for numbers are + - * /")
        left, right = self.of_kind_or_hint(node.left, sign), self.of_kind_or_hint(node.right, sign)
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

    def of_kind_or_hint(self, node: ast.expr, sign: str) -> Value:
        try:
            return self.of_kind(node, Kind.NUMBER)
        except Problem as problem:
            if sign == "+" and isinstance(node, ast.Constant):
                problem.fix = "To join texts write concat(a, b)."
            raise

    def unary(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            return Value(f"NOT ({self.of_kind(node.operand, Kind.BOOLEAN).sql})", Kind.BOOLEAN)
        if isinstance(node.op, ast.USub | ast.UAdd):
            value = self.of_kind(node.operand, Kind.NUMBER)
            negative = isinstance(node.op, ast.USub)
            constant = value.constant if not isinstance(value.constant, Decimal) else -value.constant
            return Value(f"-({value.sql})", Kind.NUMBER, constant) if negative else value
        raise self.problem(node, "this operator is not part of the language")

    def connected(self, node: ast.BoolOp) -> Value:
        is_and = isinstance(node.op, ast.And)
        parts: list[str] = []
        for operand in node.values:
            guard = " AND ".join(f"({part})" if is_and else f"NOT ({part})" for part in parts)
            self.guards.append(guard or "true")
            parts.append(self.of_kind(operand, Kind.BOOLEAN).sql)
            self.guards.pop()
        word = " AND " if is_and else " OR "
        return Value(word.join(f"({part})" for part in parts), Kind.BOOLEAN)

    def choice(self, node: ast.IfExp) -> Value:
        condition = self.of_kind(node.test, Kind.BOOLEAN).sql
        first, second = self.guarded(condition, node.body), self.guarded(f"NOT ({condition})", node.orelse)
        if Kind.NOTHING not in (first.kind, second.kind) and first.kind is not second.kind:
            raise self.problem(node, f"one side of the if is a {first.kind}, the other a {second.kind}")
        kind = second.kind if first.kind is Kind.NOTHING else first.kind
        return Value(f"CASE WHEN {condition} THEN {first.sql} ELSE {second.sql} END", kind)

    def comparison(self, node: ast.Compare) -> Value:
        parts, left = [], node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            parts.append(f"({self.compared(node, operator, left, right)})")
            left = right
        return Value(" AND ".join(parts), Kind.BOOLEAN)

    def compared(self, node: ast.expr, operator: ast.cmpop, left: ast.expr, right: ast.expr) -> str:
        if isinstance(operator, ast.In | ast.NotIn):
            if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
                raise self.problem(right, 'after "in" comes a list: x in ("a", "b")')
            equal = " OR ".join(f"({self.compared(node, ast.Eq(), left, item)})" for item in right.elts)
            return equal if isinstance(operator, ast.In) else f"NOT ({equal})"
        first, second = self.matched(left, right)
        if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            same = "IS NOT DISTINCT FROM" if isinstance(operator, ast.Eq | ast.Is) else "IS DISTINCT FROM"
            return f"({first.sql}) {same} ({second.sql})"
        if Kind.TEXT in (first.kind, second.kind):
            raise self.problem(node, "texts have no order", "Compare number(...) or date(...).")
        return f"coalesce(({first.sql}) {_ORDER[type(operator)]} ({second.sql}), false)"

    def matched(self, left: ast.expr, right: ast.expr) -> tuple[Value, Value]:
        """Both sides of a comparison, of one kind; a text literal beside a date is a date."""
        first, second = self.value(left), self.value(right)
        if first.kind is Kind.DATE and second.kind is Kind.TEXT:
            second = self.of_kind(right, Kind.DATE)
        elif second.kind is Kind.DATE and first.kind is Kind.TEXT:
            first = self.of_kind(left, Kind.DATE)
        if Kind.NOTHING not in (first.kind, second.kind) and first.kind is not second.kind:
            raise self.problem(
                right,
                f"a {first.kind} is compared with a {second.kind}",
                "Write number(...) around a column to read it as a number.",
            )
        return first, second

    def call(self, node: ast.Call) -> Value:
        if not isinstance(node.func, ast.Name):
            raise self.problem(node, "only the functions of the language can be called")
        name = node.func.id
        if name == "col":
            return self.named_column(node)
        function = FUNCTIONS.get(name)
        if function is None:
            near = difflib.get_close_matches(name, [*FUNCTIONS, "col"], n=3, cutoff=0.5)
            raise self.problem(
                node,
                f"there is no function {name!r}",
                f"Did you mean {', '.join(near)}?" if near else f"There are: {', '.join(FUNCTIONS)}.",
            )
        if node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
            raise self.problem(node, f"{name} takes its values in order: {function.usage}")
        if not function.least <= len(node.args) <= function.most:
            raise self.problem(node, f"{name} was given {len(node.args)} values: {function.usage}")
        kinds = function.kinds(len(node.args))
        values = [
            self.of_kind(part, kind) if kind else self.value(part) for part, kind in zip(node.args, kinds, strict=True)
        ]
        if name == "number":
            values = [Value(self.plain_number(values[0].sql), Kind.TEXT)]
        value, failures = function.build(values, lambda message: self.problem(node, message))
        for failure in failures:
            self.refuse(failure)
        return value

    def named_column(self, node: ast.Call) -> Value:
        if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Constant):
            raise self.problem(node, 'col takes the name of a column: col("odd name")')
        return self.column(str(node.args[0].value), node)


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


_NODES: dict[type[ast.expr], Callable[[_Compiler, ast.expr], Value]] = {
    ast.Name: _Compiler.name,  # type: ignore[dict-item]
    ast.Constant: _Compiler.constant,  # type: ignore[dict-item]
    ast.BinOp: _Compiler.arithmetic,  # type: ignore[dict-item]
    ast.UnaryOp: _Compiler.unary,  # type: ignore[dict-item]
    ast.BoolOp: _Compiler.connected,  # type: ignore[dict-item]
    ast.IfExp: _Compiler.choice,  # type: ignore[dict-item]
    ast.Compare: _Compiler.comparison,  # type: ignore[dict-item]
    ast.Call: _Compiler.call,  # type: ignore[dict-item]
}
