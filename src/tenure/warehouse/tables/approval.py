"""``approval``: something that was approved."""

from __future__ import annotations

from tenure.warehouse.table import Column, Type, date, integer, state, text, time

approval = state(
    "approval",
    "Something that was approved, by whom and when, and exactly what it was when it was approved.",
    key="what subject period_start period_end by",
    known="at",
    own_time="at",
    starts="period_start",
    ends="period_end",
    columns=(
        text("what", "The kind of thing, as a pay run, a statement, a plan, a review or an audit.", required=True),
        text("subject", "Which one: the plan's name, the person's csm_id; empty means all of the period."),
        date("period_start", "The first day of the period it is about."),
        date("period_end", "The day after the last one.", is_end=True),
        time("at", "When.", required=True),
        text("by", "Who approved it, by log-in.", required=True),
        text("note", "What was said with it.", personal=True),
        Column(
            "content", Type.JSON, "What was approved, as it was then, where it is kept nowhere else: as of an audit."
        ),
        integer("last_batch", "The last batch that counted.", low=0),
        Column("hashes", Type.JSON, "The hashes of what was approved, by name."),
    ),
)
