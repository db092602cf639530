"""``person``: a natural person at an account, or one of our own who uses the product."""

from __future__ import annotations

from tenure.warehouse.table import boolean, state, text, time

person = state(
    "person",
    "A natural person at an account, or one of our own who uses the product. Internal people and service users are "
    "left out of every count of users.",
    key="person_id",
    known="created_at",
    own_time="last_seen_at",
    columns=(
        text("person_id", "The person's id, as usage and surveys name it.", required=True),
        text("account_id", "The account the person works for.", references="account"),
        text("name", "The person's name.", personal=True),
        text("email", "The person's e-mail address; the same one at several accounts is reported.", personal=True),
        text("title", "The person's job title.", personal=True),
        text("role", "The part the person plays for us, as decision maker, administrator or user."),
        boolean("is_champion", "Speaks for the product inside the account."),
        boolean("is_internal", "One of our own people: never counted as a user."),
        boolean("is_service", "A technical user, not a human: never counted as a user."),
        time("created_at", "When the person was first known or invited."),
        time("left_at", "When the person left the account.", learned=("left_at",)),
        time("last_seen_at", "When the person last used the product.", learned=("last_seen_at",)),
    ),
)
