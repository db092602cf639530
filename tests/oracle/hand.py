"""Money metrics by hand: SQL straight on subscription rows, day by day, sharing nothing with the code it judges.

Slow and plain on purpose: the state of every line at the end of every local day is looked up, not worked out from
changes. Only what an amount is per month is worked out in Python, with fractions.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

MONTHS = {"month": Fraction(1), "quarter": Fraction(3), "year": Fraction(12), "week": Fraction(12, 52)}

BASE = """
CREATE TABLE line (subscription_id TEXT, account_id TEXT, product TEXT, contract_id TEXT, currency TEXT, starts TIMESTAMP,
  ends TIMESTAMP, noticed TIMESTAMP, discount_ends TIMESTAMP, net BIGINT, list BIGINT);
CREATE TABLE account (account_id TEXT, merged_into TEXT, is_test BOOLEAN, segment TEXT, since TIMESTAMP);
CREATE TABLE owned (account_id TEXT, csm TEXT, since TIMESTAMP, until TIMESTAMP, share DECIMAL(9, 6));
CREATE TABLE rate (currency TEXT, day DATE, rate DECIMAL(18, 9));
CREATE TABLE today (now TIMESTAMP);
CREATE TABLE day (day DATE, ends TIMESTAMP);
CREATE TABLE period (period DATE, opens_day DATE, closes_day DATE, opens TIMESTAMP, closes TIMESTAMP);
"""

VIEWS = """
CREATE TABLE who AS
WITH RECURSIVE step AS (
  SELECT account_id, account_id AS survivor FROM (SELECT account_id FROM account UNION SELECT account_id FROM line)
  UNION SELECT s.account_id, a.merged_into FROM step s JOIN account a ON a.account_id = s.survivor
  WHERE a.merged_into IS NOT NULL
) SELECT account_id, survivor FROM step s
  WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.account_id = s.survivor AND a.merged_into IS NOT NULL)
    AND account_id NOT IN (SELECT account_id FROM account WHERE is_test);

-- What each line pays just before the end of each day: its latest row, if that has not ended.
CREATE TABLE paid AS
SELECT w.survivor AS account, x.*, CASE WHEN x.ends < x.e THEN 0 WHEN x.discount_ends < x.e THEN x.list ELSE x.net END AS pays
FROM (SELECT d.day, d.ends AS e, l.* FROM day d JOIN line l ON l.starts < d.ends
      QUALIFY row_number() OVER (PARTITION BY d.day, l.subscription_id ORDER BY l.starts DESC) = 1) x
JOIN who w USING (account_id);

CREATE TABLE state AS SELECT account, currency, day, sum(pays)::BIGINT AS mrr FROM paid GROUP BY ALL;

CREATE TABLE rated AS
SELECT c.currency, p.d AS day, CASE WHEN c.currency = 'EUR' THEN 1 ELSE coalesce(
  (SELECT arg_max(rate, r.day) FROM rate r WHERE r.currency = c.currency AND r.day <= p.d),
  (SELECT arg_min(rate, r.day) FROM rate r WHERE r.currency = c.currency)) END::DECIMAL(18, 9) AS rate
FROM (SELECT DISTINCT currency FROM line) c, (SELECT opens_day AS d FROM period UNION SELECT closes_day FROM period) p;

CREATE MACRO worth(amount, rate) AS (amount::DECIMAL(28, 0) * rate::DECIMAL(28, 9))::DECIMAL(38, 0)::BIGINT;

-- An account's MRR at the end of a day, at the rate of a day.
CREATE TABLE at_rate AS
SELECT s.account, s.day, r.day AS rate_day, sum(worth(s.mrr, r.rate))::BIGINT AS mrr FROM state s JOIN rated r USING (currency)
WHERE r.day IN (SELECT opens_day FROM period UNION SELECT closes_day FROM period) GROUP BY ALL;

CREATE TABLE both_ends AS
SELECT p.period, a.account, coalesce(o.mrr, 0) AS opening, coalesce(c.mrr, 0) AS closing, coalesce(n.mrr, 0) AS closing_now
FROM period p CROSS JOIN (SELECT DISTINCT account FROM state) a
LEFT JOIN at_rate o ON o.account = a.account AND o.day = p.opens_day - 1 AND o.rate_day = p.opens_day
LEFT JOIN at_rate c ON c.account = a.account AND c.day = p.closes_day - 1 AND c.rate_day = p.opens_day
LEFT JOIN at_rate n ON n.account = a.account AND n.day = p.closes_day - 1 AND n.rate_day = p.closes_day;

CREATE TABLE moved AS
WITH first AS (SELECT account, min(day) AS day FROM state WHERE mrr > 0 GROUP BY 1),
change AS (SELECT p.period, n.account, n.day, coalesce(b.mrr, 0) AS was, n.mrr AS now
  FROM period p JOIN at_rate n ON n.rate_day = p.opens_day AND n.day >= p.opens_day AND n.day < p.closes_day
  LEFT JOIN at_rate b ON b.account = n.account AND b.rate_day = n.rate_day AND b.day = n.day - 1)
