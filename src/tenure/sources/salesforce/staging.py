"""What Salesforce's tables come to where a map cannot say it. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from tenure.sources.salesforce.names import ASIDE, COLUMNS, column, table
from tenure.sources.salesforce.remarks import remarks
from tenure.sources.salesforce.terms import CHANNEL, IN_FORCE, LINE_PRICE, ROLES, WEB_DOMAIN, case, kind_of, yes
from tenure.sources.vendor import Made, Personal, Vendor, moment

#: The time at which a row was last changed at all, and so the last at which what it says began to hold.
_CHANGED = "coalesce(system_modstamp, last_modified_date, _fivetran_synced)"


ACCOUNTS = Made(
    ("account",),
    f"""
    SELECT DISTINCT ON (id) id, {WEB_DOMAIN} AS domain FROM account WHERE id IS NOT NULL
    ORDER BY id, _fivetran_start DESC NULLS LAST, {_CHANGED} DESC NULLS LAST, domain
    """,
)

#: A row where the owner became another; of the first that is known, from when the account was as it is.
OWNERS = Made(
    ("account", "account_history"),
    f"""
    WITH told AS (
            SELECT id, owner_id, {moment("_fivetran_start")} AS since FROM account_history WHERE _fivetran_start IS NOT NULL
            UNION ALL
            SELECT id, owner_id, {moment("coalesce(_fivetran_start, system_modstamp, last_modified_date, _fivetran_synced)")}
            FROM account
            UNION ALL
            SELECT account_id, new_value, {moment("created_date")} FROM account_history
            WHERE field IN ('Owner', 'OwnerId') AND new_value LIKE '005%'
        ),
        change AS (
            SELECT *, lag(owner_id) OVER (PARTITION BY id ORDER BY since, owner_id) AS before FROM told
            WHERE id IS NOT NULL AND owner_id IS NOT NULL AND since IS NOT NULL
        )
    SELECT id AS account_id, owner_id AS csm_id, since AS valid_from FROM change
    WHERE before IS DISTINCT FROM owner_id ORDER BY ALL
    """,
)

USERS = Made(
    ("user", "user_role"),
    f"""
    WITH role AS (SELECT DISTINCT ON (id) id, name FROM user_role ORDER BY id, _fivetran_synced DESC, name)
    SELECT DISTINCT ON (u.id) u.id, coalesce(r.name, u.department) AS team,
        coalesce({case("lower(u.title)", ROLES)}, {case("lower(r.name)", ROLES)}) AS role
    FROM "user" u LEFT JOIN role r ON r.id = u.user_role_id WHERE u.id IS NOT NULL
    ORDER BY u.id, u._fivetran_start DESC, u._fivetran_synced DESC, team, role
    """,
)

#: Where the type does not say what is sold: a first sale as long as the account has bought nothing, else more of the same.
KINDS_OF = Made(
    ("opportunity", "opportunity_history"),
    f"""
    WITH told AS (
            SELECT id, account_id, type, created_date, close_date, is_won, _fivetran_start FROM opportunity
            UNION ALL
            SELECT id, account_id, type, created_date, close_date, is_won, _fivetran_start FROM opportunity_history
            WHERE id NOT IN (SELECT id FROM opportunity WHERE id IS NOT NULL)
        ),
        deal AS (
            SELECT DISTINCT ON (id) id, account_id, {kind_of("type")} AS kind, {moment("created_date")} AS opened,
                CASE WHEN {yes("is_won")} THEN {moment("close_date")} END AS won
            FROM told WHERE id IS NOT NULL ORDER BY id, _fivetran_start DESC, type, won
        ),
        bought AS (
            SELECT DISTINCT d.id FROM deal d JOIN deal o ON o.account_id = d.account_id AND o.id <> d.id AND o.won < d.opened
        )
    SELECT id, coalesce(kind, CASE WHEN id IN (SELECT id FROM bought) THEN 'upsell' ELSE 'new' END) AS kind
    FROM deal ORDER BY id
    """,
)

#: One row for each product of an opportunity; what was deleted is not in it.
LINES = Made(
    ("opportunity_line_item",),
    f"""
    SELECT opportunity_id, product_2_id AS product_id, sum({LINE_PRICE}) AS amount FROM opportunity_line_item
    WHERE NOT {yes("is_deleted")} AND {IN_FORCE} GROUP BY ALL ORDER BY ALL
    """,
)


def _instant(text: str) -> str:
    """SQL of an instant's text: in UTC where it names no zone, so that days beside it keep the organisation's."""
    return f"CASE WHEN regexp_matches({text}, '(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$') THEN {text} ELSE {text} || 'Z' END"


def _activities(stream: str, when: str, extra: str) -> Made:
    """Of each task or event: whose it is, when it was and who took part. ``extra``: more columns."""
    return Made(
        (stream, "account", "contact", "opportunity", f"{stream}_relation", "email_message"),
        f"""
        WITH person AS (SELECT id, min(account_id) AS account_id FROM contact GROUP BY id),
            deal AS (SELECT id, min(account_id) AS account_id FROM opportunity GROUP BY id),
            known AS (SELECT DISTINCT id FROM account),
            mail AS (
                SELECT activity_id, bool_or({yes("incoming")}) AS incoming, min(thread_identifier) AS thread_id,
                    bool_or(automation_type IS NOT NULL) AS automated
                FROM email_message WHERE activity_id IS NOT NULL AND NOT {yes("is_deleted")} GROUP BY activity_id
            ),
            who AS (
                SELECT id, string_agg(DISTINCT person_id, ';' ORDER BY person_id) AS person_ids FROM (
                    SELECT id, who_id AS person_id FROM {stream}
                    UNION ALL
                    SELECT {stream}_id, relation_id FROM {stream}_relation
                    WHERE relation_id LIKE '003%' AND NOT {yes("is_deleted")}
                ) WHERE person_id NOT LIKE '00Q%' GROUP BY id
            )
        SELECT DISTINCT ON (t.id) t.id, coalesce(t.account_id, known.id, d.account_id, p.account_id) AS account_id,
            CASE WHEN t.owner_id NOT LIKE '00G%' THEN t.owner_id END AS csm_id, who.person_ids, {when} AS occurred_at,
            {extra}
        FROM {stream} t LEFT JOIN known ON known.id = t.what_id LEFT JOIN deal d ON d.id = t.what_id
            LEFT JOIN person p ON p.id = t.who_id LEFT JOIN who ON who.id = t.id
            LEFT JOIN mail ON mail.activity_id = t.id
        WHERE t.id IS NOT NULL
        ORDER BY t.id, t._fivetran_start DESC, t.system_modstamp DESC, t._fivetran_synced DESC, account_id, csm_id, occurred_at
        """,
    )


_SECONDS = "TRY_CAST(t.call_duration_in_seconds AS DOUBLE)"
TASKS = _activities(
    "task",
    f"coalesce({_instant('t.completed_date_time')}, left(t.activity_date, 10), {_instant('t.created_date')})",
    f"""{CHANNEL} AS channel, round({_SECONDS} / 60, 4) AS minutes, mail.thread_id,
    CASE {CHANNEL} WHEN 'email' THEN CASE WHEN mail.incoming THEN 'in' ELSE 'out' END
        WHEN 'call' THEN CASE WHEN {_SECONDS} > 0 THEN 'both' WHEN t.call_type = 'Inbound' THEN 'in'
            WHEN t.call_type = 'Outbound' THEN 'out' END END AS direction,
    lower(coalesce(t.task_subtype, '')) = 'listemail' OR coalesce(mail.automated, false) AS is_automated""",
)
EVENTS = _activities(
    "event",
    f"coalesce({_instant('t.start_date_time')}, {_instant('t.activity_date_time')}, left(t.activity_date, 10))",
    f"""CASE lower(t.type) WHEN 'call' THEN 'call' WHEN 'email' THEN 'email' ELSE 'meeting' END AS channel,
    CASE WHEN NOT {yes("t.is_all_day_event")} THEN t.duration_in_minutes END AS minutes""",
)


def _gone(stream: str, ours: str, *, history: str = "", merges: str = "", deleted: str = "is_deleted") -> Made:
    """What was deleted, and when: since a version first said so, else since it was last changed; and what has versions of
    which none is in force, since the last one's end. ``history``: where more versions are.

    ``merges``: "person" where a merged one is told as deleted into another, "account" where the merge itself is told.
    """
    version = f"{moment('_fivetran_start')} AS starts, {moment('_fivetran_end')} AS ends, _fivetran_active AS active"
    master = "master_record_id" if merges else "CAST(NULL AS VARCHAR)"
    earlier = (
        f"UNION ALL SELECT id, false, {yes('is_deleted')}, {version}, NULL, NULL FROM {history}" if history else ""
    )
    reason = "coalesce('merged into ' || master || ' in Salesforce', 'deleted in Salesforce')"
    return Made(
        (stream, *([history] if history else [])),
        f"""
        WITH told AS (
                SELECT id, true AS own, {yes(deleted)} AS deleted, {version}, {moment(_CHANGED)} AS changed, {master} AS master
                FROM "{stream}" {earlier}
            ),
            entry AS (
                SELECT id, arg_max(deleted, coalesce(starts, TIMESTAMP '1970-01-01')) FILTER (own) AS deleted,
                    coalesce(min(starts) FILTER (deleted), max(changed)) AS deleted_at,
                    count(active) > 0 AND NOT bool_or({yes("active")}) AS over, max(ends) AS over_at, max(master) AS master
                FROM told WHERE id IS NOT NULL GROUP BY id
            )
        SELECT '{ours}' AS table_name, id AS key, CASE WHEN deleted THEN deleted_at ELSE over_at END AS "at",
            {reason} AS reason
        FROM entry WHERE (deleted OR over) AND CASE WHEN deleted THEN deleted_at ELSE over_at END IS NOT NULL
            {"AND master IS NULL" if merges == "account" else ""}
        ORDER BY id
        """,
    )


#: A product is gone from an opportunity when all its lines are.
GONE_LINES = Made(
    ("opportunity_line_item",),
    f"""
    SELECT 'opportunity_line' AS table_name, CAST(json_array(opportunity_id, product_2_id) AS VARCHAR) AS key,
        max({moment(_CHANGED)}) AS "at", 'deleted in Salesforce' AS reason
    FROM opportunity_line_item WHERE opportunity_id IS NOT NULL AND product_2_id IS NOT NULL
    GROUP BY opportunity_id, product_2_id HAVING bool_and({yes("is_deleted")} OR NOT {IN_FORCE}) AND max({moment(_CHANGED)}) IS NOT NULL
    ORDER BY ALL
    """,
)

VENDOR = Vendor(
    name="salesforce",
    columns=COLUMNS,
    made={
        "accounts": ACCOUNTS, "owners": OWNERS, "users": USERS, "kinds": KINDS_OF, "lines": LINES, "tasks": TASKS, "events": EVENTS,
        "deleted accounts": _gone("account", "account", history="account_history", merges="account"),
        "deleted contacts": _gone("contact", "person", history="contact_history", merges="person"),
        "deleted users": _gone("user", "csm", deleted="_fivetran_deleted"),
        "deleted opportunities": _gone("opportunity", "opportunity", history="opportunity_history"),
        "deleted lines": GONE_LINES,
        "deleted products": _gone("product_2", "product"),
        "deleted tasks": _gone("task", "touchpoint"),
        "deleted events": _gone("event", "touchpoint"),
    },
    remarks=remarks,
    aside=ASIDE,
    prefixes=("sf_",),
    keep={"account": ("*_c",), "account_history": ("*_c",)},  # the fields of an organisation's own
    table=table,
    column=column,
    tells_now=frozenset({"owners"}),
    personal={
        "contact": Personal(("id",), ("name", "first_name", "last_name", "email", "title"), own=True),
        "task": Personal(("who_id",), ("description", "subject")),
        "task_relation": Personal(("relation_id",)),
        "event": Personal(("who_id",), ("description", "subject")),
        "event_relation": Personal(("relation_id",)),
    },
)  # fmt: skip
