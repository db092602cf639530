"""Which times a fact compares with now: only as one of these passes can it become another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.operations as ops

from tenure.metrics.world import World

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.expr.operations.core import Node

#: A column of a canonical table: the table's name and its own.
Column = tuple[str, str]

_COMPARISONS = (ops.Less, ops.LessEqual, ops.Greater, ops.GreaterEqual)
#: What gives one of the values that it is given, and of which; a condition only says which of them.
_CHOOSING: dict[type[Node], tuple[str, ...]] = {
    ops.Coalesce: ("arg",), ops.Greatest: ("arg",), ops.Least: ("arg",), ops.IfElse: ("true_expr", "false_null_expr"),
    ops.SearchedCase: ("results", "default"), ops.SimpleCase: ("results", "default"), ops.Cast: ("arg",),
    ops.Min: ("arg",), ops.Max: ("arg",), ops.Lag: ("arg",), ops.Lead: ("arg",), ops.WindowFunction: ("func",),
    ops.Alias: ("arg",),
}  # fmt: skip
_THROUGH = (ops.Filter, ops.Sort, ops.Distinct, ops.Limit, ops.SelfReference, ops.JoinReference, ops.DropColumns)
_VERSIONS = "_version"


class _UntraceableError(Exception):
    """Now is reckoned with, or compared with what is no column's time."""


def compared(rows: ir.Table) -> tuple[Column, ...] | None:
    """The columns of canonical tables whose times a lazy table compares with now; None where that cannot be told.

    Facts that it stands on are tables to it: what they compare is theirs.
    """
    now, found = World.now.fget(None).op(), set[Column]()  # type: ignore[attr-defined]
    try:
        for node in rows.op().find(ops.Value):
            if now in node.__args__:
                found |= _compared_with(now, node)
    except _UntraceableError:
        return None
    return tuple(sorted(found))


def _compared_with(now: Node, node: Node) -> set[Column]:
    """The columns of which one is compared with now."""
    if not isinstance(node, _COMPARISONS):
        raise _UntraceableError
    return set[Column]().union(*(_columns(side) for side in node.__args__ if side != now))


def _columns(value: Node) -> set[Column]:
    """The columns of which a value is one."""
    if isinstance(value, ops.Literal):
        return set()
    if isinstance(value, ops.Field):
        return _field(value.rel, value.name)
    parts: list[Node] = []
    for name in _CHOOSING.get(type(value), ()):
        part = getattr(value, name)
        parts += part if isinstance(part, tuple) else [part]
    if not parts or not all(isinstance(part, ops.Literal) or part.dtype.is_timestamp() for part in parts):
        raise _UntraceableError
    return set[Column]().union(*map(_columns, parts))


def _field(rel: Node, name: str) -> set[Column]:
    """The columns of which a relation's column is one."""
    if isinstance(rel, ops.UnboundTable) and rel.name.endswith(_VERSIONS):
        return {(rel.name.removesuffix(_VERSIONS), name)}
    if isinstance(rel, _THROUGH):
        return _field(rel.parent, name)
    if isinstance(rel, ops.Project | ops.JoinChain):
        return _columns(rel.values[name])
    if isinstance(rel, ops.Aggregate):
        return _columns({**rel.groups, **rel.metrics}[name])
    if isinstance(rel, ops.Union):
        return _field(rel.left, name) | _field(rel.right, name)
    raise _UntraceableError
