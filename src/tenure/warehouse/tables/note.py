"""``note``: what somebody wrote down about an account."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

note = state(
    "note",
    "What somebody wrote down about an account that is no contact with it: a contact is a touchpoint, and counts as one.",
    key="note_id",
    known="at",
    columns=(
        text("note_id", "The note's id.", required=True),
        text("account_id", "The account.", required=True, references="account"),
        time("at", "When it was written.", required=True),
        text("by", "Who wrote it: a csm_id, or a name."),
        text("kind", "What kind of note it is, in the words of the source."),
        text("title", "What it is about.", personal=True),
        text("text", "What was written.", personal=True),
    ),
)
