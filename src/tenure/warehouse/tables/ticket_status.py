"""``ticket_status``: a ticket's change of status."""

from __future__ import annotations

from tenure.warehouse.table import events, text, time

ticket_status = events(
    "ticket_status",
    "A ticket's change of status. The time spent in each is what requester and agent waits are made of.",
    key="ticket_id at status",
    known="at",
    columns=(
        text("ticket_id", "The ticket.", required=True, references="ticket"),
        text(
            "status",
            "The status it changed to: pending waits for the requester, hold for a third party.",
            required=True,
            choices=("new", "open", "pending", "hold", "solved", "closed"),
        ),
        time("at", "When.", required=True),
        text("by", "Who changed it.", people=True),
    ),
)
