"""``feature_requests``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.kinds import Total, metric
from tenure.metrics.voice.standing import with_arr
from tenure.metrics.voice.wish import came_in, wish
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(axes=("rate",), by=("theme", "feature", "idea"), unit="count", better="")
def feature_requests(w: World, p: Periods, formula: Literal["ideas", "arr_weighted"] = "ideas") -> Total:
    """How many different features customers asked for in the period.

    Formula: the ideas among the requests for a feature that came in the period. Requests with the same ``idea_id``,
    whoever made them, are one idea; a request without one is an idea of its own. An idea that is asked for in several
    periods counts in each, and so months do not add up to a quarter. In slices it stands where it was asked for first
    in the period, not in several.

    Variant ``arr_weighted``: the ARR of the accounts behind the ideas: each account that asked for an idea counts with
    its ARR just before it first did so in the period, at the rate of the opening; once for each idea. Accounts without
    recurring revenue at that moment are left out and counted.

    Slices: ``theme``, ``feature``, ``idea``. Merged accounts count as their survivor, people who are not customers
    count too. Unit: ideas; ARR in the reporting currency. n: accounts that asked. Interval: exact Poisson, 95 %; none
    for ARR. Owner: when it was asked for.
    """
    rows = came_in(p, wish(w))
    rows = rows.filter(rows.kind == "feature")
    if formula == "ideas":
        rows = rows.mutate(ideas=_first(rows, []).ifelse(1, 0).cast("int64"))
        return Total(rows, "ideas", unit="count")
    rows = with_arr(w, p, rows.filter(_first(rows, ["account_id"])), "request_id")
    return Total(rows, "arr", unit="money")


def _first(rows: ir.Table, also: list[str]) -> ir.BooleanValue:
    """Whether a request is the first of its idea in its period."""
    alone = rows.idea.isnull().ifelse(rows.request_id, ibis.null("string"))
    order = ibis.window(group_by=["period", "idea", alone, *also], order_by=["at", "request_id"])
    return ibis.row_number().over(order) == 0