SELECT period, c.account, c.day, now - was AS delta,
  CASE WHEN was <= 0 AND now > 0 AND c.day = f.day THEN 'new' WHEN was <= 0 AND now > 0 THEN 'reactivation'
       WHEN was > 0 AND now <= 0 THEN 'churn' WHEN now > was THEN 'expansion' ELSE 'contraction' END AS kind
FROM change c LEFT JOIN first f USING (account) WHERE now <> was;

CREATE TABLE of_unit AS
SELECT b.*, coalesce(m.churn, 0) AS churn, coalesce(m.contraction, 0) AS contraction, coalesce(m.expansion, 0) AS expansion,
  coalesce(m.reactivation, 0) AS reactivation
FROM both_ends b LEFT JOIN (SELECT period, account, sum(delta) FILTER (kind = 'churn') AS churn,
  sum(delta) FILTER (kind = 'contraction') AS contraction, sum(delta) FILTER (kind = 'expansion') AS expansion,
  sum(delta) FILTER (kind = 'reactivation') AS reactivation FROM moved GROUP BY ALL) m USING (period, account);
"""

#: By metric and variant: numerator and denominator (or a total) for each period, in ten-thousandths or counts.
QUESTIONS = {
    "mrr": "SELECT period, sum(closing_now), NULL FROM both_ends GROUP BY 1",
    "arr": "SELECT period, 12 * sum(closing_now), NULL FROM both_ends GROUP BY 1",
    "customer_retention_rate": """SELECT period, count(*) FILTER (opening > 0 AND closing > 0),
        count(*) FILTER (opening > 0) FROM both_ends GROUP BY 1""",
    "customer_churn_rate": """SELECT period, count(*) FILTER (opening > 0 AND closing <= 0),
        count(*) FILTER (opening > 0) FROM both_ends GROUP BY 1""",
    "customer_churn_rate average_base": """SELECT period, count(*) FILTER (opening > 0 AND closing <= 0),
        (count(*) FILTER (opening > 0) + count(*) FILTER (closing > 0)) / 2 FROM both_ends GROUP BY 1""",
    "net_revenue_retention": "SELECT period, sum(closing), sum(opening) FROM both_ends WHERE opening > 0 GROUP BY 1",
    "net_revenue_retention movement_sum": """SELECT period,
        sum(CASE WHEN churn < 0 THEN 0 ELSE opening + expansion + contraction END), sum(opening)
        FROM of_unit WHERE opening > 0 GROUP BY 1""",
    "gross_revenue_retention": """SELECT period, sum(least(opening, closing)), sum(opening) FROM both_ends
        WHERE opening > 0 GROUP BY 1""",
    "gross_revenue_churn_rate": """SELECT period, -sum(churn + contraction), sum(opening) FROM of_unit
        WHERE opening > 0 GROUP BY 1""",
    "net_revenue_churn_rate": """SELECT period, -sum(churn + contraction + expansion), sum(opening) FROM of_unit
        WHERE opening > 0 GROUP BY 1""",
    "net_revenue_churn_rate less_expansion_and_reactivation": """SELECT period,
        -sum(churn + contraction + expansion + reactivation), sum(opening) FROM of_unit WHERE opening > 0 GROUP BY 1""",
    "expansion_revenue": """SELECT period, coalesce(sum(closing - opening) FILTER (opening > 0 AND closing > opening), 0), NULL
        FROM both_ends GROUP BY 1""",
    "expansion_rate": """SELECT period, coalesce(sum(closing - opening) FILTER (opening > 0 AND closing > opening), 0),
        sum(opening) FILTER (opening > 0) FROM both_ends GROUP BY 1""",
    "average_revenue_per_account": """SELECT period, sum(closing_now), count(*) FROM both_ends
        WHERE closing_now > 0 GROUP BY 1""",
    "pending_churn": """SELECT p.period, coalesce(sum(worth(x.pays, r.rate)), 0), NULL FROM period p
        LEFT JOIN paid x ON x.day = p.closes_day - 1 AND x.noticed < p.closes
        LEFT JOIN rated r ON r.currency = x.currency AND r.day = p.closes_day GROUP BY 1""",
    "churn_reasons": """SELECT period, coalesce(sum(opening) FILTER (opening > 0 AND closing <= 0), 0), NULL
        FROM both_ends GROUP BY 1""",
}

MOVEMENTS = """SELECT period, kind, sum(delta) FROM moved GROUP BY ALL UNION ALL
SELECT period, 'fx', sum(closing_now - closing) FROM both_ends GROUP BY 1 HAVING sum(closing_now - closing) <> 0"""

BY_SEGMENT = """SELECT p.period, (SELECT arg_max(segment_or_none, since) FROM (SELECT *, coalesce(segment, '-') AS segment_or_none
  FROM account) a WHERE a.account_id = b.account AND a.since {before} p.{at}) AS segment, sum({value})
