"""``opportunity``: a sale that may come, and whether it came."""

from __future__ import annotations

from tenure.warehouse.table import money, share, state, text, time

opportunity = state(
    "opportunity",
    "A sale that may come, and whether it came. An opportunity is not a booking: recurring revenue follows from "
    "subscriptions alone.",
    key="opportunity_id",
    known="created_at",
    own_time="closed_at",
    columns=(
        text("opportunity_id", "The opportunity's id.", required=True),
        text("account_id", "The account that may buy.", required=True, references="account"),
        text(
            "kind",
            "What is sold: a first sale, more of the same, another product, a renewal or an add-on.",
            required=True,
            choices=("new", "upsell", "cross_sell", "renewal", "add_on"),
        ),
        text(
            "status",
            "Whether it is decided.",
            required=True,
            choices=("open", "won", "lost"),
            learned=("closed_at",),
            before="open",
        ),
        # A file of the past holds the last stage and probability only, which give the outcome away.
        text("stage", "The step of the sale it has reached.", learned=("closed_at",)),
        share("probability", "How likely it is to be won.", learned=("closed_at",)),
        money("amount", "What it is worth.", required=True),
        text("currency", "ISO 4217 code; empty means the reporting currency."),
        text("owner_id", "Who of us works on it.", references="csm"),
        text("sourced_by", "Who or what brought it: a csm_id, or a word such as marketing."),
        time("created_at", "When it was opened.", required=True),
        time("expected_close", "When the decision is expected."),
        time("closed_at", "When it was won or lost.", learned=("closed_at",)),
        text("lost_reason", "Why it was lost.", learned=("closed_at",)),
        text("contract_id", "The contract it renews or led to.", references="contract"),
    ),
)
