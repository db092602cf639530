"""What there is to ask for and to load, whatever the workspace: the catalogues."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.metrics.kinds import Entry
    from tenure.warehouse.table import Table


def metrics() -> dict[str, Entry]:
    """Every metric's entry, by slug."""
    from tenure.figures import kept

    return kept.catalogue()


def metric(slug: str) -> Entry:
    """The metric of that name. Raises ``UsageError`` with the nearest names."""
    from tenure.figures import kept

    return kept.entry(slug)


def tables() -> dict[str, Table]:
    """Every canonical table, by name."""
    from tenure.warehouse.tables import all_tables

    return all_tables()


def table(name: str) -> Table:
    """The canonical table of that name. Raises ``UsageError`` with the nearest names."""
    from tenure.warehouse.tables import find

    return find(name)
