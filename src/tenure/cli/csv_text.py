"""CSV for spreadsheets, without live formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.engine.result import Figure

#: A cell that begins with one of these is run by a spreadsheet.
_LIVE = ("=", "+", "-", "@", "\t", "\r")


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV (RFC 4180, line feeds). A text that a spreadsheet would run is put after an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(name) for name in columns])
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    return text.getvalue().rstrip("\n")


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


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(_LIVE) else text
