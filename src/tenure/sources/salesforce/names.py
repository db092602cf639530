"""The columns of Salesforce's tables that are read, and their names however a connector writes them."""

from __future__ import annotations

import re

_ROW = ("is_deleted", "system_modstamp", "last_modified_date", "_fivetran_synced")
_VERSION = ("_fivetran_active", "_fivetran_start", "_fivetran_end")

COLUMNS: dict[str, tuple[str, ...]] = {
    "account": (
        "id", "name", "website", "parent_id", "master_record_id", "industry", "billing_country_code", "type",
        "account_source", "rating", "ownership", "billing_country", "owner_id", "currency_iso_code", "is_partner",
        "created_date", *_ROW, *_VERSION,
    ),
    "account_history": (
        "id", "name", "parent_id", "master_record_id", "industry", "billing_country_code", "type", "account_source",
        "rating", "ownership", "billing_country", "owner_id", "currency_iso_code", "is_partner", "created_date",
        "account_id", "field", "new_value", *_ROW, *_VERSION,
    ),
    "account_team_member": (
        "id", "account_id", "user_id", "team_member_role", "created_date", *_ROW,
    ),
    "contact": (
        "id", "account_id", "name", "first_name", "last_name", "email", "title", "master_record_id", "created_date",
        *_ROW, *_VERSION,
    ),
    "contact_history": ("id", "is_deleted", *_VERSION),
    "user": (
        "id", "name", "email", "manager_id", "department", "title", "user_role_id", "user_type", "is_active",
        "employee_number", "_fivetran_deleted", *_ROW, *_VERSION,
    ),
    "user_role": ("id", "name", "_fivetran_synced"),
    "opportunity": (
        "id", "account_id", "amount", "close_date", "created_date", "currency_iso_code", "is_closed", "is_won",
        "lead_source", "owner_id", "probability", "stage_name", "type", "contract_id", *_ROW, *_VERSION,
    ),
    "opportunity_history": (
        "id", "account_id", "amount", "close_date", "created_date", "currency_iso_code", "is_closed", "is_won",
        "lead_source", "owner_id", "probability", "stage_name", "type", "contract_id", *_ROW, *_VERSION,
    ),
    "opportunity_line_item": (
        "id", "opportunity_id", "product_2_id", "total_price", "quantity", "unit_price", *_ROW, *_VERSION,
    ),
    "product_2": ("id", "name", "family", *_ROW, *_VERSION),
    "task": (
        "id", "account_id", "what_id", "who_id", "owner_id", "type", "task_subtype", "status", "is_closed",
        "is_recurrence", "activity_date", "completed_date_time", "created_date", "call_type",
        "call_duration_in_seconds", "call_disposition", "description", "subject", *_ROW, *_VERSION,
    ),
    "task_relation": ("task_id", "relation_id", "is_deleted"),
    "event": (
        "id", "account_id", "what_id", "who_id", "owner_id", "type", "is_child", "is_recurrence", "is_all_day_event",
        "start_date_time", "activity_date_time", "activity_date", "duration_in_minutes", "description", "subject", *_ROW,
        *_VERSION,
    ),
    "event_relation": ("event_id", "relation_id", "is_deleted"),
    "email_message": ("id", "activity_id", "incoming", "thread_identifier", "automation_type", "is_deleted"),
}  # fmt: skip

#: Known, and nothing of them is read: DECISIONS.md says why.
ASIDE = frozenset({
    "asset", "campaign", "campaign_member", "case", "case_comment", "case_history", "contract", "contact_role",
    "entitlement", "group", "lead", "lead_history", "opportunity_contact_role", "opportunity_field_history",
    "opportunity_stage", "order", "order_item", "pricebook_2", "pricebook_entry", "profile", "quote",
    "quote_line_item", "record_type",
})  # fmt: skip


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()


_TABLES = {_squeezed(name): name for name in (*COLUMNS, *ASIDE)}
_FIELDS = {stream: {_squeezed(name): name for name in names if name[0] != "_"} for stream, names in COLUMNS.items()}


def table(name: str) -> str:
    """``OpportunityLineItem``, ``OPPORTUNITYLINEITEM`` and ``opportunity_line_item`` are one table."""
    return _TABLES.get(_squeezed(name), name.lower())


def column(stream: str, name: str) -> str:
    """``StageName``, ``stagename`` and ``stage_name`` are one column; ``Plan__c`` is ``plan_c``."""
    known = _FIELDS.get(stream, {}).get(_squeezed(name))
    if known:
        return known
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])", "_", name)
    return re.sub(r"(?<=.)_{2,}", "_", words).lower()
