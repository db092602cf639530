"""``training``: a course that someone was to take."""

from __future__ import annotations

from tenure.warehouse.table import Derived, boolean, number, state, text, time

training = state(
    "training",
    "A course that a customer, or one of our own people, was to take. Completion counts the courses that are required "
    "and due.",
    key="training_id",
    known="assigned_at",
    own_time="completed_at",
    one_of=(("account_id", "csm_id"),),
    columns=(
        text("training_id", "The id of the assignment.", required=True),
        text("account_id", "The account that learns.", references="account"),
        text("csm_id", "Who of us learns.", references="csm"),
        text("person_id", "Who at the account learns.", references="person"),
        text("course", "The course.", required=True),
        boolean("required", "Has to be taken; optional courses don't count."),
        time("assigned_at", "When it was assigned.", required=True),
        time("due_at", "The day by which it is to be done; it lasts until that day is over."),
        time("completed_at", "When it was done; empty while it is not.", learned=("completed_at",)),
        number("score", "The result, on the course's own scale.", learned=("completed_at",)),
    ),
    derived=(
        Derived(
            "due_end",
            "TIMESTAMP",
            "timestamp(6)",
            "(((due_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE + 1)::TIMESTAMP AT TIME ZONE {zone})"
            " AT TIME ZONE 'UTC'",
            "The end of the local day by which it is to be done.",
        ),
    ),
)
