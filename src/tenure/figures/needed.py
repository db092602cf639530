"""Which tables a fact cannot do without: where none of a group of them has a row, the fact has none, and need not be made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import ibis.expr.operations as ops

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.expr.operations.core import Node

#: Groups of tables: there are rows only where at least one table of each group has some.
Needed = frozenset[frozenset[str]]

_THROUGH = (
    ops.Filter, ops.Sort, ops.Distinct, ops.Limit, ops.SelfReference, ops.JoinReference, ops.DropColumns, ops.Project
)  # fmt: skip
#: Joins that give a row only where the joined side has one.
_BOTH = ("inner", "semi", "cross")
#: Joins that give a row only where the side that is joined to has one.
_LEFT = ("left", "anti", "any_left")
#: More than that of two sides are not worth knowing.
_MOST = 12


def needed(rows: ir.Table) -> tuple[tuple[str, ...], ...]:
    """The groups of a lazy table, in order. Facts that it stands on are tables to it: what they need is theirs."""
    return tuple(sorted(tuple(sorted(group)) for group in _of(rows.op())))


def _of(rel: Node) -> Needed:
    if isinstance(rel, ops.UnboundTable):
        return frozenset({frozenset({rel.name})})
    if isinstance(rel, _THROUGH):
        return _of(rel.parent)
    if isinstance(rel, ops.Aggregate):
        return _of(rel.parent) if rel.groups else frozenset()  # of nothing, one row
    if isinstance(rel, ops.JoinChain):
        return _joined(rel)
    if isinstance(rel, ops.Union):
        return _smallest(a | b for a in _of(rel.left) for b in _of(rel.right))
    return frozenset()


def _joined(rel: ops.JoinChain) -> Needed:
    found = _of(rel.first)
    for link in rel.rest:
        if link.how in _BOTH:
            found |= _of(link.table)
        elif link.how not in _LEFT:
            return frozenset()
    return _smallest(found)


def _smallest(groups: Iterable[frozenset[str]]) -> Needed:
    """The groups that say most; those that are too large for any good are left out, which says less and nothing wrong."""
    kept: list[frozenset[str]] = []
    for group in sorted(set(groups), key=lambda one: (len(one), sorted(one))):
        if len(group) <= _MOST and not any(smaller <= group for smaller in kept):
            kept.append(group)
    return frozenset(kept)
