"""``contract``: a term that was signed, and what became of it."""

from __future__ import annotations

from tenure.warehouse.table import boolean, money, state, text, time

_DECIDED = ("decided_at", "ended_at")

contract = state(
    "contract",
    "A term that was signed, and what became of it when it was due. Renewal rates count contracts in the period in "
    "which they fall due, however early or late they were decided.",
    key="contract_id",
    known="started_at",
    own_time="decided_at",
    starts="started_at",
    ends="ended_at",
    columns=(
        text("contract_id", "The contract's id.", required=True),
        text("account_id", "The account that signed.", required=True, references="account"),
        time("started_at", "When the term begins.", required=True),
        time("ended_at", "When the term ends and the renewal is due, exclusive.", required=True, is_end=True),
        money("value", "What the contract is worth in a year.", required=True),
        text("currency", "ISO 4217 code; empty means the reporting currency."),
        boolean("auto_renew", "Renews by itself unless notice is given."),
        boolean("evergreen", "Runs month by month without a term: its renewals are shown apart."),
        time("notice_by", "The last moment to give notice."),
        text(
            "outcome",
            "What became of it; empty means judged by the successor or by what is still paid.",
            choices=("renewed", "churned", "reduced", "open"),
            learned=_DECIDED,
        ),
        text("outcome_reason", "Why.", learned=_DECIDED),
        time("decided_at", "When it was decided.", learned=("decided_at",)),
        money("renewed_value", "What the renewed contract is worth in a year.", learned=_DECIDED),
        text("successor_id", "The contract that follows.", references="contract", learned=_DECIDED),
        # A file of the past holds the last forecast only, made when the outcome was all but known.
        text("forecast", "What is expected to become of it, in the words of the source.", learned=_DECIDED),
        money("forecast_value", "What the renewed contract is expected to be worth in a year.", learned=_DECIDED),
    ),
)
