"""What Gainsight's objects come to. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.vendor import Ask, Made, Vendor, bare, channel

COLUMNS: dict[str, tuple[str, ...]] = {
    "company": (
        "gsid", "externalid", "sfdcaccountid", "name", "industry", "lifecyclestage", "stage", "status", "arr", "csm", "csmid",
        "csmname", "originalcontractdate", "renewaldate", "overallscore", "currentscore", "parentcompanyid", "createddate",
        "modifieddate",
    ),
    "user": ("gsid", "name", "email"),
    "person": ("gsid", "companyid", "name", "email", "title", "createddate"),
    "activity": (
        "gsid", "companyid", "activitydate", "activitytype", "reportingcategory", "subject", "notes", "durationinmins",
        "userid", "useremail",
    ),
    "scorecardhistory": ("companyid", "snapshotdate", "overallscore"),
    "npsresponse": ("gsid", "companyid", "personid", "npsscore", "comments", "sentdate", "respondeddate"),
}  # fmt: skip
_TABLES = {
    "companies": "company", "users": "user", "persons": "person", "people": "person", "companyperson": "person",
    "activitytimeline": "activity", "timeline": "activity", "activities": "activity", "npsresponses": "npsresponse",
    "npssurveyresponse": "npsresponse", "companyscorecardhistory": "scorecardhistory",
}  # fmt: skip
#: Other names under which an export has a column: the label of a screen, or of an older version.
_ALIKE = {
    "company": {
        "companyid": "gsid",
        "companyname": "name",
        "salesforceaccountid": "sfdcaccountid",
        "currscore": "currentscore",
    },
    "user": {"userid": "gsid", "username": "name", "useremail": "email"},
    "person": {"personid": "gsid", "personname": "name", "personemail": "email", "companygsid": "companyid"},
    "activity": {"activityid": "gsid", "typename": "activitytype", "type": "activitytype", "date": "activitydate"},
    "scorecardhistory": {"snapshot": "snapshotdate", "date": "snapshotdate", "score": "overallscore"},
    "npsresponse": {"responseid": "gsid", "score": "npsscore", "comment": "comments", "responsedate": "respondeddate"},
}

_ID = "coalesce(externalid, sfdcaccountid, gsid)"
_ACCOUNT = f"(SELECT gsid, any_value({_ID}) AS account_id FROM company GROUP BY gsid)"
_OF = "coalesce(a.account_id, s.companyid)"
_WITH = f"LEFT JOIN {_ACCOUNT} a ON a.gsid = s.companyid"
#: A person of ours by whatever an export names one by; a name that two have names nobody.
_OURS = """(
    SELECT told, min(gsid) AS gsid FROM (
        SELECT gsid, gsid AS told FROM "user" UNION SELECT gsid, lower(email) FROM "user" UNION SELECT gsid, lower(name) FROM "user"
    ) WHERE told IS NOT NULL GROUP BY told HAVING count(DISTINCT gsid) = 1
)"""
_KIND = "coalesce(s.activitytype, s.reportingcategory)"
_CHANNEL = channel(_KIND)
_BY = f"""
    FROM activity s {_WITH} LEFT JOIN {_OURS} u ON u.told = s.userid LEFT JOIN {_OURS} m ON m.told = lower(s.useremail)
