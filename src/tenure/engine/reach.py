"""Which rows of the canonical tables a scope holds: by their account, or the account of what they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from tenure.figures.scope import COLUMNS, SEEN, Scope, laid
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from tenure.engine.desk import Desk
    from tenure.figures.published import Published
    from tenure.figures.reader import Reader
    from tenure.warehouse.table import Column, Table

ACCOUNT = "account_id"
#: What is known now, of any table of versions.
CURRENT = "known_to = TIMESTAMP '9999-12-31'"
#: Of rows of ``csm`` the one of each that holds at a moment (its parameter): the latest that has begun.
CSM_AT = (
    "coalesce(valid_from <= ?, true) "
    "QUALIFY row_number() OVER (PARTITION BY csm_id ORDER BY valid_from DESC NULLS LAST) = 1"
)


@contextmanager
def cursor(desk: Desk, found: Published, scope: Scope) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse with the accounts that the scope holds now laid in it."""
    with closing(desk.store.cursor()) as con:
        if scope.narrow:
            now = desk.clock()
            con.execute(f"CREATE TEMP TABLE {SEEN} ({COLUMNS[SEEN]})")
            with desk.published(found) as reader:
                accounts = [account for (account,) in reader.owned(laid(SEEN, scope, now), now)]
            con.execute(f"INSERT INTO {SEEN} SELECT unnest(?::VARCHAR[])", [accounts])
        yield con


def seen(reader: Reader, scope: Scope, now: datetime) -> set[str] | None:
    """The accounts that a scope holds now; None where it holds all."""
    if not scope.narrow:
        return None
    reader.look(scope, now, SEEN)
    return {account for (account,) in reader.run(f"SELECT {ACCOUNT} FROM {SEEN}")[1]}


def held(table: Table, row: str) -> str:
    """SQL: a scope holds the row ``row`` (an alias) of a canonical table, or its versions. False where none but
    everything can.

    Reference data is always held. A row with an account is held with it, another with any row it belongs to.
    """
    if table.reference:
        return "true"
    if ACCOUNT in table.names:
        return f"{row}.{ACCOUNT} IN (SELECT {ACCOUNT} FROM {SEEN})"
    return " OR ".join(
        f"({row}.{quoted(column.name)} IN ({held_keys(owner)}))" for column, owner in parents(table)
    ) or ("false")


def held_keys(table: Table) -> str:
    """SQL of the first key column of the rows known now that a scope holds."""
    if table.name == "account":
        return f"SELECT {ACCOUNT} FROM {SEEN}"
    rows = quoted(f"{table.name}_version")
    return f"SELECT p.{quoted(table.key[0])} FROM {rows} p WHERE p.{CURRENT} AND ({held(table, 'p')})"


def belongs(table: Table) -> bool:
    """Whether a table's rows belong to accounts."""
    return not table.reference and (ACCOUNT in table.names or bool(parents(table)))


def parents(table: Table) -> list[tuple[Column, Table]]:
    """The columns that name rows of tables whose rows belong to accounts, with those tables."""
    known = all_tables()
    pairs = [(column, known[column.references]) for column in table.columns if column.references]
    return [(column, owner) for column, owner in pairs if ACCOUNT in owner.names and not owner.reference]


def as_list(values: list[str]) -> str:
    """Texts as an SQL list."""
    return f"[{', '.join(literal(value) for value in values)}]::VARCHAR[]"
