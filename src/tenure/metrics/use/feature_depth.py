"""``feature_depth``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.use.adoption import adoption, of_people
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: The days for which the setting ``use.full_depth`` says how many uses are full.
_DAYS = 30


@metric(by=("feature",), unit="count")
def feature_depth(w: World, p: Periods, measure: Literal["uses", "share_of_full"] = "uses") -> Ratio:
    """How often those who adopted a feature used it in the window.

    Formula: uses by adopters / adopters, who are those of ``feature_adoption_rate``: people with k or more uses (setting
    ``use.feature_uses``, 1) of a feature to which their account is entitled. Uses before the release are not counted; an
    event that stands for several uses counts as so many. Over several features, a person is an adopter of each.

    Variant ``share_of_full``: uses by adopters / as many uses as are full depth, which are so many an adopter in 30 days
    (setting ``use.full_depth``, 10). It lies between 0 and 1: the adopters of an account use a feature no more than fully.

    Left out, with the reason, are accounts of whose use only daily sums are known, or no person is named.

    Undefined (null) without adopters. Unit: uses per adopter; share in the variant. n: accounts and features with an
    adopter. Interval: bootstrap over accounts up to 1,000, above by the delta method. Owner: just before the close.
    """
    rows = of_people(adoption(w, p))
    rows = rows.filter((rows.adopters > 0) | rows.excluded.notnull())
    if measure == "share_of_full":
        return Ratio(_of_full(w, p, rows), "used", "full", clustered=True)
    return Ratio(rows, "adopted", "adopters", unit="count", clustered=True)


def _of_full(w: World, p: Periods, rows: ir.Table) -> ir.Table:
    """The rows with the uses of adopters and those that would be full depth, both times 30."""
    days = p.select("period", days=p.closes_day.delta(p.opens_day, unit="day").cast("int64"))
    rows = beside(rows, days, ["period"], how="inner")
    rows = rows.mutate(full=rows.adopters * w.settings.use.full_depth * rows.days)
    return rows.mutate(used=ibis.least(rows.adopted * _DAYS, rows.full))
