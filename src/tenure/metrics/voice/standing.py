"""What an account was worth when it spoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.rate import converted
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_arr(w: World, p: Periods, rows: ir.Table, key: str) -> ir.Table:
    """The rows with ``arr``: the account's ARR just before ``at``, ten-thousandths at the rate of the opening.

    ``rows`` carry ``key`` (unique within a period), ``account_id, period, at, excluded``. Those of accounts without
    recurring revenue at that moment, or whose amounts have no exchange rate, are excluded.
    """
    said = beside(rows.select(key, "account_id", "period", "at"), p.select("period", "opens_day"), ["period"])
    t = level(w).select("account_id", "currency", since="at", until="next_at", held="after")
    j = beside(said, t, ["account_id"], how="inner")
    j = converted(w, p, j.filter(j.since < j["at"], j.until >= j["at"]), "opens_day", amounts=("held",))
    j = j.group_by([key, "period"]).agg(
        arr=(j.held.sum() * 12).cast("int64"), no_rate=j.held.isnull().ifelse(1, 0).sum()
    )
    rows = beside(rows, j, [key, "period"])
    why = ibis.cases(
        (rows.excluded.notnull(), rows.excluded),
        (rows.no_rate > 0, "no exchange rate"),
        (rows.arr.fill_null(0) <= 0, "no recurring revenue"),
        else_=ibis.null("string"),
    )
    return rows.mutate(excluded=why)
