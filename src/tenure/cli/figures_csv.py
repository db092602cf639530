"""Figures as CSV for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tenure.core.csv_text import csv_of

if TYPE_CHECKING:
    from tenure.engine.result import Figure


def figures_csv(figures: Sequence[Figure]) -> str:
    """Figures as CSV: a column for each field and dimension, what is shown beside as columns of its own."""
    dimensions = list(dict.fromkeys(name for figure in figures for name in figure.slice))
    extras = list(dict.fromkeys(name for figure in figures for name in figure.extra))
    plain = ["metric", "variant", "period_start", "period_end", "window"]
    numbers = ["value", "numerator", "denominator", "n", "low", "high", "unit", "as_of", "status"]
    more = ["bounds_low", "bounds_high", *(f"extra_{name}" for name in extras), "excluded", "notes"]
    rows = []
    for figure in figures:
        row: dict[str, Any] = {name: getattr(figure, name) for name in (*plain, *numbers)}
        row |= {f"slice_{name}": figure.slice.get(name) for name in dimensions}
        row |= {f"extra_{name}": figure.extra.get(name) for name in extras}
        row["bounds_low"], row["bounds_high"] = figure.bounds or (None, None)
        row["excluded"] = "; ".join(f"{reason}={count}" for reason, count in figure.excluded.items())
        row["notes"] = "; ".join(figure.notes)
        rows.append(row)
    return csv_of([*plain, *(f"slice_{name}" for name in dimensions), *numbers, *more], rows)
