"""``usage``: something that was done in the product."""

from __future__ import annotations

from tenure.warehouse.table import Column, Derived, Type, events, integer, number, text, time

usage = events(
    "usage",
    "Something that was done in the product: one row per event. An event without an id gets one from its content, so "
    "that loading its file again changes nothing; only events with ids survive being split over several files.",
    key="event_id",
    generated_key=True,
    known="occurred_at",
    columns=(
        text("event_id", "The event's id; made from the row's content where the file has none."),
        text("account_id", "The account that used the product.", required=True, references="account"),
        text("person_id", "Who used it.", references="person"),
        text("feature", "The event's name: the feature that was used.", required=True, references="feature"),
        time("occurred_at", "When.", required=True),
        text("product_id", "The product used.", references="product"),
        text("subscription_id", "The subscription under which it was used.", references="subscription"),
        text("session_id", "The session it was part of; without one, sessions are cut at 30 idle minutes."),
        number("seconds", "How long it lasted.", low=0),
        integer("count", "How many uses the row stands for.", default="1", low=0),
        Column("properties", Type.JSON, "Whatever else the event carried.", personal=True),
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
