"""Renewals and invoices of the simulated company against SQL written by hand on its own tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from tenure.sources.demo import simulate
from tests.oracle.company import GROUNDS
from tests.oracle.hand import Hand
from tests.oracle.test_money import months
from tests.oracle.world import standing
from tests.workspaces import MEASURED

TODAY = date(2026, 4, 10)

RENEWALS = """
WITH due AS (
  SELECT p.period, p.opens_day, c.*, least(c.ended + INTERVAL 30 DAY, t.now) AS looked, c.ended + INTERVAL 30 DAY <= t.now AS over
  FROM period p CROSS JOIN today t JOIN contract c ON c.ended >= p.opens AND c.ended < p.closes
  WHERE NOT c.evergreen AND c.account_id NOT IN (SELECT account_id FROM account WHERE is_test)
), who_pays AS (
  SELECT d.contract_id, sum(worth(CASE WHEN l.ends <= d.looked THEN 0 WHEN l.discount_ends <= d.looked THEN l.list ELSE l.net END,
                                  r.rate)) AS mrr
  FROM due d JOIN who w ON w.account_id = d.account_id
  JOIN (SELECT l.*, lead(starts) OVER (PARTITION BY subscription_id ORDER BY starts) AS next FROM line l) l
    ON l.starts <= d.looked AND (l.next IS NULL OR l.next > d.looked)
    AND CASE WHEN d.contract_id IN (SELECT contract_id FROM line) THEN l.contract_id = d.contract_id
             ELSE l.account_id IN (SELECT account_id FROM who x WHERE x.survivor = w.survivor) END
  JOIN rated r ON r.currency = l.currency AND r.day = d.opens_day GROUP BY 1
), judged AS (
  SELECT d.*, coalesce(m.mrr, 0) AS mrr, s.value AS next_value, s.currency AS next_currency,
    s.started <= d.looked AND s.ended > d.looked AS follows
  FROM due d LEFT JOIN who_pays m USING (contract_id) LEFT JOIN contract s ON s.contract_id = d.successor_id
), settled AS (
  SELECT *, CASE WHEN outcome IN ('renewed', 'reduced') THEN 'won' WHEN outcome = 'churned' THEN 'lost'
    WHEN follows THEN 'won' WHEN over AND mrr > 0 THEN 'won' WHEN over THEN 'lost' ELSE 'open' END AS became FROM judged
)
SELECT s.period, count(*) FILTER (became = 'won'), count(*) FILTER (became <> 'open'), count(*) FILTER (became = 'open'),
  sum(CASE WHEN became = 'won' THEN least(worth(s.value * 10000, r.rate), coalesce(worth(renewed_value * 10000, r.rate),
    CASE WHEN follows OR outcome IS NOT NULL THEN worth(next_value * 10000, r.rate) END, 12 * mrr)) ELSE 0 END),
  sum(worth(s.value * 10000, r.rate)) FILTER (became <> 'open')
FROM settled s JOIN rated r ON r.currency = s.currency AND r.day = s.opens_day GROUP BY 1 ORDER BY 1"""

INVOICES = """
WITH owed AS (
  SELECT p.period, i.invoice_id, i.due_end, i.amount - coalesce((SELECT sum(abs(n.amount)) FROM invoice n
    WHERE n.kind = 'credit_note' AND n.credits_id = i.invoice_id AND n.issued < t.now), 0) AS amount
  FROM period p CROSS JOIN today t JOIN invoice i ON i.due >= p.opens AND i.due < p.closes AND i.due_end <= t.now
  WHERE i.kind = 'invoice' AND i.status NOT IN ('draft', 'void')
    AND i.account_id NOT IN (SELECT account_id FROM account WHERE is_test)
)
SELECT period, count(*) FILTER (coalesce((SELECT sum(CASE kind WHEN 'payment' THEN m.amount ELSE -m.amount END) FROM payment m
  WHERE m.invoice_id = o.invoice_id AND m.paid_at < o.due_end), 0) >= amount), count(*)
FROM owed o WHERE amount > 0 GROUP BY 1 ORDER BY 1"""


def instants(hand, rows, names):
    """The rows with civil dates made instants under the names on the right."""
    made = [row | {to: hand.instant(row[name]) for name, to in names.items()} for row in rows]
    return pa.Table.from_pylist(made)


@pytest.fixture(scope="module", params=["as decided", "as judged"])
def both(request):
    """The company in a world and under the hand-written SQL; once with nothing said of what became of contracts."""
    company = simulate(100, 16, today=TODAY, seed=5)
    if request.param == "as judged":
        c = company.tables["contract"]
        nothing = {name: pa.nulls(c.num_rows, c.schema.field(name).type) for name in ("outcome", "renewed_value")}
        for name, column in nothing.items():
            c = c.set_column(c.schema.get_field_index(name), name, column)
        company.tables["contract"] = c
    world = standing(company, GROUNDS[0])
    tables = {name: table.to_pylist() for name, table in company.tables.items() if name in MEASURED}
    hand = Hand(tables, company.zone, TODAY.isoformat()).look(months(date(2025, 10, 1), TODAY))
    contracts = [
        row | {"outcome": row["outcome"] if hand.past(row["decided_at"]) else None} for row in tables["contract"]
    ]
    hand.con.register("contract", instants(hand, contracts, {"started_at": "started", "ended_at": "ended"}))
    bills = [
        row | {"end": row["due_at"] and date.fromordinal(row["due_at"].toordinal() + 1)} for row in tables["invoice"]
    ]
    hand.con.register("invoice", instants(hand, bills, {"issued_at": "issued", "due_at": "due", "end": "due_end"}))
    paid = instants(hand, tables["payment"], {"paid_at": "paid_at"})
    hand.con.register("payment", paid)
    return world, hand


def told(world, metric):
    return {f.period_start: f for f in world.ask(metric, "2025-10", "2026-04")}


def test_renewals(both):
    world, hand = both
    rate, value = told(world, "renewal_rate"), told(world, "renewal_rate_value")
    rows = hand.con.execute(RENEWALS).fetchall()
    assert len(rows) >= 6
    for period, won, decided, still_open, kept, due in rows:
        assert (rate[period].numerator, rate[period].denominator) == (won, decided)
        assert rate[period].excluded.get("open within the grace", 0) == still_open
        assert value[period].numerator == Decimal(kept) / 10000
        assert value[period].denominator == Decimal(due or 0) / 10000


def test_invoices(both):
    world, hand = both
    figures = told(world, "payment_regularity")
    rows = hand.con.execute(INVOICES).fetchall()
    assert len(rows) >= 6
    for period, on_time, due in rows:
        assert (figures[period].numerator, figures[period].denominator) == (on_time, due)
