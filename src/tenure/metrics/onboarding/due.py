"""What was to be done by a day, and who was gone by then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.lifetime.spell import spell
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

When = Literal["ever", "on_time"]
#: Why something is not counted: the first of these that holds.
REASONS = ("optional course", "one of us", "left", "no person named", "no account")


def due(w: World, p: Periods, rows: ir.Table, when: When) -> ir.Table:
    """The rows that fell due inside a period, with ``period``, ``at`` (the due day's beginning) and ``done`` (0 or 1).

    ``rows`` have ``due_at, due_end, completed_at``. What is due today is not due before the day is over.
    """
    rows = rows.filter(rows.due_end <= w.now)
    j = p.select("period", "opens", "closes").join(rows, [rows.due_at >= p.opens, rows.due_at < p.closes])
    over = w.now if when == "ever" else j.due_end
    return j.mutate(at=j.due_at, done=(j.completed_at < over).fill_null(False).ifelse(1, 0).cast("int64"))


def gone(w: World, rows: ir.Table, key: str) -> ir.Table:
    """The rows with ``gone``: the account had been a customer, and was none any more when they were due."""
    s = spell(replace(w, detail=()))
    j = beside(
        rows.select(key, "account_id", "due_end"), s.select("account_id", "starts", "ends"), ["account_id"], how="inner"
    )
    j = j.filter(j.starts < j.due_end)
    there = (j.ends.isnull() | (j.ends >= j.due_end)).ifelse(1, 0)
    found = j.mutate(there=there).group_by(key).agg(there=ibis._.there.max())
    rows = beside(rows, found, [key])
    return rows.mutate(gone=(rows.there == 0).fill_null(False)).drop("there")


def together(rows: ir.Table, who: list[str], names: tuple[str, ...]) -> ir.Table:
    """The rows of each of ``who`` and period as one: done if all that counts is, left out if nothing counts.

    ``why`` is the place of the reason in ``REASONS``, null for what counts. Of ``names`` the one value is kept where
    there is only one, else none.
    """
    counts = rows.why.isnull()
    told = {name: rows[name].min(where=counts) for name in names}
    last = {f"{name}_last": rows[name].max(where=counts) for name in names}
    g = rows.group_by([*who, "period"]).agg(
        at=rows["at"].max(), done=rows.done.min(where=counts), counted=counts.ifelse(1, 0).max(), why=rows.why.min(),
        **told, **last,
    )  # fmt: skip
    return g.select(
        *who, "period", "at", done=g.done.fill_null(0), why=(g.counted == 1).ifelse(None, g.why),
        **{name: (g[name] == g[f"{name}_last"]).ifelse(g[name], None) for name in names},
    )  # fmt: skip


def with_reasons(rows: ir.Table) -> ir.Table:
    """The rows with ``base`` and ``excluded``, from ``why``."""
    cases = [(rows.why == place, reason) for place, reason in enumerate(REASONS)]
    return rows.mutate(base=1, excluded=ibis.cases(*cases, else_=ibis.null("string")))
