"""Replays: the warehouse as it was at a close, and as it became with one kind of later rows after the other.

A replay is a catalogue of its own, in memory, beside the warehouse: rows of later batches do not exist in it, batches
that were retracted later are not retracted yet, and the versions of the tables that differ are derived anew from that by
the same code. What nothing was told of since is the warehouse's own. Figures are then read from it as from any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from tenure.warehouse import versions
from tenure.warehouse.content import same_key
from tenure.warehouse.schema import SYSTEM_TABLES, columns_of, quoted, show
from tenure.warehouse.store import CATALOG, Store, literal
from tenure.warehouse.table import Table
from tenure.warehouse.tables import all_tables


class Later(StrEnum):
    """Why a row that was told after a close changes what is known, in the order in which replays add them.

    A row is of one kind. What belongs to an account that was not known yet comes with it, as a late fact.
    """

    FACTS = "late_facts"
    CORRECTIONS = "corrections"
    OWNERSHIP = "ownership"
    RATES = "exchange_rates"


@dataclass(frozen=True)
class Known:
    """What a replay knows: the batches up to ``last``, and of later ones the rows of these kinds."""

    last: int
    later: frozenset[Later] = frozenset()


#: How many rows (and retractions of batches) of each kind were told of each table.
Told = Mapping[str, Mapping[Later, int]]

_RATES = ("exchange_rate",)
#: What moves accounts between slices. Of an account that was not known, its rows and its owners are late facts.
_OWNERSHIP = ("account", "assignment", "csm", "absence")
_numbers = count(1)


def told_after(store: Store, last: int, tables: Iterable[str] | None = None) -> Told:
    """What was told of these tables (default: all) after the batch ``last``, and counts now."""
    told: dict[str, dict[Later, int]] = {}
    known = all_tables()
    wanted = list(known if tables is None else tables)
    fresh = {name for (name,) in store.rows("SELECT DISTINCT table_name FROM main.batch WHERE batch > ?", [last])}
    for name in wanted:
        kinds = _kinds(known[name], last) if name in fresh else {}
        if kinds:
            counts = ", ".join(f"count(*) FILTER ({condition})" for condition in kinds.values())
            found = store.rows(f"SELECT {counts} FROM {CATALOG}.main.{quoted(name)} r WHERE {_counts(last)}")[0]
            told[name] = dict(zip(kinds, found, strict=True))
    taken = store.rows(
        f"SELECT table_name, count(*) FROM {CATALOG}.main.retraction WHERE batch > {last} GROUP BY 1 UNION ALL SELECT "
        f"table_name, count(*) FROM {CATALOG}.main.batch WHERE batch <= {last} AND retracted_by > {last} GROUP BY 1"
    )
    for name, number in taken:
        if name in wanted:
            of_table = told.setdefault(name, {})
            of_table[_taking(name)] = of_table.get(_taking(name), 0) + number
    return {name: {kind: number for kind, number in kinds.items() if number} for name, kinds in told.items()}


@contextmanager
def replay(store: Store, zone: str, known: Known, tables: Iterable[str] | None = None) -> Iterator[Store]:
    """The warehouse with no more than ``known``: its tables, batches and versions, of ``tables`` (default: all) only.

    ``zone``: the organisation's. The versions of the warehouse itself must be up to date. What is given stands on a
    connection of its own, which is closed at the end of the block.
    """
    told = told_after(store, known.last, tables)
    wanted = list(all_tables() if tables is None else tables)
    changed = [name for name in wanted if set(told.get(name, ())) - known.later]
    con = store.cursor()
    name = f"replay_{next(_numbers)}"
    try:
        con.execute(f"ATTACH ':memory:' AS {name}")
        try:
            con.execute(f"USE {name}")
            found = Store(store.home, con, store.path)
            _lay_about_loading(found, known)
            for table in wanted:
                _lay(found, all_tables()[table], known, changed=table in changed)
            versions.derive(con, zone, changed)
            yield found
        finally:
            con.execute(f"USE {CATALOG}")
            con.execute(f"DETACH {name}")
    finally:
        con.close()


def _lay_about_loading(found: Store, known: Known) -> None:
    """The tables about loading, and what was taken back, as known."""
    found.con.execute("CREATE SCHEMA main_rows")
    taken = f"retracted_by > {known.last} AND NOT ({_included('table_name', known)})"
    not_yet = ", ".join(
        f"CASE WHEN NOT ({taken}) THEN {name} END AS {name}" for name in ("retracted_by", "retracted_at")
    )
    found.con.execute(f"CREATE VIEW main.batch AS SELECT * REPLACE ({not_yet}) FROM {CATALOG}.main.batch")
    found.con.execute(f"CREATE TABLE main.meta AS FROM {CATALOG}.main.meta WHERE starts_with(key, 'repeated:')")
    for name in set(SYSTEM_TABLES) - {"batch", "meta"}:
        found.con.execute(f"CREATE VIEW main.{quoted(name)} AS FROM {CATALOG}.main.{quoted(name)}")
    found.con.execute(
        f"CREATE VIEW main_rows.retraction AS SELECT * FROM {CATALOG}.main_rows.retraction WHERE "
        f"batch <= {known.last} OR {_included('table_name', known)}"
    )
    show(found.con, "retraction", columns_of(all_tables()["retraction"]))


def _lay(found: Store, table: Table, known: Known, *, changed: bool) -> None:
    """A table's rows; of one that is as it was its versions too."""
    if table.name == "retraction":
        return
    if not changed:
        for name in (table.name, f"{table.name}_version"):
            found.con.execute(f"CREATE VIEW main.{quoted(name)} AS FROM {CATALOG}.main.{quoted(name)}")
        return
    later = [condition for kind, condition in _kinds(table, known.last).items() if kind in known.later]
    among = f" OR ({_counts(known.last)} AND ({' OR '.join(later)}))" if later else ""
    found.con.execute(
        f"CREATE VIEW main_rows.{quoted(table.name)} AS SELECT rowid AS rowid, r.* "
        f"FROM {CATALOG}.main_rows.{quoted(table.name)} r WHERE r.batch <= {known.last}{among}"
    )
    show(found.con, table.name, columns_of(table))


