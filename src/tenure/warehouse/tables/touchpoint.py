"""``touchpoint``: a contact between us and an account."""

from __future__ import annotations

from tenure.warehouse.table import Column, Derived, Type, boolean, events, integer, number, text, time

touchpoint = events(
    "touchpoint",
    "A contact between us and an account. A meeting of five is one, and so is a day's thread; automated mail is none.",
    key="touchpoint_id",
    known="occurred_at",
    columns=(
        text("touchpoint_id", "The contact's id.", required=True),
        text("account_id", "The account.", required=True, references="account"),
        text("csm_id", "Who of us.", references="csm"),
        text(
            "channel",
            "How; a review is a business review.",
            required=True,
            choices=("email", "call", "meeting", "review", "chat", "visit"),
        ),
        text("direction", "Who spoke: out is us, in is the customer.", choices=("out", "in", "both"), default="both"),
        time("occurred_at", "When.", required=True),
        number("minutes", "How long it took.", low=0),
        Column("person_ids", Type.LIST, "Who of the customer took part.", people=True),
        integer("quality", "How good it was, from 1 to 5.", low=1, high=5),
        number("sentiment", "Its tone, from -1 to 1.", low=-1, high=1),
        text("outcome", "What came of it, in the words of your own list."),
        boolean("is_automated", "Sent by a machine: never counted as a contact."),
        text("thread_id", "The conversation it is part of."),
        text("text", "What was said or noted.", personal=True),
    ),
    derived=(
        Derived(
            "occurred_day",
            "DATE",
            "date",
            "(occurred_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day on which it was.",
        ),
    ),
)
