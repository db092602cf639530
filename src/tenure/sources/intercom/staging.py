"""What Intercom's tables come to where a map cannot say it. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from tenure.sources.intercom.course import SAID_BESIDE, STATUSES
from tenure.sources.intercom.objects import COMPANY, CONTACT, CONVERSATION, PART, deleted, undeleted
from tenure.sources.intercom.remarks import remarks
from tenure.sources.vendor import Made, Personal, Vendor

_VERSIONED = ("updated_at", "_fivetran_active", "_fivetran_end")
COLUMNS: dict[str, tuple[str, ...]] = {
    "company_history": ("id", "company_id", "name", *_VERSIONED),
    "contact_history": ("id", "external_id", "role", *_VERSIONED),
    "contact_company_history": ("contact_id", "company_id", "contact_updated_at", "_fivetran_active"),
    "admin": ("id", "email"),
    "team": ("id", "name", "_fivetran_deleted"),
    "team_admin": ("admin_id", "team_id", "_fivetran_deleted"),
    "tag": ("id", "name", "_fivetran_deleted"),
    "conversation_history": (
        "id", "created_at", "company_id", "source_author_type", "source_author_id", "source_type", "priority",
        "first_contact_reply_created_at", "assignee_id", "assignee_type", "state", "open", "waiting_since",
        "conversation_rating_value", "conversation_rating_contact_id", *_VERSIONED,
    ),
    "conversation_contact_history": ("conversation_id", "contact_id", "conversation_updated_at", "_fivetran_active"),
    "conversation_tag_history": ("conversation_id", "tag_id", "conversation_updated_at", "_fivetran_active"),
    "conversation_part_history": (
        "id", "conversation_id", "part_type", "author_type", "author_id", "created_at", "updated_at", "body",
        "assigned_to_type", "assigned_to_id",
    ),
}  # fmt: skip

_TEAMS = f"""
    SELECT l.admin_id, min(coalesce(t.name, l.team_id)) AS team
    FROM {undeleted("team_admin")} l LEFT JOIN {undeleted("team")} t ON t.id = l.team_id
    GROUP BY 1 HAVING count(DISTINCT l.team_id) = 1 ORDER BY 1
"""


def _retracted(stream: str, table: str, keys: str) -> Made:
    return Made(
        (stream,),
        f"SELECT '{table}' AS table_name, key, \"at\", 'deleted in Intercom' AS reason FROM ({deleted(stream, keys)}) "
        "ORDER BY key",
    )


VENDOR = Vendor(
    name="intercom",
    columns=COLUMNS,
    made={
        "companies": Made(("company_history",), COMPANY),
        "contacts": Made(("contact_history", "contact_company_history", "company_history"), CONTACT),
        "teams": Made(("team_admin", "team"), _TEAMS),
        "conversations": Made(
            (
                "conversation_history", "conversation_contact_history", "contact_history", "contact_company_history",
                "company_history", "conversation_tag_history", "tag", "conversation_part_history",
            ),
            CONVERSATION,
        ),
        "parts": Made(("conversation_part_history", "contact_history", "admin"), PART),
        "statuses": Made(("conversation_history", "conversation_part_history", "contact_history", "admin"), STATUSES),
        "said": Made(("conversation_part_history", "contact_history", "admin"), SAID_BESIDE),
        "gone_companies": _retracted(
            "company_history", "account", f"SELECT id, account_id AS own FROM ({COMPANY})"
        ),
        "gone_people": _retracted("contact_history", "person", f"SELECT id, person_id AS own FROM ({CONTACT})"),
        "gone": _retracted(
            "conversation_history", "ticket", "SELECT DISTINCT id, id AS own FROM conversation_history"
        ),
    },
    remarks=remarks,
    aside=frozenset({
        "article_history", "collection_history", "help_center_history", "company_tag_history", "contact_tag_history",
        "company_segment_history", "contact_segment_history", "segment", "ticket_history", "ticket_part_history",
        "ticket_contact_history", "ticket_type_history",
    }),
    personal={
        "contact_history": Personal(("id", "external_id"), ("name", "email"), own=True),
        "contact_company_history": Personal(("contact_id",)),
        "conversation_history": Personal(
            ("source_author_id", "conversation_rating_contact_id"), ("source_subject", "conversation_rating_remark")
        ),
        "conversation_contact_history": Personal(("contact_id",)),
        "conversation_part_history": Personal(("author_id",), ("body",)),
    },
)  # fmt: skip
