"""Every metric and fact, registered by existing: a marked function in a module of its name."""

from __future__ import annotations

import functools

from tenure.core.errors import unknown
from tenure.core.registry import discover
from tenure.metrics.kinds import Metric, describe

FAMILIES = "tenure.metrics"


@functools.cache
def metrics() -> dict[str, Metric]:
    """Every metric by slug, sorted. Importing them all costs about two seconds: screens read ``figures.kept``."""
    found: dict[str, Metric] = {}
    for name, module in discover(FAMILIES).items():
        function = getattr(module, name, None)
        if function is not None and hasattr(function, "tenure_metric"):
            found[name] = describe(function, module.__name__.split(".")[-2])
    return dict(sorted(found.items()))


def find(slug: str) -> Metric:
    """The metric of that name. Raises ``UsageError`` with the nearest names."""
    if slug not in metrics():
        raise unknown("metric", slug, metrics(), listing="All of them: tenure metrics")
    return metrics()[slug]
