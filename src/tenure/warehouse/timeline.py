"""What was known of a key, and when: the general way, for keys with more than one row.

A key's rows are put in order (when learned, own time, content hash; never file order; of rows learned at one moment those that
were taken back later come first, so that the others hold). Each says what it says; a column that its file did not have keeps
the value before. A tombstone ends everything before it. A row of a retracted
batch counts until the retraction, after which what it had superseded counts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from tenure.warehouse.content import precedence, same_content, same_key
from tenure.warehouse.schema import quoted, quoted_list
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table, Type

FAR_SQL = "TIMESTAMP '9999-12-31'"


@dataclass(frozen=True)
class Filled:
    """A column that some of the batches lacked. ``name`` as in ``batch.columns``, ``sql`` its value in a row ``r``."""

    name: str
    sql: str


def retracted(table: Table) -> str:
    """SQL of the retracted batches of the table: ``batch``, ``retracted_at``."""
    return (
        f"SELECT batch, retracted_at FROM main.batch WHERE table_name = {literal(table.name)} "
        "AND retracted_by IS NOT NULL"
    )


def pointer(key: str) -> str:
    """SQL of the JSON pointer to a custom attribute."""
    return literal("/" + key.replace("~", "~0").replace("/", "~1"))


def tombstones(table: Table) -> str:
    """SQL of what was taken back by ``retraction`` rows: the table's key columns and ``known_at``.

    A key given as plain text, or as a list shorter than the key, stands for all keys that begin with it.
    """
    parts = []
    for number, name in enumerate(table.key):
        plain = " WHEN r.list IS NULL THEN r.key" if number == 0 else ""
        text = f"CASE WHEN r.list IS NOT NULL THEN r.list ->> '$[{number}]'{plain} END"
        parts.append(f"{_key_part(table, name, text)} AS {quoted(name)}")
    listed = "CASE WHEN key LIKE '[%' AND json_valid(key) THEN key END"
    rows = (
        f"SELECT known_at, key, CASE WHEN json_type(listed) = 'ARRAY' THEN listed::JSON END AS list FROM "
        f"(SELECT *, {listed} AS listed FROM main.retraction) WHERE table_name = {literal(table.name)} "
        "AND batch NOT IN (SELECT batch FROM main.batch WHERE retracted_by IS NOT NULL)"
    )
    return f"SELECT {', '.join(parts)}, coalesce(json_array_length(r.list), 1) AS given, r.known_at FROM ({rows}) r"


def taken_back(table: Table, row: str, tomb: str) -> str:
    """SQL: the tombstone ``tomb`` is about the key of ``row``."""
    parts = [
        f"({tomb}.given <= {number} OR {row}.{quoted(name)} IS NOT DISTINCT FROM {tomb}.{quoted(name)})"
        for number, name in enumerate(table.key)
    ]
    first = quoted(table.key[0])
    return " AND ".join([f"{row}.{first} = {tomb}.{first}", *parts[1:]])


def _key_part(table: Table, name: str, text: str) -> str:
    kind = table.column(name).type
    if kind is Type.TIME:
        return f"make_timestamp(epoch_us(try_cast({text} AS TIMESTAMPTZ)))"
    return text if kind.sql == "VARCHAR" else f"try_cast({text} AS {kind.sql})"


class Timeline:
    """Works out the versions of the rows in the relation ``rows`` (all stored columns of ``table``)."""

    def __init__(self, con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> None:
        self.con = con
        self.table = table
        self.rows = rows
        self.custom = self._custom_keys()
        self.lacking = self._lacking()

    def write(self, into: str, *, complete: bool = True) -> None:
        """Make the temporary table ``into``: the canonical columns (filled), ``custom``, ``batch``, ``line``,
        ``known_from``, ``known_to`` (exclusive). ``complete``: only versions with all required columns.
        """
        key = quoted_list(self.table.key)
        names = [*self.table.names, "custom"]
        changed = f"NOT ({same_content([*names, 'gone'], 'f', 'b')})"
        required = "".join(
            f" AND {quoted(column.name)} IS NOT NULL" for column in self.table.columns if column.required and complete
        )
        self.con.execute(f"""
            CREATE OR REPLACE TEMP TABLE {quoted(into)} AS
            WITH states AS MATERIALIZED ({self._states()}),
            neighbours AS (SELECT f AS f, struct_pack({self._packed_lag(names)}) AS b,
                           lag(known_at) OVER w IS NULL AS first FROM states f
                           WINDOW w AS (PARTITION BY {key} ORDER BY known_at)),
            changes AS (SELECT unnest(f) FROM neighbours WHERE first OR {changed}),
            spans AS (SELECT *, lead(known_at, 1, {FAR_SQL}) OVER (PARTITION BY {key} ORDER BY known_at) AS known_to
                      FROM changes)
            SELECT {quoted_list(names)}, batch, line, known_at AS known_from, known_to
            FROM spans WHERE NOT gone{required}""")

    def _packed_lag(self, names: Sequence[str]) -> str:
        return ", ".join(f"{quoted(name)} := lag({quoted(name)}) OVER w" for name in [*names, "gone"])

    def _custom_keys(self) -> list[str]:
        """Custom attributes to be filled one by one; empty where every file had the same ones (or none)."""
        found = self.con.execute(
            f"SELECT DISTINCT list_sort(list_filter(from_json(columns, '[\"VARCHAR\"]'), lambda x: starts_with(x, 'custom:')))"
            f" FROM main.batch WHERE batch IN (SELECT DISTINCT batch FROM {self.rows})"
        ).fetchall()
        sets = {tuple(row[0] or ()) for row in found} - {()}
        return sorted({name for names in sets for name in names}) if len(sets) > 1 else []

    def _lacking(self) -> list[Filled]:
        """The columns that some of the rows' files had and some lacked. A key is never filled: it says which row it is."""
        wanted = [Filled(name, f"r.{quoted(name)}") for name in self.table.names if name not in self.table.key]
        wanted += [
            Filled(name, f"json_extract_string(r.custom, {pointer(name.removeprefix('custom:'))})")
            for name in self.custom
        ]
        if not self.custom:
            wanted.append(Filled("custom", "r.custom"))
        sums = ", ".join(f"count(DISTINCT {self._has(column.name)}) > 1" for column in wanted)
        found = self.con.execute(
            f"SELECT {sums} FROM main.batch WHERE batch IN (SELECT DISTINCT batch FROM {self.rows})"
        ).fetchall()[0]
        return [column for column, differs in zip(wanted, found, strict=True) if differs]

    def _has(self, name: str) -> str:
        """SQL over ``batch``: its file had the column. (A row recorded without a file has all of them.)"""
        if name == "custom":
            return "coalesce(contains(columns, '\"custom:'), true)"
        return f"coalesce(list_contains(from_json(columns, '[\"VARCHAR\"]'), {literal(name)}), true)"

    def _states(self) -> str:
        """What stood at each moment at which something about a key was learned: one row a key and moment."""
        number = self.con.execute(
            f"SELECT count(*) FROM ({retracted(self.table)}) x WHERE batch IN (SELECT DISTINCT batch FROM {self.rows})"
        ).fetchall()[0][0]
        if not number:
            return self._states_of(self._facts(), moment="known_at")
        key = quoted_list(self.table.key)
        facts = f"WITH facts AS MATERIALIZED ({self._facts()}), "
        moments = (
            f"moments AS (SELECT DISTINCT {key}, known_at AS moment FROM facts UNION "
            f"SELECT DISTINCT {key}, retracted_at FROM facts WHERE retracted_at > known_at)"
        )
        standing = (
            f"SELECT f.*, m.moment FROM facts f JOIN moments m ON {same_key(self.table, 'f', 'm')} "
            "AND f.known_at <= m.moment AND (f.retracted_at IS NULL OR f.retracted_at > m.moment)"
        )
        # Where nothing stands any more, the key is gone.
        empty = self._gone("m", "m.moment", "m.moment")
        nothing = (
            f"SELECT {empty} FROM moments m WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE "
            f"{same_key(self.table, 'f', 'm')} AND f.known_at <= m.moment "
            "AND (f.retracted_at IS NULL OR f.retracted_at > m.moment))"
        )
        return f"{facts}{moments} {self._states_of(f'{standing} UNION ALL BY NAME {nothing}', moment='moment')}"

    def _facts(self) -> str:
        """The rows and the tombstones: stored columns, ``gone`` and ``retracted_at``, and has-columns ``h:NAME``."""
        has = "".join(f", {self._has(column.name)} AS {quoted('h:' + column.name)}" for column in self.lacking)
        rows = (
            f"SELECT r.*, false AS gone, x.retracted_at{self._has_list('p')} FROM {self.rows} r "
            f"LEFT JOIN ({retracted(self.table)}) x ON x.batch = r.batch "
            f"JOIN (SELECT batch{has} FROM main.batch) p ON p.batch = r.batch"
        )
        keys = f"(SELECT DISTINCT {quoted_list(self.table.key)} FROM {self.rows})"
        gone = (
            f"SELECT {self._gone('k', 't.known_at')} FROM {keys} k JOIN ({tombstones(self.table)}) t "
            f"ON {taken_back(self.table, 'k', 't')}"
        )
        return f"{rows} UNION ALL BY NAME {gone}"

    def _has_list(self, alias: str) -> str:
        return "".join(f", {alias}.{quoted('h:' + column.name)}" for column in self.lacking)

    def _gone(self, alias: str, known_at: str, moment: str = "") -> str:
        more = f", {moment} AS moment" if moment else ""
        return f"{quoted_list(self.table.key, alias + '.')}, {known_at} AS known_at, true AS gone{more}"

    def _states_of(self, facts: str, moment: str) -> str:
        """Fill the columns that files lacked, then keep the last word of each moment."""
        key = quoted_list(self.table.key)
        scope = key if moment == "known_at" else f"{key}, moment"
        order = ", ".join(
            f"{part} NULLS FIRST"
            for part in [
                "r.known_at",
                "r.gone",
                "r.retracted_at IS NULL",
                *precedence(self.table, "r"),
                "r.batch",
                "r.line",
            ]
        )
        lacking = {column.name: column for column in self.lacking}
        names = [
            self._value(column.name, column.default, column.type.sql, lacking.get(column.name))
            for column in self.table.columns
        ]
        return f"""
            SELECT {", ".join(names)}, {self._custom(lacking)} AS custom, batch, line, gone, {moment} AS known_at
            FROM (SELECT *, sum(gone::INTEGER) OVER (PARTITION BY {scope} ORDER BY place) AS life
                  FROM (SELECT r.*, row_number() OVER (PARTITION BY {scope} ORDER BY {order}) AS place
                        FROM ({facts}) r) o) r
            WINDOW w AS (PARTITION BY {scope}, life ORDER BY place ROWS UNBOUNDED PRECEDING)
            QUALIFY row_number() OVER (PARTITION BY {key}, {moment} ORDER BY place DESC) = 1"""

    def _value(self, name: str, default: str | None, kind: str, lacking: Filled | None) -> str:
        value = self._kept(lacking) if lacking else f"r.{quoted(name)}"
        if default is not None:
            value = f"coalesce({value}, CASE WHEN NOT r.gone THEN CAST({literal(default)} AS {kind}) END)"
        return f"{value} AS {quoted(name)}"

    def _kept(self, column: Filled) -> str:
        """The latest value given by a file that had the column."""
        given = f"CASE WHEN r.{quoted('h:' + column.name)} THEN struct_pack(v := {column.sql}) END"
        return f"(last_value({given} IGNORE NULLS) OVER w).v"

    def _custom(self, lacking: dict[str, Filled]) -> str:
        if not self.custom:
            return self._kept(lacking["custom"]) if "custom" in lacking else "r.custom"
        pairs = [
            f"{literal(name.removeprefix('custom:'))}, "
            f"{self._kept(lacking[name]) if name in lacking else self._plain(name)}"
            for name in self.custom
        ]
        return f"json_object({', '.join(pairs)})::VARCHAR"

    def _plain(self, name: str) -> str:
        return f"json_extract_string(r.custom, {pointer(name.removeprefix('custom:'))})"
