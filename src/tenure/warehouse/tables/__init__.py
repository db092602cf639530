"""The canonical tables, one a file.

A file in this folder defines one ``Table`` under its own name, and is thereby registered: there is no list.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from tenure.core import registry
from tenure.core.errors import unknown
from tenure.warehouse.table import Table


@cache
def all_tables() -> dict[str, Table]:
    """Every canonical table by name, in the order of the names.

    Raises ``TypeError`` where a file does not define a table of the file's name: a fault of the program.
    """
    return {name: _defined_in(module, name) for name, module in registry.discover(__name__).items()}


def find(name: str) -> Table:
    """The table of that name. Raises ``UsageError`` with the nearest names where there is none."""
    tables = all_tables()
    if name not in tables:
        raise unknown("table", name, tables, listing="`tenure tables` lists them all.")
    return tables[name]


def _defined_in(module: ModuleType, name: str) -> Table:
    """The table that the file of that name defines, checked to bear the same name."""
    table = getattr(module, name, None)
    if not isinstance(table, Table) or table.name != name:
        raise TypeError(f"{module.__name__} must define a table called {name!r} in a variable of that name")
    return table
