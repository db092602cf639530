"""``ticket_comment``: something that was written on a ticket."""

from __future__ import annotations

from tenure.warehouse.table import boolean, events, text, time

ticket_comment = events(
    "ticket_comment",
    "Something that was written on a ticket. Only what an agent writes in public is a reply: bots and internal notes "
    "are none.",
    key="comment_id",
    generated_key=True,
    known="at",
    columns=(
        text("comment_id", "The comment's id; made from the row's content where the file has none."),
        text("ticket_id", "The ticket.", required=True, references="ticket"),
        text("author_id", "Who wrote it: a person_id or a csm_id.", people=True),
        text("author_role", "As what.", required=True, choices=("requester", "agent", "bot")),
        boolean("is_public", "Whether the requester can read it.", required=True),
        time("at", "When.", required=True),
    ),
)
