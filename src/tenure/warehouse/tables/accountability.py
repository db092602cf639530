"""``accountability``: who answers for which metric, of whose accounts, from when to when."""

from __future__ import annotations

from tenure.warehouse.table import date, state, text

accountability = state(
    "accountability",
    "Who answers for what a metric is, from when to when: of the whole company, of everybody who reports to somebody, or of one "
    "person's own accounts. At any time one person answers for one metric of the same accounts; figures roll up along csm.manager_id.",
    key="metric line_id valid_from",
    reference=True,
    known="valid_from",
    starts="valid_from",
    ends="valid_to",
    no_overlap=("metric", "line_id"),
    columns=(
        text("metric", "The metric, by its slug.", required=True),
        text("line_id", "Whose accounts: of this person and all who report to them; empty means the whole company.", references="csm"),
        text("csm_id", "Who answers for it.", required=True, references="csm"),
        date("valid_from", "From which day.", required=True),
        date("valid_to", "Until which day, exclusive; empty while it holds.", is_end=True, learned=("valid_to",)),
        text("by", "Who told it so: a log-in, as user 7, or a name."),
        text("reason", "Why it was changed."),
    ),
)  # fmt: skip
