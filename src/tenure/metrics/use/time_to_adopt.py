"""``time_to_adopt``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.elapsed import lasting
from tenure.metrics.join import beside
from tenure.metrics.kinds import Cases, metric
from tenure.metrics.portfolio.identity import BEGINNING, unit_of
from tenure.metrics.revenue.line import line
from tenure.metrics.use.done import by_people, features, uses
from tenure.metrics.use.entitled import granted, with_features
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(by=("feature",), unit="days", better="less")
def time_to_adopt(w: World, p: Periods, counted: Literal["by_start", "by_end"] = "by_start") -> Cases:
    """The time from when an account may use a feature until it first does: that by which half of them have.

    Formula: the median of the cumulative incidence of the first use (Aalen-Johansen), over the accounts and features for
    which the feature came in the period: the beginning of the entitlement to it or to its product (without any
    entitlement: of the subscription), or its release where that is later. Whoever has not used it yet counts for as
    long as it has waited; whose entitlement ended before stays in the base and never does. ``feature`` slices it. Which
    features come with what, and whose use counts, is as in ``feature_adoption_rate``. Variant ``by_end``: those that first
    used it in the period instead, which leaves out whoever waits, and so is biased.

    Beside it: by when nine of ten have, the mean of those who have, and how many have not.

    Undefined (null) as long as fewer than half have used it. What was used before the account might is left out. Unit: days.
    n: accounts and features. Interval: of the incidence on log(-log F), 95 %. Owner: when the feature came.
    """
    return Cases(lasting(w, p, _cases(w), counted), left="left_before", unit="days")


def _cases(w: World) -> ir.Table:
    a = _available(w)
    u = unit_of(w, by_people(w, uses(w)).select("account_id", "feature", "occurred_at"))
    f = features(w).select("feature", "released")
    u = beside(u, f, ["feature"], how="inner")
    u = u.filter((u.occurred_at >= u.released).fill_null(True))
    first = u.group_by(["account_id", "feature"]).agg(ends=u.occurred_at.min())
    rows = beside(a, first, ["account_id", "feature"])
    return rows.select("account_id", "feature", "starts", "ends", left="over")


def _available(w: World) -> ir.Table:
    """``account_id, feature, starts, over``: from when to when an account might use a feature."""
    f = features(w)
    f = f.filter(f.is_login == 0).select("feature", "of_product", "released")
    g = granted(w)
    columns = ["account_id", "feature", "starts", "ends"]
    single = g.filter(g.feature_id.notnull()).rename(feature="feature_id").select(columns)
    said = g.filter(g.feature_id.isnull()).select("account_id", "product_id", "starts", "ends")
    x = line(w)
    x = x.filter((x.net > 0) | (x.held == 1)).select("account_id", "product_id", "starts", "ends")
    rows = with_features(f, said.union(x.anti_join(said, "account_id")), single, single.select("feature").distinct())
    early = ibis.literal(BEGINNING).cast("timestamp(6)")
    rows = rows.mutate(starts=ibis.greatest(rows.starts, ibis.coalesce(rows.released, early)))
    return rows.filter(rows.starts < rows.ends).select("account_id", "feature", "starts", over="ends")
