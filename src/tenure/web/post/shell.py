"""What the head of each page shows of jobs and notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tenure.web.post import jobs, notices

_MOST_TOLD = 99


@dataclass(frozen=True)
class Badges:
    """How many notices are unread, as it is told, and how many jobs are not over."""

    unread: int
    told: str
    running: int


def badges(user: Any) -> Badges:
    """Those of a person."""
    unread = notices.unread(user)
    return Badges(unread, str(unread) if unread <= _MOST_TOLD else f"{_MOST_TOLD}+", jobs.running(user))


def post(request: HttpRequest) -> dict[str, Any]:
    """What every template is given, asked for only where it is shown."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"post": None}
    return {"post": SimpleLazyObject(lambda: badges(user))}
