"""What the person who asks may see, as the engine takes it (``request.sight()``).

This is the one place where a person's rights become what the engine is asked through.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from django.conf import settings

from tenure import keeper
from tenure.core.errors import UnavailableError
from tenure.engine import EVERYTHING, Scope, Sight
from tenure.web.access import following
from tenure.web.access.models import User
from tenure.web.access.roles import SEES_ALL, Role
from tenure.web.access.scope import Line, scope_of

#: Seconds for which reporting lines are taken as they were last read.
FRESH = 60.0


class Looking:
    """The workspace as a person may see it, opened when it is first asked for: not every page shows an account.

    ``word``: stands for the state of the figures just before it was opened; empty while nothing was asked for.
    """

    def __init__(self, user: User) -> None:
        self.word = ""
        self._user = user
        self._sight: Sight | None = None

    def __call__(self) -> Sight:
        """The workspace. Raises ``UnavailableError`` where the reporting lines cannot be had."""
        if self._sight is None:
            self.word = following.word()  # before anything is read: what comes in now is new to the page
            self._sight = keeper.open(settings.HOME).seen_by(scope(self._user))
        return self._sight


def scope(user: User) -> Scope:
    """The scope of a person now. Raises ``UnavailableError`` where the reporting lines cannot be had."""
    if not SEES_ALL.isdisjoint(user.roles):
        return EVERYTHING
    lines = _lines.get() if Role.MANAGER in user.roles else ()
    return scope_of(user.roles, user.csm_id, lines, datetime.now(UTC))


class Lines:
    """The reporting lines, read from the engine once a minute. While it is busy, those read before still hold."""

    def __init__(self, read: Callable[[], tuple[Line, ...]], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._lock = Lock()
        self._lines: tuple[Line, ...] | None = None
        self._until = 0.0

    def get(self) -> tuple[Line, ...]:
        """The lines. Raises ``UnavailableError`` where they were never read and cannot be."""
        with self._lock:
            if self._lines is None or self._clock() >= self._until:
                self._refresh()
            assert self._lines is not None
            return self._lines

    def _refresh(self) -> None:
        try:
            self._lines = self._read()
        except UnavailableError:
            if self._lines is None:
                raise
        self._until = self._clock() + FRESH


def _from_engine() -> tuple[Line, ...]:
    workspace = keeper.open(settings.HOME)
    found: list[Line] = []
    try:
        while True:
            page = workspace.rows(
                "csm", columns=("csm_id", "manager_id", "valid_from"), order=("csm_id", "valid_from"),
                offset=len(found), limit=1_000,
            )  # fmt: skip
            found += [Line(**row) for row in page.rows]
            if len(found) >= page.total or not page.rows:
                return tuple(found)
    finally:
        workspace.close()


_lines = Lines(_from_engine)
