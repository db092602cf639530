"""What the product and its analytics export: what can be used, by whom, and what is."""

from __future__ import annotations

from tenure.sources.demo.export import Export, utc

EXPORTS = {
    "product_features.csv": Export(
        """SELECT feature_id AS event, name AS feature_name, product_id AS product, released_at AS released,
             is_key AS key_action, is_login AS login FROM feature"""
    ),
    "licences.csv": Export(
        """SELECT account_id AS account, product_id AS product, feature_id AS feature, seats, valid_from AS "from",
             valid_to - 1 AS "until"
           FROM entitlement ORDER BY account_id, product_id, feature_id, valid_from"""
    ),
    "product_users.csv": Export(
        f"""SELECT person_id AS user_id, account_id AS account, name AS display_name, email, role AS seat,
             is_internal AS staff, is_service AS machine, created_at AS invited, {utc("last_seen_at")} AS last_seen
           FROM person WHERE is_service IS NOT NULL"""
    ),
    "product_events.parquet": Export(
        """SELECT event_id AS id, account_id AS account, person_id AS "user", feature AS event,
             occurred_at AT TIME ZONE 'UTC' AS time_utc, product_id AS product, session_id AS session, seconds,
             count AS times
           FROM usage"""
    ),
    "insights_daily.csv": Export(
        """SELECT account_id AS account, "day", product_id AS product, active_users AS people, events AS views, seconds
           FROM usage_daily"""
    ),
}