FROM period p JOIN both_ends b USING (period) GROUP BY ALL HAVING sum({value}) <> 0"""

BY_OWNER = """WITH at_ AS (SELECT p.period, p.{at} - INTERVAL ({tick}) MICROSECOND AS t FROM period p)
SELECT b.period, o.csm, sum(b.{value} * coalesce(o.share, 1))
FROM both_ends b JOIN at_ USING (period) LEFT JOIN owned o ON o.account_id = b.account AND o.since <= at_.t
  AND (o.until IS NULL OR o.until > at_.t)
  AND o.since = (SELECT max(since) FROM owned x WHERE x.account_id = b.account AND x.since <= at_.t)
GROUP BY ALL HAVING sum(b.{value}) <> 0"""


class Hand:
    """A company's rows under the hand-written SQL; amounts come out in the currency's unit."""

    def __init__(self, tables: dict[str, list[dict[str, Any]]], zone: str, now: str, currency: str = "EUR") -> None:
        assert currency == "EUR"
        self.zone = ZoneInfo(zone)
        self.now = self.instant(now)
        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'")
        self.con.execute(BASE)
        self._told(tables)

    def instant(self, value: Any) -> Any:
        """A civil date begins at local midnight; times are UTC; nothing stays nothing."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        text = str(value)
        if len(text) > len("2026-01-01"):
            return datetime.fromisoformat(text)
        midnight = datetime.combine(date.fromisoformat(text), datetime.min.time(), self.zone)
        return midnight.astimezone(UTC).replace(tzinfo=None)

    def past(self, value: Any) -> Any:
        """What has not happened yet is not known to happen."""
        found = self.instant(value)
        return None if found is None or found >= self.now else found

    def _fill(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self.con.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    def _told(self, tables: dict[str, list[dict[str, Any]]]) -> None:
        lines = [
            (row["subscription_id"], row["account_id"], row.get("product_id"), row.get("contract_id"),
             row.get("currency") or "EUR", self.instant(row["started_at"]), self.past(row.get("ended_at")),
             self.past(row.get("cancel_requested_at")), self.past(row.get("discount_ends_at")),
             monthly(row, discounted=True), monthly(row, discounted=False))
            for row in tables["subscription"] if self.past(row["started_at"])
        ]  # fmt: skip
        self._fill("line", lines)
        self._fill("account", [
            (a["account_id"], a.get("merged_into"), bool(a.get("is_test")), a.get("segment"),
             self.instant(a.get("valid_from")) or datetime(1, 1, 1)) for a in tables["account"]
        ])  # fmt: skip
        self._fill("owned", [
            (o["account_id"], o["csm_id"] or o.get("pool"), self.instant(o["valid_from"]), self.instant(o.get("valid_to")),
             Decimal(str(o.get("share") or 1))) for o in tables["assignment"]
        ])  # fmt: skip
        self._fill("rate", [(r["currency"], str(r["date"]), r["rate"]) for r in tables["exchange_rate"]])
        self._fill("today", [(self.now,)])
        first = min((line[5] for line in lines), default=self.now).date() - timedelta(days=2)
        days = []
        while (ends := self.instant(first + timedelta(days=1))) < self.now:
            days.append((first, ends))
            first += timedelta(days=1)
        self._fill("day", [*days, (first, self.now)])
        self.last_day = first

    def look(self, starts: list[date], months: int = 1) -> Hand:
        """Look at the months that begin on these days, opening ``months`` before their close."""
        rows = []
        for start in starts:
            end = min((start + timedelta(days=32)).replace(day=1), self.last_day + timedelta(days=1))
            assert months == 1 or end.day == 1
            back = end.year * 12 + end.month - 1 - months
            opens = start if months == 1 else date(back // 12, back % 12 + 1, 1)
            rows.append((start, opens, end, self.instant(opens), min(self.instant(end), self.now)))
        self._fill("period", rows)
        self.con.execute(VIEWS)
        return self

    def parts(self, question: str) -> dict[date, tuple[Decimal, Decimal | None]]:
        """Numerator and denominator of a question by period."""
        return {row[0]: row[1:] for row in self.con.execute(QUESTIONS[question]).fetchall()}

    def cells(self, sql: str) -> dict[tuple[Any, ...], Decimal]:
        """Money by period and slice."""
        return {row[:-1]: Decimal(row[-1]) / 10000 for row in self.con.execute(sql).fetchall() if row[-1]}


def monthly(row: dict[str, Any], *, discounted: bool) -> int:
    """Ten-thousandths a month of what recurs, rounded once, half to even; nothing where nothing is paid."""
    if row.get("is_trial") or row.get("is_paused"):
        return 0

    def exact(name: str, default: int = 0) -> Fraction:
        return Fraction(str(default if row.get(name) is None else row[name]))

    amount = exact("amount") if row.get("unit_amount") is None else exact("unit_amount") * exact("quantity", 1)
    if discounted and (row.get("discount_kind") or "recurring") == "recurring":
        amount *= 1 - exact("discount_share")
    return round(amount * 10000 / (MONTHS[row.get("interval") or "month"] * (row.get("interval_count") or 1)))
