"""``product_adoption``."""

from __future__ import annotations

from tenure.metrics.kinds import Derived, Factor, metric
from tenure.metrics.world import Periods, World


@metric(unit="share")
def product_adoption(
    w: World,  # noqa: ARG001 - its factors are asked for them
    p: Periods,  # noqa: ARG001
) -> Derived:
    """How far the product is adopted: by how many, how broadly and how deeply, in one number between 0 and 1.

    Formula: licence use x breadth x depth, each between 0 and 1 and shown beside it. Licence use is ``active_usage_rate``,
    at most 1. Breadth is ``feature_breadth``. Depth is ``feature_depth`` as a share of full depth, which is declared: so
    many uses of a feature by an adopter in 30 days as the setting ``use.full_depth`` (10) says. Half of the seats in
    use, a third of the features, at half of full depth, is 1/12.

    The number is low by nature, as each part takes from the others; its parts say where to begin. What they leave out,
    they leave out here.

    Undefined (null) where one of them is; nobody who adopted anything has no depth. Unit: share. Interval: by square and
    add on the logarithms of the parts, as if they were independent. Owner: just before the close.
    """
    return Derived(
        {
            "licence_use": Factor("active_usage_rate", most="1"),
            "breadth": Factor("feature_breadth"),
            "depth": Factor("feature_depth", variant=("share_of_full",)),
        }
    )
