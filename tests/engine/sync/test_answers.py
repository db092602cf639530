"""Questions to other databases: exact, read only, from where they stood, and what is no more is taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import psycopg
import pytest

from tenure.core.errors import TenureError
from tenure.engine.sync import configured, database, vault
from tenure.engine.sync.configured import Configured, Query
from tenure.engine.sync.status import sources
from tests.sources.vendor_files import made, plain_rows_of
from tests.sources.vendor_server import Time, fetch

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOML = """
[billing]
kind = "sql"
address = "{address}"
internal = true
every = "1h"
[[billing.query]]
table = "account"
sql = "SELECT id, company, 'EU' AS region FROM customer"
columns = {{ account_id = "id", name = "company", region = "region" }}
[[billing.query]]
table = "invoice"
cursor = "changed"
start = "2026-01-01"
ignore = ["changed"]
sql = '''SELECT id AS invoice_id, customer AS account_id, amount, 'EUR' AS currency, issued AS issued_at, changed
    FROM bill WHERE changed >= :since::timestamptz ORDER BY changed'''
"""


def _address(connection: str) -> str:
    """A connection string of libpq as an address."""
    said = dict(part.split("=", 1) for part in connection.split())
    host, port = quote(said["host"], safe=""), said.get("port", "5432")
    return f"postgresql://{said['user']}@localhost:{port}/{said['dbname']}?host={host}"


def _asked(address: str, sql: str, since: str, folder: Path) -> list[tuple[Any, ...]]:
    source = Configured("billing", "sql", address=address, internal=True)
    found = database.ask(source, Query("q", "account", sql), "", since, folder)
    with duckdb.connect() as con:
        return con.execute(f"FROM read_parquet('{found.path}')").fetchall()


def test_a_question_to_postgresql_is_exact_and_cannot_write(postgres: str, tmp_path: Path) -> None:
    address = _address(postgres)
    sql = (
        "SELECT 12345678901234.123456789::numeric, '2026-03-01 10:00+05'::timestamptz, '2026-03-01 10:00'::timestamp, "
        "date '2026-03-01', true, 0.1::float8, NULL, '{\"a\": 1.50}'::jsonb, 'per % and :since' WHERE 1 >= :since"
    )
    assert _asked(address, sql.replace("'per % and :since'", "'per %'"), "1", tmp_path) == [
        (
            "12345678901234.123456789", "2026-03-01T05:00:00Z", "2026-03-01T10:00:00", "2026-03-01", "true", "0.1", None,
            '{"a": 1.50}', "per %",
        )
    ]  # fmt: skip
    for bad, code in (("CREATE TABLE t (a int)", "vendor_refused"), ("SELECT nothing", "vendor_refused")):
        with pytest.raises(TenureError) as error:
            _asked(address, bad, "", tmp_path)
        assert error.value.code == code


def test_answers_become_rows_and_what_is_no_more_is_taken_back(postgres: str, tmp_path: Path) -> None:
    ws = made(tmp_path / "home", NOW.replace(tzinfo=None))
    (ws.home / configured.FILE).write_text(TOML.format(address=_address(postgres)))
    with psycopg.connect(postgres, autocommit=True) as con:
        con.execute("DROP TABLE IF EXISTS customer, bill")
        con.execute("CREATE TABLE customer (id text, company text)")
        con.execute(
            "CREATE TABLE bill (id text, customer text, amount numeric, issued timestamptz, changed timestamptz)"
        )
        con.execute("INSERT INTO customer VALUES ('007', 'Acme'), ('008', 'Birch')")
        con.execute(
            "INSERT INTO bill VALUES ('b0', '007', 1, '2025-01-01', '2025-01-01'), ('b1', '007', 10.10, '2026-02-01 01:00+02', '2026-02-01')"
        )
        time = Time(NOW)
        done = fetch(ws, "billing", time)
        assert (done.loaded, {report.table: report.loaded for report in done.reports}) == (
            True,
            {"account": 2, "invoice": 1},
        )
        con.execute("DELETE FROM customer WHERE id = '008'")
        con.execute("INSERT INTO bill VALUES ('b2', '007', 5, '2026-03-01', '2026-03-01')")
    time.now += timedelta(hours=1)
    again = fetch(ws, "billing", time)
    assert ({report.table: report.loaded for report in again.reports}["invoice"], again.taken_back) == (1, 1)
    assert plain_rows_of(ws, "account", "account_id", "name", "region") == [("007", "Acme", "EU")]
    assert plain_rows_of(ws, "invoice", "invoice_id", "amount", "issued_at") == [
        ("b1", "10.1", "2026-01-31 23:00"), ("b2", "5", "2026-03-01 00:00"),
    ]  # fmt: skip
    (one,) = sources(ws.home, time.clock())
    assert (one.state, one.title, [stream.name for stream in one.streams]) == (
        "fresh",
        "A database of your own",
        ["account", "invoice"],
    )


def test_a_file_of_duckdb_is_asked_only_where_that_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "own.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE t AS SELECT 7::DECIMAL(18,4) AS n, TIMESTAMPTZ '2026-01-01 00:00+01' AS done")
    assert _asked(f"duckdb://{path}", "SELECT * FROM t WHERE done > :since::TIMESTAMPTZ", "2025-01-01", tmp_path) == [
        ("7.0000", "2025-12-31T23:00:00Z")
    ]
    for sql in ("SELECT * FROM read_text('/etc/passwd')", "CREATE TABLE x (a INT)", "SET lock_configuration = false"):
        with pytest.raises(TenureError):
            _asked(f"duckdb://{path}", sql, "", tmp_path)
    with pytest.raises(TenureError) as error:
        database.ask(
            Configured("own", "sql", address=f"duckdb://{path}"), Query("q", "account", "SELECT 1"), "", "", tmp_path
        )
    assert error.value.code == "internal_address"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("postgresql://u:hunter2@db.example/x", "bad_address"), ("oracle://db.example/x", "bad_address"),
        ("postgresql://u@127.0.0.1/x", "internal_address"), ("mysql://u@10.0.0.1/x", "internal_address"),
    ],
)  # fmt: skip
def test_an_address_that_is_not_meant_is_not_asked(address: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(TenureError) as error:
        database.ask(Configured("own", "sql", address=address), Query("q", "account", "SELECT 1"), "", "", tmp_path)
    assert error.value.code == code
    assert "hunter2" not in str(error.value)


def test_a_password_is_told_nowhere(tmp_path: Path) -> None:
    vault.keep(tmp_path, "own", {"password": "hunter2"})
    source = Configured("own", "sql", address="mysql://u@127.0.0.1:1/x", internal=True)
    with pytest.raises(TenureError) as error:
        database.ask(source, Query("q", "account", "SELECT 1"), "hunter2", "", tmp_path)
    assert error.value.exit_code == 3
    assert "hunter2" not in str(error.value)
