"""What facts stand on: canonical tables, through other facts too; and so which of them a failing check holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tenure.figures import business_hours, kept
from tenure.warehouse.checks.run import run_holding
from tenure.warehouse.table import Type
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    import duckdb

    from tenure.core.config import Settings
    from tenure.figures.question import Ground
    from tenure.metrics.kinds import FactKey

_VERSIONS = "_version"


def canonical(tables: Collection[str], facts: Iterable[FactKey], ground: Ground, settings: Settings) -> set[str]:
    """The canonical tables behind what SQL reads (``tables``) and behind facts."""
    own = {name.removesuffix(_VERSIONS) for name in tables if name.endswith(_VERSIONS)}
    own.update(business_hours.STANDS_ON if business_hours.TABLE in tables else ())
    recipes = [kept.recipe(key, ground, settings) for key in facts]
    return own.union(*(canonical(how.tables, how.facts, ground, settings) for how in recipes))


def compared(key: FactKey, ground: Ground, settings: Settings) -> set[tuple[str, str]]:
    """The columns of canonical tables, by table, whose times a steady fact compares with now, through other facts too.

    Where that cannot be told, every time of every table behind it.
    """
    how = kept.recipe(key, ground, settings)
    if how.timeline:  # what begins later is of no account to what came before
        return set()
    if how.compared is None:
        return times(key, ground, settings)
    return {*how.compared}.union(*(compared(needed, ground, settings) for needed in how.facts))


def times(key: FactKey, ground: Ground, settings: Settings) -> set[tuple[str, str]]:
    """Every time of every table behind a fact, by table."""
    return {(table, name) for table in canonical((), [key], ground, settings) for name in _times(table)}


def _times(table: str) -> list[str]:
    about = all_tables()[table]
    times = [column.name for column in about.columns if column.type is Type.TIME]
    return times + [derived.name for derived in about.derived if derived.ibis.startswith("timestamp")]


def published(ground: Ground) -> list[FactKey]:
    """The facts that are kept for all readers on such a ground: rates only where amounts come in several currencies."""
    from tenure.figures.plan import published_facts

    return [key for key in published_facts() if ground.foreign or key.fact != "rate"]


def in_order(keys: Iterable[FactKey], ground: Ground, settings: Settings) -> list[FactKey]:
    """Facts after the facts they stand on."""
    wanted, ordered = list(keys), []

    def place(key: FactKey) -> None:
        if key in ordered or key not in wanted:
            return
        for needed in kept.recipe(key, ground, settings).facts:
            place(needed)
        ordered.append(key)

    for key in wanted:
        place(key)
    return ordered


def held(
    con: duckdb.DuckDBPyConnection, facts: Iterable[FactKey], ground: Ground, settings: Settings, now: datetime
) -> dict[str, str]:
    """The tables with rows which a check refuses to believe and the facts that stand on them, and what would free them.

    Stints are held by what they say of owners and attributes, and hold only figures that are sliced by it: a
    doubtful amount makes no doubtful owner.
    """
    by_table: dict[str, str] = {}
    for result in run_holding(con, settings, now):
        for table in result.tables:
            by_table[f"{table}{_VERSIONS}"] = f"held by the check {result.name} ({result.count} rows): {result.fix}"
    return standing_on(by_table, facts, ground, settings)


def standing_on(
    by_table: Mapping[str, str], facts: Iterable[FactKey], ground: Ground, settings: Settings
) -> dict[str, str]:
    """Tables with what is said of them, and the facts that stand on them with the same; of stints as ``held`` says."""
    found = dict(by_table)  # for figures that stand on rows themselves
    listed = list(facts)
    stints = {key.table for key in listed if key.fact == "stint"}
    for key in in_order(listed, ground, settings) if by_table else ():
        for name in set(kept.recipe(key, ground, settings).tables) - stints:
            if name in by_table or (name in found and key.table not in stints):
                found[key.table] = by_table.get(name) or found[name]
    return found
