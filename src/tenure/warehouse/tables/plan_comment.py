"""``plan_comment``: what was said about a customer's success plan."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

plan_comment = state(
    "plan_comment",
    "What the customer or one of us wrote about a success plan, or about a goal or step in it. Both sides read it: what is "
    "meant for us alone is a note.",
    key="comment_id",
    known="at",
    columns=(
        text("comment_id", "The comment's id.", required=True),
        text("account_id", "The account whose plan it is about.", required=True, references="account"),
        text("goal_id", "The goal it is about; empty for the whole plan.", references="goal"),
        text("step_id", "The step it is about.", references="step"),
        time("at", "When it was written.", required=True),
        text("side", "Who wrote it: the customer, or we.", required=True, choices=("customer", "us")),
        text("by", "Who, as a name.", personal=True, people=True),
        text("text", "What was written.", required=True, personal=True),
    ),
)