def _counts(last: int) -> str:
    """SQL: a row ``r`` is of a later batch that was not taken back since."""
    return (
        f"r.batch > {last} AND r.batch NOT IN (SELECT batch FROM {CATALOG}.main.batch WHERE batch > {last} "
        "AND retracted_by IS NOT NULL)"
    )


def _kinds(table: Table, last: int) -> dict[Later, str]:
    """SQL: a later row ``r`` is of this kind. Every row is of one."""
    if table.name == "retraction":
        return {}
    if table.name in _RATES:
        return {Later.RATES: "true"}
    if table.events:
        return {Later.FACTS: "true"}
    if table.name in _OWNERSHIP:
        if "account_id" not in table.names:
            return {Later.OWNERSHIP: "true"}
        there = _known_before("account", last, "k.account_id = r.account_id")
        return {Later.FACTS: f"NOT {there}", Later.OWNERSHIP: there}
    there = _known_before(table.name, last, same_key(table, "k", "r"))
    return {Later.FACTS: f"NOT {there}", Later.CORRECTIONS: there}


def _known_before(table: str, last: int, same: str) -> str:
    return f"EXISTS (SELECT 1 FROM {CATALOG}.main.{quoted(table)} k WHERE k.batch <= {last} AND {same})"


def _taking(table: str) -> Later:
    """The kind of what takes back rows of a table."""
    return Later.RATES if table in _RATES else Later.OWNERSHIP if table in _OWNERSHIP else Later.CORRECTIONS


def _included(column: str, known: Known) -> str:
    """SQL: taking back rows of the table named in ``column`` is of a kind that counts."""
    names = [name for name in all_tables() if _taking(name) in known.later]
    return f"{column} IN ({', '.join(map(literal, names))})" if names else "false"
