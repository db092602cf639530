"""The course of conversations: who waits for whom, snoozed, closed and opened again, out of their parts."""

from __future__ import annotations

from tenure.sources.intercom.objects import CONVERSATION, PART
from tenure.sources.intercom.words import BESIDE, SAID, TURNS, case, listed
from tenure.sources.vendor import moment


def _status(state: str, asks: str) -> str:
    """SQL of the status here. ``asks``: SQL of whether the contact has the last word."""
    return (
        f"CASE WHEN {state} = 'closed' THEN 'solved' WHEN NOT {asks} THEN 'pending' "
        f"WHEN {state} = 'snoozed' THEN 'hold' ELSE 'open' END"
    )


#: Whether a part (of ``PART``) reaches the contact.
REACHES = f"(part_type IN ({listed(SAID)}) OR part_type IN ({listed(BESIDE)}) AND body IS NOT NULL)"
_SPEAKS = f"CASE WHEN {REACHES} AND writes_as IN ('requester', 'agent') THEN writes_as END"
_TURN = f"CASE WHEN ({_SPEAKS}) = 'requester' AND part_type <> 'close' THEN 'open' ELSE {case('part_type', TURNS)} END"
_ORDER = "PARTITION BY id ORDER BY instant, part"
_SO_FAR = f"OVER ({_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"

#: Rows of ``ticket_status``. By the parts where a conversation has any; what its own last state says otherwise holds from
#: its last update on. Without parts by what each version says. Of a conversation that is in no file who has the last word is
#: not known before somebody speaks.
STATUSES = f"""
    WITH conversation AS ({CONVERSATION}),
        asked AS (SELECT *, {moment("begun")} AS since FROM conversation WHERE begun IS NOT NULL),
        act AS (
            SELECT p.conversation_id AS id, c.id IS NOT NULL AS whole, {moment("p.created_at")} AS instant,
                TRY_CAST(p.id AS HUGEINT) AS part, p.author_id AS who, {_SPEAKS} AS speaks, {_TURN} AS turn
            FROM ({PART}) p LEFT JOIN asked c ON c.id = p.conversation_id
            WHERE p.conversation_id IS NOT NULL AND ({moment("p.created_at")} >= c.since
                OR p.conversation_id NOT IN (SELECT id FROM conversation))
        ),
        stood AS (
            SELECT *, coalesce(last_value(turn IGNORE NULLS) {_SO_FAR}, 'open') AS state,
                coalesce(last_value(speaks IGNORE NULLS) {_SO_FAR}, CASE WHEN whole THEN 'requester' END) = 'requester'
                    AS asks
            FROM act
        ),
        told AS (
            SELECT id, instant, part, who, {_status("state", "asks")} AS status, state
            FROM stood WHERE state = 'closed' OR asks IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY id, instant ORDER BY part DESC) = 1
        ),
        final AS (SELECT DISTINCT ON (id) id, instant, state FROM told ORDER BY id, instant DESC),
        otherwise AS (
            SELECT c.id, greatest({moment("c.updated_at")}, f.instant + INTERVAL 1 MICROSECOND) AS instant, NULL AS who,
                {_status("c.state", "(c.waiting_since IS NOT NULL)")} AS status
            FROM asked c JOIN final f ON f.id = c.id WHERE (c.state = 'closed') <> (f.state = 'closed')
        ),
        version AS (
            SELECT c.id, {_status("v.stands", "(v.waiting_since IS NOT NULL)")} AS status,
                CASE WHEN v.stands <> 'closed' AND v.waiting_since IS NOT NULL
                    THEN least({moment("v.waiting_since")}, {moment("v.updated_at")}) ELSE {moment("v.updated_at")} END AS instant
            FROM (SELECT *, coalesce(state, CASE lower(open) WHEN 'true' THEN 'open' WHEN 'false' THEN 'closed' END)
                AS stands FROM conversation_history) v JOIN asked c ON c.id = v.id
            WHERE v.stands IS NOT NULL AND v.id NOT IN (SELECT id FROM act)
        ),
        course AS (
            SELECT id, instant, who, status FROM told UNION ALL SELECT id, instant, who, status FROM otherwise
            UNION ALL SELECT c.id, greatest(v.instant, c.since), NULL, v.status FROM version v JOIN asked c ON c.id = v.id
        )
    SELECT id AS ticket_id, status, instant AS "at", who AS "by" FROM course WHERE instant IS NOT NULL
    QUALIFY status IS DISTINCT FROM coalesce(lag(status) OVER (PARTITION BY id ORDER BY instant, status), 'new')
    ORDER BY id, instant, status
"""

#: Rows of ``ticket_comment``: what was said to the contact, or by it, along with another act.
SAID_BESIDE = f"""
    SELECT id AS comment_id, conversation_id AS ticket_id, author_id, writes_as AS author_role, 'true' AS is_public,
        created_at AS "at"
    FROM ({PART}) WHERE part_type IN ({listed(BESIDE)}) AND body IS NOT NULL
    ORDER BY id
"""
