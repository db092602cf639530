"""``escalation``: a matter that was taken higher."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

escalation = state(
    "escalation",
    "A matter that was taken higher, from a ticket or not, until it was settled.",
    key="escalation_id",
    known="opened_at",
    own_time="closed_at",
    columns=(
        text("escalation_id", "The escalation's id.", required=True),
        text("account_id", "The account.", required=True, references="account"),
        text("ticket_id", "The ticket it began with.", references="ticket"),
        text("level", "How high it was taken, as manager or executive.", required=True),
        time("opened_at", "When it was opened.", required=True),
        time("closed_at", "When it was settled; empty while it is not.", learned=("closed_at",)),
        text("cause", "What was behind it, in the words of your own list.", learned=("closed_at",)),
    ),
)
