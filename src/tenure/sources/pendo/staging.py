"""What Pendo's tables come to where a map cannot say it. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.vendor import Ask, Made, Vendor, moment

_COUNTED = (
    "_fivetran_id", "account_id", "visitor_id", "app_id", "server_name", "remote_ip", "user_agent", "num_events",
    "num_minutes", "_fivetran_synced",
)  # fmt: skip
_ANSWERED = ("_fivetran_id", "account_id", "visitor_id", "timestamp")
COLUMNS: dict[str, tuple[str, ...]] = {
    "account_history": ("id", "agent_name", "name", "first_visit", "last_updated_at"),
    "visitor_history": ("id", "account_id", "last_updated_at"),
    "visitor_account_history": ("visitor_id", "account_id", "visitor_last_updated_at"),
    "feature_event": (*_COUNTED, "feature_id", "timestamp"),
    "page_event": (*_COUNTED, "page_id", "timestamp"),
    "track_type_event": (*_COUNTED, "track_type_id", "time_stamp"),
    "event": (*_COUNTED, "page_id", "timestamp"),
    "poll": ("id", "attribute_type", "attribute_follow_up"),
    "poll_event": (*_ANSWERED, "poll_id", "poll_response"),
    "step_poll_history": ("poll_id", "step_id"),
    "guide_event": (*_ANSWERED, "guide_step_id", "type"),
}
_NPS = "lower(attribute_type) = 'npsrating'"
#: The name that Pendo itself gives to all that is done in an hour, tagged or not.
_ANYTHING = "allevents"


def _named(visitor: str) -> str:
    """SQL of a visitor's id; null of a browser that nobody has signed in with, to which Pendo gives one."""
    return f"CASE WHEN NOT starts_with({visitor}, '_PENDO_T_') THEN {visitor} END"


#: A name that nobody gives is none: it would take away the one that your CRM gives.
ACCOUNTS = Made(
    ("account_history",),
    """
    SELECT id AS account_id, coalesce(agent_name, name) AS name, first_visit AS created_at, last_updated_at AS known_at
    FROM account_history WHERE coalesce(agent_name, name) IS NOT NULL ORDER BY rowid
    """,
)

_LATEST = f"SELECT DISTINCT ON (id) * FROM visitor_history ORDER BY id, {moment('last_updated_at')} DESC"
_OF = f"""
    SELECT visitor_id, list(DISTINCT account_id) AS accounts FROM (
        SELECT * FROM visitor_account_history WHERE account_id IS NOT NULL QUALIFY {moment("visitor_last_updated_at")}
            IS NOT DISTINCT FROM max({moment("visitor_last_updated_at")}) OVER (PARTITION BY visitor_id)
    ) GROUP BY 1
"""
VISITORS = Made(
    ("visitor_history", "visitor_account_history"),
    f"""
    SELECT v.id, CASE WHEN len(o.accounts) = 1 THEN o.accounts[1] WHEN o.accounts IS NULL THEN v.account_id END
        AS account_id
    FROM ({_LATEST}) v LEFT JOIN ({_OF}) o ON o.visitor_id = v.id ORDER BY v.id
    """,
)


def _running(at: str) -> str:
    """SQL of whether a row is of an hour that was not over when it was exported."""
    return f"{moment('_fivetran_synced')} < {moment(at)} + INTERVAL 1 HOUR"


def _uses(stream: str, feature: str, at: str = "timestamp", many: str = "num_events") -> Made:
    """Rows of ``usage``, in the file's order, under ids that another export gives them again.

    What is counted of an hour that still runs is another number in the next export, and would be counted twice.
    """
    parts = f"'{stream}', {feature}, visitor_id, account_id, app_id, {at}, server_name, remote_ip, user_agent"
    key = f"{parts}, _fivetran_id"
    return Made(
        (stream,),
        f"""
        SELECT md5(concat_ws(chr(31), {key}, row_number() OVER (PARTITION BY {key} ORDER BY rowid))) AS event_id,
            account_id, {_named("visitor_id")} AS person_id, {feature} AS feature, {at} AS occurred_at,
            coalesce(CAST(TRY_CAST(num_minutes AS BIGINT) * 60 AS VARCHAR), num_minutes) AS seconds, {many} AS "count"
        FROM "{stream}" WHERE ({_running(at)}) IS NOT TRUE ORDER BY rowid
        """,
    )


