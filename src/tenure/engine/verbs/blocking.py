"""``blocking``: what stands against closing a period: the checks that hold figures which would be frozen without a value."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.errors import DataError
from tenure.core.period import parse_period
from tenure.engine.frozen import requests
from tenure.engine.verbs.check import whole
from tenure.figures import footing, kept
from tenure.figures.published import current, is_fresh
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.checks.run import run_holding
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.core.period import Period
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published

#: The metrics that a refusal names at most.
_NAMED = 3


@dataclass(frozen=True)
class Blocking:
    """``period``: which, as ``2026-03``. ``scope``: only who sees everything may ask."""

    period: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Holding:
    """A check that refuses ``rows`` of ``tables``, what would free them, and the metrics whose figures it holds, as far as there are any."""

    check: str
    rows: int
    fix: str
    tables: tuple[str, ...]
    metrics: tuple[str, ...]


def blocking(desk: Desk, request: Blocking) -> tuple[Holding, ...]:
    """The checks because of which a close of the period would freeze figures without a value, by name. Raises ``UsageError`` for what is
    no period, and through a narrow scope.
    """
    whole(request.scope)
    return holding(desk, parse_period(request.period, desk.settings.fiscal_year_start), desk.clock())


def from_published(home: Path, request: Blocking, settings: Settings, now: datetime) -> tuple[Holding, ...] | None:
    """The same where the published files say that no check holds anything; None where the warehouse has to be asked."""
    whole(request.scope)
    parse_period(request.period, settings.fiscal_year_start)
    found = current(home)
    fresh = is_fresh(found, settings, told_of(home), now)
    return () if found is not None and fresh and not found.held else None


def holding(desk: Desk, period: Period, now: datetime) -> tuple[Holding, ...]:
    """The same of a period, at a moment."""
    found = desk.fresh(now)
    if not found.held:
        return ()
    with closing(desk.store.cursor()) as cursor:
        results = run_holding(cursor, desk.settings, now)
    told = [
        Holding(one.name, one.count, one.fix, one.tables, _metrics(desk, found, one.tables, period, now))
        for one in results
    ]
    return tuple(one for one in sorted(told, key=lambda one: one.check) if one.metrics)


def refuse(found: tuple[Holding, ...], label: str) -> None:
    """Raise ``DataError`` where a check blocks: which, what it holds and what frees it."""
    if not found:
        return
    metrics = sorted({slug for one in found for slug in one.metrics})
    named = ", ".join(metrics[:_NAMED]) + (f" and {len(metrics) - _NAMED} more" if len(metrics) > _NAMED else "")
    checks = " and ".join(f"{one.check} ({one.rows} {'row' if one.rows == 1 else 'rows'})" for one in found)
    raise DataError(
        f"{label} cannot be closed: {checks} {'holds' if len(found) == 1 else 'hold'} figures of {named}.",
        code="figures_held", where=label, fix=" ".join(dict.fromkeys(one.fix for one in found)),
    )  # fmt: skip


def _metrics(desk: Desk, found: Published, tables: tuple[str, ...], period: Period, now: datetime) -> tuple[str, ...]:
    """The metrics with a figure that stands on what a check does not believe, in total or by a slice that is frozen."""
    settings = desk.settings
    doubtful = dict.fromkeys((f"{table}_version" for table in tables), "held")
    held = footing.standing_on(doubtful, footing.published(found.ground), found.ground, settings).keys()
    return tuple(
        slug for slug in sorted(kept.catalogue(settings))
        if any(
            not held.isdisjoint(kept.plan(one.question, found.ground, settings).tables)
            for one in requests(slug, period, settings, now)
        )
    )  # fmt: skip
