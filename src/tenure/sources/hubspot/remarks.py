"""What people should know of a folder of HubSpot's tables: what has no counterpart, what was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.hubspot.terms import (
    CHANNELS,
    KINDS,
    NOT_CALLED,
    NOT_HELD,
    NOT_SENT,
    PRIORITIES,
    STATUSES,
    case,
    company_of,
    listed,
    yes,
)
from tenure.sources.vendor import Ask

_NO_TIME = "coalesce(archived_at, _fivetran_synced) IS NULL"


def remarks(ask: Ask) -> Iterator[str]:
    """See ``Vendor.remarks``."""
    if _count(ask, "owner", "true"):
        yield "owner: HubSpot does not say what people do; all are loaded as csm. Tell otherwise: tenure load csm FILE."
    yield from _companies(ask)
    yield from _deals(ask)
    yield from _tickets(ask)
    yield from _engagements(ask)
    for stream in ("company", "contact", "deal", "ticket", "engagement_call", "engagement_email", "engagement_meeting"):
        if count := _count(ask, stream, f"{yes('is_deleted')} AND {_NO_TIME}"):
            yield f"{stream}: {count:,} deleted, and no column says when: they still count."
    yield from _orphans(ask)


def _count(ask: Ask, stream: str, condition: str) -> int:
    ((count,),) = ask(f"SELECT count(*) FROM {stream} t WHERE {condition}")
    return int(count)


def _words(ask: Ask, stream: str, column: str, condition: str) -> str:
    """``'Prep' (2), none (1)``: the words of a column and how often each is there; empty where none is."""
    found = ask(f"SELECT {column}, count(*) FROM {stream} WHERE {condition} GROUP BY 1 ORDER BY 1 NULLS LAST")
    return ", ".join(f"{word!r} ({count:,})" if word else f"none ({count:,})" for word, count in found)


def _several(ask: Ask, kind: str) -> int:
    """How many have several companies, and none of them is the primary one."""
    ((count,),) = ask(f"SELECT count(*) FROM ({company_of(kind)}) WHERE company_id IS NULL AND {kind}_id IS NOT NULL")
    return int(count)


def _companies(ask: Ask) -> Iterator[str]:
    dated = (
        "(SELECT company_id FROM company_property_history WHERE name = 'hubspot_owner_id' AND company_id IS NOT NULL)"
    )
    if count := _count(
        ask, "company", f"hubspot_owner_id IS NOT NULL AND hubspot_owner_assigneddate IS NULL AND id NOT IN {dated}"
    ):
        yield (
            f"company: {count:,} with an owner and nothing that says since when; they hold from the last change on. Load what "
            "was before: tenure load assignment FILE."
        )
    if other := _count(ask, "company_property_history", "name IS DISTINCT FROM 'hubspot_owner_id'"):
        yield f"company_property_history: {other:,} changes of other things than the owner are not read."
    if count := _several(ask, "contact"):
        yield f"contact_company: {count:,} contacts have several companies and none is the primary one: loaded without."


def _deals(ask: Ask) -> Iterator[str]:
    if told := _words(ask, "deal", "dealtype", f"{case('lower(dealtype)', KINDS)} IS NULL"):
        yield (
            f"deal: no kind that Tenure knows is said by the type {told}: new while a company has bought nothing (unless the type "
            "says existing), else upsell."
        )
    if count := _several(ask, "deal"):
        yield f"deal_company: {count:,} deals have several companies and none is the primary one: refused."
    if _count(ask, "deal", "amount IS NOT NULL") and not _count(ask, "deal", "deal_currency_code IS NOT NULL"):
        yield "deal: no currency is told; amounts are taken to be in the workspace's."
    if count := _count(ask, "line_item", f"{yes('is_deleted')} OR hs_product_id IS NULL"):
        yield f"line_item: {count:,} deleted or without a product; not counted."


def _tickets(ask: Ask) -> Iterator[str]:
    for column, what, known in (("hs_ticket_priority", "priority", PRIORITIES), ("source_type", "channel", CHANNELS)):
        if told := _words(
            ask, "ticket", column, f"{column} IS NOT NULL AND lower({column}) NOT IN ({listed(tuple(known))})"
        ):
            yield f"ticket: the {what} {told} has no counterpart and is kept as it is."
    if count := _several(ask, "ticket"):
        yield f"ticket_company: {count:,} tickets have several companies and none is the primary one: loaded without."
    closed = f"({yes('is_closed')} OR upper(coalesce(ticket_state, '')) = 'CLOSED')"
    if told := _words(
        ask, "ticket_pipeline_stage", "label",
        f"NOT {closed} AND lower(coalesce(label, '')) NOT IN ({listed(tuple(STATUSES))}) AND stage_id IN (SELECT value "
        "FROM ticket_property_history WHERE name = 'hs_pipeline_stage')",
    ):  # fmt: skip
        yield f"ticket_pipeline_stage: tickets in {told} are open, and who is waited for is not known: us."
    if other := _count(ask, "ticket_property_history", "name IS DISTINCT FROM 'hs_pipeline_stage'"):
        yield f"ticket_property_history: {other:,} changes of other things than the stage are not read."


def _engagements(ask: Ask) -> Iterator[str]:
    for stream, column, words, what in (
        ("engagement_call", "hs_call_status", NOT_CALLED, "that were no calls"),
        ("engagement_email", "hs_email_status", NOT_SENT, "that did not arrive"),
        ("engagement_meeting", "hs_meeting_outcome", NOT_HELD, "that were not held"),
    ):
        if told := _words(ask, stream, column, f"{column} IN ({listed(words)})"):
            yield f"{stream}: those {what} are no contacts: {told}."
    directions = "('EMAIL', 'INCOMING_EMAIL')"
    if told := _words(
        ask, "engagement_email", "hs_email_direction", f"coalesce(hs_email_direction, '') NOT IN {directions}"
    ):
        yield f"engagement_email: who wrote is not said by the direction {told}; they are taken to be ours."
    if count := _count(ask, "engagement_communication", "true"):
        yield f"engagement_communication: who wrote is not said of {count:,} messages; they are taken to be ours."
    for stream, what in (("engagement_note", "notes"), ("engagement_task", "tasks")):
        if count := _count(ask, stream, "true"):
            yield f"{stream}: {count:,} {what} are no contacts: what we noted or meant to do."


def _orphans(ask: Ask) -> Iterator[str]:
    """Rows that name one which is in no file; they are loaded, and join when it comes."""
    for stream, column, parent, what in (
        ("company", "hubspot_owner_id", "owner", "are owned by owners"),
        ("company", "hs_parent_company_id", "company", "belong to companies"),
        ("deal", "hubspot_owner_id", "owner", "are owned by owners"),
        ("deal_company", "company_id", "company", "are of companies"),
        ("deal_company", "deal_id", "deal", "are of deals"), ("deal_stage", "deal_id", "deal", "are of deals"),
        ("merged_deal", "merged_deal_id", "deal", "are of deals"),
        ("contact_merge_audit", "vid_to_merge", "contact", "are of contacts"),
        ("ticket_company", "company_id", "company", "are of companies"),
        ("ticket_company", "ticket_id", "ticket", "are of tickets"),
        ("ticket_contact", "ticket_id", "ticket", "are of tickets"),
        ("ticket_property_history", "ticket_id", "ticket", "are of tickets"),
        ("engagement_company", "company_id", "company", "are of companies"),
        ("engagement_contact", "contact_id", "contact", "are of contacts"),
        ("engagement_deal", "deal_id", "deal", "are of deals"),
    ):  # fmt: skip
        parents = f"(SELECT id FROM {parent} WHERE id IS NOT NULL)"
        if count := _count(ask, stream, f"{column} IS NOT NULL AND {column} NOT IN {parents}"):
            yield f"{stream}: {count:,} {what} that are in no file here."
