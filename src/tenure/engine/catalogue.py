"""What there is to ask for and to load: the catalogues, of a workspace or of any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core import config

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.figures.kept import Fault
    from tenure.metrics.kinds import Entry
    from tenure.sources.files.mapping import Map
    from tenure.warehouse.table import Table


@dataclass(frozen=True)
class Described:
    """A metric as its catalogue tells it. ``window``: the one it looks back over by itself; ``variants``: the options of each
    convention, the default first; ``dimensions``: those of its own.
    """

    metric: str
    family: str
    summary: str
    definition: str
    unit: str
    window: str
    variants: dict[str, tuple[str, ...]]
    dimensions: tuple[str, ...]


def described(entry: Entry) -> Described:
    """A metric's entry, for programs."""
    return Described(
        entry.slug, entry.family, entry.summary, entry.definition, entry.unit, entry.window, entry.axes, entry.by
    )


def metrics(home: Path | None = None) -> dict[str, Entry]:
    """Every metric's entry, by slug; with its own where ``home`` is a workspace."""
    from tenure.figures import kept

    return kept.catalogue(_settings(home))


def metric(slug: str, home: Path | None = None) -> Entry:
    """The metric of that name. Raises ``UsageError`` with the nearest names, or with what is wrong in the file of that name."""
    from tenure.figures import kept

    return kept.entry(slug, _settings(home))


def faults(home: Path) -> list[Fault]:
    """What is wrong with the definitions of a workspace's own metrics."""
    from tenure.figures import kept

    settings = _settings(home)
    return kept.faults(settings) if settings else []


def _settings(home: Path | None) -> Settings | None:
    """The settings of a workspace; None where there is none."""
    return config.read(home) if home and (home / config.FILE).exists() else None


def tables() -> dict[str, Table]:
    """Every canonical table, by name."""
    from tenure.warehouse.tables import all_tables

    return all_tables()


def table(name: str) -> Table:
    """The canonical table of that name. Raises ``UsageError`` with the nearest names."""
    from tenure.warehouse.tables import find

    return find(name)


def map_of(text: str) -> Map:
    """A map of files as its text says it. Raises ``UsageError`` with the line for one that is wrong."""
    from tenure.sources.files.map_reader import parse_map

    return parse_map(text, "map.toml")
