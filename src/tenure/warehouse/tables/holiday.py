"""``holiday``: a day on which a schedule stands still."""

from __future__ import annotations

from tenure.warehouse.table import date, state, text

holiday = state(
    "holiday",
    "A day on which a schedule's business hours don't run.",
    key="schedule_id date",
    reference=True,
    columns=(
        text("schedule_id", "The schedule.", required=True, references="schedule"),
        date("date", "The day.", required=True),
        text("name", "The holiday's name."),
    ),
)
