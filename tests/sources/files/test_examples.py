"""The maps under examples/ on the real files."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tenure.sources.files.map_reader import read_map
from tenure.sources.files.read import open_incoming
from tenure.warehouse.tables import find

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def loaded(shared_data):
    """Rows of a table as texts, by the example's map."""

    def rows(example: str, table: str) -> list[dict[str, str | None]]:
        plan = read_map(ROOT / "examples" / example / "map.toml").for_folder(shared_data / example)
        assert plan.unused == ()
        job = next(job for job in plan.jobs if job.table == table)
        incoming = open_incoming(job.path, find(table), zone="Europe/Berlin", entry=job.entry)
        assert incoming.zone == "UTC"
        try:
            with duckdb.connect() as con:
                count = con.execute(f"SELECT count(*) FROM {incoming.relation}").fetchall()[0][0]
                assert incoming.resolve(con, (), count) is incoming
                assert incoming.after_read(con).refused == ()
                checks = [check.sql for cell in incoming.columns.values() for check in cell.checks]
                for check in checks:
                    assert con.execute(f"SELECT count(*) FROM {incoming.relation} WHERE {check}").fetchall() == [(0,)]
                where = f" WHERE {incoming.where}" if incoming.where else ""
                found = con.execute(
                    f"SELECT {', '.join(cell.sql for cell in incoming.columns.values())} FROM {incoming.relation}{where}"
                )
                return [dict(zip(incoming.columns, row, strict=True)) for row in found.fetchall()]
        finally:
            incoming.close()

    return rows


def test_ravenstack_recurring_revenue(loaded):
    rows = loaded("ravenstack", "subscription")
    running = [
        row
        for row in rows
        if row["is_trial"] == "FALSE"
        and str(row["started_at"]) <= "2023-12-31"
        and (row["ended_at"] is None or row["ended_at"] > "2023-12-31")
    ]
    assert sum(Decimal(str(row["amount"])) for row in running) == 1_262_113
    assert len({row["account_id"] for row in running}) == 185


def test_ravenstack_usage_finds_its_accounts_and_keeps_doubled_ids(loaded):
    usage = loaded("ravenstack", "usage")
    accounts = {row["subscription_id"]: row["account_id"] for row in loaded("ravenstack", "subscription")}
    assert len(usage) == 25_000
    assert all(row["account_id"] == accounts[row["subscription_id"]] for row in usage)
    assert sum(count - 1 for count in Counter(row["event_id"] for row in usage).values()) == 21


def test_ravenstack_answers_and_tickets(loaded):
    answers = loaded("ravenstack", "survey_answer")
    assert Counter(row["score"] for row in answers) == {"3": 396, "4": 405, "5": 374}
    tickets = {row["ticket_id"]: row for row in loaded("ravenstack", "ticket")}
    assert len(tickets) == 2_000
    assert tickets["T-0024de"]["first_reply_at"] == "2023-07-27T01:14:00"  # 74 minutes after midnight
    assert {row["priority"] for row in tickets.values()} == {"low", "normal", "high", "urgent"}
    assert len(loaded("ravenstack", "churn")) == 600
    assert Counter(row["churn_flag"] for row in loaded("ravenstack", "account")) == {"FALSE": 390, "TRUE": 110}


def test_ibm_telco(loaded):
    rows = loaded("ibm_telco", "subscription")
    assert len(rows) == 7_043
    assert sum(Decimal(str(row["amount"])) for row in rows) == Decimal("456116.60")
    left = [row for row in rows if row["ended_at"] == "2018-01-01"]
    assert len(left) == 1_869 == len(loaded("ibm_telco", "churn"))
    assert sum(Decimal(str(row["amount"])) for row in left) == Decimal("139130.85")
    assert {row["ended_at"] for row in rows} == {"2018-01-01", None}
    assert sum(row["started_at"] == "2017-12-31" for row in rows) == 11  # tenure 0
    first = next(row for row in rows if row["account_id"] == "5575-GNVDE")
    assert first["started_at"] == "2015-02-28"  # 34 months before 31 December 2017
