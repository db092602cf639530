"""``renewal_outcome``: what was told of how a renewal ended, before contracts and subscriptions tell it."""

from __future__ import annotations

from tenure.warehouse.table import boolean, date, money, state, text, time

renewal_outcome = state(
    "renewal_outcome",
    "What was told of how a renewal ended. It never changes revenue, which follows from subscriptions alone: where a "
    "contract has no outcome of its own it stands in for that until the days of grace are over, and explains a loss where "
    "no row of churn does.",
    key="renewal_id",
    known="decided_at",
    own_time="decided_at",
    columns=(
        text(
            "renewal_id",
            "The contract that came up; where no contracts are loaded, the subscription and the day on which its yearly "
            "term ends, as s1@2026-05-01.",
            required=True,
        ),
        text("account_id", "The account whose renewal it is.", required=True, references="account"),
        text(
            "outcome",
            "What became of it: postponed is still open, and so is one whose outcome was taken back (open).",
            required=True,
            choices=("renewed", "lost", "postponed", "open"),
        ),
        time("decided_at", "When it was decided.", required=True),
        money("value", "What the renewed contract is worth in a year."),
        text("currency", "ISO 4217 code; empty means the reporting currency."),
        date(
            "postponed_to", "The day on which a postponed renewal is now to be decided. Rates count it when it was due."
        ),
        text("kind", "How it was lost.", choices=("voluntary", "non_payment", "merger", "closed")),
        text("reason", "Why it was lost, in the words of your own list."),
        text("competitor", "Who won the account."),
        boolean("controllable", "Whether we could have done something about it."),
        text("by", "Who told it: a csm_id, or a name."),
        text("text", "What the customer said.", personal=True),
    ),
)
