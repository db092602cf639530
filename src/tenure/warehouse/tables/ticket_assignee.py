"""``ticket_assignee``: a ticket's change of hands."""

from __future__ import annotations

from tenure.warehouse.table import events, text, time

ticket_assignee = events(
    "ticket_assignee",
    "A ticket's change of hands, so that a rating counts for who had the ticket when it was given.",
    key="ticket_id at csm_id",
    known="at",
    columns=(
        text("ticket_id", "The ticket.", required=True, references="ticket"),
        text("csm_id", "Who took it over.", required=True, references="csm"),
        time("at", "When.", required=True),
    ),
)
