"""Who looks after what was refused: a failed row belongs to no account yet."""

from __future__ import annotations

from tenure.web.access.roles import Role

THEIRS = (Role.ADMINISTRATOR, Role.OPERATIONS)
