"""A company of any size: the simulator's, copied, with as many rows of use as are wanted.

The simulator makes up to ``SIMULATED`` accounts; larger companies are copies of those, with ids of their own. Use is made
by SQL over their people: a few use the product much, most a little; from month to month there is more of it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from tenure.core.period import add_months
from tenure.sources.demo import simulate, write_canonical
from tenure.warehouse.tables import all_tables
from tests.workspaces import MEASURED

TODAY, BEGINNING = date(2026, 11, 21), date(2024, 12, 1)
MONTHS = 24
SIMULATED = 5_000
#: What all copies share.
SHARED = {"product", "plan", "feature", "csm", "schedule"}
TABLES = [*MEASURED, "feature", "entitlement"]
UNMARKED = "'help_opened' AS feature_id, 'Open help' AS name, 'planner' AS product_id"
#: A dozen features: the simulator's, and one that nobody marked. (feature, product, share of the uses)
USES = (
    ("login", "planner", 0.20), ("task_completed", "planner", 0.22), ("plan_created", "planner", 0.08),
    ("board_viewed", "planner", 0.16), ("plan_shared", "planner", 0.05), ("report_exported", "planner", 0.04),
    ("comment_written", "planner", 0.05), ("automation_run", "planner", 0.03), ("api_called", "planner", 0.02),
    ("dashboard_viewed", "insights", 0.09), ("forecast_run", "insights", 0.05), ("help_opened", "planner", 0.01),
)  # fmt: skip


def write_company(folder: Path, accounts: int) -> list[tuple[str, Path]]:
    """Every table but use as a Parquet file, in the order in which they may be loaded."""
    folder.mkdir(parents=True)
    base = folder / "base"
    write_canonical(simulate(min(accounts, SIMULATED), MONTHS, today=TODAY, seed=7), base, TABLES, suffix="parquet")
    copies = max(1, round(accounts / SIMULATED))
    written = []
    with duckdb.connect() as con:
        for name in TABLES:
            path = folder / f"{name}.parquet"
            con.execute(f"COPY ({_copied(con, name, base / path.name, copies)}) TO '{path}' (FORMAT parquet)")
            written.append((name, path))
    return written


def write_usage(folder: Path, rows: int, month: int, name: str = "", only: str = "true") -> Path:
    """The uses of a month (0 is the first of ``MONTHS``, the last one still runs), ``only`` those, ordered by time.

    Of a hundred, three name no person. A use stands for one, and lasts up to ten minutes.
    """
    path = folder / f"usage-{name or month}.parquet"
    weights = [1 + 0.03 * i for i in range(MONTHS)]
    before, own = (int(rows * sum(weights[:end]) / sum(weights)) for end in (month, month + 1))
    ladder, below = "", 0.0
    for feature, product, share in USES:
        below += share
        ladder += f" WHEN f < {below:.3f} THEN {{'id': '{feature}', 'product': '{product}'}}"
    first, following = (add_months(BEGINNING, month + more) for more in (0, 1))
    with duckdb.connect() as con:
        con.execute(f"""
            CREATE TABLE people AS SELECT row_number() OVER (ORDER BY hash(person_id)) - 1 AS nth, person_id, account_id
            FROM '{folder}/person.parquet' WHERE account_id IN (SELECT account_id FROM '{folder}/entitlement.parquet')
            ORDER BY hash(person_id) LIMIT {_users(folder)}""")
        con.execute(f"""
            COPY (
                SELECT 'e' || i AS event_id, account_id, CASE WHEN i % 100 > 2 THEN person_id END AS person_id,
                    u.id AS feature, occurred_at, u.product AS product_id, (1 + i % 600)::DOUBLE AS seconds, 1 AS "count"
                FROM (
                    SELECT i, CASE{ladder} ELSE {{'id': 'login', 'product': 'planner'}} END AS u,
                        floor((SELECT count(*) FROM people) * power((hash(i) % 1000000007) / 1000000007, 2.2))::BIGINT AS nth,
                        TIMESTAMP '{first}' + to_seconds((hash(i, 2) % {(following - first).days * 86400})::BIGINT)
                            AS occurred_at
                    FROM (SELECT range AS i, (hash(range, 1) % 1000) / 1000 AS f FROM range({before}, {own})))
                JOIN people USING (nth) WHERE {only} ORDER BY occurred_at)
            TO '{path}' (FORMAT parquet)""")
    return path


def _users(folder: Path) -> int:
    """How many people use the product: fifteen an account, or all that there are."""
    with duckdb.connect() as con:
        return 15 * int(con.execute(f"SELECT count(*) FROM '{folder}/account.parquet'").fetchall()[0][0])


def _copied(con: duckdb.DuckDBPyConnection, name: str, path: Path, copies: int) -> str:
    """SQL of the rows of a table, ``copies`` times: what is a copy's own is named by its number."""
    columns = {column.name: column.references for column in all_tables()[name].columns}
    there = [name for name, *_ in con.execute(f"DESCRIBE FROM '{path}'").fetchall()]
    own = [
        column
        for column in there
        if column in columns and (column == f"{name}_id" or (columns[column] or "plan") not in SHARED)
    ]
    if name in SHARED or not own:
        more = f" UNION ALL BY NAME SELECT {UNMARKED}" if name == "feature" else ""
        return f"FROM '{path}'{more}"
    renamed = ", ".join(f'"{column}" || \'/\' || copy AS "{column}"' for column in own)
    return f"SELECT * REPLACE ({renamed}) FROM '{path}', range({copies}) copies(copy)"
