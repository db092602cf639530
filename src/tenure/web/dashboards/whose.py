"""Who sees a dashboard, and who changes it; what is done with one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.web.dashboards.models import ALL, Dashboard, Share, Tile

if TYPE_CHECKING:
    from tenure.web.access.models import User

#: How long what was deleted can be brought back.
KEPT = timedelta(days=30)
WIDTHS = (1, 2, 3)


def visible(user: User) -> QuerySet[Dashboard]:
    """One's own, and those shared with a role that one has."""
    shared = Share.objects.filter(role__in=[*user.roles, ALL]).values("dashboard")
    found = Dashboard.objects.filter(deleted_at=None).filter(Q(owner=user) | Q(pk__in=shared))
    return found.select_related("owner").order_by("title", "pk")


def seen(user: User, number: int) -> Dashboard:
    """A dashboard that one may see. Raises ``Http404`` for another, as for one that is not there."""
    found = visible(user).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def own(user: User, number: int, *, deleted: bool = False) -> Dashboard:
    """A dashboard of one's own. Raises ``Http404`` for another's."""
    found = Dashboard.objects.filter(owner=user, pk=number, deleted_at__isnull=not deleted).first()
    if found is None:
        raise Http404
    return found


def own_tile(user: User, number: int) -> Tile:
    """A tile of a dashboard of one's own. Raises ``Http404`` for another's."""
    found = (
        Tile.objects.filter(dashboard__owner=user, dashboard__deleted_at=None, pk=number)
        .select_related("dashboard")
        .first()
    )
    if found is None:
        raise Http404
    return found


def seen_tile(user: User, number: int) -> Tile:
    """A tile of a dashboard that one may see. Raises ``Http404`` for another."""
    found = Tile.objects.filter(dashboard__in=visible(user), removed_at=None, pk=number).first()
    if found is None:
        raise Http404
    return found


def tiles(dashboard: Dashboard) -> list[Tile]:
    """What stands on it, in order."""
    return list(dashboard.tiles.filter(removed_at=None).order_by("place", "pk"))


def pin(dashboard: Dashboard, question: str, title: str, width: int) -> Tile:
    """Put a tile at the end."""
    with transaction.atomic():
        last = dashboard.tiles.aggregate(last=Max("place"))["last"] or 0
        made = Tile.objects.create(dashboard=dashboard, place=last + 1, question=question, title=title, width=width)
        touch(dashboard)
    return made


def move(tile: Tile, to: int) -> None:
    """Put a tile at a place, counted from 0; the others make room."""
    with transaction.atomic():
        others = [each for each in tiles(tile.dashboard) if each.pk != tile.pk]
        others.insert(max(0, min(to, len(others))), tile)
        for place, each in enumerate(others):
            Tile.objects.filter(pk=each.pk).update(place=place)
        touch(tile.dashboard)


def step(tile: Tile, by: int) -> None:
    """Move a tile by so many places."""
    order = [each.pk for each in tiles(tile.dashboard)]
    if tile.pk in order:
        move(tile, order.index(tile.pk) + by)


def share(dashboard: Dashboard, roles: Collection[str]) -> None:
    """Share it with people of these roles, and nobody else."""
    with transaction.atomic():
        dashboard.shares.all().delete()
        Share.objects.bulk_create(Share(dashboard=dashboard, role=role) for role in roles)
        touch(dashboard)


def copy(dashboard: Dashboard, user: User) -> Dashboard:
    """A copy of one's own, shared with nobody."""
    with transaction.atomic():
        title = (_("%(title)s (copy)") % {"title": dashboard.title})[:120]
        made = Dashboard.objects.create(owner=user, title=title, note=dashboard.note)
        for each in tiles(dashboard):
            Tile.objects.create(
                dashboard=made, place=each.place, width=each.width, title=each.title, question=each.question
            )
    return made


def delete(dashboard: Dashboard) -> None:
    """Delete it; it can be brought back for a while. What was deleted long ago is gone now."""
    before = timezone.now() - KEPT
    with transaction.atomic():
        Dashboard.objects.filter(deleted_at__lt=before).delete()
        Tile.objects.filter(removed_at__lt=before).delete()
        dashboard.deleted_at = timezone.now()
        dashboard.save(update_fields=["deleted_at"])


def touch(dashboard: Dashboard) -> None:
    """Note that it was changed."""
    Dashboard.objects.filter(pk=dashboard.pk).update(changed_at=timezone.now())


def deleted(user: User) -> QuerySet[Dashboard]:
    """What one has deleted of late."""
    lately = timezone.now() - KEPT
    return Dashboard.objects.filter(owner=user, deleted_at__gte=lately).order_by(F("deleted_at").desc())
