"""``objective``: what our company, a team or one of our people is to reach, and by when."""

from __future__ import annotations

from tenure.warehouse.table import Column, Type, date, share, state, text, time

objective = state(
    "objective",
    "What our company, a team or one of our people is to reach: a goal in words, the metric that tells whether it is "
    "reached, how much of it, in which window, and who answers for it. Without a metric it is a milestone, which is done or "
    "not. Whoever sees everything sees all of them; others see their own and those above them.",
    key="objective_id",
    known="at",
    own_time="at",
    starts="period_start",
    ends="period_end",
    columns=(
        text("objective_id", "The objective's id.", required=True),
        text("level", "Whose it is.", required=True, choices=("company", "team", "person")),
        text("csm_id", "Who answers for it; of level person whose it is.", required=True, references="csm"),
        text("team", "The team whose it is, of level team."),
        text("name", "The goal that it stands for, in words.", required=True),
        text("serves", "The objective that it serves.", references="objective"),
        text("metric", "The metric that measures it, by its slug; empty means a milestone."),
        text(
            "slice",
            "DIM=VALUE as --where has it, several separated by commas; window=3m and variant=NAME name what is not the "
            "metric's default.",
        ),
        text("direction", "Whether more or less is better.", choices=("at_least", "at_most")),
        Column("target", Type.VALUE, "What is to be reached, in the metric's unit: shares as fractions."),
        date("period_start", "The first day of its window.", required=True),
        date("period_end", "The day after the last of its window.", required=True, is_end=True),
        share("weight", "Its part of what its owner is to reach in that window; the parts of one owner make 1."),
        date("ramp_start", "The first day of a ramp: until then only a share of the target is expected."),
        date("ramp_end", "The first day on which all of it is expected.", is_end=True),
        share("ramp_share", "The share of the target that is expected when the ramp begins."),
        time("done_at", "When a milestone was done; empty while it is not.", learned=("done_at",)),
        time("dropped_at", "When it was given up; empty while it stands.", learned=("dropped_at",)),
        text("by", "Who told it so: a log-in, as user 7, or a name.", required=True),
        text("reason", "Why it was changed or given up."),
        time("at", "When it was told so.", required=True),
    ),
)
