"""``revenue_at_risk``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.health.scored import scored
from tenure.metrics.join import beside
from tenure.metrics.kinds import Total, metric
from tenure.metrics.lifetime.spell import spell
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.closing import closing
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

HORIZON = 90
#: Fewer scores of a band say too little of it.
FEWEST = 20


@metric(unit="money", better="less", level=True)
def revenue_at_risk(w: World, p: Periods, by: Literal["by_model", "by_band"] = "by_model") -> Total:
    """How much recurring revenue is to be expected to be lost within 90 days: the sum of p(churn) x MRR.

    Formula: sum over customers of their probability of leaving within 90 days, on the last day of the period on which risks were
    made (``churn_risk``), x their MRR at the close (``mrr``). Each product is rounded once to a ten-thousandth.

    Variant ``by_band``, where no model stands: p is the share of a band of the health score that left within 90 days, over the
    scores of the year that ended 90 days before the close; an account's band is that of ``customer_health_score``. A band of which
    fewer than 20 scores are known is left out, and told.

    Accounts without a risk or a band are left out, and those whose amounts have no exchange rate; without any risk it is undefined,
    not 0. Unit: the reporting
    currency. No interval: it is an expectation, not a sample. Owner: at the moment of the risk.
    """
    rows = _by_model(w, p) if by == "by_model" else _by_band(w, p)
    book = closing(w, p).select("account_id", "period", "closing_now", "no_rate")
    rows = without_rate(w, beside(rows, book, ["account_id", "period"], how="inner"))
    worth = (rows.closing_now.cast("float64") * rows.risk + 0.5).floor().cast("int64")
    few = rows.few.ifelse(ibis.literal("too little known of its band"), ibis.null("string"))
    rows = rows.mutate(at_risk=rows.few.ifelse(0, worth), excluded=ibis.coalesce(rows.excluded, few))
    return Total(rows, "at_risk", single=True, judged=True)


def _by_model(w: World, p: Periods) -> ir.Table:
    """The probability of each account that has one: ``risk``."""
    s = scored(w, p)
    rows = s.filter(s.model == f"churn_risk_{HORIZON}")
    return rows.mutate(risk=rows.score.cast("float64") / 100, few=ibis.literal(False))


def _by_band(w: World, p: Periods) -> ir.Table:
    """Of each account the share of its band that left: ``risk``; ``few``: too little is known of it."""
    s = scored(w, p)
    rows = s.filter((s.model == "health") & s.band.notnull())
    shares = _left_by_band(w, p)
    rows = beside(rows, shares, ["period", "band"])
    return rows.mutate(risk=rows.share_left.fill_null(0.0), few=(rows.known.fill_null(0) < FEWEST))


def _left_by_band(w: World, p: Periods) -> ir.Table:
    """``period, band, known`` (scores of the year before) and ``share_left`` (of them, within the horizon)."""
    told = unit_of(w, w.score.filter(w.score.model == "health", w.score.band.notnull()))
    told = told.select("account_id", "band", scored_at="at")
    days = ibis.interval(days=HORIZON)
    j = p.join(told, [told.scored_at < p.closes - days, told.scored_at >= p.closes - ibis.interval(days=HORIZON + 365)])
    j = j.select("account_id", "period", "band", "scored_at")
    stays = spell(w).select("account_id", "starts", "ends")
    j = beside(j, stays, ["account_id"], how="inner")
    j = j.filter((j.starts <= j.scored_at) & (j.ends.isnull() | (j.ends > j.scored_at)))
    left = (j.ends <= j.scored_at + days).fill_null(False).ifelse(1, 0)
    g = j.mutate(left=left).group_by(["period", "band"]).agg(known=ibis._.count(), gone=ibis._.left.sum())
    return g.select(
        "period",
        "band",
        known=g.known.cast("int64"),
        share_left=g.gone.cast("float64") / g.known.cast("float64").nullif(0),
    )
