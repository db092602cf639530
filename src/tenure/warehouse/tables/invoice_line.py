"""``invoice_line``: what an invoice consists of."""

from __future__ import annotations

from tenure.warehouse.table import money, state, text, time

invoice_line = state(
    "invoice_line",
    "What an invoice consists of. A line has no id of its own and is all of its columns, so a corrected line is a "
    "new row beside a retraction of the old one.",
    # A change in mid-term is billed as a credit and a charge that differ in their amounts only.
    key="invoice_id kind product_id subscription_id period_start period_end amount",
    starts="period_start",
    ends="period_end",
    columns=(
        text("invoice_id", "The invoice.", required=True, references="invoice"),
        text("kind", "What is billed.", required=True, choices=("recurring", "usage", "one_off", "setup", "tax")),
        text("product_id", "The product billed.", references="product"),
        text("subscription_id", "The subscription line billed.", references="subscription"),
        time("period_start", "Where the time billed begins."),
        time("period_end", "Where it ends, exclusive.", is_end=True),
        money("amount", "The line's amount in the invoice's currency; negative where it is taken back.", required=True),
    ),
)
