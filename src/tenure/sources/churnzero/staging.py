"""What ChurnZero's entities come to. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.vendor import Ask, Made, Vendor, bare, channel

COLUMNS: dict[str, tuple[str, ...]] = {
    "account": (
        "id", "accountexternalid", "externalid", "name", "isactive", "startdate", "enddate", "nextrenewaldate",
        "totalcontractamount", "useraccountid", "owneruseraccount", "parentaccountexternalid", "billingaddresscountry",
        "churnscore", "objectcreateddate", "objectmodifieddate",
    ),
    "useraccount": ("id", "username", "email", "firstname", "lastname", "name"),
    "contact": (
        "id", "contactexternalid", "accountid", "accountexternalid", "firstname", "lastname", "name", "email", "title",
        "objectcreateddate", "lastactivity",
    ),
    "churnscorecalculation": ("id", "accountid", "accountexternalid", "churnscoreid", "score", "objectcreateddate"),
    "churnscore": ("id", "name", "isprimary"),
    "surveyresponse": (
        "id", "accountid", "contactid", "surveytype", "npsscore", "score", "comment", "sentdate", "responsedate",
        "objectcreateddate",
    ),
    "timelineentry": (
        "id", "accountid", "accountexternalid", "type", "subject", "body", "date", "useraccountid",
    ),
}  # fmt: skip
_TABLES = {
    "accounts": "account", "useraccounts": "useraccount", "users": "useraccount", "contacts": "contact",
    "churnscorecalculations": "churnscorecalculation", "churnscores": "churnscore", "surveyresponses": "surveyresponse",
    "churnscorehistory": "churnscorecalculation", "timeline": "timelineentry", "timelineentries": "timelineentry",
}  # fmt: skip

_ID = "coalesce(accountexternalid, externalid, id)"
_ACCOUNT = f"(SELECT id, any_value({_ID}) AS account_id FROM account WHERE id IS NOT NULL GROUP BY id)"
_OF = "coalesce(s.accountexternalid, a.account_id, s.accountid)"
_WITH = f"LEFT JOIN {_ACCOUNT} a ON a.id = s.accountid"
#: Our people, under the name or the number by which an export tells them.
_OURS = "(SELECT id, any_value(coalesce(username, id)) AS csm_id FROM useraccount WHERE id IS NOT NULL GROUP BY id)"
_NAME = "coalesce(name, nullif(trim(concat_ws(' ', firstname, lastname)), ''), email)"
_TOLD = channel("s.type")
#: The scores of the one model that counts, where an account has several; of models that nobody names all are one.
_PRIMARY = """
    s.churnscoreid IS NULL OR NOT EXISTS (SELECT 1 FROM churnscore WHERE lower(isprimary) = 'true')
    OR s.churnscoreid IN (SELECT id FROM churnscore WHERE lower(isprimary) = 'true')
