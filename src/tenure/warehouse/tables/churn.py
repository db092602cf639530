"""``churn``: why an account, or one of its subscriptions, was lost."""

from __future__ import annotations

from tenure.warehouse.table import boolean, state, text, time

churn = state(
    "churn",
    "Why an account, or one of its subscriptions, was lost. Whether it was lost follows from its subscriptions alone; "
    "a loss that no row here explains is shown as unknown.",
    key="churn_id",
    known="at",
    own_time="at",
    columns=(
        text("churn_id", "The id of the loss.", required=True),
        text("account_id", "The account that was lost.", required=True, references="account"),
        text("subscription_id", "The line that was lost, where the account stayed.", references="subscription"),
        time("at", "When.", required=True),
        text("kind", "How it was lost.", choices=("voluntary", "non_payment", "merger", "closed"), default="voluntary"),
        text("reason", "Why, in the words of your own list."),
        text("competitor", "Who won the account."),
        boolean("controllable", "Whether we could have done something about it."),
        text("text", "What the customer said.", personal=True),
    ),
)
