"""``objective_check_in``: how sure somebody was, on a day, that an objective will be reached."""

from __future__ import annotations

from tenure.warehouse.table import share, state, text, time

objective_check_in = state(
    "objective_check_in",
    "How sure whoever answers for an objective was, on a day, that it will be reached, and why. None replaces another.",
    key="check_in_id",
    known="at",
    columns=(
        text("check_in_id", "The check-in's id.", required=True),
        text("objective_id", "The objective it is about.", required=True, references="objective"),
        time("at", "When it was said.", required=True),
        share("confidence", "The probability that it will be reached, as judged then.", required=True),
        text("text", "What was said.", personal=True),
        text("by", "Who said it: a log-in, as user 7, or a name.", required=True),
    ),
)
