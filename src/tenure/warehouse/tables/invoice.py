"""``invoice``: what was billed, credited or written off."""

from __future__ import annotations

from tenure.warehouse.table import Derived, money, state, text, time

invoice = state(
    "invoice",
    "What was billed, credited or written off. Whether and when it was paid follows from payments.",
    key="invoice_id",
    known="issued_at",
    columns=(
        text("invoice_id", "The document's id.", required=True),
        text("account_id", "The account billed.", required=True, references="account"),
        text("kind", "What the document is.", choices=("invoice", "credit_note", "write_off"), default="invoice"),
        text("credits_id", "The invoice that a credit note or write-off takes back.", references="invoice"),
        text("subscription_id", "The line billed, where it is one only.", references="subscription"),
        text("contract_id", "The contract billed.", references="contract"),
        text("opportunity_id", "The sale billed.", references="opportunity"),
        money(
            "amount",
            "The document's total, with tax; a credit note or write-off lowers what is owed, whatever its sign.",
            required=True,
        ),
        text("currency", "ISO 4217 code; empty means the reporting currency."),
        time("issued_at", "When it was issued.", required=True),
        time("due_at", "The day by which it is to be paid; it lasts until that day is over."),
        text(
            "status",
            "What became of it; drafts and void documents never count.",
            choices=("draft", "open", "paid", "void", "uncollectible"),
        ),
    ),
    derived=(
        Derived(
            "due_end",
            "TIMESTAMP",
            "timestamp(6)",
            "(((due_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE + 1)::TIMESTAMP AT TIME ZONE {zone})"
            " AT TIME ZONE 'UTC'",
            "The end of the local day by which it is to be paid.",
        ),
    ),
)
