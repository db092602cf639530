"""What a question adds up: the sums of its rows by period and slice, each kind of metric in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.figures import waiting
from tenure.figures.compiledform import BOOTSTRAP_UP_TO
from tenure.figures.question import OWNERSHIP, column
from tenure.metrics.kinds import Cases, Ratio, Total

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ibis.expr.types as ir

#: The kinds that have rows of their own.
Rows = Ratio | Total | Cases


def shared(names: Iterable[str]) -> bool:
    """Whether rows count for each owner by the share, in millionths."""
    return any(name in OWNERSHIP for name in names)


def sums(rows: ir.Table, part: Rows, names: tuple[str, ...], scale: int) -> ir.Table:
    """A part's sums by period, dimensions and reason of exclusion; ``scale``: what a whole row weighs."""
    match part:
        case Ratio():
            return _ratio_sums(rows, part, names)
        case Total():
            return _total_sums(rows, part, names)
        case Cases():
            keys = ["period", *(column(name) for name in names), "excluded"]
            return _counted(rows, part, keys) if part.model else waiting.sums(rows, part, keys, scale)


def _counted(rows: ir.Table, part: Cases, keys: list[str]) -> ir.Table:
    """How many cases there are alike, and what they are worth: what a model is fitted to."""
    rows = rows.mutate(worth_w=rows[part.worth] * rows.weight)
    g = rows.group_by([*keys, *part.of]).agg(n=rows.count(), many=rows.weight.sum(), worth=rows.worth_w.sum())
    return g.rename({f"of_{name}": name for name in part.of})


#: Which sums of squares and products an interval needs, by how it is made (of shares, that of several months together).
_SQUARES = {"nps": ("xx",), "mean": ("xx",), "wilson": ("xx", "yy", "xy"), "ratio": ("xx", "yy", "xy")}


def _ratio_sums(rows: ir.Table, part: Ratio, names: tuple[str, ...]) -> ir.Table:
    """The sums by period, dimensions, reason of exclusion and step; those that nobody asks for are left out."""
    keys = ["period", *(column(name) for name in names), "excluded"]
    if part.steps:
        rows = rows.mutate(step=rows[part.steps].cast("string"))
        keys.append("step")
    added = {"num": rows[part.num] * rows.weight, "den": rows[part.den] * rows.weight}
    if part.open:
        added["open"] = rows[part.open] * rows.weight
    if part.respondents:
        added["anonymous"] = rows.is_anonymous.ifelse(1, 0)
    for name, pair in part.extras.items():
        added |= {f"extra_{name}_{end}": rows[of] * rows.weight for end, of in zip(("num", "den"), pair, strict=True)}
    rows = rows.mutate(**{f"{name}_w": value for name, value in added.items()})
    units = rows.count()
    if part.clustered:
        sums = {f"{name}_w": rows[f"{name}_w"].sum() for name in added}
        if part.note:
            sums[part.note] = rows[part.note].max()
        rows = rows.group_by([*keys, "account_id"]).agg(**sums, units=units)
        units = rows.units.sum()
    x, y = rows.num_w.cast("float64"), rows.den_w.cast("float64")
    squares = {"xx": x * x, "yy": y * y, "xy": x * y}
    units = rows.count() if part.lasting else units
    found = {name: rows[f"{name}_w"].sum() for name in added}
    found |= {name: squares[name].sum() for name in _SQUARES[part.spread]}
    if part.money_den:
        found["top"] = rows.den_w.max()
    if part.note:
        found["note"] = rows[part.note].max()
    return rows.group_by(keys).agg(n=units, clusters=rows.count(), **found)


def _total_sums(rows: ir.Table, part: Total, names: tuple[str, ...]) -> ir.Table:
    keys = ["period", *(column(name) for name in names), "excluded"]
    rows = rows.mutate(
        value_w=rows[part.value] * rows.weight, note_of=rows[part.note] if part.note else ibis.null("string")
    )
    # To count what differs takes several times as long.
    accounts = rows.count() if part.single and not shared(names) else rows.account_id.nunique()
    return rows.group_by(keys).agg(n=accounts, value=rows.value_w.sum(), note=rows.note_of.max())


def values(rows: ir.Table, part: Ratio, names: tuple[str, ...]) -> ir.Table:
    """The numerators and denominators of each period and slice, as two lists, where they are few enough to be drawn from."""
    keys = ["period", *(column(name) for name in names)]
    rows = rows.filter(rows.excluded.isnull())
    rows = rows.mutate(num_w=rows[part.num] * rows.weight, den_w=rows[part.den] * rows.weight)
    if part.clustered:
        rows = rows.group_by([*keys, "account_id"]).agg(num_w=rows.num_w.sum(), den_w=rows.den_w.sum())
    x, y = rows.num_w.cast("float64"), rows.den_w.cast("float64")
    cells = rows.group_by(keys).agg(
        num=x.collect(include_null=True), den=y.collect(include_null=True), clusters=rows.count()
    )
    return cells.filter(cells.clusters <= BOOTSTRAP_UP_TO).drop("clusters")
