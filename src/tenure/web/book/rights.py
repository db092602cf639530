"""Who hands accounts over. What somebody may say of an account she may say of those in her book, however many she sees (`access.sight`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.web.access.roles import Role

if TYPE_CHECKING:
    from tenure.web.access.models import User

#: Who hands accounts over.
ASSIGNS = frozenset({Role.MANAGER, Role.OPERATIONS, Role.ADMINISTRATOR})


def may_assign(user: User) -> bool:
    """Whether a person hands accounts over."""
    return not ASSIGNS.isdisjoint(user.roles)
