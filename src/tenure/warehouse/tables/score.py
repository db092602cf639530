"""``score``: what a model made of an account on a day, kept as it was said."""

from __future__ import annotations

from tenure.warehouse.table import number, share, state, text, time

score = state(
    "score",
    "What a model made of an account at a time: the customer health score of a day, or the risk of leaving or reducing, or of growing. It is written by tenure run and kept "
    "under the version of the model that made it, so that it stays what it was when the model, or what is known, changes.",
    key="account_id model version at",
    known="at",
    columns=(
        text("account_id", "The account.", required=True, references="account"),
        text(
            "model",
            "The model: health; churn_risk_30, churn_risk_90, churn_risk_180, by days, and churn_risk_renewal with the next renewal; contraction_90, growth_90.",
            required=True,
            choices=("health",),
            open_choices=True,
        ),
        text("version", "The model's version: a row of score_model.", required=True),
        time("at", "Of which moment: what had happened until then.", required=True),
        number(
            "score",
            "What it made of it: 0 to 100, of a risk the probability in percent.",
            required=True,
            low=0,
            high=100,
        ),
        share("coverage", "The share of the model's weight of which something was known."),
        text(
            "band",
            "The band of the model in which the score lies.",
            choices=("good", "fair", "poor"),
            open_choices=True,
        ),
    ),
)
