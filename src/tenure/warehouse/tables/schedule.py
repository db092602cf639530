"""``schedule``: business hours."""

from __future__ import annotations

from tenure.warehouse.table import Column, Type, integer, state, text

schedule = state(
    "schedule",
    "Business hours: one row for each stretch of a weekday. Business time runs in these alone, in the schedule's own "
    "zone, clock changes included. Hours that close when they open or before do so the next day, of which a holiday "
    "takes the part that lies in it.",
    key="schedule_id weekday opens",
    reference=True,
    starts="opens",
    ends="closes",
    no_overlap=("schedule_id", "weekday"),
    columns=(
        text("schedule_id", "The schedule's id.", required=True),
        text("time_zone", "Its IANA zone, as Europe/Berlin; the same on all its rows.", required=True),
        integer("weekday", "The weekday: 0 is Monday, 6 is Sunday.", required=True, low=0, high=6),
        Column("opens", Type.CLOCK, "When business opens, HH:MM.", required=True),
        Column("closes", Type.CLOCK, "When it closes, exclusive; 24:00 is the end of the day.", required=True),
    ),
)
