"""The record of access: log-ins, links, roles, sessions. Written in the transaction of what it records."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tenure.web.access.models import AccessEvent, User


class Kind(StrEnum):
    """What can happen."""

    LOGGED_IN = "logged_in"
    LOG_IN_REFUSED = "log_in_refused"
    LOGGED_OUT = "logged_out"
    SESSIONS_ENDED = "sessions_ended"
    SET_UP = "set_up"
    INVITED = "invited"
    LINK_USED = "link_used"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    PERSON_CREATED = "person_created"
    PERSON_CHANGED = "person_changed"
    ROLES_CHANGED = "roles_changed"
    KEY_MADE = "key_made"
    KEY_ENDED = "key_ended"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"


def record(kind: Kind, *, actor: User | None, subject: User | None, **detail: Any) -> None:
    """Add an event. ``detail`` holds ids and roles, never a name, an address or a secret."""
    AccessEvent.objects.create(
        kind=kind.value,
        actor_id=actor.pk if actor else None,
        subject_id=subject.pk if subject else None,
        detail=detail,
    )
