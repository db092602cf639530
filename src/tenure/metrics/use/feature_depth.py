"""``feature_depth``."""

from __future__ import annotations

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.use.adoption import adoption, of_people
from tenure.metrics.world import Periods, World


@metric(by=("feature",), unit="count")
def feature_depth(w: World, p: Periods) -> Ratio:
    """How often those who adopted a feature used it in the window.

    Formula: uses by adopters / adopters, who are those of ``feature_adoption_rate``: people with k or more uses (setting
    ``use.feature_uses``, 1) of a feature to which their account is entitled. Uses before the release are not counted; an
    event that stands for several uses counts as so many. Over several features, a person is an adopter of each.

    Left out, with the reason, are accounts of whose use only daily sums are known, or no person is named.

    Undefined (null) without adopters. Unit: uses per adopter. n: accounts and features with an adopter. Interval:
    bootstrap over accounts up to 1,000, above by the delta method. Owner: just before the close.
    """
    rows = of_people(adoption(w, p))
    rows = rows.filter((rows.adopters > 0) | rows.excluded.notnull())
    return Ratio(rows, "adopted", "adopters", unit="count", clustered=True)
