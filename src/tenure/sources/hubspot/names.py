"""The columns of HubSpot's tables that are read, and their names however a connector writes them."""

from __future__ import annotations

_ROW = ("is_deleted", "archived_at", "_fivetran_synced")
_ACTIVITY = ("id", "hubspot_owner_id", "hs_timestamp", "hs_createdate", *_ROW)

COLUMNS: dict[str, tuple[str, ...]] = {
    "company": (
        "id", "name", "domain", "industry", "hs_country_code", "country", "lifecyclestage", "createdate",
        "hs_parent_company_id", "hs_merged_object_ids", "hubspot_owner_id", "hubspot_owner_assigneddate",
        "hs_lastmodifieddate", "segment", "tier", "region", *_ROW,
    ),
    "company_property_history": ("company_id", "name", "value", "timestamp", "_fivetran_start"),
    "contact": (
        "id", "email", "firstname", "lastname", "jobtitle", "hs_buying_role", "createdate", "associatedcompanyid",
        "hs_merged_object_ids", *_ROW,
    ),
    "contact_company": ("contact_id", "company_id", "type_id", "is_deleted"),
    "contact_merge_audit": ("canonical_vid", "vid_to_merge", "timestamp"),
    "owner": ("id", "email", "first_name", "last_name", "active_user_id", *_ROW),
    "owner_team": ("owner_id", "team_id", "is_team_primary", "is_deleted"),
    "team": ("id", "name"),
    "users": ("id", "primary_team_id"),
    "deal": (
        "id", "amount", "closedate", "createdate", "dealstage", "pipeline", "dealtype", "deal_currency_code",
        "hubspot_owner_id", "hs_analytics_source", "closed_lost_reason", "hs_is_closed_won", "hs_is_closed",
        "hs_deal_stage_probability", "companies", *_ROW,
    ),
    "deal_company": ("deal_id", "company_id", "type_id", "is_deleted"),
    "deal_pipeline_stage": ("stage_id", "pipeline_id", "label", "closed_won", "is_closed", "probability"),
    "deal_stage": ("deal_id", "value", "date_entered", "_fivetran_start"),
    "merged_deal": ("deal_id", "merged_deal_id", "_fivetran_synced"),
    "line_item": ("id", "hs_product_id", "amount", *_ROW),
    "line_item_deal": ("line_item_id", "deal_id", "is_deleted"),
    "product": ("id", "name", *_ROW),
    "ticket": (
        "id", "subject", "createdate", "closed_date", "first_agent_reply_date", "hs_pipeline", "hs_pipeline_stage",
        "hs_ticket_category", "hs_ticket_priority", "source_type", "hubspot_owner_id", "hs_merged_object_ids", *_ROW,
    ),
    "ticket_company": ("ticket_id", "company_id", "type_id", "is_deleted"),
    "ticket_contact": ("ticket_id", "contact_id", "is_deleted"),
    "ticket_pipeline_stage": ("stage_id", "pipeline_id", "label", "is_closed", "ticket_state"),
    "ticket_property_history": ("ticket_id", "name", "value", "timestamp", "_fivetran_start"),
    "engagement": ("id", "owner_id", "type"),
    "engagement_call": (
        *_ACTIVITY, "hs_call_direction", "hs_call_duration", "hs_call_status", "hs_call_disposition", "hs_call_body",
        "hs_call_title",
    ),
    "engagement_email": (
        *_ACTIVITY, "hs_email_direction", "hs_email_status", "hs_email_thread_id", "hs_sequence_id",
        "hs_email_subject", "hs_email_text",
    ),
    "engagement_meeting": (
        *_ACTIVITY, "hs_meeting_start_time", "hs_meeting_end_time", "hs_meeting_outcome", "hs_meeting_title",
        "hs_meeting_body",
    ),
    "engagement_communication": (*_ACTIVITY, "hs_communication_channel_type", "hs_communication_body"),
    "engagement_note": ("id",),
    "engagement_task": ("id",),
    "engagement_company": ("engagement_id", "company_id", "is_deleted"),
    "engagement_contact": ("engagement_id", "contact_id", "is_deleted"),
    "engagement_deal": ("engagement_id", "deal_id", "is_deleted"),
    "ticket_engagement": ("ticket_id", "engagement_id", "is_deleted"),
}  # fmt: skip

_EMAIL_EVENTS = (
    "bounce", "click", "deferred", "delivered", "dropped", "forward", "open", "print", "sent", "spam_report",
    "status_change",
)  # fmt: skip

#: Known, and nothing of them is read: DECISIONS.md says why.
ASIDE = frozenset({
    "contact_form_submission", "contact_list", "contact_list_member", "contact_property_history", "deal_contact",
    "deal_pipeline", "deal_property_history", "email_campaign", "email_event", "form", "property", "property_option",
    "role", "team_user", "ticket_deal", "ticket_pipeline", *(f"email_event_{name}" for name in _EMAIL_EVENTS),
})  # fmt: skip

#: The same thing under another name, in the tables that have it.
_ALIASES = {
    "_fivetran_deleted": "is_deleted", "archived": "is_deleted", "archivedat": "archived_at", "createdat": "createdate",
    "created_at": "createdate", "company_id": "id", "contact_id": "id", "deal_id": "id", "ticket_id": "id",
    "engagement_id": "id", "owner_id": "hubspot_owner_id", "deal_pipeline_stage_id": "dealstage",
    "deal_pipeline_id": "pipeline", "start_time": "hs_meeting_start_time", "end_time": "hs_meeting_end_time",
    "meeting_outcome": "hs_meeting_outcome", "title": "hs_meeting_title", "body": "hs_meeting_body",
    "timestamp_instant": "timestamp", "firstname": "first_name", "lastname": "last_name",
}  # fmt: skip


def column(stream: str, name: str) -> str:
    """``property_amount``, ``properties_amount`` and ``amount`` are one column; a property that is not known keeps its name."""
    plain = name.strip("`\"' ").lower().replace("properties_", "property_")
    known = COLUMNS.get(stream, ())
    bare = plain.removeprefix("property_")
    if stream == "owner" and bare == "owner_id":
        return "id"
    return next((found for found in (bare, _ALIASES.get(bare)) if found in known), plain)
