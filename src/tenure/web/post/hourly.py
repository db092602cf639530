"""What is looked after of itself every hour, whoever is logged in or has left. A feature's ``jobs`` declares it."""

from __future__ import annotations

from collections.abc import Callable

from tenure.web.post import jobs

Does = Callable[[], object]

_does: list[Does] = []


def hourly(does: Does) -> Does:
    """Declare something that is done every hour. Done twice, it changes nothing more."""
    _does.append(does)
    return does


def declared() -> tuple[Does, ...]:
    """All of it."""
    jobs.declared()  # reads the modules that declare
    return tuple(_does)
