"""Salesforce's words, and what they are in Tenure's."""

from __future__ import annotations

#: The words of opportunity types, in small letters, that can mean one thing only.
KINDS = {
    "new": "new", "new business": "new", "new customer": "new", "upsell": "upsell", "upgrade": "upsell",
    "existing customer - upgrade": "upsell", "cross-sell": "cross_sell", "cross sell": "cross_sell",
    "renewal": "renewal", "add-on": "add_on", "add on": "add_on",
}  # fmt: skip

#: What people do, by their title or else the name of their role.
ROLES = {
    "customer success manager": "csm", "csm": "csm", "senior customer success manager": "csm",
    "customer success": "csm", "account manager": "account_manager", "key account manager": "account_manager",
    "account executive": "sales", "sales": "sales", "sales representative": "sales", "sales manager": "sales",
    "support": "support", "customer support": "support", "support agent": "support", "support engineer": "support",
    "onboarding": "onboarding", "onboarding manager": "onboarding", "onboarding specialist": "onboarding",
    "head of customer success": "leader", "vp customer success": "leader", "chief customer officer": "leader",
}  # fmt: skip

#: Types of users that are none of us: customers and partners in portals, guests, and Salesforce itself.
OUTSIDERS = (
    "AutomatedProcess", "CloudIntegrationUser", "CsnOnly", "CSNOnly", "CspLitePortal", "CSPLitePortal",
    "CustomerSuccess", "Guest", "PowerCustomerSuccess", "PowerPartner", "SelfService",
)  # fmt: skip

WEB_DOMAIN = "nullif(regexp_extract(lower(website), '^(?:[a-z]+://)?(?:www\\.)?([a-z0-9-]+(?:\\.[a-z0-9-]+)+)(?:[:/?#].*)?$', 1), '')"


def yes(column: str) -> str:
    """SQL: whether a flag says yes; empty is no."""
    return f"(lower(coalesce({column}, '')) IN ('true', 't', '1'))"


def case(column: str, words: dict[str, str]) -> str:
    """SQL of what each word becomes; null for any other."""
    whens = " ".join(f"WHEN '{word}' THEN '{ours}'" for word, ours in words.items())
    return f"CASE {column} {whens} END"


#: SQL of a task's channel, null for one that is no contact: a to-do.
CHANNEL = (
    "CASE WHEN lower(t.task_subtype) IN ('email', 'listemail') THEN 'email' WHEN lower(t.task_subtype) = 'call' THEN 'call' "
    "WHEN lower(t.type) IN ('email', 'call', 'meeting') THEN lower(t.type) "
    "WHEN coalesce(t.call_type, t.call_duration_in_seconds) IS NOT NULL THEN 'call' END"
)

#: SQL of what a line is worth: its price, else quantity times price of one.
LINE_PRICE = (
    "coalesce(TRY_CAST(total_price AS DECIMAL(18, 4)), "
    "CAST(TRY_CAST(quantity AS DOUBLE) * TRY_CAST(unit_price AS DECIMAL(18, 4)) AS DECIMAL(18, 4)))"
)

#: SQL: a row of a table without versions, or the version that holds.
IN_FORCE = f"(_fivetran_start IS NULL OR {yes('_fivetran_active')})"


def kind_of(column: str) -> str:
    """SQL of the kind that a type says; null where it says none. One that is existing business is no first sale."""
    return f"coalesce({case(f'lower({column})', KINDS)}, CASE WHEN lower({column}) LIKE 'existing%' THEN 'upsell' END)"
