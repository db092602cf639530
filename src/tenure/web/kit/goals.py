"""How far a goal is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def progress(row: Mapping[str, Any]) -> int | None:
    """How much of the way from the baseline to the target is gone, in percent; None where one of the three is not known."""
    low, high, here = (row[name] for name in ("baseline", "target", "current"))
    if low is None or high is None or here is None or low == high:
        return None
    return int(max(Decimal(0), min(Decimal(100), (here - low) / (high - low) * 100)))
