"""Difference in differences: what a treatment changed, beyond what changed anyway

``outcome`` of something that is ``treated`` or not, seen before or ``after``. ``cluster`` names what is seen several
times, so that the standard error does not take its rows for independent ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.core.differences import difference_in_differences
from tenure.engine.methods import Estimated, Options
from tenure.sources.files.columns import Wanted

if TYPE_CHECKING:
    from tenure.core.differences import Difference
    from tenure.sources.files.columns import Columns

COLUMNS = (
    Wanted("outcome"),
    Wanted("treated", "flag"),
    Wanted("after", "flag"),
    Wanted("cluster", "text", optional=True),
)
COUNTED = "row"
OPTIONS: tuple[str, ...] = ()
KEYS = {"means": "cell", "counts": "cell"}

_CELLS = ("others before", "others after", "treated before", "treated after")
_FEW = 10


def estimate(table: Columns, _options: Options) -> Estimated:
    """The effect with its standard error and interval; the parameters are those of the regression."""
    clusters = None
    if "cluster" in table.texts:
        _, clusters = np.unique(np.array(table.texts["cluster"]), return_inverse=True)
    found = difference_in_differences(
        table.numbers["outcome"], table.numbers["treated"], table.numbers["after"], clusters
    )
    base, later, theirs, _ = found.means
    params: dict[str, float | None] = {
        "intercept": base, "treated": theirs - base, "after": later - base, "treated_after": found.effect,
    }  # fmt: skip
    results: dict[str, Any] = {
        "effect": found.effect,
        "se": found.se,
        "low": found.interval.low,
        "high": found.interval.high,
        "clusters": found.clusters[0] if found.clusters else None,
        "means": dict(zip(_CELLS, found.means, strict=True)),
        "counts": dict(zip(_CELLS, found.counts, strict=True)),
    }
    return Estimated("did", params, None, table.rows, results, tuple(_notes(found)))


def _notes(found: Difference) -> list[str]:
    notes = ["It is the effect only if without the treatment both would have changed alike."]
    if found.clusters:
        clusters, treated = found.clusters
        fewest = min(treated, clusters - treated) if treated < clusters else clusters
        if fewest < _FEW:
            notes.append(
                f"{treated} of {clusters} clusters are treated: the standard error of so few is too small to rely on."
            )
    else:
        notes.append("Rows count as independent; a column named cluster says which belong together.")
    return notes
