"""The simulated company as a database of its own, and what is paid in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb

from tenure.sources.demo import Company

TODAY = date(2026, 8, 15)

# What every account pays a month, and from when to when: trials left out, a later row of a line ends the one before
# it, a discount that recurs lasts until its end, accounts merged and tests left out.
PAID = """
CREATE TABLE paid AS
WITH line AS (
  SELECT *, lead(started_at) OVER (PARTITION BY subscription_id ORDER BY started_at) AS next FROM subscription),
monthly AS (
  SELECT coalesce(a.merged_into, l.account_id) AS account_id, l.started_at AS opens,
    least(coalesce(l.ended_at, DATE '9999-01-01'), coalesce(l.next, DATE '9999-01-01')) AS closes,
    l.discount_ends_at AS full_from, l.currency,
    coalesce(l.amount, l.unit_amount * l.quantity) / CASE l.interval WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 ELSE 12 END
      AS list,
    CASE l.discount_kind WHEN 'recurring' THEN l.discount_share ELSE 0 END AS off
  FROM line l JOIN account a ON a.account_id = l.account_id AND a.valid_from IS NULL
  WHERE NOT l.is_trial AND NOT a.is_test)
SELECT account_id, currency, opens, least(closes, coalesce(full_from, closes)) AS closes, list * (1 - off) AS mrr
FROM monthly WHERE full_from IS NULL OR opens < full_from
UNION ALL
SELECT account_id, currency, greatest(opens, full_from), closes, list FROM monthly WHERE full_from < closes
"""


def opened(company: Company) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    for name, table in company.tables.items():
        database.register(name, table)
    database.execute(f"SET TimeZone = '{company.zone}'")
    return database.execute(PAID)


def one(database: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The first cell of an answer."""
    return database.execute(sql).fetchall()[0][0]
