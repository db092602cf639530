"""A metric's worked example: its reference page shows it, and a test sees that it comes out.

``EXAMPLE`` stands in the metric's own test file, its figures calculated by hand.
"""

from __future__ import annotations

import csv
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tenure.figures.figure import Figure
from tenure.metrics.kinds import Entry
from tenure.warehouse.table import Table
from tenure.warehouse.tables import all_tables
from tests.world import World


@dataclass(frozen=True)
class Shown:
    """What one figure comes to: numbers as text, exact to the digits they have; ``value`` is null where it is undefined.

    ``beside``: what stands beside the value. ``left_out``: how many do not count, by reason.
    """

    value: str | None
    numerator: str | None = None
    denominator: str | None = None
    slice: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """A small company in a few rows, and what a metric makes of it.

    ``story``: what happened, and how the number comes about, for people. ``tables``: the rows as CSV with a header, by
    canonical table. ``period``: the one asked for. ``shows``: its figures, by slice. ``now``: when it is looked at.
    """

    story: str
    tables: Mapping[str, str]
    period: str
    shows: tuple[Shown, ...]
    by: tuple[str, ...] = ()
    variant: tuple[str, ...] = ()
    now: str = "2026-07-01"

    def rows(self, table: str) -> list[dict[str, str | None]]:
        """A table's rows by column; null where a cell is empty."""
        lines = [line.strip() for line in self.tables[table].strip().splitlines()]
        return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(lines)]

    def come_out(self, slug: str) -> list[Figure]:
        """The figures that the product gives of these rows."""
        world = World(self.now)
        for table in self.tables:
            world.add(table, *(_taken(all_tables()[table], row) for row in self.rows(table)))
        return world.ask(slug, self.period, self.period, by=self.by, variant=self.variant)

    @property
    def command(self) -> str:
        """What a user types, behind ``tenure show SLUG``."""
        words = [f"--from {self.period} --to {self.period}"]
        words += [f"--by {' '.join(self.by)}"] if self.by else []
        words += [f"--variant {name}" for name in self.variant]
        return " ".join(words)


def example_of(entry: Entry) -> Example | None:
    """The example in the metric's test file."""
    found: Any = importlib.import_module(f"tests.metrics.{entry.family}.test_{entry.slug}")
    example: Example | None = getattr(found, "EXAMPLE", None)
    return example


def _taken(table: Table, row: Mapping[str, str | None]) -> dict[str, str | None]:
    """A row as ``tenure load`` takes it, with defaults. Raises ``ValueError`` where it would be refused."""
    known = {column.name: column for column in table.columns}
    faults = [f"is no column: {name}" for name in row.keys() - known.keys()]
    faults += [f"is missing: {name}" for name, column in known.items() if column.required and not row.get(name)]
    faults += [f"are missing: {names}" for names in table.one_of if not any(row.get(name) for name in names)]
    for name, column in known.items():
        if row.get(name) and column.choices and not column.open_choices and row[name] not in column.choices:
            faults.append(f"is none of {column.choices}: {row[name]}")
    if faults:
        message = f"{table.name} {dict(row)}: {'; '.join(faults)}"
        raise ValueError(message)
    return {name: row.get(name) or column.default for name, column in known.items()}


def agrees(shown: Shown, figure: Figure) -> bool:
    """Whether a figure is what was calculated by hand, to the digits that were written down."""
    told = [shown.value, shown.numerator, shown.denominator, *shown.beside.values(), *shown.left_out.values()]
    found = [figure.value, figure.numerator, figure.denominator, *(figure.extra.get(name) for name in shown.beside)]
    found += [figure.excluded.get(reason) for reason in shown.left_out]
    if not all(_same(text, value) for text, value in zip(told, found, strict=True) if text is not None):
        return False
    return (shown.value is not None or figure.value is None) and {
        name: "" if figure.slice.get(name) is None else str(figure.slice[name]) for name in shown.slice
    } == dict(shown.slice)


def _same(text: str, value: Decimal | int | None) -> bool:
    if value is None:
        return False
    wanted = Decimal(text)
    return round(Decimal(value), max(0, -int(wanted.as_tuple().exponent))) == wanted
