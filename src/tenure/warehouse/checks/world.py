"""What a check sees of the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb

from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table
from tenure.warehouse.tables import all_tables

Objections = Callable[[Sequence[tuple[str, str | None, date, date]]], list[str]]
#: What is unlike before in the metrics: metric and what, told by who knows them.
Fluctuations = Callable[[], Sequence[tuple[str, str]]]
#: SQL of the kind of file that a batch is of: its name without numbers, as of an export that is dated.
KIND = "regexp_replace(parse_filename(coalesce(file, ''), false, 'both_slash'), '[0-9]+', '#', 'g')"
_CURRENT = "known_to = TIMESTAMP '9999-12-31'"


@dataclass(frozen=True)
class Knowing:
    """What is told by those who know the metrics. ``objections``: what is wrong with targets (metric, slice, first day, end),
    a text each; ``fluctuations``: the metrics that are unlike before. None: not looked at.
    """

    objections: Objections | None = None
    fluctuations: Fluctuations | None = None


@dataclass(frozen=True)
class World:
    """``con``: the warehouse. ``currency``: the reporting currency. ``zone``: the organisation's. ``now``: UTC, naive."""

    con: duckdb.DuckDBPyConnection
    currency: str
    zone: str
    now: datetime
    knowing: Knowing = field(default_factory=Knowing)
    _asked: dict[str, bool] = field(default_factory=dict)

    @property
    def moment(self) -> str:
        """SQL of now."""
        return f"TIMESTAMP '{self.now.isoformat(sep=' ')}'"

    def tables(self) -> list[Table]:
        """The tables that hold anything, by name."""
        return [table for table in all_tables().values() if self.has(table.name)]

    def has(self, *names: str) -> bool:
        """Whether each of these tables holds a row."""
        return all(self._filled(name) for name in names)

    def _filled(self, name: str) -> bool:
        if name not in self._asked:
            self._asked[name] = bool(self.con.execute(f"SELECT 1 FROM main.{quoted(name)} LIMIT 1").fetchall())
        return self._asked[name]


def current(name: str) -> str:
    """SQL of what is known now of a table."""
    return f"(SELECT * FROM main.{quoted(name + '_version')} WHERE {_CURRENT})"


def accounts() -> str:
    """SQL of the accounts known now, a row each: as its latest row says that tells who it is."""
    return (
        f"SELECT * FROM {current('account')} "
        "QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY is_amended IS TRUE, valid_from DESC NULLS LAST) = 1"
    )


def lines() -> str:
    """SQL of the subscriptions known now, each row ended by the next one of the same subscription; ends are never null."""
    far = "TIMESTAMP '9999-12-31'"
    following = "lead(started_at) OVER (PARTITION BY subscription_id ORDER BY started_at)"
    ends = f"least(coalesce(ended_at, {far}), coalesce({following}, {far}))"
    return f"(SELECT * REPLACE ({ends} AS ended_at) FROM {current('subscription')})"


def failing(table: Table, alias: str, what: str) -> str:
    """The columns of a failing row: ``table_name``, ``key``, ``what`` (SQL: the row's own message), ``batch``, ``line``."""
    return (
        f"{literal(table.name)} AS table_name, {key_text(table, alias)} AS key, {what} AS what, "
        f"{alias}.batch AS batch, {alias}.line AS line"
    )


def brought_again(world: World) -> set[tuple[str, str]]:
    """The tables' columns that two files or more have brought: the others have nothing to be held against."""
    brought = (
        "SELECT table_name, unnest(from_json(columns, '[\"VARCHAR\"]')) AS name FROM main.batch "
        "WHERE retracted_by IS NULL AND loaded + superseded > 0"
    )
    sql = f"SELECT table_name, name FROM ({brought}) b GROUP BY table_name, name HAVING count(*) > 1"
    return {(table, name) for table, name in world.con.execute(sql).fetchall()}


def loads(table: Table, column: Column) -> str:
    """SQL of the batches that brought a column of a table: ``batch``, ``kind`` (of file), ``age`` (1 is the last of its kind)
    and ``after`` (rows that came after it, of its kind).
    """
    same = f"PARTITION BY {KIND}, source ORDER BY batch DESC"
    return (
        f"SELECT batch, concat({KIND}, ' ', source) AS kind, row_number() OVER ({same}) AS age, coalesce(sum(loaded + "
        f"superseded) OVER ({same} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS after FROM main.batch "
        f"WHERE retracted_by IS NULL AND loaded + superseded > 0 AND table_name = {literal(table.name)} "
        f"AND list_contains(from_json(columns, '[\"VARCHAR\"]'), {literal(column.name)})"
    )


def key_text(table: Table, alias: str) -> str:
    """SQL of a row's key as a text to show."""
    parts = ", ".join(f"{alias}.{quoted(name)}::VARCHAR" for name in table.key)
    return f"concat_ws(' / ', {parts})"


def together(queries: Iterable[str]) -> str | None:
    """All of the queries' rows, or None where there is no query."""
    parts = list(queries)
    return " UNION ALL ".join(parts) if parts else None


def uses(world: World, what: str, where: str) -> str | None:
    """SQL of the use of a subscription (or, where none is named, of an account) that fails ``where``'s test of its term.

    ``what`` and ``where`` are SQL over a use ``u`` and its term ``s`` (``starts``, ``ends``).
    """
    if not world.has("usage", "subscription"):
        return None
    term = "min(started_at) AS starts, max(coalesce(ended_at, TIMESTAMP '9999-12-31')) AS ends"
    parts = []
    for column, none in (("subscription_id", ""), ("account_id", " AND u.subscription_id IS NULL")):
        spans = f"SELECT {column}, {term} FROM {current('subscription')} GROUP BY {column}"
        parts.append(
            f"SELECT {failing(all_tables()['usage'], 'u', what)} FROM {current('usage')} u JOIN ({spans}) s "
            f"ON s.{column} = u.{column} WHERE {where}{none}"
        )
    return together(parts)
