"""Reading expressions: what may stand in one, and of which kind each part is. What it becomes is up to who writes it.

A ``Checker`` walks the tree that Python's own parser makes of a text, allows what the language has and sees to it that
kinds fit. A subclass writes each part: as SQL over a file's texts (``expression``), or over the columns of a canonical
table (``tenure.metrics.own.typed``).
"""

from __future__ import annotations

import ast
import difflib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from tenure.core.errors import UsageError
from tenure.warehouse.expression_functions import Function
from tenure.warehouse.expression_value import Constant, Failure, Kind, Problem

_LONGEST = 2_000
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_ORDER: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class Written(Protocol):
    """A part of an expression, written: what it gives, and what was written out, if it was."""

    @property
    def kind(self) -> Kind:
        """What it gives."""

    @property
    def constant(self) -> Constant:
        """What was written out, if it was."""


W = TypeVar("W", bound=Written)


class Writer(ABC, Generic[W]):
    """How the parts of an expression are written, once they are known to fit."""

    @abstractmethod
    def constant(self, value: Constant) -> W:
        """A text, number or truth value that is written out, or None."""

    @abstractmethod
    def empty(self, value: W, kind: Kind) -> W:
        """None, where that kind is needed."""

    @abstractmethod
    def date(self, text: str, complain: Callable[[str], Problem]) -> W:
        """The date that a literal writes."""

    @abstractmethod
    def calculated(self, left: W, sign: str, right: W, complain: Callable[[str], Problem]) -> W:
        """An operation on two numbers."""

    @abstractmethod
    def negative(self, value: W) -> W:
        """A number with the other sign."""

    @abstractmethod
    def inverted(self, value: W) -> W:
        """The opposite of a condition."""

    @abstractmethod
    def joined(self, values: Sequence[W], *, every: bool) -> W:
        """Whether every condition holds, or any of them."""

    @abstractmethod
    def chosen(self, condition: W, first: W, second: W, kind: Kind) -> W:
        """The first value where the condition holds, else the second; both of that kind, or None."""

    @abstractmethod
    def same(self, first: W, second: W) -> W:
        """Whether two values of one kind are equal; None equals None only."""

    @abstractmethod
    def ordered(self, first: W, sign: str, second: W) -> W:
        """Whether a number or date is before or after another; false where one is None."""

    @contextmanager
    def only_where(self, conditions: Sequence[W], *, hold: bool) -> Iterator[None]:
        """What is written inside is worked out only where all the conditions hold, or where none of them does."""
        del conditions, hold  # of interest to those who refuse rows
        yield

    def refuse(self, failure: Failure) -> None:
        """Take note of the rows for which a function has no value."""
        raise NotImplementedError(failure.reason)  # whose functions always have one is never asked


