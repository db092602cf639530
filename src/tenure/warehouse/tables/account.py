"""``account``: a customer, or one that may become or was one."""

from __future__ import annotations

from tenure.warehouse.table import boolean, state, text, time

account = state(
    "account",
    "A customer, or one that may become or was one. A change of segment, tier or any other attribute is a row with the "
    "same account_id and its own valid_from; without valid_from the attributes hold from the beginning.",
    key="account_id valid_from",
    known="valid_from",
    columns=(
        text("account_id", "The account's id, the same in every file.", required=True),
        text("name", "The account's name.", required=True),
        text("domain", "The account's web domain; two accounts of one domain are reported as possible duplicates."),
        text("parent_id", "The account this one belongs to.", references="account"),
        text(
            "merged_into",
            "The account this one was merged into: all its facts, past ones too, count there.",
            references="account",
        ),
        text("segment", "The market segment, as enterprise or mid-market."),
        text("tier", "The level of service, as gold or tech-touch."),
        text("industry", "The industry."),
        text("region", "The sales region."),
        text("country", "ISO 3166 code of the country."),
        text("language", "BCP 47 tag of the language the account is addressed in, as en or pt-BR."),
        text("currency", "ISO 4217 code of the currency the account pays in; empty means the reporting currency."),
        text("lifecycle", "The phase of the relationship, as onboarding or adoption."),
        boolean("is_test", "A test account: never counted."),
        boolean("is_partner", "A partner: its referrals are not customers' referrals."),
        boolean("churn_flag", "Churned, according to the source.", check_only=True),
        boolean(
            "is_amended",
            "A row told here of single attributes, as they hold from now on: who the account is (name, parent_id, merged_into, "
            "is_test) is read from its other rows.",
        ),
        time("created_at", "When the account was created in the source."),
        time("valid_from", "From when these attributes hold; empty means from the beginning."),
    ),
)
