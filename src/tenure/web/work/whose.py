"""Who sees which task: the one place that decides it.

A task about an account is seen by whoever sees the account, and by nobody else, not even its owner once the account is
another's. One about no account is seen by its owner, by who gave it, and by those who lead the owner; but of what was agreed
in a review they see nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from tenure.web.access.models import User
from tenure.web.access.roles import TELL, Role
from tenure.web.access.sight import Looking, scope
from tenure.web.work.models import CONFIDENTIAL, Task

if TYPE_CHECKING:
    from tenure.engine import Sight

#: Who sees everybody's.
_LEADS_ALL = frozenset({Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE})


def works(user: User) -> bool:
    """Whether somebody may give and do tasks."""
    return user.is_active and not user.roles.isdisjoint(TELL)


def colleagues() -> list[User]:
    """Those to whom tasks can be given, by name."""
    found = User.objects.filter(is_active=True, grants__role__in=TELL).distinct()
    return sorted(found, key=lambda one: (one.name.casefold(), one.pk))


def team(user: User) -> QuerySet[User]:
    """Those whom somebody leads, and herself: whose tasks she may look at."""
    people = User.objects.filter(is_active=True)
    if not user.roles.isdisjoint(_LEADS_ALL):
        return people
    if Role.MANAGER not in user.roles:
        return people.filter(pk=user.pk)
    led = scope(user, (Role.MANAGER,)).owners
    return people.filter(Q(pk=user.pk) | Q(csm_id__in=led or ())).exclude(~Q(pk=user.pk) & Q(csm_id=""))


def seen(sight: Sight, account_ids: Iterable[str]) -> set[str]:
    """Those of some accounts that a sight holds."""
    wanted = sorted({name for name in account_ids if name})
    if not wanted:
        return set()
    where = [("account_id", "one_of", wanted)]
    return {row["account_id"] for row in sight.every("accounts", columns=("account_id",), where=where)}


def seen_by(user: User, account_ids: Collection[str]) -> set[str]:
    """Those of some accounts that somebody else sees. Raises ``UnavailableError`` where the reporting lines cannot be had."""
    return seen(Looking(user)(), account_ids) if account_ids else set()


def visible(user: User, sight: Sight, tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Those of some tasks that somebody may see, through the sight of that same person."""
    of_none = Q(account_id="")
    led = Q(owner__in=team(user)) & (~Q(kind=CONFIDENTIAL) | Q(owner=user))
    own = of_none & (led | Q(given_by=user))
    if not sight.scope.narrow:
        return tasks.filter(own | ~of_none)
    named = tasks.exclude(of_none).order_by().values_list("account_id", flat=True).distinct()
    return tasks.filter(own | Q(account_id__in=seen(sight, named)))
