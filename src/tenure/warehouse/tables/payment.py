"""``payment``: money that moved for an invoice."""

from __future__ import annotations

from tenure.warehouse.table import events, money, text, time

payment = events(
    "payment",
    "Money that moved for an invoice; partial payments, refunds and chargebacks are rows of their own.",
    key="payment_id",
    generated_key=True,
    known="paid_at",
    columns=(
        text("payment_id", "The payment's id; made from the row's content where the file has none."),
        text("invoice_id", "The invoice paid.", required=True, references="invoice"),
        text("kind", "What moved.", choices=("payment", "refund", "chargeback"), default="payment"),
        money("amount", "How much, always positive.", required=True, low=0),
        text("currency", "ISO 4217 code; empty means the reporting currency."),
        time("paid_at", "When the money moved.", required=True),
    ),
)
