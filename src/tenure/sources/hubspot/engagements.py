"""HubSpot's engagements: whose each was, when, with whom, and who spoke."""

from __future__ import annotations

from tenure.sources.hubspot.terms import company_of, instant, standing, written
from tenure.sources.vendor import Made

#: The companies that an engagement is about: told of itself, else of its deals, its tickets, its contacts. One that tells
#: of several is about none that could be named, unless its contacts all work for one of them.
_COMPANIES = f"""
    works AS (
        SELECT c.id, coalesce(c.associatedcompanyid, w.company_id) AS company_id
        FROM contact c LEFT JOIN ({company_of("contact")}) w ON w.contact_id = c.id
    ),
    told AS (
        SELECT engagement_id, company_id, 1 AS rank FROM {standing("engagement_company")}
        UNION ALL
        SELECT e.engagement_id, d.company_id, 2 FROM {standing("engagement_deal")} e JOIN ({company_of("deal")}) d USING (deal_id)
        UNION ALL
        SELECT e.engagement_id, t.company_id, 3 FROM {standing("ticket_engagement")} e JOIN ({company_of("ticket")}) t USING (ticket_id)
        UNION ALL
        SELECT e.engagement_id, w.company_id, 4 FROM {standing("engagement_contact")} e JOIN works w ON w.id = e.contact_id
    ),
    nearest AS (
        SELECT engagement_id, rank, count(DISTINCT company_id) AS companies, min(company_id) AS company_id FROM told
        WHERE company_id IS NOT NULL GROUP BY engagement_id, rank
    ),
    about AS (
        SELECT engagement_id, arg_min(companies, rank) AS companies, arg_min(company_id, rank) AS company_id,
            max(CASE WHEN rank = 4 AND companies = 1 THEN company_id END) AS of_contacts
        FROM nearest GROUP BY engagement_id
    ),
    took AS (
        SELECT engagement_id, string_agg(DISTINCT contact_id, ';' ORDER BY contact_id) AS person_ids
        FROM {standing("engagement_contact")} GROUP BY engagement_id
    )
"""


def _engagement(name: str, when: str, columns: str) -> Made:
    """Of each row of an engagement's table: its account, our person, who took part, when; and ``columns``."""
    stream = f"engagement_{name}"
    return Made(
        (
            stream, "engagement", "engagement_company", "engagement_contact", "engagement_deal", "ticket_engagement", "contact",
            "contact_company", "deal_company", "ticket_company",
        ),
        f"""
        WITH {_COMPANIES}, base AS (SELECT id, min(owner_id) AS owner_id FROM engagement GROUP BY id)
        SELECT DISTINCT ON (t.id) t.id, coalesce(t.hubspot_owner_id, base.owner_id) AS csm_id, took.person_ids,
            CASE WHEN about.companies = 1 THEN about.company_id ELSE about.of_contacts END AS account_id,
            {written(when)} AS occurred_at, {columns}
        FROM {stream} t LEFT JOIN about ON about.engagement_id = t.id LEFT JOIN took ON took.engagement_id = t.id
            LEFT JOIN base ON base.id = t.id
        WHERE t.id IS NOT NULL ORDER BY t.id, t._fivetran_synced DESC, csm_id, occurred_at
        """,
    )  # fmt: skip


_AT = "coalesce(t.hs_timestamp, t.hs_createdate)"
_STARTS = "coalesce(t.hs_meeting_start_time, t.hs_timestamp, t.hs_createdate)"
_LASTED = "round(TRY_CAST(t.hs_call_duration AS DOUBLE) / 60000, 4)"

ENGAGEMENTS = {
    "calls": _engagement(
        "call", _AT,
        f"{_LASTED} AS minutes, CASE WHEN {_LASTED} > 0 AND coalesce(t.hs_call_status, 'COMPLETED') = 'COMPLETED' THEN 'both' "
        "WHEN t.hs_call_direction = 'INBOUND' THEN 'in' WHEN t.hs_call_direction = 'OUTBOUND' THEN 'out' END AS direction",
    ),
    "mails": _engagement(
        "email", _AT,
        "CASE WHEN t.hs_email_direction = 'INCOMING_EMAIL' THEN 'in' ELSE 'out' END AS direction, "
        "CASE WHEN t.hs_sequence_id IS NOT NULL THEN 'true' END AS is_automated",
    ),
    "meetings": _engagement(
        "meeting", _STARTS,
        f"date_diff('second', {instant('t.hs_meeting_start_time')}, {instant('t.hs_meeting_end_time')}) / 60.0 AS minutes",
    ),
    "messages": _engagement("communication", _AT, "'out' AS direction"),
}  # fmt: skip
