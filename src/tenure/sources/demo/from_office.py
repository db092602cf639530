"""What the CRM, the office and billing export: accounts and people, deals, prices, contracts, invoices, payments."""

from __future__ import annotations

from tenure.sources.demo.export import GERMAN_NUMBER, Export, utc

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
             created_at AS created, left_at AS left_company FROM person WHERE is_service IS NULL"""
    ),
    "team.csv": Export(
        """SELECT csm_id AS id, name, email, manager_id AS manager, team, role, fte, region, valid_from AS since,
             started_at AS hired, ended_at AS left_on,
             array_to_string(from_json(languages, '["VARCHAR"]'), ';') AS languages,
             array_to_string(from_json(skills, '["VARCHAR"]'), ';') AS skills, schedule_id AS hours, payroll_id AS payroll
           FROM csm"""
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
             strftime(ended_at - 1, '%d.%m.%Y') AS "Last Day", {GERMAN_NUMBER % "value"} AS "Annual Value",
             currency AS "Currency", if(auto_renew, 'yes', 'no') AS "Auto Renewal",
             if(evergreen, 'yes', 'no') AS "Evergreen", strftime(notice_by, '%d.%m.%Y') AS "Notice By",
             CASE outcome WHEN 'churned' THEN 'Lost' WHEN 'reduced' THEN 'Renewed (smaller)' WHEN 'renewed'
               THEN 'Renewed' WHEN 'open' THEN 'Open' END AS "Outcome",
             strftime(decided_at, '%d.%m.%Y') AS "Decided On", {GERMAN_NUMBER % "renewed_value"} AS "Renewed Value",
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
        f"""SELECT payment_id AS id, invoice_id AS invoice, kind AS type, amount, currency,
             {utc("paid_at")} AS paid_at FROM payment"""
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
    "exchange_rates.csv": Export('SELECT "date", currency, rate FROM exchange_rate ORDER BY "date", currency'),
    "crm_opportunities.csv": Export(
        """SELECT opportunity_id AS opportunity, account_id AS account, CASE kind WHEN 'new' THEN 'New business'
             WHEN 'upsell' THEN 'Upsell' WHEN 'cross_sell' THEN 'Cross-sell' WHEN 'renewal' THEN 'Renewal'
             ELSE 'Add-on' END AS type, upper(status[1]) || status[2:] AS status, stage,
             CAST(probability * 100 AS INTEGER) AS probability_percent, amount, currency, owner_id AS owner,
             sourced_by AS source, created_at AS created, expected_close AS close_date, closed_at AS closed, lost_reason,
             contract_id AS contract
           FROM opportunity"""
    ),
    "crm_opportunity_products.csv": Export(
        "SELECT opportunity_id AS opportunity, product_id AS product, amount FROM opportunity_line"
    ),
    "crm_deal_splits.csv": Export(
        """SELECT opportunity_id AS opportunity, csm_id AS who, CAST(share * 100 AS INTEGER) AS share_percent
           FROM credit"""
    ),
    "time_off.csv": Export(
        """SELECT csm_id AS employee, "from" AS first_day, "to" - 1 AS last_day, kind AS type, cover_csm_id AS stand_in
           FROM absence ORDER BY 1, 2"""
    ),
    "opening_hours.csv": Export(
        """SELECT schedule_id AS schedule, time_zone AS zone, weekday AS weekday_from_monday, opens, closes
           FROM schedule"""
    ),
    "public_holidays.csv": Export('SELECT schedule_id AS schedule, "date" AS "day", name FROM holiday'),
}
