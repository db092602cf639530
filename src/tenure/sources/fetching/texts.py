"""Values as texts: what any file holds, so that a vendor's staging, or a map, reads them like one. Nothing of them is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

_WRITE = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def as_texts(row: Mapping[str, Any]) -> dict[str, str | None]:
    """A row's values as texts; null stays null, and what has parts is JSON."""
    return {name: as_text(value) for name, value in row.items()}


def as_text(value: Any) -> str | None:
    """A value as a file would hold it: numbers as they are written in decimals, times in UTC where they have a zone."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{Decimal(value // timedelta(microseconds=1)) / 1_000_000:f}"
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return _WRITE.encode(value).decode() if isinstance(value, list | dict) else str(value)
