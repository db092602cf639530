"""``renewal_forecast``: what was judged of a renewal, and when."""

from __future__ import annotations

from tenure.warehouse.table import money, state, text, time

renewal_forecast = state(
    "renewal_forecast",
    "What whoever looks after an account judged of its renewal at a time: will it come, and for how much. Each judgement is "
    "a row of its own, so that what was forecast on any day can be held against what came.",
    key="renewal_id at",
    known="at",
    columns=(
        text(
            "renewal_id",
            "The contract that comes up; where no contracts are loaded, the subscription and the day on which its yearly "
            "term ends, as s1@2026-05-01.",
            required=True,
        ),
        text("account_id", "The account whose renewal it is.", required=True, references="account"),
        time("at", "When it was judged.", required=True),
        text(
            "category",
            "How sure it is: commit and likely count in full, at_risk and will_leave with nothing, unless an amount says "
            "otherwise.",
            required=True,
            choices=("commit", "likely", "at_risk", "will_leave"),
        ),
        money("amount", "What the renewed contract is expected to be worth in a year."),
        text("currency", "ISO 4217 code; empty means the reporting currency."),
        text("by", "Who judged: a csm_id, or a name."),
        text("reason", "Why.", personal=True),
    ),
)
