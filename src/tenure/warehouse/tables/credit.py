"""``credit``: who gets how much of a sale or a renewal."""

from __future__ import annotations

from tenure.warehouse.table import share, state, text

credit = state(
    "credit",
    "Who gets how much of a sale or a renewal, where several worked on it. Without a row, all of it is the owner's.",
    key="opportunity_id contract_id csm_id",
    one_of=(("opportunity_id", "contract_id"),),
    columns=(
        text("opportunity_id", "The sale.", references="opportunity"),
        text("contract_id", "The contract, where it is not about a sale.", references="contract"),
        text("csm_id", "Who gets the credit.", required=True, references="csm"),
        share("share", "How much of it.", required=True),
    ),
)
