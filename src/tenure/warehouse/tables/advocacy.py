"""``advocacy``: something a customer did to recommend us."""

from __future__ import annotations

from tenure.warehouse.table import Derived, money, state, text, time

advocacy = state(
    "advocacy",
    "Something a customer did to recommend us: a referral, a reference, a testimonial, a case study or a review. It "
    "counts while consent lasts.",
    key="advocacy_id",
    known="occurred_at",
    columns=(
        text("advocacy_id", "The id of the act.", required=True),
        text("account_id", "The account that recommends us.", required=True, references="account"),
        text("person_id", "Who there.", references="person"),
        text(
            "kind",
            "What it did.",
            required=True,
            choices=("referral", "reference", "testimonial", "case_study", "review"),
        ),
        time("occurred_at", "When.", required=True),
        text("outcome", "What came of a referral.", choices=("open", "qualified", "won", "lost")),
        text("referred_account_id", "The account that was referred.", references="account"),
        text("referred_domain", "The web domain of who was referred, to find duplicates and self-referrals."),
        money("value", "What came of it in a year, in the reporting currency.", low=0),
        time("consent_at", "When the customer agreed to be named.", learned=("consent_at",)),
        time(
            "expires_at", "When the consent ends, exclusive; empty means never.", is_end=True, learned=("consent_at",)
        ),
        text("reward", "What the customer gets for it.", learned=("rewarded_at",)),
        time("rewarded_at", "When it was given.", learned=("rewarded_at",)),
    ),
    derived=(
        Derived(
            "occurred_day",
            "DATE",
            "date",
            "(occurred_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day on which it was.",
        ),
    ),
)
