"""What HubSpot's tables come to where a map cannot say it. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from tenure.sources.hubspot.engagements import ENGAGEMENTS
from tenure.sources.hubspot.names import ASIDE, COLUMNS, column
from tenure.sources.hubspot.remarks import remarks
from tenure.sources.hubspot.terms import (
    CHANNELS,
    PRIORITIES,
    STATUSES,
    case,
    company_of,
    instant,
    kind_of,
    standing,
    written,
    yes,
)
from tenure.sources.vendor import Made, Personal, Vendor

_GONE = "coalesce(archived_at, _fivetran_synced)"


def _merged(stream: str) -> str:
    """SQL of ``id`` and ``into_id``: HubSpot writes what was merged on the one that stays."""
    return (
        "SELECT id, min(into_id) AS into_id FROM (SELECT unnest(regexp_extract_all(hs_merged_object_ids, '[0-9]+')) AS id, "
        f"id AS into_id FROM {stream}) WHERE id <> into_id GROUP BY id"
    )


def _latest(stream: str) -> str:
    return f"SELECT DISTINCT ON (id) * FROM {stream} WHERE id IS NOT NULL ORDER BY id, _fivetran_synced DESC"


COMPANIES = Made(
    ("company",),
    f"""
    SELECT c.id, {written("c.createdate")} AS created_at, m.into_id AS merged_into
    FROM ({_latest("company")}) c LEFT JOIN ({_merged("company")}) m ON m.id = c.id ORDER BY c.id
    """,
)

OWNERS = Made(
    ("company", "company_property_history"),
    f"""
    WITH told AS (
            SELECT company_id AS id, value AS owner_id, {instant("coalesce(timestamp, _fivetran_start)")} AS since
            FROM company_property_history WHERE name = 'hubspot_owner_id'
            UNION ALL
            SELECT id, hubspot_owner_id,
                {instant("coalesce(hubspot_owner_assigneddate, hs_lastmodifieddate, _fivetran_synced)")}
            FROM company WHERE hubspot_owner_id IS NOT NULL
        ),
        change AS (
            SELECT *, lag(owner_id) OVER (PARTITION BY id ORDER BY since, owner_id) AS before,
                lead(since) OVER (PARTITION BY id ORDER BY since, owner_id) AS until,
                lead(owner_id) OVER (PARTITION BY id ORDER BY since, owner_id) AS after
            FROM told WHERE id IS NOT NULL AND since IS NOT NULL
        )
    SELECT id AS account_id, owner_id AS csm_id, since AS valid_from, CASE WHEN after IS NULL THEN until END AS valid_to
    FROM change WHERE owner_id IS NOT NULL AND before IS DISTINCT FROM owner_id ORDER BY ALL
    """,
)

PEOPLE = Made(
    ("contact", "contact_company"),
    f"""
    WITH works AS ({company_of("contact")})
    SELECT c.id, coalesce(c.associatedcompanyid, w.company_id) AS account_id, {written("c.createdate")} AS created_at,
        nullif(trim(concat_ws(' ', c.firstname, c.lastname)), '') AS name
    FROM ({_latest("contact")}) c LEFT JOIN works w ON w.contact_id = c.id ORDER BY c.id
    """,
)

STAFF = Made(
    ("owner", "owner_team", "team", "users"),
    f"""
    WITH named AS (SELECT id, min(name) AS name FROM team GROUP BY id),
        joined AS (
            SELECT o.owner_id, coalesce(min(t.name) FILTER ({yes("o.is_team_primary")}), min(t.name)) AS name
            FROM {standing("owner_team")} o JOIN named t ON t.id = o.team_id GROUP BY o.owner_id
        ),
        person AS (SELECT u.id, min(t.name) AS name FROM users u JOIN named t ON t.id = u.primary_team_id GROUP BY u.id)
    SELECT o.id, coalesce(j.name, p.name) AS team,
        coalesce(nullif(trim(concat_ws(' ', o.first_name, o.last_name)), ''), o.email) AS name
    FROM ({_latest("owner")}) o LEFT JOIN joined j ON j.owner_id = o.id LEFT JOIN person p ON p.id = o.active_user_id
    ORDER BY o.id
    """,
)

_STAGE = (
    "SELECT stage_id, pipeline_id, min(label) AS label, bool_or({won}) AS won, bool_or({closed}) AS closed, "
    "max(probability) AS probability FROM deal_pipeline_stage GROUP BY ALL"
).format(won=yes("closed_won"), closed=yes("is_closed"))

#: The account: the primary company (type 5), else the only one. The status: of the deal, else of its stage. The kind, where
#: the type does not say it: a first sale as long as the company has bought nothing, else more of the same.
DEALS = Made(
    ("deal", "deal_company", "deal_pipeline_stage"),
    f"""
    WITH stage AS ({_STAGE}),
        association AS (
            SELECT deal_id, company_id, type_id FROM {standing("deal_company")}
            UNION ALL SELECT id, unnest(regexp_extract_all(companies, '[0-9]+')), NULL FROM deal
        ),
        buyer AS ({company_of("deal", "association")}),
        told AS (
            SELECT d.*, s.label, s.probability AS chance,
                CASE WHEN d.hs_is_closed_won IS NOT NULL THEN {yes("d.hs_is_closed_won")}
                    WHEN s.stage_id IS NOT NULL THEN s.won OR (s.closed AND TRY_CAST(s.probability AS DOUBLE) = 1)
                    WHEN d.dealstage = 'closedwon' THEN true WHEN d.dealstage = 'closedlost' THEN false
                END AS won,
                CASE WHEN d.hs_is_closed IS NOT NULL THEN {yes("d.hs_is_closed")}
                    WHEN s.stage_id IS NOT NULL THEN s.won OR s.closed
                    WHEN d.dealstage IN ('closedwon', 'closedlost') THEN true END AS closed
            FROM ({_latest("deal")}) d LEFT JOIN stage s
                ON s.stage_id = d.dealstage AND (d.pipeline IS NULL OR s.pipeline_id = d.pipeline)
        ),
        deal AS (
            SELECT DISTINCT ON (t.id) t.*, b.company_id AS account_id, {instant("t.createdate")} AS opened,
                CASE WHEN t.won THEN {instant("t.closedate")} END AS bought
            FROM told t LEFT JOIN buyer b ON b.deal_id = t.id ORDER BY t.id, t.label
        ),
        further AS (
            SELECT DISTINCT d.id FROM deal d JOIN deal o ON o.account_id = d.account_id AND o.id <> d.id
                AND o.bought < d.opened
        )
    SELECT t.id, t.account_id, coalesce(t.label, t.dealstage) AS stage,
        coalesce(t.hs_deal_stage_probability, t.chance) AS probability,
        coalesce({kind_of("t.dealtype")}, CASE WHEN t.id IN (SELECT id FROM further) THEN 'upsell' ELSE 'new' END) AS kind,
        CASE WHEN t.won THEN 'won' WHEN t.closed THEN 'lost' WHEN NOT t.closed THEN 'open' END AS status,
        CASE WHEN t.closed OR t.won THEN {written("t.closedate")} END AS closed_at,
        CASE WHEN NOT t.closed THEN {written("t.closedate")} END AS expected_close,
        {written("t.createdate")} AS created_at, CASE WHEN t.closed AND NOT t.won THEN t.closed_lost_reason END AS lost_reason
    FROM deal t ORDER BY t.id
    """,
)

#: What was known of a deal when: the stages it entered. The first is entered when the deal is made, and known just after:
#: of two rows of one moment it would be left to chance which is the last.
COURSE = Made(
    ("deal_stage", "deal_pipeline_stage", "deal"),
    f"""
    WITH stage AS (SELECT stage_id, min(label) AS label, min(probability) AS probability FROM ({_STAGE}) GROUP BY stage_id),
        made AS (SELECT id, min({instant("createdate")}) AS moment FROM deal GROUP BY id),
        course AS (SELECT *, coalesce(date_entered, _fivetran_start) AS since FROM deal_stage)
    SELECT c.deal_id AS opportunity_id, coalesce(s.label, c.value) AS stage, s.probability,
        CASE WHEN {instant("c.since")} <= m.moment THEN CAST(m.moment + INTERVAL 1 MICROSECOND AS VARCHAR)
            ELSE {written("c.since")} END AS known_at
    FROM course c LEFT JOIN stage s ON s.stage_id = c.value LEFT JOIN made m ON m.id = c.deal_id
    WHERE c.deal_id IS NOT NULL AND c.since IS NOT NULL ORDER BY ALL
    """,
)

LINES = Made(
    ("line_item", "line_item_deal"),
    f"""
    SELECT d.deal_id AS opportunity_id, i.hs_product_id AS product_id, sum(TRY_CAST(i.amount AS DECIMAL(18, 4))) AS amount
    FROM ({_latest("line_item")}) i JOIN {standing("line_item_deal")} d ON d.line_item_id = i.id
    WHERE NOT {yes("i.is_deleted")} AND i.hs_product_id IS NOT NULL GROUP BY ALL ORDER BY ALL
    """,
)

TICKETS = Made(
    ("ticket", "ticket_company", "ticket_contact"),
    f"""
    WITH asker AS (
            SELECT ticket_id, CASE WHEN count(DISTINCT contact_id) = 1 THEN min(contact_id) END AS only FROM {standing("ticket_contact")}
            GROUP BY ticket_id
        ),
        about AS ({company_of("ticket")})
    SELECT t.id, b.company_id AS account_id, a.only AS requester_id, m.into_id AS merged_into,
        {case("lower(t.hs_ticket_priority)", PRIORITIES, "t.hs_ticket_priority")} AS priority,
        {case("lower(t.source_type)", CHANNELS, "t.source_type")} AS channel, {written("t.createdate")} AS created_at,
        {written("t.first_agent_reply_date")} AS first_reply_at, {written("t.closed_date")} AS solved_at
    FROM ({_latest("ticket")}) t LEFT JOIN asker a ON a.ticket_id = t.id LEFT JOIN about b ON b.ticket_id = t.id
        LEFT JOIN ({_merged("ticket")}) m ON m.id = t.id
    ORDER BY t.id
    """,
)

TICKET_COURSE = Made(
    ("ticket_property_history", "ticket_pipeline_stage"),
    f"""
    WITH stage AS (
            SELECT stage_id, min(lower(label)) AS label,
                bool_or({yes("is_closed")} OR upper(coalesce(ticket_state, '')) = 'CLOSED') AS closed
            FROM ticket_pipeline_stage GROUP BY stage_id
        )
    SELECT h.ticket_id, CASE WHEN s.closed THEN 'solved' WHEN s.stage_id IS NULL THEN h.value
            ELSE {case("s.label", STATUSES, "'open'")} END AS status,
        {written("coalesce(h.timestamp, h._fivetran_start)")} AS "at"
    FROM ticket_property_history h LEFT JOIN stage s ON s.stage_id = h.value
    WHERE h.name = 'hs_pipeline_stage' AND h.value IS NOT NULL ORDER BY ALL
    """,
)


_NO_MERGES = "SELECT CAST(NULL AS VARCHAR) AS id, CAST(NULL AS TIMESTAMP) AS moment, '' AS into_id LIMIT 0"


def _gone(stream: str, ours: str, merges: str = _NO_MERGES, but: str = "") -> Made:
    """What was deleted or merged away, and when. ``merges``: SQL of ``id, moment, into_id``. ``but``: SQL of ids that stay."""
    return Made(
        (stream, "contact_merge_audit", "merged_deal"),
        f"""
        WITH merged AS ({merges}),
            found AS (
                SELECT id, moment, 'merged into ' || into_id || ' in HubSpot' AS reason FROM merged
                UNION ALL
                SELECT id, {instant(_GONE)}, 'deleted in HubSpot' FROM {stream} WHERE {yes("is_deleted")}
                {f"AND id NOT IN ({but})" if but else ""}
            )
        SELECT '{ours}' AS table_name, id AS key, min(moment) AS "at", max(reason) AS reason FROM found
        WHERE id IS NOT NULL AND moment IS NOT NULL GROUP BY id ORDER BY id
        """,
    )


_MERGED_CONTACTS = f"""
    SELECT vid_to_merge AS id, {instant("timestamp")} AS moment, canonical_vid AS into_id FROM contact_merge_audit
    UNION ALL
    SELECT m.id, {instant("c._fivetran_synced")}, m.into_id FROM ({_merged("contact")}) m JOIN contact c ON c.id = m.into_id
