"""``annotation``: what happened on a day that a reader of figures should know of."""

from __future__ import annotations

from tenure.warehouse.table import date, state, text, time

annotation = state(
    "annotation",
    "What happened on a day that a reader of figures should know of, as a rise of prices: it stands on the charts of its "
    "metric, or of all, at the period with that day. It is of the whole organisation, and changes no figure.",
    key="annotation_id",
    reference=True,
    known="at",
    columns=(
        text("annotation_id", "The annotation's id.", required=True),
        text("metric", "The metric on whose charts it stands, by its slug; empty means on all."),
        date("day", "The day it tells of.", required=True),
        text("text", "What happened.", required=True),
        text("by", "Who wrote it: a log-in, as user 7, or a name.", required=True),
        time("at", "When it was written.", required=True),
    ),
)