class Checker(Writer[W]):
    """Reads one expression, which may read ``columns`` and call ``functions``. ``read``: the columns it does read."""

    def __init__(self, source: str, columns: Mapping[str, W], functions: Mapping[str, Function]) -> None:
        self.given = source
        self.source = source.replace("\n", " ").strip()
        self.columns = columns
        self.functions = functions
        self.read: dict[str, None] = {}

    def compile(self, where: str) -> W:
        """The whole, written. Raises ``UsageError`` (``bad_expression``) with the position of what is wrong."""
        try:
            return self._whole()
        except Problem as problem:
            at = f" at character {problem.position}" if problem.position else ""
            shown = self.given if len(self.given) <= 100 else self.given[:100] + "…"
            raise UsageError(
                f"The expression {shown!r} is wrong{at}: {problem.message}.",
                code="bad_expression",
                where=where,
                fix=problem.fix,
            ) from None

    def _whole(self) -> W:
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

    def value(self, node: ast.expr) -> W:
        """The node's value."""
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Constant():
                return self._constant(node)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BoolOp():
                return self._connected(node)
            case ast.IfExp():
                return self._choice(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call():
                return self._call(node)
        raise self.problem(
            node,
            f"{ast.get_source_segment(self.source, node)!r} is not part of the language",
            "See the reference of expressions for what is.",
        )

    def problem(self, node: ast.expr, message: str, fix: str = "") -> Problem:
        """The problem, placed at the node."""
        before = self.source.encode()[: node.col_offset].decode(errors="replace")
        return Problem(message, len(before) + 1, fix)

    def of_kind(self, node: ast.expr, kind: Kind) -> W:
        """The node's value, which must be of that kind (or None); a text literal stands for the date it writes."""
        value = self.value(node)
        if value.kind is kind:
            return value
        if value.kind is Kind.NOTHING:
            return self.empty(value, kind)
        if kind is Kind.DATE and isinstance(value.constant, str):
            return self.date(value.constant, lambda message: self.problem(node, message))
        hint = {Kind.NUMBER: "number(...)", Kind.DATE: "date(...)"}.get(kind)
        hint = hint if hint and hint.partition("(")[0] in self.functions else None
        segment = ast.get_source_segment(self.source, node)
        raise self.problem(
            node,
            f"{segment} is a {value.kind}, but a {kind} is needed here",
            f"Write {hint.replace('...', str(segment))}." if hint and value.kind is Kind.TEXT else "",
        )

    def column(self, name: str, node: ast.expr) -> W:
        """The column of that name."""
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

    def _name(self, node: ast.Name) -> W:
        if node.id in self.functions and node.id not in self.columns:
            raise self.problem(node, f"{node.id} is a function: write {self.functions[node.id].usage}")
        return self.column(node.id, node)

    def _constant(self, node: ast.Constant) -> W:
        if node.value is None or isinstance(node.value, bool | str):
            return self.constant(node.value)
        if isinstance(node.value, int | float):
            written = (ast.get_source_segment(self.source, node) or "").lower()
            if all(character in "0123456789.e-+" for character in written):
                number = Decimal(written)
                exponent = number.as_tuple().exponent
                if isinstance(exponent, int) and exponent >= -10 and abs(number) < Decimal(10) ** 18:
                    return self.constant(number)
            raise self.problem(node, f"{written} is not a plain number with up to 18 digits and 10 decimals")
        raise self.problem(node, "only texts, numbers, True, False and None can be written out")

    def _arithmetic(self, node: ast.BinOp) -> W:
        sign = _ARITHMETIC.get(type(node.op))
        if sign is None:
            raise self.problem(node, "the operators for numbers are + - * /")
        left, right = self._number(node.left, sign), self._number(node.right, sign)
        return self.calculated(left, sign, right, lambda message: self.problem(node, message))

    def _number(self, node: ast.expr, sign: str) -> W:
        try:
            return self.of_kind(node, Kind.NUMBER)
        except Problem as problem:
            if sign == "+" and isinstance(node, ast.Constant):
                problem.fix = "To join texts write concat(a, b)."
            raise

    def _unary(self, node: ast.UnaryOp) -> W:
        if isinstance(node.op, ast.Not):
            return self.inverted(self.of_kind(node.operand, Kind.BOOLEAN))
        if isinstance(node.op, ast.USub | ast.UAdd):
            value = self.of_kind(node.operand, Kind.NUMBER)
            return self.negative(value) if isinstance(node.op, ast.USub) else value
        raise self.problem(node, "this operator is not part of the language")

    def _connected(self, node: ast.BoolOp) -> W:
        every = isinstance(node.op, ast.And)
        parts: list[W] = []
        for operand in node.values:
            with self.only_where(parts, hold=every):
                parts.append(self.of_kind(operand, Kind.BOOLEAN))
        return self.joined(parts, every=every)

    def _choice(self, node: ast.IfExp) -> W:
        condition = self.of_kind(node.test, Kind.BOOLEAN)
        with self.only_where([condition], hold=True):
            first = self.value(node.body)
        with self.only_where([condition], hold=False):
            second = self.value(node.orelse)
        if Kind.NOTHING not in (first.kind, second.kind) and first.kind is not second.kind:
            raise self.problem(node, f"one side of the if is a {first.kind}, the other a {second.kind}")
        return self.chosen(condition, first, second, second.kind if first.kind is Kind.NOTHING else first.kind)

    def _comparison(self, node: ast.Compare) -> W:
        parts, left = [], node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self._compared(node, operator, left, right))
            left = right
        return self.joined(parts, every=True)

    def _compared(self, node: ast.expr, operator: ast.cmpop, left: ast.expr, right: ast.expr) -> W:
        if isinstance(operator, ast.In | ast.NotIn):
            if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
                raise self.problem(right, 'after "in" comes a list: x in ("a", "b")')
            equal = self.joined([self._compared(node, ast.Eq(), left, item) for item in right.elts], every=False)
            return equal if isinstance(operator, ast.In) else self.inverted(equal)
        first, second = self._matched(left, right)
        if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            same = self.same(first, second)
            return same if isinstance(operator, ast.Eq | ast.Is) else self.inverted(same)
        if Kind.TEXT in (first.kind, second.kind):
            fix = "Compare number(...) or date(...)." if "number" in self.functions else ""
            raise self.problem(node, "texts have no order", fix)
        return self.ordered(first, _ORDER[type(operator)], second)

    def _matched(self, left: ast.expr, right: ast.expr) -> tuple[W, W]:
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
                "Write number(...) around a column to read it as a number." if "number" in self.functions else "",
            )
        return first, second

    def _call(self, node: ast.Call) -> W:
        if not isinstance(node.func, ast.Name):
            raise self.problem(node, "only the functions of the language can be called")
        name = node.func.id
        if name == "col":
            return self._named_column(node)
        function = self.functions.get(name)
        if function is None:
            near = difflib.get_close_matches(name, [*self.functions, "col"], n=3, cutoff=0.5)
            raise self.problem(
                node,
                f"there is no function {name!r}",
                f"Did you mean {', '.join(near)}?" if near else f"There are: {', '.join(self.functions)}.",
            )
        if node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
            raise self.problem(node, f"{name} takes its values in order: {function.usage}")
        if not function.least <= len(node.args) <= function.most:
            raise self.problem(node, f"{name} was given {len(node.args)} values: {function.usage}")
        kinds = function.kinds(len(node.args))
        values = [
            self.of_kind(part, kind) if kind else self.value(part) for part, kind in zip(node.args, kinds, strict=True)
        ]
        value, failures = function.build(self.taken(name, values), lambda message: self.problem(node, message))
        for failure in failures:
            self.refuse(failure)
        built: W = value
        return built

    def taken(self, name: str, values: list[W]) -> list[W]:
        """The values as a function takes them."""
        del name
        return values

    def _named_column(self, node: ast.Call) -> W:
        if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Constant):
            raise self.problem(node, 'col takes the name of a column: col("odd name")')
        return self.column(str(node.args[0].value), node)
