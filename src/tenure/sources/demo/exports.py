"""The company's data as the exports its people would have: from five tools, each with its own habits and its dirt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from tenure.sources.demo.company import Company
from tenure.sources.demo.dirt import plant, readme

_MAP = Path(__file__).with_name("map.toml")
_GERMAN_NUMBER = (
    """replace(replace(replace(format('{:,.2f}', CAST(%s AS DECIMAL(18,2))), ',', ' '), '.', ','), ' ', '.')"""
)


@dataclass(frozen=True)
class Export:
    """One file: what is in it, as DuckDB SQL over the canonical tables, and how it is written.

    ``{zone}`` in the SQL stands for the company's zone.
    """

    sql: str
    delimiter: str = ","
    encoding: str = "utf-8"


def write_files(company: Company, folder: Path) -> list[Path]:
    """Write the exports, ``map.toml`` and ``README.txt`` into ``folder`` and return the exports' paths.

    The README tells of every row that is wrong on purpose: where it is and what Tenure says about it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect()
    for name, table in company.tables.items():
        database.register(name, table)
    written = []
    for name, export in EXPORTS.items():
        path = folder / name
        _write(database, export, company.zone, path)
        written.append(path)
    planted = plant(folder)
    (folder / "map.toml").write_text(_MAP.read_text("utf-8").replace("Europe/Berlin", company.zone), "utf-8")
    (folder / "README.txt").write_text(readme(company.today, planted), "utf-8")
    return written


def _write(database: duckdb.DuckDBPyConnection, export: Export, zone: str, path: Path) -> None:
    how = "FORMAT json" if path.suffix == ".jsonl" else f"FORMAT csv, HEADER, DELIMITER '{export.delimiter}'"
    place = str(path).replace("'", "''")
    database.execute(f"COPY ({export.sql.replace('{zone}', zone)}) TO '{place}' ({how})")
    if export.encoding != "utf-8":
        path.write_bytes(path.read_bytes().decode("utf-8").encode(export.encoding))