#: A poll is shown until it is answered: what was shown to a visitor since the last answer is one invitation.
RATINGS = Made(
    ("poll_event", "poll", "step_poll_history", "guide_event"),
    f"""
    WITH nps AS (SELECT DISTINCT id, attribute_follow_up AS why FROM poll WHERE {_NPS}),
        happened AS (
            SELECT poll_id, visitor_id, account_id, {moment("timestamp")} AS instant, poll_response AS score, true AS says,
                coalesce(visitor_id, _fivetran_id, CAST(rowid AS VARCHAR)) AS who
            FROM poll_event WHERE poll_id IN (SELECT id FROM nps)
            UNION ALL
            SELECT s.poll_id, g.visitor_id, g.account_id, {moment("g.timestamp")}, NULL, false, g.visitor_id
            FROM guide_event g JOIN (SELECT DISTINCT poll_id, step_id FROM step_poll_history) s ON s.step_id = g.guide_step_id
            WHERE g.type LIKE '%guideSeen' AND g.visitor_id IS NOT NULL AND s.poll_id IN (SELECT id FROM nps)
        ),
        numbered AS (
            SELECT *, count(*) FILTER (says) OVER (
                PARTITION BY poll_id, who ORDER BY instant, says ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS round FROM happened
        ),
        asked AS (
            SELECT poll_id, who, round, max(visitor_id) AS visitor_id,
                coalesce(max(account_id) FILTER (says), max(account_id)) AS account_id,
                min(instant) FILTER (NOT says) AS shown, max(instant) FILTER (says) AS answered, max(score) AS score
            FROM numbered GROUP BY ALL
        ),
        told AS (
            SELECT *, lead(answered) OVER (PARTITION BY poll_id, who ORDER BY round) AS again FROM asked
        ),
        reasons AS (
            SELECT t.poll_id, t.who, t.round, arg_min(f.poll_response, {moment("f.timestamp")}) AS text
            FROM told t JOIN nps n ON n.id = t.poll_id
                JOIN poll_event f ON f.poll_id = n.why AND f.visitor_id = t.who AND {moment("f.timestamp")} >= t.answered
                AND ({moment("f.timestamp")} < t.again OR t.again IS NULL)
            GROUP BY ALL
        )
    SELECT md5(concat_ws(chr(31), t.poll_id, t.who, t.round)) AS answer_id, 'nps' AS survey, 'relational' AS kind,
        t.account_id, {_named("t.visitor_id")} AS person_id, t.score, 0 AS scale_min, 10 AS scale_max, r.text,
        t.shown AS sent_at, t.shown AS delivered_at, t.answered AS answered_at
    FROM told t LEFT JOIN reasons r ON r.poll_id = t.poll_id AND r.who = t.who AND r.round = t.round
    ORDER BY t.poll_id, t.who, t.round
    """,
)


_HOURLY = {
    "feature_event": "timestamp",
    "page_event": "timestamp",
    "track_type_event": "time_stamp",
    "event": "timestamp",
}
_COUNTS = {
    "account_history: without a name: {:,}; an account is not known without one: not loaded.": (
        "SELECT count(*) FROM account_history WHERE coalesce(agent_name, name) IS NULL"
    ),
    "visitor_history: anonymous: {:,}; these are no people.": (
        "SELECT count(DISTINCT id) FROM visitor_history WHERE starts_with(id, '_PENDO_T_')"
    ),
    "visitor_account_history: visitors of several accounts: {:,}; they are given none, what they do its own.": (
        f"SELECT count(*) FROM ({_OF}) WHERE len(accounts) > 1"
    ),
    "visitor_account_history: rows of visitors that are in no file: {:,}; not loaded.": (
        "SELECT count(*) FROM visitor_account_history "
        "WHERE coalesce(visitor_id, '') NOT IN (SELECT id FROM visitor_history WHERE id IS NOT NULL)"
    ),
    "poll_event: answers to polls that are in no file: {:,}; what they ask is not known: not loaded.": (
        "SELECT count(*) FROM poll_event WHERE coalesce(poll_id, '') NOT IN (SELECT id FROM poll WHERE id IS NOT NULL "
        f"UNION SELECT attribute_follow_up FROM poll WHERE {_NPS} AND attribute_follow_up IS NOT NULL)"
    ),
    "guide_event: what guides showed, and what was clicked there: {:,}; only the showing of NPS polls is read.": (
        "SELECT count(*) FROM guide_event"
    ),
}


def remarks(ask: Ask) -> Iterator[str]:
    """Who has no name or more than one account, what is of nobody, and which answers are to nothing that is known."""
    for told, sql in _COUNTS.items():
        ((count,),) = ask(sql)
        if count:
            yield told.format(count)
    for stream, at in _HOURLY.items():
        ((count,),) = ask(f'SELECT count(*) FROM "{stream}" WHERE {_running(at)}')
        if count:
            yield f"{stream}: of an hour that was not over: {count:,}; not loaded yet."
    for kind, count in ask(
        "SELECT coalesce(p.attribute_type, ''), count(*) FROM poll_event e JOIN poll p ON p.id = e.poll_id "
        f"WHERE ({_NPS}) IS NOT TRUE AND p.id NOT IN (SELECT attribute_follow_up FROM poll WHERE {_NPS} "
        "AND attribute_follow_up IS NOT NULL) GROUP BY 1 ORDER BY 1"
    ):
        yield f"poll_event: answers to polls of the type {kind!r}: {count:,}; it has no counterpart: not loaded."


VENDOR = Vendor(
    name="pendo",
    columns=COLUMNS,
    made={
        "accounts": ACCOUNTS, "visitors": VISITORS, "ratings": RATINGS,
        "feature_uses": _uses("feature_event", "feature_id"), "page_views": _uses("page_event", "page_id"),
        "tracked": _uses("track_type_event", "track_type_id", "time_stamp"),
        "hours": _uses("event", f"'{_ANYTHING}'", many="1"),
    },
    remarks=remarks,
    aside=frozenset({
        "account_application_history", "application_history", "feature_element_path_rule_history", "group",
        "guide_history", "guide_step_history", "page_rule_history", "picklist_poll_response", "step_history",
        "step_thumbnail_url_history", "track_type_rule_history", "user", "visitor_application_history",
    }),
)  # fmt: skip