"""

MADE = {
    "accounts": Made(
        ("company",),
        f"""
        SELECT coalesce(s.externalid, s.sfdcaccountid, s.gsid) AS account_id, s.name, s.industry, coalesce(s.lifecyclestage, s.stage) AS lifecycle,
            coalesce(a.account_id, s.parentcompanyid) AS parent_id, coalesce(s.originalcontractdate, s.createddate) AS created_at,
            s.status AS gainsight_status, s.arr AS gainsight_arr, s.renewaldate AS gainsight_renewal
        FROM company s LEFT JOIN {_ACCOUNT} a ON a.gsid = s.parentcompanyid ORDER BY s.rowid
        """,
    ),
    "team": Made(("user",), 'SELECT gsid AS csm_id, coalesce(name, email) AS name, email FROM "user" ORDER BY rowid'),
    "owners": Made(
        ("company", "user"),
        f"""
        SELECT coalesce(s.externalid, s.sfdcaccountid, s.gsid) AS account_id, coalesce(u.gsid, s.told) AS csm_id, 'owner' AS role,
            coalesce(s.modifieddate, s.createddate) AS valid_from
        FROM (SELECT rowid, *, coalesce(csmid, csm, csmname) AS told FROM company) s
            LEFT JOIN {_OURS} u ON u.told IN (s.told, lower(s.told))
        WHERE s.told IS NOT NULL ORDER BY s.rowid
        """,
    ),
    "people": Made(
        ("person", "company"),
        f"""
        SELECT s.gsid AS person_id, {_OF} AS account_id, s.name, s.email, s.title, s.createddate AS created_at
        FROM person s {_WITH} ORDER BY s.rowid
        """,
    ),
    "answers": Made(
        ("npsresponse", "company"),
        f"""
        SELECT s.gsid AS answer_id, 'nps' AS survey, 'relational' AS kind, {_OF} AS account_id, s.personid AS person_id,
            s.npsscore AS score, 0 AS scale_min, 10 AS scale_max, s.comments AS text, s.sentdate AS sent_at,
            s.sentdate AS delivered_at, s.respondeddate AS answered_at FROM npsresponse s {_WITH} ORDER BY s.rowid
        """,
    ),
    "contacts": Made(
        ("activity", "company", "user"),
        f"""
        SELECT s.gsid AS touchpoint_id, {_OF} AS account_id, coalesce(u.gsid, m.gsid, s.userid) AS csm_id, {_CHANNEL} AS channel,
            'both' AS direction, s.activitydate AS occurred_at, s.durationinmins AS minutes,
            concat_ws(chr(10), s.subject, trim(regexp_replace(s.notes, '<[^>]*>', ' ', 'g'))) AS text
        {_BY} WHERE {_CHANNEL} IS NOT NULL ORDER BY s.rowid
        """,
    ),
    "notes": Made(
        ("activity", "company", "user"),
        f"""
        SELECT s.gsid AS note_id, {_OF} AS account_id, s.activitydate AS at, coalesce(u.gsid, m.gsid, s.userid) AS by,
            {_KIND} AS kind, s.subject AS title, trim(regexp_replace(s.notes, '<[^>]*>', ' ', 'g')) AS text
        {_BY} WHERE {_CHANNEL} IS NULL ORDER BY s.rowid
        """,
    ),
    "scores": Made(
        ("company",),
        f"""
        SELECT {_ID} AS account_id, 'gainsight' AS model, coalesce(modifieddate, createddate) AS at,
            coalesce(overallscore, currentscore) AS score
        FROM company WHERE coalesce(overallscore, currentscore) IS NOT NULL ORDER BY rowid
        """,
    ),
    "score_history": Made(
        ("scorecardhistory", "company"),
        f"""
        SELECT {_OF} AS account_id, 'gainsight' AS model, s.snapshotdate AS at, s.overallscore AS score
        FROM scorecardhistory s {_WITH} WHERE s.overallscore IS NOT NULL ORDER BY s.rowid
        """,
    ),
}


def remarks(ask: Ask) -> Iterator[str]:
    """Companies under Gainsight's own id, and scores that were not given."""
    ((own,),) = ask("SELECT count(*) FROM company WHERE coalesce(externalid, sfdcaccountid) IS NULL")
    if own:
        yield f"company: without an id of yours or of Salesforce: {own:,}; they keep Gainsight's, and join nothing else."
    ((empty,),) = ask("SELECT count(*) FROM scorecardhistory WHERE overallscore IS NULL")
    if empty:
        yield f"scorecardhistory: days without an overall score: {empty:,}; not loaded."


VENDOR = Vendor(
    name="gainsight",
    columns=COLUMNS,
    made=MADE,
    remarks=remarks,
    aside=frozenset({"calltoaction", "cta", "relationship", "scorecardfact", "successplan", "task"}),
    table=lambda name: _TABLES.get(bare(name), bare(name)),
    column=lambda stream, name: _ALIKE.get(stream, {}).get(bare(name), bare(name)),
)  # fmt: skip
