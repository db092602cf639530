"""``absence``: when one of our people is away, and who stands in."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

absence = state(
    "absence",
    "When one of our people is away, and who stands in. Capacity is counted without these times.",
    key="csm_id from",
    known="from",
    starts="from",
    ends="to",
    columns=(
        text("csm_id", "Who is away.", required=True, references="csm"),
        time("from", "When the absence begins.", required=True),
        time("to", "When it ends, exclusive.", required=True, is_end=True),
        text("kind", "Why, as holiday, sick or parental leave."),
        text("cover_csm_id", "Who stands in.", references="csm"),
    ),
)