EXPORTS = {
    "crm_accounts.csv": Export(
        """SELECT account_id AS "Account No", name AS "Account Name", domain AS "Website",
             CASE segment WHEN 'Mid-Market' THEN 'MM' WHEN 'Enterprise' THEN 'ENT' ELSE segment END AS "Segment",
             tier AS "Tier", industry AS "Industry", region AS "Sales Region", country AS "Country",
             language AS "Language", currency AS "Currency", parent_id AS "Parent Account",
             merged_into AS "Merged Into", if(is_test, 'yes', 'no') AS "Test Account",
             if(is_partner, 'yes', 'no') AS "Partner", strftime(created_at, '%d.%m.%Y') AS "Created On",
             strftime(valid_from, '%d.%m.%Y') AS "Valid From", success_plan AS "Success Plan"
           FROM account ORDER BY account_id, valid_from NULLS FIRST""",
        delimiter=";",
        encoding="cp1252",
    ),
    "contacts.csv": Export(
        """SELECT person_id AS contact_id, account_id, name, email, title, role, is_champion AS champion,
             created_at AS created, left_at AS left_company FROM person"""
    ),
    "team.csv": Export(
        """SELECT csm_id AS id, name, email, manager_id AS manager, team, role, fte, region, valid_from AS since,
             started_at AS hired, ended_at AS left_on FROM csm"""
    ),
    "account_owners.csv": Export(
        """SELECT account_id AS account, csm_id AS owner, pool, share, valid_from AS "from", valid_to - 1 AS "until"
           FROM assignment ORDER BY account_id, valid_from, csm_id"""
    ),
    "price_list.csv": Export(
        """SELECT product_id AS product, name AS product_name, family, plan, rank AS position
           FROM product JOIN plan USING (product_id) ORDER BY product_id DESC, rank"""
    ),
    "billing_subscriptions.csv": Export(
        """SELECT subscription_id AS subscription, account_id AS customer, product_id AS product, plan,
             contract_id AS contract, quantity AS seats, unit_amount AS price_per_seat, amount AS flat_price,
             CASE "interval" WHEN 'month' THEN 'monthly' WHEN 'quarter' THEN 'quarterly' ELSE 'annual' END AS billing,
             currency, CAST(discount_share * 100 AS INTEGER) AS discount_percent, discount_kind AS discount_type,
             discount_ends_at AS discount_until, is_trial AS trial, started_at AS start_date, ended_at AS end_date,
             cancel_requested_at AS cancelled_on, 'billing-export' AS exported_by
           FROM subscription ORDER BY subscription_id, started_at"""
    ),
    "contracts.csv": Export(
        f"""SELECT contract_id AS "Contract", account_id AS "Account", strftime(started_at, '%d.%m.%Y') AS "Start",
             strftime(ended_at - 1, '%d.%m.%Y') AS "Last Day", {_GERMAN_NUMBER % "value"} AS "Annual Value",
             currency AS "Currency", if(auto_renew, 'yes', 'no') AS "Auto Renewal",
             if(evergreen, 'yes', 'no') AS "Evergreen", strftime(notice_by, '%d.%m.%Y') AS "Notice By",
             CASE outcome WHEN 'churned' THEN 'Lost' WHEN 'reduced' THEN 'Renewed (smaller)' WHEN 'renewed'
               THEN 'Renewed' WHEN 'open' THEN 'Open' END AS "Outcome",
             strftime(decided_at, '%d.%m.%Y') AS "Decided On", {_GERMAN_NUMBER % "renewed_value"} AS "Renewed Value",
             successor_id AS "Next Contract"
           FROM contract ORDER BY contract_id""",
        delimiter=";",
    ),
    "invoices.jsonl": Export(
        """SELECT invoice_id AS id, account_id AS customer, kind AS type, credits_id AS credits,
             contract_id AS contract, amount, currency, issued_at AS issued, due_at AS due, status FROM invoice"""
    ),
    "invoice_lines.csv": Export(
        """SELECT invoice_id AS invoice, kind AS type, product_id AS product, subscription_id AS subscription,
             period_start, period_end, amount FROM invoice_line"""
    ),
    "payments.csv": Export(
        """SELECT payment_id AS id, invoice_id AS invoice, kind AS type, amount, currency,
             strftime(paid_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS paid_at FROM payment"""
    ),
    "churn_log.csv": Export(
        """SELECT churn_id AS entry, account_id AS account, "at" AS noted_on,
             CASE kind WHEN 'non_payment' THEN 'Non-payment' WHEN 'merger' THEN 'Merger' WHEN 'closed'
               THEN 'Closed down' ELSE 'Cancelled' END AS what,
             CASE WHEN words NOT IN ('Price', 'Competitor') THEN words WHEN row_number() OVER () % 3 = 0
               THEN upper(words) WHEN row_number() OVER () % 3 = 1 THEN lower(words) ELSE words END AS why,
             competitor AS lost_to, if(controllable, 'yes', 'no') AS could_we_have, "text" AS quote
           FROM (SELECT *, upper(reason[1]) || replace(reason[2:], '_', ' ') AS words FROM churn)"""
    ),
    "nps.csv": Export(
        """SELECT answer_id AS response_id, if(kind = 'relational', 'Relationship', 'Onboarding') AS survey_type, wave,
             account_id AS customer, person_id AS contact, score, "text" AS comment, theme AS topic, sentiment,
             strftime(sent_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS invited_at,
             strftime(delivered_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS delivered_at,
             strftime(answered_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS answered_at,
             is_anonymous AS anonymous, csm_id AS csm,
             strftime(followed_up_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS closed_loop_at
           FROM survey_answer WHERE survey = 'nps'"""
    ),
    "support_csat.csv": Export(
        """SELECT answer_id AS rating_id, upper(survey) AS question, ticket_id AS ticket, account_id AS customer,
             person_id AS contact, agent_id AS agent, score AS rating, "text" AS comment, theme AS topic, sentiment,
             strftime(sent_at AT TIME ZONE '{zone}', '%Y-%m-%d %H:%M:%S') AS sent,
             strftime(delivered_at AT TIME ZONE '{zone}', '%Y-%m-%d %H:%M:%S') AS delivered,
             strftime(answered_at AT TIME ZONE '{zone}', '%Y-%m-%d %H:%M:%S') AS answered,
             strftime(followed_up_at AT TIME ZONE '{zone}', '%Y-%m-%d %H:%M:%S') AS followed_up
           FROM survey_answer WHERE survey <> 'nps' ORDER BY sent_at, answer_id"""
    ),
    "support_tickets.csv": Export(
        """SELECT ticket_id AS ticket, account_id AS customer, requester_id AS contact, assignee_id AS agent, priority,
             channel, category, strftime(created_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS created,
             strftime(first_reply_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS first_reply,
             strftime(first_solved_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS first_solved,
             strftime(solved_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS solved,
             strftime(closed_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS closed FROM ticket"""
    ),
    "exchange_rates.csv": Export('SELECT "date", currency, rate FROM exchange_rate ORDER BY "date", currency'),
}
