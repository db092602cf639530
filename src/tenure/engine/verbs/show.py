"""``show``: the figures of a metric."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.figures import kept
from tenure.figures.answer import answer, as_unknown
from tenure.figures.attain import TARGET
from tenure.figures.figure import Figure
from tenure.figures.published import can_answer, current, is_fresh, staying
from tenure.figures.request import Asked, resolved, spans_read
from tenure.figures.scope import EVERYTHING, Scope
from tenure.figures.together import as_laid, can_be_laid, together
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.compiledform import Plan
    from tenure.figures.reader import Reader
    from tenure.figures.request import Request


@dataclass(frozen=True)
class Show:
    """``reported``: the frozen figures of closed periods, instead of what is known now. ``scope``: whose accounts."""

    asked: Asked
    reported: bool = False
    scope: Scope = EVERYTHING


def show(desk: Desk, request: Show) -> tuple[Figure, ...]:
    """The figures asked for, by period and slice."""
    now, settings = desk.clock(), desk.settings
    if request.reported:
        from tenure.engine.frozen import reported

        return tuple(reported(desk, request.asked, settings, now, request.scope))
    with desk.readers(now) as reader_of:
        return shown(desk, request, now, reader_of)


def shown(desk: Desk, request: Show, now: datetime, reader_of: Callable[[Request, Plan], Reader]) -> tuple[Figure, ...]:
    """The figures asked for as is known, read where ``reader_of`` says: of several requests about the same periods facts are made once."""
    settings, found = desk.settings, desk.fresh(now)
    asked = resolved(request.asked, settings, now, request.scope)
    plan = kept.plan(asked.question, found.ground, settings)
    figures = tuple(answer(asked, reader_of(asked, plan), settings, found.held))
    if asked.as_of is not None and not desk.knew_of(plan, found.ground, asked.moment.known):
        return tuple(as_unknown(figure) for figure in figures)
    return figures


@contextmanager
def shown_together(
    desk: Desk, words: Asked, dimensions: tuple[str, ...], now: datetime, reader_of: Callable[[Request, Plan], Reader]
) -> Iterator[Callable[[Asked], tuple[Figure, ...]]]:
    """Answer what is asked, and the same by any of these dimensions, of rows that are found once."""
    settings, found = desk.settings, desk.fresh(now)
    asked = as_laid(resolved(words, settings, now), dimensions)
    plan = kept.plan(asked.question, found.ground, settings)
    if can_be_laid(asked, plan):
        with together(asked, plan, reader_of(asked, plan), settings, found.held) as answered:
            yield lambda other: tuple(answered(resolved(other, settings, now)))
    else:
        yield lambda other: shown(desk, Show(other), now, reader_of)


def stands_on(home: Path, request: Show, settings: Settings, now: datetime) -> tuple[str, ...] | None:
    """The facts that these figures and their targets stand on; None where anything that is told, or the time, may change
    them.
    """
    found = current(home)
    if request.reported or request.asked.as_of or found is None:
        return None
    asked = resolved(request.asked, settings, now, request.scope)
    plan = kept.plan(asked.question, found.ground, settings)
    return None if "MOMENT_NOW()" in plan.sums else (*plan.tables, TARGET.table)  # cases that are open grow older


def from_published(home: Path, request: Show, settings: Settings, now: datetime) -> tuple[Figure, ...] | None:
    """The same from the published files alone, without the warehouse; None where they cannot answer."""
    found = current(home)
    if request.reported or request.asked.as_of or not is_fresh(found, settings, told_of(home), now) or found is None:
        return None
    asked = resolved(request.asked, settings, now, request.scope)
    plan = kept.plan(asked.question, found.ground, settings)
    if not can_answer(found, plan.tables, spans_read(asked, plan, settings)):
        return None
    with staying(home, found, settings, request.scope) as reader:
        return tuple(answer(asked, reader, settings, found.held))
