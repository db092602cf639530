"""``score_model``: the definitions by which scores were made."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

score_model = state(
    "score_model",
    "A version of a model of scores, or of the rules of portfolios or scorecards, word for word, from when it was first used.",
    key="model version",
    known="at",
    reference=True,
    columns=(
        text(
            "model",
            "The model.",
            required=True,
            choices=("health",),
            open_choices=True,
        ),
        text("version", "A name for what the definition means.", required=True),
        time("at", "When it was first used.", required=True),
        text("definition", "The file, as it was; of a risk what was learned, and how well it tells.", required=True),
        text("by", "Who put it in force: tenure, where it came with Tenure or was put in the workspace as a file."),
    ),
)
