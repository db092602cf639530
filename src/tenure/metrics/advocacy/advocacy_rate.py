"""``advocacy_rate``."""

from __future__ import annotations

from tenure.metrics.advocacy.voucher import active, among, vouching
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), unit="share", counted=True)
def advocacy_rate(w: World, p: Periods) -> Ratio:
    """The share of active accounts that vouched for us in the twelve months before the close of the period.

    Formula: active accounts with a reference, testimonial, case study or review that still holds / active accounts.
    Active are the customers at the close. An account counts once, whatever it did. Referrals are no such act: they have
    ``referral_rate``.

    What was said holds until the consent ends (``expires_at``; without it, on), not before the consent was given where
    that came later, and no more when the person who said it has left the account. An account that is no customer at the
    close is in neither term. Merged accounts count as their survivor.

    The window moves no more than the period's close: twelve months are looked back whatever the window.

    Undefined (null) without active accounts. Unit: share. Interval: Wilson, 95 %. Owner: just before the close.
    """
    rows = among(active(w, p), vouching(w, p, ("reference", "testimonial", "case_study", "review")), "vouches")
    return Ratio(rows, "vouches", "base", spread="wilson")
