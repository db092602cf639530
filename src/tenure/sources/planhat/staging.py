"""What Planhat's models come to. Reasons: DECISIONS.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator

from tenure.sources.vendor import Ask, Made, Vendor, bare, channel

_COMPANY = (
    "id", "externalid", "name", "owner", "phase", "status", "domains", "country", "h", "mrr", "arr", "renewaldate",
    "customerfrom", "createdate", "lastupdated",
)  # fmt: skip
COLUMNS: dict[str, tuple[str, ...]] = {
    "company": _COMPANY,
    "user": ("id", "email", "firstname", "lastname", "name"),
    "enduser": (
        "id", "externalid", "companyid", "email", "firstname", "lastname", "name", "position", "createdate", "lastactive",
    ),
    "license": ("id", "externalid", "companyid", "product", "currency", "fromdate", "todate", "fixedperiod", "mrr"),
    "churn": ("id", "companyid", "ischurn", "churnreason", "churndate", "createdate", "comment"),
    "nps": ("id", "cid", "email", "euid", "score", "comment", "datesent", "dateanswered"),
    "conversation": ("id", "companyid", "type", "subject", "description", "snippet", "date", "users", "endusers"),
    "health": ("companyid", "date", "h"),
}  # fmt: skip
_TABLES = {
    "companies": "company", "users": "user", "endusers": "enduser", "contacts": "enduser", "licenses": "license",
    "churns": "churn", "conversations": "conversation", "notes": "conversation", "note": "conversation",
    "healthhistory": "health",
}  # fmt: skip

#: The account of a company: under your own id, where Planhat was given it.
_ACCOUNT = "(SELECT id, any_value(coalesce(externalid, id)) AS account_id FROM company GROUP BY id)"


def _of(company: str) -> str:
    """SQL of the account of a company's id; one that is in no file keeps its id."""
    return f"coalesce(a.account_id, {company})"


def _joined(stream: str, company: str) -> str:
    return f"FROM {stream} s LEFT JOIN {_ACCOUNT} a ON a.id = s.{company} ORDER BY s.rowid"


def _name(alias: str = "") -> str:
    return f"coalesce({alias}name, nullif(trim(concat_ws(' ', {alias}firstname, {alias}lastname)), ''))"


def _first(array: str) -> str:
    """SQL of the id of the first of an array's users, as JSON or as an id; names are no ids."""
    asked = f"TRY_CAST({array} AS JSON)"
    return f"coalesce({asked} ->> '$[0]._id', {asked} ->> '$[0].id')"


#: Whether a licence runs for a term that is renewed, and not until it is ended.
_TERM = "s.todate IS NOT NULL AND lower(coalesce(s.fixedperiod, 'true')) <> 'false'"
_CHANNEL = channel("s.type")
_TEXT = "coalesce(s.description, s.snippet)"