"""

MADE = {
    "accounts": Made(
        ("account",),
        f"""
        SELECT {_ID} AS account_id, name, parentaccountexternalid AS parent_id, billingaddresscountry AS country,
            coalesce(startdate, objectcreateddate) AS created_at, totalcontractamount AS churnzero_contract_amount,
            nextrenewaldate AS churnzero_renewal FROM account ORDER BY rowid
        """,
    ),
    "team": Made(
        ("useraccount",),
        f"SELECT coalesce(username, id) AS csm_id, {_NAME} AS name, coalesce(email, username) AS email FROM useraccount ORDER BY rowid",
    ),
    "owners": Made(
        ("account", "useraccount"),
        f"""
        SELECT coalesce(s.accountexternalid, s.externalid, s.id) AS account_id,
            coalesce(s.owneruseraccount, u.csm_id, s.useraccountid) AS csm_id, 'owner' AS role,
            coalesce(s.objectmodifieddate, s.objectcreateddate, s.startdate) AS valid_from
        FROM account s LEFT JOIN {_OURS} u ON u.id = s.useraccountid
        WHERE coalesce(s.owneruseraccount, s.useraccountid) IS NOT NULL ORDER BY s.rowid
        """,
    ),
    "people": Made(
        ("contact", "account"),
        f"""
        SELECT coalesce(s.contactexternalid, s.id) AS person_id, {_OF} AS account_id,
            coalesce(s.name, nullif(trim(concat_ws(' ', s.firstname, s.lastname)), '')) AS name, s.email, s.title,
            s.objectcreateddate AS created_at, s.lastactivity AS last_seen_at FROM contact s {_WITH} ORDER BY s.rowid
        """,
    ),
    "losses": Made(
        ("account",),
        f"""
        SELECT 'churnzero-' || {_ID} || '-' || enddate AS churn_id, {_ID} AS account_id, enddate AS at
        FROM account WHERE enddate IS NOT NULL AND lower(coalesce(isactive, 'false')) <> 'true' ORDER BY rowid
        """,
    ),
    "answers": Made(
        ("surveyresponse", "account", "contact"),
        f"""
        SELECT s.id AS answer_id, 'nps' AS survey, 'relational' AS kind, coalesce(a.account_id, s.accountid) AS account_id,
            coalesce(c.person_id, s.contactid) AS person_id, coalesce(s.npsscore, s.score) AS score, 0 AS scale_min,
            10 AS scale_max, s.comment AS text, s.sentdate AS sent_at, s.sentdate AS delivered_at,
            coalesce(s.responsedate, CASE WHEN coalesce(s.npsscore, s.score) IS NOT NULL THEN s.objectcreateddate END) AS answered_at
        FROM surveyresponse s {_WITH} LEFT JOIN
            (SELECT id, any_value(coalesce(contactexternalid, id)) AS person_id FROM contact GROUP BY id) c ON c.id = s.contactid
        WHERE lower(coalesce(s.surveytype, 'nps')) = 'nps' ORDER BY s.rowid
        """,
    ),
    "contacts": Made(
        ("timelineentry", "account", "useraccount"),
        f"""
        SELECT s.id AS touchpoint_id, {_OF} AS account_id, coalesce(u.csm_id, s.useraccountid) AS csm_id, {_TOLD} AS channel,
            'both' AS direction, s.date AS occurred_at, concat_ws(chr(10), s.subject, s.body) AS text
        FROM timelineentry s {_WITH} LEFT JOIN {_OURS} u ON u.id = s.useraccountid
        WHERE {_TOLD} IS NOT NULL ORDER BY s.rowid
        """,
    ),
    "notes": Made(
        ("timelineentry", "account", "useraccount"),
        f"""
        SELECT s.id AS note_id, {_OF} AS account_id, s.date AS at, coalesce(u.csm_id, s.useraccountid) AS by, s.type AS kind,
            s.subject AS title, s.body AS text
        FROM timelineentry s {_WITH} LEFT JOIN {_OURS} u ON u.id = s.useraccountid
        WHERE {_TOLD} IS NULL ORDER BY s.rowid
        """,
    ),
    "scores": Made(
        ("account",),
        f"""
        SELECT {_ID} AS account_id, 'churnzero' AS model, coalesce(objectmodifieddate, objectcreateddate) AS at,
            churnscore AS score FROM account WHERE churnscore IS NOT NULL ORDER BY rowid
        """,
    ),
    "score_history": Made(
        ("churnscorecalculation", "account", "churnscore"),
        f"""
        SELECT {_OF} AS account_id, 'churnzero' AS model, s.objectcreateddate AS at, s.score
        FROM churnscorecalculation s {_WITH} WHERE {_PRIMARY} ORDER BY s.rowid
        """,
    ),
}


def remarks(ask: Ask) -> Iterator[str]:
    """What is left out."""
    ((others,),) = ask(f"SELECT count(*) FROM churnscorecalculation s WHERE NOT ({_PRIMARY})")
    if others:
        yield f"churnscorecalculation: of scores that are not the primary one: {others:,}; not loaded."
    ((surveys,),) = ask("SELECT count(*) FROM surveyresponse WHERE lower(coalesce(surveytype, 'nps')) <> 'nps'")
    if surveys:
        yield f"surveyresponse: to surveys other than NPS: {surveys:,}; their scales are not known: not loaded."


VENDOR = Vendor(
    name="churnzero",
    columns=COLUMNS,
    made=MADE,
    remarks=remarks,
    aside=frozenset({
        "customfield", "event", "eventtype", "journey", "journeyinstance", "journeymilestone", "journeyprogress", "segment",
        "survey", "task", "taskpriority", "tasks", "taskstatus",
    }),
    table=lambda name: _TABLES.get(bare(name), bare(name)),
    column=lambda _stream, name: bare(name),
)  # fmt: skip
