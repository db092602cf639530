"""Kaplan-Meier: how long until something happens, where it has not happened to all

``duration`` is the time until the event, or, with ``event`` 0, the time that was watched without it. ``group`` parts the
rows into curves of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.core import survival
from tenure.engine.methods import Estimated, Options, plain
from tenure.sources.files.columns import Wanted

if TYPE_CHECKING:
    from tenure.sources.files.columns import Columns

COLUMNS = (Wanted("duration"), Wanted("event", "flag"), Wanted("group", "text", optional=True, may_be_empty=True))
COUNTED = "row"
OPTIONS: tuple[str, ...] = ()
KEYS = dict.fromkeys(("median", "median_low", "median_high", "events"), "group")


def estimate(table: Columns, _options: Options) -> Estimated:
    """The curve with its interval at each time that was seen, and the median where half is reached."""
    duration, event = table.numbers["duration"], table.numbers["event"]
    table.fault(
        "duration", duration < 0, "The duration is below 0", code="negative", fix="Count it from the beginning on."
    )
    names, groups = np.unique(np.array(table.texts.get("group", [""] * table.rows)), return_inverse=True)
    curves = survival.kaplan_meier(duration, event, 1 - event, groups)
    medians = survival.quantiles(curves)
    found: dict[str, Any] = {
        "median": plain(medians.value),
        "median_low": plain(medians.low),
        "median_high": plain(medians.high),
        "events": [int(event[groups == number].sum()) for number in range(len(names))],
        "survival": [_steps(curves.of(number)) for number in range(len(names))],
    }
    open_ = [name for name, value in zip(names.tolist(), found["median"], strict=True) if value is None]
    of = f" of {', '.join(name or '(none)' for name in open_)}" if "group" in table.texts else ""
    notes = (f"Half{of} is never reached: there is no median.",) if open_ else ()
    if "group" in table.texts:
        results = {key: dict(zip(names.tolist(), values, strict=True)) for key, values in found.items()}
    else:
        results = {key: values[0] for key, values in found.items()}
    return Estimated("km", {}, None, table.rows, results, notes)


def _steps(curve: survival.Curves) -> list[dict[str, float | None]]:
    columns = (plain(curve.time), plain(curve.share), plain(curve.low), plain(curve.high), plain(curve.at_risk))
    return [
        {"t": t, "s": s, "low": low, "high": high, "at_risk": at_risk}
        for t, s, low, high, at_risk in zip(*columns, strict=True)
    ]
