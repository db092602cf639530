"""``retraction``: a row that is no longer to count."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

retraction = state(
    "retraction",
    "A row that is no longer to count from a time on, and why. Nothing is deleted: what was known before is still "
    "read as it was.",
    key="table_name key at",
    known="at",
    columns=(
        text("table_name", "The table the row is in.", required=True),
        text("key", "The row's key: its plain text, or a JSON list where the key has several columns.", required=True),
        time("at", "When it was taken back.", required=True),
        text("reason", "Why.", required=True),
    ),
)
