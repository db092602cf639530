"""At which level the skills of people are seen, as far as a reader may read that. Whoever keeps it says how to ask (``tells``), so that pages
about people's work need not know the pages on which it is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.engine.staffed import Seen
    from tenure.web.access.models import User

Tells = Callable[["User"], "Seen"]

_told: list[Tells] = []


def tells(ask: Tells) -> Tells:
    """Declare a function that says at which level each of some people, by her id, is seen in a skill of ``growing.toml``."""
    _told.append(ask)
    return ask


def levels(user: User) -> Seen:
    """By skill the level of each of those of whom somebody may read it."""
    return {skill: people for ask in _told for skill, people in ask(user).items()}
