"""``ticket``: a case at support."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

ticket = state(
    "ticket",
    "A case at support. Its course is told by ticket_status, ticket_assignee and ticket_comment where they are "
    "loaded, and by its own times where they are not.",
    key="ticket_id",
    known="created_at",
    own_time="solved_at",
    columns=(
        text("ticket_id", "The ticket's id.", required=True),
        text("account_id", "The account it is about.", references="account"),
        text("requester_id", "Who asked.", references="person"),
        text("assignee_id", "Who of us works on it.", references="csm"),
        text("priority", "How urgent it is.", choices=("low", "normal", "high", "urgent"), open_choices=True),
        text("channel", "How it came.", choices=("email", "web", "chat", "phone", "api"), open_choices=True),
        text("category", "What it is about, in the words of your own list."),
        text("product_id", "The product it is about.", references="product"),
        text("subject", "Its subject line.", personal=True),
        time("created_at", "When it was opened.", required=True),
        time("first_reply_at", "When a human first answered in public.", learned=("first_reply_at",)),
        time("first_solved_at", "When it was first solved.", learned=("first_solved_at",)),
        time("solved_at", "When it was last solved; empty while it is not.", learned=("solved_at",)),
        time("closed_at", "When it was closed for good.", learned=("closed_at",)),
        time("escalated_at", "When it was escalated.", learned=("escalated_at",)),
        text("merged_into", "The ticket this one was merged into.", references="ticket"),
        text("schedule_id", "The business hours that apply to it.", references="schedule"),
    ),
)