"""
_MERGED_DEALS = (
    f"SELECT merged_deal_id AS id, {instant('_fivetran_synced')} AS moment, deal_id AS into_id FROM merged_deal"
)
VENDOR = Vendor(
    name="hubspot",
    columns=COLUMNS,
    made={
        "companies": COMPANIES, "owners": OWNERS, "people": PEOPLE, "staff": STAFF, "deals": DEALS, "stages": COURSE,
        "lines": LINES, "tickets": TICKETS, "ticket stages": TICKET_COURSE, **ENGAGEMENTS,
        "deleted companies": _gone("company", "account", but=f"SELECT id FROM ({_merged('company')})"),
        "deleted contacts": _gone("contact", "person", _MERGED_CONTACTS),
        "deleted owners": _gone("owner", "csm"),
        "deleted deals": _gone("deal", "opportunity", _MERGED_DEALS),
        "deleted products": _gone("product", "product"),
        "deleted tickets": _gone("ticket", "ticket", but=f"SELECT id FROM ({_merged('ticket')})"),
        **{
            f"deleted {name}s": _gone(f"engagement_{name}", "touchpoint")
            for name in ("call", "email", "meeting", "communication")
        },
    },
    remarks=remarks,
    aside=ASIDE,
    keep={"company": ("property_[!h]*", "property_h[!s]*")},  # those that begin with hs are HubSpot's own
    column=column,
    personal={
        "contact": Personal(("id",), ("email", "firstname", "lastname", "jobtitle"), own=True),
        **{name: Personal(("contact_id",)) for name in ("contact_company", "ticket_contact", "engagement_contact")},
        "ticket": Personal((), ("subject",)),
        "engagement_call": Personal((), ("hs_call_body", "hs_call_title")),
        "engagement_email": Personal((), ("hs_email_subject", "hs_email_text")),
        "engagement_meeting": Personal((), ("hs_meeting_title", "hs_meeting_body")),
        "engagement_communication": Personal((), ("hs_communication_body",)),
    },
)  # fmt: skip
