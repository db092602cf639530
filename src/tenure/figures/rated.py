"""What the scores that were kept make of an account now: what the list of accounts shows beside its portrait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.core.horizons import AHEAD, BACK, WITH_RENEWAL
from tenure.metrics.health.scored import as_told
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: By so many hours clocks move a day's beginning, and more.
_TURN = 2
#: Over so many days it is told whether a risk rose or a health fell into another band, and by the risk of so many days.
_LATELY, _MAIN = 30, 90


@fact(kept=(("month", "period"),), latest=True)
def rated(w: World, p: Periods) -> ir.Table:
    """One row for each account that was scored on the last day on which health scores, or risks, were made.

    Columns: ``account_id, period``; ``health`` (0 to 100), ``band``, ``coverage`` and ``health_at`` (its moment) of the last
    day of health scores; for each of ``BACK`` days ``before_30`` ... (the score on the first day of scores in the last so
    many days) and ``since_30`` ... (that day's moment: the same for all), and ``band_before``, the band of then for 30 days; for
    each of ``AHEAD`` ``risk_30`` ... (in percent), ``risk_renewal`` (of leaving with the next renewal) and ``risk_at``; ``risk_before`` (that of 90 days on the first day of risks in
    the last 30) and ``risk_since`` (that day's moment).
    """
    s = as_told(w)
    s = s.filter(s.model.isin(["health", WITH_RENEWAL, *(f"churn_risk_{n}" for n in AHEAD)]))
    newest = s.mutate(kind=(s.model == "health").ifelse("health", "risk"))
    newest = newest.mutate(newest=newest["at"].max().over(ibis.window(group_by="kind")))
    health, risk = (newest.filter(newest.kind == kind) for kind in ("health", "risk"))
    days = health.filter(health["at"] < health.newest).group_by("newest").agg(
        **{f"since_{n}": ibis._["at"].min(where=ibis._["at"] >= ibis._.newest - _hours(n)) for n in BACK}
    )  # fmt: skip
    health = health.left_join(days, "newest").drop("newest_right")
    here = health["at"] == health.newest
    rows = health.group_by("account_id").agg(
        health=health.score.max(where=here),
        band=health.band.max(where=here),
        coverage=health.coverage.max(where=here),
        health_at=health["at"].max(where=here),
        **{f"before_{n}": health.score.max(where=health["at"] == health[f"since_{n}"]) for n in BACK},
        **{f"since_{n}": health[f"since_{n}"].max() for n in BACK},
        band_before=health.band.max(where=health["at"] == health[f"since_{_LATELY}"]),
    )
    risks = _risks(risk)
    rows = rows.filter(rows.health.notnull())
    both = rows.outer_join(risks, "account_id")
    both = both.mutate(account_id=ibis.coalesce(both.account_id, both.account_id_right)).drop("account_id_right")
    return p.select("period").cross_join(both)


def _risks(risk: ir.Table) -> ir.Table:
    """The risks of the last day, and what they were on the first in the last ``_LATELY`` days, by account."""
    days = risk.filter(risk["at"] < risk.newest).group_by("newest").agg(
        risk_since=ibis._["at"].min(where=ibis._["at"] >= ibis._.newest - _hours(_LATELY))
    )  # fmt: skip
    both = risk.left_join(days, "newest").drop("newest_right")
    both = both.filter((both["at"] == both.newest) | (both["at"] == both.risk_since))
    here = both["at"] == both.newest
    found = both.group_by("account_id").agg(
        risk_at=both["at"].max(where=here),
        **{f"risk_{n}": both.score.max(where=here & (both.model == f"churn_risk_{n}")) for n in AHEAD},
        risk_renewal=both.score.max(where=here & (both.model == WITH_RENEWAL)),
        risk_before=both.score.max(where=~here & (both.model == f"churn_risk_{_MAIN}")),
        risk_since=both.risk_since.max(),
    )
    return found.filter(found.risk_at.notnull())


def _hours(days: int) -> ir.IntervalScalar:
    return ibis.interval(hours=24 * days + _TURN)
