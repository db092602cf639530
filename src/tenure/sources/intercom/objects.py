"""SQL over Intercom's streams: of each thing what holds now, who a contact is, and whose a conversation."""

from __future__ import annotations

from tenure.sources.intercom.words import ASKS, CHANNELS, OPERATOR, RATED, WRITES_AS, case, listed
from tenure.sources.vendor import moment

_ACTIVE = "TRY_CAST(_fivetran_active AS BOOLEAN)"


def latest(stream: str) -> str:
    """SQL of the latest version of each thing: the active one where the connector says which that is."""
    return (
        f"(SELECT DISTINCT ON (id) * FROM {stream} WHERE id IS NOT NULL "
        f"ORDER BY id, {_ACTIVE} DESC NULLS LAST, {moment('updated_at')} DESC NULLS LAST)"
    )


def standing(stream: str, of: str, updated: str) -> str:
    """SQL of the links that hold now: the active ones, or where none of a thing's is marked those of its last update."""
    own = f"OVER (PARTITION BY {of})"
    return (
        f"(SELECT * FROM {stream} QUALIFY CASE WHEN count(_fivetran_active) {own} > 0 THEN {_ACTIVE} "
        f"ELSE {moment(updated)} IS NOT DISTINCT FROM max({moment(updated)}) {own} END)"
    )


def deleted(stream: str, key: str) -> str:
    """SQL of what is no more: the things of which no version is active, by their key here, and since when."""
    return f"""
        SELECT k.own AS key, max(coalesce(v._fivetran_end, v.updated_at)) AS "at"
        FROM {stream} v JOIN ({key}) k ON k.id = v.id
        GROUP BY 1 HAVING bool_and(NOT {_ACTIVE.replace("_fivetran", "v._fivetran")})
    """


def undeleted(stream: str) -> str:
    """SQL of the rows that the connector has not marked as deleted."""
    return f"(SELECT * FROM {stream} WHERE TRY_CAST(_fivetran_deleted AS BOOLEAN) IS NOT TRUE)"


#: ``id, account_id``: your own id of a company where it has one.
COMPANY = f"SELECT id, coalesce(company_id, id) AS account_id FROM {latest('company_history')} ORDER BY id"

_MEMBER = f"""
    SELECT m.contact_id, coalesce(c.account_id, m.company_id) AS account_id
    FROM {standing("contact_company_history", "contact_id", "contact_updated_at")} m
        LEFT JOIN ({COMPANY}) c ON c.id = m.company_id
    WHERE m.company_id IS NOT NULL
"""
#: ``contact_id, accounts``: of each contact that has any.
MEMBER = f"SELECT contact_id, list(DISTINCT account_id ORDER BY account_id) AS accounts FROM ({_MEMBER}) GROUP BY 1"

#: ``id, person_id, account_id``: your own id of a user where there is one; the account where it is only one.
CONTACT = f"""
    SELECT c.id, CASE WHEN c.role = 'user' THEN coalesce(c.external_id, c.id) ELSE c.id END AS person_id,
        CASE WHEN len(m.accounts) = 1 THEN m.accounts[1] END AS account_id
    FROM {latest("contact_history")} c LEFT JOIN ({MEMBER}) m ON m.contact_id = c.id
    ORDER BY c.id
"""

#: ``id, author_id, writes_as``, and what ``conversation_part_history`` says: each part once.
PART = f"""
    SELECT p.* EXCLUDE (author_id), coalesce(c.person_id, p.author_id) AS author_id,
        CASE WHEN p.author_type = 'admin' AND a.id IS NOT NULL THEN 'bot'
            ELSE {case("p.author_type", WRITES_AS, "p.author_type")} END AS writes_as
    FROM (SELECT DISTINCT ON (id) * FROM conversation_part_history ORDER BY id, {moment("updated_at")} DESC) p
        LEFT JOIN (SELECT DISTINCT id FROM admin WHERE lower(email) LIKE '{OPERATOR}') a ON a.id = p.author_id
        LEFT JOIN ({CONTACT}) c ON c.id = p.author_id AND p.author_type IN ({listed(ASKS)})
    ORDER BY p.id
"""