MADE = {
    "accounts": Made(
        ("company",),
        """
        SELECT coalesce(externalid, id) AS account_id, name, phase AS lifecycle, country, customerfrom AS created_at,
            TRY_CAST(domains AS JSON) ->> '$[0]' AS "domain", status AS planhat_status, arr AS planhat_arr,
            renewaldate AS planhat_renewal
        FROM company ORDER BY rowid
        """,
    ),
    "team": Made(("user",), f"SELECT id AS csm_id, coalesce({_name()}, email) AS name, email FROM user ORDER BY rowid"),
    "owners": Made(
        ("company",),
        """
        SELECT coalesce(externalid, id) AS account_id, owner AS csm_id, 'owner' AS role, coalesce(lastupdated, createdate)
            AS valid_from FROM company WHERE owner IS NOT NULL ORDER BY rowid
        """,
    ),
    "people": Made(
        ("enduser", "company"),
        f"""
        SELECT coalesce(s.externalid, s.id) AS person_id, {_of("s.companyid")} AS account_id, {_name("s.")} AS name, s.email,
            s.position AS title, s.createdate AS created_at, s.lastactive AS last_seen_at {_joined("enduser", "companyid")}
        """,
    ),
    "licences": Made(
        ("license", "company"),
        f"""
        SELECT coalesce(s.externalid, s.id) AS subscription_id, {_of("s.companyid")} AS account_id, s.product AS product_id,
            s.mrr AS amount, 'month' AS "interval", s.currency, s.fromdate AS started_at, s.todate AS ended_at,
            CASE WHEN {_TERM} THEN coalesce(s.externalid, s.id) END AS contract_id {_joined("license", "companyid")}
        """,
    ),
    "terms": Made(
        ("license", "company"),
        f"""
        SELECT coalesce(s.externalid, s.id) AS contract_id, {_of("s.companyid")} AS account_id, s.fromdate AS started_at,
            s.todate AS ended_at, coalesce(CAST(12 * TRY_CAST(s.mrr AS DECIMAL(18, 4)) AS VARCHAR), s.mrr) AS value, s.currency
        FROM license s LEFT JOIN {_ACCOUNT} a ON a.id = s.companyid
        WHERE {_TERM} ORDER BY s.rowid
        """,
    ),
    "losses": Made(
        ("churn", "company"),
        f"""
        SELECT s.id AS churn_id, {_of("s.companyid")} AS account_id, coalesce(s.churndate, s.createdate) AS at,
            s.churnreason AS reason, s.comment AS text
        FROM churn s LEFT JOIN {_ACCOUNT} a ON a.id = s.companyid
        WHERE lower(coalesce(s.ischurn, 'true')) <> 'false' ORDER BY s.rowid
        """,
    ),
    "answers": Made(
        ("nps", "company", "enduser"),
        f"""
        SELECT s.id AS answer_id, 'nps' AS survey, 'relational' AS kind, {_of("s.cid")} AS account_id,
            coalesce(e.person_id, s.euid, s.email) AS person_id, s.score, 0 AS scale_min, 10 AS scale_max, s.comment AS text,
            s.datesent AS sent_at, s.datesent AS delivered_at, s.dateanswered AS answered_at
        FROM nps s LEFT JOIN {_ACCOUNT} a ON a.id = s.cid
            LEFT JOIN (SELECT id, any_value(coalesce(externalid, id)) AS person_id FROM enduser GROUP BY id) e ON e.id = s.euid
        ORDER BY s.rowid
        """,
    ),
    "contacts": Made(
        ("conversation", "company"),
        f"""
        SELECT s.id AS touchpoint_id, {_of("s.companyid")} AS account_id, {_first("s.users")} AS csm_id, {_CHANNEL} AS channel,
            'both' AS direction, s.date AS occurred_at, concat_ws(chr(10), s.subject, {_TEXT}) AS text
        FROM conversation s LEFT JOIN {_ACCOUNT} a ON a.id = s.companyid
        WHERE {_CHANNEL} IS NOT NULL ORDER BY s.rowid
        """,
    ),
    "notes": Made(
        ("conversation", "company"),
        f"""
        SELECT s.id AS note_id, {_of("s.companyid")} AS account_id, s.date AS at, {_first("s.users")} AS by, s.type AS kind,
            s.subject AS title, {_TEXT} AS text
        FROM conversation s LEFT JOIN {_ACCOUNT} a ON a.id = s.companyid
        WHERE {_CHANNEL} IS NULL AND lower(coalesce(s.type, '')) <> 'ticket' ORDER BY s.rowid
        """,
    ),
    "scores": Made(
        ("company",),
        """
        SELECT coalesce(externalid, id) AS account_id, 'planhat' AS model, lastupdated AS at, h AS score FROM company
        WHERE h IS NOT NULL ORDER BY rowid
        """,
    ),
    "score_history": Made(
        ("health", "company"),
        f"""
        SELECT {_of("s.companyid")} AS account_id, 'planhat' AS model, s.date AS at, s.h AS score {_joined("health", "companyid")}
        """,
    ),
}


def remarks(ask: Ask) -> Iterator[str]:
    """Companies without your own id, and what of conversations has its place elsewhere."""
    ((own,),) = ask("SELECT count(*) FROM company WHERE externalid IS NULL")
    if own:
        yield f"company: without an external id: {own:,}; they keep Planhat's, and do not join what other sources tell."
    ((tickets,),) = ask("SELECT count(*) FROM conversation WHERE lower(type) = 'ticket'")
    if tickets:
        yield f"conversation: tickets: {tickets:,}; load them from where they are solved: not loaded."


VENDOR = Vendor(
    name="planhat",
    columns=COLUMNS,
    made=MADE,
    remarks=remarks,
    aside=frozenset({
        "asset", "assets", "campaign", "campaigns", "invoice", "invoices", "issue", "issues", "objective", "objectives",
        "opportunity", "opportunities", "project", "projects", "sale", "sales", "task", "tasks", "ticket", "tickets",
        "workspace", "workspaces",
    }),
    table=lambda name: _TABLES.get(bare(name), bare(name)),
    column=lambda _stream, name: bare(name),
)  # fmt: skip
