"""``tally``: how many accounts of the list fit, and what they add up to."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.engine.verbs.rows import source_of
from tenure.figures.listing import NUMBERS, where_of
from tenure.figures.published import PublishedReader, current, is_fresh
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.schema import quoted
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published

#: As many values are told.
_MOST = 200


@dataclass(frozen=True)
class Tally:
    """``by``: a column of the list, or empty for all in one. ``where``, ``search``: as of ``Query``. ``sums``: columns."""

    by: str = ""
    where: tuple[tuple[str, str, Any], ...] = ()
    search: str = ""
    sums: tuple[str, ...] = ()
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Tallies:
    """How many accounts have a ``value`` (null: none), and the sums of columns; null where no account has one."""

    value: Any
    accounts: int
    sums: dict[str, Any]


@dataclass(frozen=True)
class Tallied:
    """``groups``: the commonest value first; one without a value where nothing was asked by."""

    groups: tuple[Tallies, ...]
    as_of: datetime
    notes: tuple[str, ...] = ()


def tally(desk: Desk, request: Tally) -> Tallied:
    """The sums. Raises ``UsageError`` for columns that do not exist or cannot be added up."""
    now = desk.clock()
    return _read(desk.home, request, desk.fresh(now), desk.settings, now)


def from_published(home: Path, request: Tally, settings: Settings, now: datetime) -> Tallied | None:
    """The same from the published files alone; None where they cannot answer."""
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    return _read(home, request, found, settings, now)


def _read(home: Path, request: Tally, found: Published, settings: Settings, now: datetime) -> Tallied:
    with closing(PublishedReader(home, found, settings)) as reader:
        asked = {request.by, *request.sums, *(name for name, *_ in request.where)}
        source, notes = source_of(reader, request.scope, settings, now, asked)
        for name in request.sums:
            if source.find(name).type not in NUMBERS:
                raise UsageError(
                    f"{name} cannot be added up.", code="bad_sum", where=name, fix="Name a column of numbers."
                )
        by = quoted(source.find(request.by).name) if request.by else "NULL"
        rows = source.sql if asked & source.joined else source.core
        parts = [by, "count(*)", *(f"sum({quoted(name)})" for name in request.sums)]
        sql = f"SELECT {', '.join(parts)} FROM ({rows}) AS listed{where_of(source, request.where, request.search, source.columns)}"
        if request.by:
            sql += f" GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST LIMIT {_MOST}"
        groups = tuple(
            Tallies(value, count, dict(zip(request.sums, sums, strict=True)))
            for value, count, *sums in reader.run(sql)[1]
        )
    return Tallied(groups, now.replace(tzinfo=UTC), notes)