_TAKES_PART = f"""
    SELECT conversation_id, contact_id, true AS linked
    FROM {standing("conversation_contact_history", "conversation_id", "conversation_updated_at")}
    UNION SELECT id, source_author_id, false FROM {latest("conversation_history")}
    WHERE source_author_type IN ({listed(ASKS)})
"""
_TOGETHER = f"""
    SELECT t.conversation_id, list(DISTINCT t.contact_id) FILTER (t.linked) AS linked,
        list(DISTINCT m.account_id) FILTER (m.account_id IS NOT NULL) AS accounts
    FROM ({_TAKES_PART}) t LEFT JOIN ({_MEMBER}) m ON m.contact_id = t.contact_id
    GROUP BY 1
"""
_TAGGED = f"""
    SELECT conversation_id, string_agg(DISTINCT trim(name), ', ' ORDER BY trim(name)) AS tags
    FROM {standing("conversation_tag_history", "conversation_id", "conversation_updated_at")} l
        JOIN {undeleted("tag")} t ON t.id = l.tag_id
    GROUP BY 1
"""
_RATED = f"""
    SELECT v.id, coalesce(max(p.rated), min({moment("v.updated_at")})) AS rated_at
    FROM conversation_history v LEFT JOIN (
        SELECT conversation_id, max({moment("created_at")}) AS rated FROM conversation_part_history
        WHERE part_type = '{RATED}' GROUP BY 1
    ) p ON p.conversation_id = v.id
    WHERE v.conversation_rating_value IS NOT NULL GROUP BY v.id
"""
_BEGUN = f"CASE WHEN source_author_type IN ({listed(ASKS)}) THEN created_at ELSE first_contact_reply_created_at END"

#: ``id`` of a conversation, ``ticket_id`` and ``begun`` (null where no contact has said anything), ``account_id``,
#: ``requester_id``, ``rater_id``, ``assignee_id``, ``channel``, ``category``, ``rated_at``, ``state``, ``waiting_since`` and
#: ``updated_at``, and ``why`` there is no account.
CONVERSATION = f"""
    WITH seen AS (
        SELECT *, {_BEGUN} AS begun, coalesce(state, CASE lower(open) WHEN 'true' THEN 'open' WHEN 'false' THEN 'closed' END)
            AS stands
        FROM {latest("conversation_history")}
    ), opened AS (
        SELECT v.*, t.accounts AS all_accounts, v.source_author_type IN ({listed(ASKS)}) AS asks,
            CASE WHEN asks AND (t.linked IS NULL OR list_contains(t.linked, v.source_author_id)) THEN v.source_author_id
                WHEN len(t.linked) = 1 THEN t.linked[1] WHEN asks THEN v.source_author_id END AS contact_id
        FROM seen v LEFT JOIN ({_TOGETHER}) t ON t.conversation_id = v.id
    ), known AS (
        SELECT o.*, coalesce(m.accounts, o.all_accounts, []) AS accounts
        FROM opened o LEFT JOIN ({MEMBER}) m ON m.contact_id = o.contact_id
    )
    SELECT k.id, CASE WHEN k.begun IS NOT NULL THEN k.id END AS ticket_id, k.begun,
        coalesce(co.account_id, k.company_id, CASE WHEN len(k.accounts) = 1 THEN k.accounts[1] END) AS account_id,
        coalesce(c.person_id, k.contact_id) AS requester_id,
        coalesce(r.person_id, k.conversation_rating_contact_id, c.person_id, k.contact_id) AS rater_id,
        CASE WHEN coalesce(k.assignee_type, 'admin') = 'admin' AND k.assignee_id <> '0' THEN k.assignee_id END AS assignee_id,
        {case("k.source_type", CHANNELS, "k.source_type")} AS channel, g.tags AS category, d.rated_at,
        k.stands AS state, k.waiting_since, k.updated_at,
        CASE WHEN len(k.accounts) > 1 THEN 'several' WHEN len(k.accounts) = 0 THEN 'none' END AS why
    FROM known k LEFT JOIN ({COMPANY}) co ON co.id = k.company_id
        LEFT JOIN ({CONTACT}) c ON c.id = k.contact_id
        LEFT JOIN ({CONTACT}) r ON r.id = k.conversation_rating_contact_id
        LEFT JOIN ({_TAGGED}) g ON g.conversation_id = k.id LEFT JOIN ({_RATED}) d ON d.id = k.id
    ORDER BY k.id
"""
