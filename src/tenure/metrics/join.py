"""Joining lazy tables by the names of their columns, without name clashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir

MAY_BE_NULL = frozenset({"product_id", "plan", "currency", "thing"})


def beside(
    left: ir.Table,
    right: ir.Table,
    on: Sequence[str],
    *,
    how: Literal["left", "inner"] = "left",
    within: tuple[str, str, str] | None = None,
) -> ir.Table:
    """The rows of ``left`` with the further columns of ``right`` where the columns ``on`` are equal.

    Columns that may be null by nature (``MAY_BE_NULL``) match null with null. ``within``: (instant of left, from, to
    of right), where the instant must lie in [from, to). Columns of ``right`` that ``left`` has too are not taken.
    """
    right = right.rename({f"{name}__r": name for name in right.columns})
    conditions = []
    for name in on:
        a, b = left[name], right[f"{name}__r"]
        conditions.append(a.identical_to(b) if name in MAY_BE_NULL else a == b)
    if within:
        instant, start, end = within
        conditions += [left[instant] >= right[f"{start}__r"], left[instant] < right[f"{end}__r"]]
    joined = left.join(right, conditions, how=how)
    mine = set(left.columns)
    further = {name[:-3]: joined[name] for name in right.columns if name[:-3] not in mine}
    return joined.select(*left.columns, **further)
