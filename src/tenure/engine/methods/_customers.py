"""What the methods about each customer's purchases have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.sources.files.columns import Columns


def check_frequency(table: Columns) -> None:
    """Raise ``DataError`` for a frequency that is no count."""
    x = table.numbers["frequency"]
    table.fault("frequency", x < 0, "The frequency is below 0", code="negative", fix="Count the purchases.")
    table.fault("frequency", x % 1 != 0, "The frequency is not whole", code="not_whole", fix="Count the purchases.")


def listed(table: Columns, **columns: list[float | None]) -> list[dict[str, Any]]:
    """A dictionary a customer, in the file's order, with her name where the file has names."""
    shown: dict[str, list[Any]] = {"name": table.texts["name"]} if "name" in table.texts else {}
    shown |= columns
    return [dict(zip(shown, values, strict=True)) for values in zip(*shown.values(), strict=True)]
