"""``feature_breadth``."""

from __future__ import annotations

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.use.adoption import by_accounts
from tenure.metrics.world import Periods, World


@metric(unit="share")
def feature_breadth(w: World, p: Periods) -> Ratio:
    """How many of the features that accounts may use they do use.

    Formula: features used at least once in the window / features to which the account was entitled in it, after their
    release, both added up over the accounts. Which these are is as in ``feature_adoption_rate``; an account that used
    nothing counts with all of its features.

    Features that an account did not use, but may have used by daily sums that name no feature, are left out, with the
    reason.

    Undefined (null) when no account is entitled to a feature. Unit: share. n: accounts and features. Interval: bootstrap
    over accounts up to 1,000, above by the delta method. Owner: just before the close.
    """
    return Ratio(by_accounts(w, p, 1), "used", "base", clustered=True)
