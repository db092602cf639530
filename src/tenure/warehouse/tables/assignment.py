"""``assignment``: who looks after which account, from when to when."""

from __future__ import annotations

from tenure.warehouse.table import share, state, text, time

assignment = state(
    "assignment",
    "Who looks after which account, from when to when. A later assignment of the same role ends the earlier ones; "
    "several with the same valid_from share the account.",
    key="account_id role valid_from csm_id",
    known="valid_from",
    starts="valid_from",
    ends="valid_to",
    one_of=(("csm_id", "pool"),),
    columns=(
        text("account_id", "The account looked after.", required=True, references="account"),
        text("csm_id", "Who looks after it.", references="csm"),
        text("pool", "The pool that looks after it, where no single person does."),
        text(
            "role",
            "In which role; owner is the one that figures by owner use.",
            choices=("owner",),
            open_choices=True,
            default="owner",
        ),
        time("valid_from", "From when.", required=True),
        time("valid_to", "Until when, exclusive; empty until another takes over.", is_end=True, learned=("valid_to",)),
        share("share", "The part of the account's figures that counts for this person.", default="1"),
    ),
)
