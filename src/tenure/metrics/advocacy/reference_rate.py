"""``reference_rate``."""

from __future__ import annotations

from tenure.metrics.advocacy.voucher import active, among, vouching
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.world import Periods, World


@metric(axes=("entity",), unit="share", counted=True)
def reference_rate(w: World, p: Periods) -> Ratio:
    """The share of active accounts that gave a reference in the twelve months before the close of the period.

    Formula: active accounts with a reference that still holds / active accounts. Which accounts are active, and when a
    reference holds no more (its consent is over, or the person who gave it has left), is as in ``advocacy_rate``.
    An account with several counts once.

    Undefined (null) without active accounts. Unit: share. Interval: Wilson, 95 %. Owner: just before the close.
    """
    rows = among(active(w, p), vouching(w, p, ("reference",)), "vouches")
    return Ratio(rows, "vouches", "base", spread="wilson")
