"""``step``: what one side is to do on the way to a customer's goals."""

from __future__ import annotations

from tenure.warehouse.table import integer, state, text, time

step = state(
    "step",
    "A step of a customer's success plan: what the customer or we are to do on the way to a goal, until when, and whether it "
    "was done. The account's way to value itself is told by milestones, which figures count.",
    key="step_id",
    own_time="done_at",
    columns=(
        text("step_id", "The step's id.", required=True),
        text("account_id", "The account whose plan it is in.", required=True, references="account"),
        text("goal_id", "The goal it leads to; empty for a step of the whole plan.", references="goal"),
        text("name", "What is to be done.", required=True),
        text("side", "Who is to do it: the customer, or us.", required=True, choices=("customer", "us")),
        text("owner", "Who on that side: a person_id, a csm_id or a name.", personal=True, people=True),
        time("due_at", "The day by which it is to be done; it lasts until that day is over."),
        integer("position", "Its place in the plan; those without one come last.", low=0),
        time("done_at", "When it was done; empty while it is not.", learned=("done_at",)),
        text(
            "done_by", "Who said that it was done: a person_id, a csm_id or a name.",
            personal=True, people=True, learned=("done_at",),
        ),
    ),
)  # fmt: skip
