"""Whom somebody leads, as people who can log in: what is between people is between her and those of her line."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from tenure.web.access.lines import direct_now, line_now, manager_now, reports_since
from tenure.web.access.models import User
from tenure.web.access.roles import LEAD, TELL
from tenure.web.kit.reading import local_date

if TYPE_CHECKING:
    from datetime import date

    from tenure.web.access.roles import Role

#: Who opens pages about people at all: whom somebody leads, and who leads.
OPENS: frozenset[Role] = LEAD | TELL


def below(user: User) -> set[str]:
    """The ids of those who report to somebody, directly or through others. Raises ``UnavailableError`` where the reporting lines
    cannot be had.
    """
    return set() if user.roles.isdisjoint(LEAD) else line_now(user.csm_id) - {user.csm_id}


def people_of(ids: Collection[str]) -> list[User]:
    """Those of some CSMs who log in here as one whom somebody leads, or who leads, by name."""
    found = User.objects.filter(
        csm_id__in=[one for one in ids if one], is_active=True, grants__role__in=OPENS
    ).distinct()
    return sorted(found, key=lambda one: (one.name.casefold(), one.pk))


def line(user: User) -> list[User]:
    """Those who report to her, directly or through others. Raises as ``below`` does."""
    return people_of(below(user))


def team(user: User) -> list[User]:
    """Those of them who report to her directly. Raises as ``below`` does."""
    return [] if user.roles.isdisjoint(LEAD) else people_of(direct_now(user.csm_id))


def since(user: User, one: User) -> date:
    """Since when somebody leads one who reports to her, as far as both could meet here: the line is dated, or it began when both could log in."""
    known = reports_since(one.csm_id, user.csm_id)
    made = max(local_date(each.created_at) for each in (user, one))
    return max(known, made) if known else made


def leader(user: User) -> User | None:
    """Whom somebody reports to, where she can log in. Raises as ``below`` does."""
    above = manager_now(user.csm_id)
    return next(iter(people_of([above])), None) if above else None
