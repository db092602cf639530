"""The rows of the canonical tables as JSON Schema, made from the tables' definitions."""

from __future__ import annotations

from typing import Any

_NUMBERS = {"integer", "number", "money", "price", "rate", "value", "share"}
#: A time without a zone, or a date, is the workspace's.
_TEXTS: dict[str, dict[str, Any]] = {
    "time": {"type": "string", "examples": ["2026-11-27T09:30:00Z"]},
    "date": {"type": "string", "format": "date"},
    "clock": {"type": "string", "examples": ["09:30"]},
}
_OTHERS: dict[str, dict[str, Any]] = {
    "boolean": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
    "json": {},
}


def name(table: Any) -> str:
    """How the schema of a table's row is called."""
    return f"Row_{table.name}"


def row(table: Any) -> dict[str, Any]:
    """A row. What it does not name keeps its value, so only what tells it from others must be there; other names are custom
    attributes.
    """
    needed = [
        c.name for c in table.columns if c.required and c.default is None and (table.events or c.name in table.key)
    ]
    return {
        "type": "object",
        "description": table.meaning,
        "required": needed,
        "properties": {column.name: _column(column) for column in table.columns} | {"known_at": _TEXTS["time"]},
        "additionalProperties": True,
    }


def _column(column: Any) -> dict[str, Any]:
    kind = column.type.value
    if kind in _NUMBERS:
        said: dict[str, Any] = {"type": "integer" if kind == "integer" else "number"}
        said |= {
            name: bound for name, bound in (("minimum", column.low), ("maximum", column.high)) if bound is not None
        }
    else:
        said = dict(_TEXTS.get(kind) or _OTHERS.get(kind) or {"type": "string"})
    if column.choices and not column.open_choices:
        said["enum"] = list(column.choices)
    elif column.choices:
        said["examples"] = list(column.choices)
    if "type" in said and not column.required:
        said["type"] = [said["type"], "null"]
        if "enum" in said:
            said["enum"].append(None)
    if column.default is not None:
        said["default"] = column.default
    return said | {"description": column.meaning}
