"""What Vitally's objects come to. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.vendor import Ask, Made, Vendor, bare, channel

COLUMNS: dict[str, tuple[str, ...]] = {
    "account": (
        "id", "externalid", "name", "accountownerid", "csmid", "mrr", "nextrenewaldate", "churnedat", "healthscore",
        "createdat", "updatedat",
    ),
    "user": ("id", "externalid", "accountid", "accounts", "name", "email", "createdat", "lastseentimestamp"),
    "admin": ("id", "name", "email"),
    "note": ("id", "accountid", "note", "notedate", "subject", "authorid", "categoryid", "category", "archivedat"),
    "notecategory": ("id", "name"),
    "npsresponse": ("id", "userid", "score", "feedback", "respondedat"),
    "health": ("accountid", "date", "healthscore"),
}  # fmt: skip
_TABLES = {
    "accounts": "account", "users": "user", "admins": "admin", "notes": "note", "notecategories": "notecategory",
    "npsresponses": "npsresponse", "healthhistory": "health",
}  # fmt: skip

#: The account of Vitally's id: under your own id, which Vitally was given when the account was made there.
_ACCOUNT = "(SELECT id, any_value(coalesce(externalid, id)) AS account_id FROM account GROUP BY id)"
_LISTED = "TRY_CAST(accounts AS JSON)"
#: The account of a user: the one that its row names, or the only one of those that it lists.
_USER = f"""(
    SELECT u.rowid, u.*, coalesce(u.externalid, u.id) AS person_id, coalesce(a.account_id, u.told) AS of_account FROM (
        SELECT rowid, *, coalesce(accountid, CASE WHEN json_array_length({_LISTED}) = 1
            THEN coalesce({_LISTED} ->> '$[0].id', {_LISTED} ->> '$[0]') END) AS told FROM "user"
    ) u LEFT JOIN {_ACCOUNT} a ON a.id = u.told
)"""
_NOTE = f"""(
    SELECT n.rowid, n.id, coalesce(a.account_id, n.accountid) AS account_id, n.authorid, n.notedate, n.subject,
        trim(regexp_replace(n.note, '<[^>]*>', ' ', 'g')) AS text, coalesce(n.category, c.name) AS kind
    FROM note n LEFT JOIN {_ACCOUNT} a ON a.id = n.accountid
        LEFT JOIN (SELECT id, any_value(name) AS name FROM notecategory GROUP BY id) c ON c.id = n.categoryid
    WHERE n.archivedat IS NULL
)"""
_CHANNEL = channel("kind")

MADE = {
    "customers": Made(
        ("account",),
        """
        SELECT coalesce(externalid, id) AS account_id, name, createdat AS created_at, mrr AS vitally_mrr,
            nextrenewaldate AS vitally_renewal FROM account ORDER BY rowid
        """,
    ),
    "team": Made(("admin",), "SELECT id AS csm_id, coalesce(name, email) AS name, email FROM admin ORDER BY rowid"),
    "owners": Made(
        ("account",),
        """
        SELECT coalesce(externalid, id) AS account_id, coalesce(csmid, accountownerid) AS csm_id, 'owner' AS role,
            coalesce(updatedat, createdat) AS valid_from
        FROM account WHERE coalesce(csmid, accountownerid) IS NOT NULL ORDER BY rowid
        """,
    ),
    "people": Made(
        ("user", "account"),
        f"""
        SELECT person_id, of_account AS account_id, name, email, createdat AS created_at, lastseentimestamp AS last_seen_at
        FROM {_USER} ORDER BY rowid
        """,
    ),
    "losses": Made(
        ("account",),
        """
        SELECT 'vitally-' || id || '-' || churnedat AS churn_id, coalesce(externalid, id) AS account_id, churnedat AS at
        FROM account WHERE churnedat IS NOT NULL ORDER BY rowid
        """,
    ),
    "answers": Made(
        ("npsresponse", "user", "account"),
        f"""
        SELECT s.id AS answer_id, 'nps' AS survey, 'relational' AS kind, u.of_account AS account_id,
            coalesce(u.person_id, s.userid) AS person_id, s.score, 0 AS scale_min, 10 AS scale_max, s.feedback AS text,
            s.respondedat AS answered_at
        FROM npsresponse s LEFT JOIN (SELECT DISTINCT ON (id) * FROM {_USER} ORDER BY id, rowid) u ON u.id = s.userid
        ORDER BY s.rowid
        """,
    ),
    "contacts": Made(
        ("note", "account", "notecategory"),
        f"""
        SELECT id AS touchpoint_id, account_id, authorid AS csm_id, {_CHANNEL} AS channel, 'both' AS direction,
            notedate AS occurred_at, concat_ws(chr(10), subject, text) AS text
        FROM {_NOTE} WHERE {_CHANNEL} IS NOT NULL ORDER BY rowid
        """,
    ),
    "written": Made(
        ("note", "account", "notecategory"),
        f"""
        SELECT id AS note_id, account_id, notedate AS at, authorid AS by, kind, subject AS title, text
        FROM {_NOTE} WHERE {_CHANNEL} IS NULL ORDER BY rowid
        """,
    ),
    "scores": Made(
        ("account",),
        """
        SELECT coalesce(externalid, id) AS account_id, 'vitally' AS model, updatedat AS at, healthscore AS score FROM account
        WHERE healthscore IS NOT NULL ORDER BY rowid
        """,
    ),
    "score_history": Made(
        ("health", "account"),
        f"""
        SELECT coalesce(a.account_id, s.accountid) AS account_id, 'vitally' AS model, s.date AS at, s.healthscore AS score
        FROM health s LEFT JOIN {_ACCOUNT} a ON a.id = s.accountid ORDER BY s.rowid
        """,
    ),
}


def remarks(ask: Ask) -> Iterator[str]:
    """What is left out, and what cannot be told apart."""
    ((own,),) = ask("SELECT count(*) FROM account WHERE externalid IS NULL")
    if own:
        yield f"account: without an external id: {own:,}; they keep Vitally's, and do not join what other sources tell."
    ((gone,),) = ask("SELECT count(*) FROM note WHERE archivedat IS NOT NULL")
    if gone:
        yield f"note: deleted there: {gone:,}; not loaded."
    ((several,),) = ask(f'SELECT count(*) FROM "user" WHERE accountid IS NULL AND json_array_length({_LISTED}) > 1')
    if several:
        yield f"user: people of several accounts: {several:,}; they are given none."


VENDOR = Vendor(
    name="vitally",
    columns=COLUMNS,
    made=MADE,
    remarks=remarks,
    aside=frozenset({
        "conversation", "conversations", "message", "messages", "organization", "organizations", "project", "projects",
        "task", "tasks",
    }),
    table=lambda name: _TABLES.get(bare(name), bare(name)),
    column=lambda _stream, name: bare(name),
)  # fmt: skip
