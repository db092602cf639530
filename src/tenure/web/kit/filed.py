"""Figures as rows of a file: with all their decimals, their intervals and what they are of."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tenure.web.kit import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tenure.engine.result import Figure

COLUMNS = ("metric", "period_start", "period_end", "slice", "value", "low", "high", "n", "unit", "status")
#: How decimals of a unit are written in a workbook.
PATTERNS = {"share": "0.0%", "money": "#,##0.00"}


def rows(slug: str, found: Iterable[Figure], people: Mapping[str, str]) -> list[dict[str, Any]]:
    """A row for each figure. Of how few one that is suppressed is made is not told."""
    return [
        {
            "metric": slug, "period_start": _day(each.period_start), "period_end": _day(each.period_end), "value": each.value,
            "low": each.low, "high": each.high, "n": None if each.status == "suppressed" else each.n,
            "slice": ", ".join(figure.named(name, value, people) for name, value in each.slice.items()),
            "unit": each.unit, "status": each.status,
        }
        for each in found
    ]  # fmt: skip


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
