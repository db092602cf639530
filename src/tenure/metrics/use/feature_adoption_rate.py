"""``feature_adoption_rate``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.use.adoption import adoption, by_accounts, of_people
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), by=("feature",), unit="share")
def feature_adoption_rate(w: World, p: Periods, of: Literal["users", "accounts"] = "users") -> Ratio:
    """The share of those who might have used a feature in the window who did.

    Formula: people who used it k times or more (setting ``use.feature_uses``, 1) / people exposed to it. Exposed is who
    used anything of the feature's product, be it a log-in, while the feature was released and the account entitled to
    it; uses before the release are none. Over several features, it is the sum of the ones / the sum of the others.

    Variant ``accounts``: accounts with k or more uses, by whomever / accounts entitled to it in the window after its
    release, whether they came or not.

    An account is entitled to what its entitlements name; one without any entitlement to a product before the close to
    the products of its subscription lines. A feature comes with its product, unless some account has an entitlement to
    the feature itself: then it is only for those that have one. A feature that was not there for as many days in the
    window as ``use.exposed_days`` (0) says is not asked after. Where a use names no product, or the feature has none,
    whoever used anything is exposed. Log-ins are no features; features that are not in the list of them are not counted.
    Our own people and technical users are left out.

    Left out, with the reason, are accounts of whose use only daily sums are known, or no person is named; in the variant
    ``accounts`` those with too few uses, but daily sums that name no feature.

    Undefined (null) when nobody was exposed. Unit: share. n: accounts and features. Interval: bootstrap over accounts up
    to 1,000, above by the delta method. Owner: just before the close.
    """
    if of == "accounts":
        return Ratio(by_accounts(w, p, w.settings.use.feature_uses), "used", "base", clustered=True)
    return Ratio(of_people(adoption(w, p)), "adopters", "exposed", clustered=True)
