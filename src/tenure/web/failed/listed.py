"""What the list of failed rows shows, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tenure.engine.failing import OPEN

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.failing import Failed

#: The columns in order: the engine's name, the heading, and whether it is a number or a time.
COLUMNS = (
    ("id", _("Row"), False),
    ("table_name", _("Table"), False),
    ("file", _("File"), False),
    ("column_name", _("Column"), False),
    ("reason", _("Reason"), False),
    ("refused_at", _("Refused"), True),
    ("state", _("State"), False),
)
NAMES = tuple(name for name, _label, _numeric in COLUMNS)
WIDE = ("table_name", "column_name", "state")
DEFAULT_ORDER = "-refused_at"
#: Parameters of the address and the engine's columns that they narrow by.
FILTERS = {"table": "table_name", "code": "code", "source": "source", "file": "file", "load": "batch"}
#: What leaves Tenure as a file unless the contents are asked for: nothing of it is the row's own.
EXPORTED = (
    "id", "state", "table_name", "source", "file", "line", "load", "refused_at", "column", "code", "reason", "handled_by",
    "handled_because", "handled_at",
)  # fmt: skip
CONTENTS = ("value", "row")


def where(parameters: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    """The conditions that an address sets; only those that are open, unless it says otherwise."""
    found: list[tuple[str, str, Any]] = [
        (column, "equals", parameters[name])
        for name, column in FILTERS.items()
        if parameters.get(name) and (name != "load" or parameters[name].isdecimal())
    ]
    state = parameters.get("state", OPEN)
    return found if state == "all" else [*found, ("state", "equals", state)]


def search(parameters: Mapping[str, str]) -> str:
    """What is searched for."""
    return parameters.get("q", "").strip()[:100]


def exported_rows(sight: Sight, parameters: Mapping[str, str], *, contents: bool) -> Iterator[dict[str, Any]]:
    """All rows of a view as a file tells them; ``contents``: with what stands in them."""
    for row in sight.every_failed(where=where(parameters), search=search(parameters)):
        yield _told(row, contents=contents)


def _told(row: Failed, *, contents: bool) -> dict[str, Any]:
    first = row.problems[0]
    told: dict[str, Any] = {
        "id": row.id, "state": row.state, "table_name": row.table, "source": row.source, "file": row.file, "line": row.line,
        "load": row.batch, "refused_at": row.refused_at, "column": first.column, "code": first.code, "reason": first.reason,
        "handled_by": row.handled_by, "handled_because": row.handled_because, "handled_at": row.handled_at,
    }  # fmt: skip
    return told | ({"value": first.value, "row": row.raw} if contents else {})
