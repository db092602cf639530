"""``plays``: which plays are known, with their arms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tenure.figures import kept
from tenure.figures.request import Asked, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.effect.found import Play

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.scores.effect.plays import Assigned

__all__ = ["Play", "Plays", "known", "plays"]


@dataclass(frozen=True)
class Plays:
    """``as_of``: a date. ``scope``: whose accounts."""

    as_of: str = ""
    scope: Scope = EVERYTHING


def plays(desk: Desk, request: Plays) -> tuple[Play, ...]:
    """The plays, by name. Raises ``DataError`` where none is known."""
    from tenure.scores.effect.plays import none_known

    found = known(desk, request)
    if not found:
        raise none_known()
    return tuple(each.play for each in found.values())


def known(desk: Desk, request: Plays) -> dict[str, Assigned]:
    """Each play by name, with who was assigned to it."""
    from tenure.scores.effect.plays import ASSIGNED, plays

    now, settings = desk.clock(), desk.settings
    ground = desk.fresh(now).ground
    asked = resolved(Asked("mrr", as_of=request.as_of), settings, now, request.scope)
    plan = replace(kept.plan(asked.question, ground, settings), facts=(ASSIGNED,), tables=(ASSIGNED.table,))
    with desk.reader(asked, plan, now) as reader:
        return plays(reader, asked.moment, request.scope, asked.asked_at, settings)
