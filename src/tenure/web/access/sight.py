"""What the person who asks may see, as the engine takes it (``request.sight()``).

This is the one place where a person's rights become what the engine is asked through.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from django.conf import settings

from tenure import keeper
from tenure.engine import EVERYTHING, Scope, Sight
from tenure.web.access import following, log
from tenure.web.access.models import User
from tenure.web.access.roles import SEES_ALL, Role
from tenure.web.access.scope import Line, scope_of
from tenure.web.kit.lasting import Lasting


class Looking:
    """The workspace as a person may see it, opened when it is first asked for: not every page shows an account.

    ``word``: stands for the state of the figures just before it was opened; empty while nothing was asked for.
    """

    def __init__(self, user: User, roles: Collection[Role] | None = None) -> None:
        self.word = ""
        self._user = user
        self._roles = roles
        self._sight: Sight | None = None

    def __call__(self) -> Sight:
        """The workspace. Raises ``UnavailableError`` where the reporting lines cannot be had."""
        if self._sight is None:
            self.word = following.word()  # before anything is read: what comes in now is new to the page
            self._sight = keeper.open(settings.HOME, by=log.asking()).seen_by(scope(self._user, self._roles))
        return self._sight

    def whole(self) -> Sight:
        """The workspace as far as any role of the person's reaches. Raises ``UnavailableError`` as above."""
        return self() if self._roles is None else Looking(self._user)()


def scope(user: User, roles: Collection[Role] | None = None) -> Scope:
    """The scope of a person now, or of some of her ``roles``. Raises ``UnavailableError`` where the reporting lines cannot be had."""
    counted = user.roles if roles is None else user.roles.intersection(roles)
    if not SEES_ALL.isdisjoint(counted):
        return EVERYTHING
    lines = reporting_lines() if Role.MANAGER in counted else ()
    return scope_of(counted, user.csm_id, lines, datetime.now(UTC))


def book_of(user: User, roles: Collection[Role], owners: Collection[str]) -> Sight:
    """The workspace as far as the books of some of our people reach, and no farther than these roles of ``user``: who looks at
    somebody's results through it sees what she sees of them. Raises ``UnavailableError`` as above.
    """
    seen = scope(user, roles).owners
    inside = sorted(set(owners) if seen is None else set(owners) & set(seen))
    return keeper.open(settings.HOME, by=log.asking()).seen_by(Scope(tuple(inside)))


def reporting_lines() -> tuple[Line, ...]:
    """Who reports to whom, and from when on. Raises ``UnavailableError`` where that cannot be had."""
    return _lines.get(_read_lines)


def _read_lines() -> tuple[Line, ...]:
    workspace = keeper.open(settings.HOME)
    try:
        return tuple(Line(**row) for row in workspace.every("csm", columns=("csm_id", "manager_id", "valid_from")))
    finally:
        workspace.close()


#: The reporting lines.
_lines: Lasting[tuple[Line, ...]] = Lasting()
