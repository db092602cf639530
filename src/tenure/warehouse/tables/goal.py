"""``goal``: what a customer wants to achieve."""

from __future__ import annotations

from tenure.warehouse.table import Derived, number, state, text, time

goal = state(
    "goal",
    "What a customer wants to achieve with the product, by when, and whether it was reached.",
    key="goal_id",
    own_time="reached_at",
    columns=(
        text("goal_id", "The goal's id.", required=True),
        text("account_id", "The account whose goal it is.", required=True, references="account"),
        text("name", "The goal, in the customer's words.", required=True),
        text("measure", "What it is measured by."),
        number("baseline", "Where the measure stood at the start."),
        number("target", "Where it is to be."),
        number("current", "Where it stands now, as it was said last; what it was before is in the versions before."),
        time("due_at", "The day by which it is to be reached; it lasts until that day is over."),
        text("confirmed_by", "Who of the customer confirmed it: a person_id or a name.", personal=True, people=True),
        time("confirmed_at", "When it was confirmed; empty while it is not.", learned=("confirmed_at",)),
        time("reached_at", "When it was reached; empty while it is not.", learned=("reached_at",)),
    ),
    derived=(
        Derived(
            "due_end",
            "TIMESTAMP",
            "timestamp(6)",
            "(((due_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE + 1)::TIMESTAMP AT TIME ZONE {zone})"
            " AT TIME ZONE 'UTC'",
            "The end of the local day by which it is to be reached.",
        ),
    ),
)
