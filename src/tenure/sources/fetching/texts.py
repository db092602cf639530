"""A row as texts: what any file holds, so that the vendor's staging reads it like one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

_WRITE = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def as_texts(row: Mapping[str, Any]) -> dict[str, str | None]:
    """The row's values as texts; null stays null, and what has parts is JSON."""
    return {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    return _WRITE.encode(value).decode()
