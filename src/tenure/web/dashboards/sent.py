"""Dashboards, as they are sent and put on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.web.access.models import User
from tenure.web.access.roles import EVERYONE
from tenure.web.dashboards import files, shown, whose
from tenure.web.dashboards.models import ALL, Dashboard
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import number_of
from tenure.web.post.sending import Asked, Composed, File, sent

if TYPE_CHECKING:
    from django.http import QueryDict


def people(dashboard: Dashboard) -> list[User]:
    """Who sees a dashboard: its owner, and whom it is shared with."""
    roles = {share.role for share in dashboard.shares.all()}
    found = User.objects.filter(is_active=True, grants__isnull=False)
    if ALL not in roles:
        found = found.filter(Q(pk=dashboard.owner_id) | Q(grants__role__in=roles))
    return list(found.distinct().order_by("name", "pk"))


def _seen(user: User, given: QueryDict) -> Dashboard:
    return whose.seen(user, number_of(given.get("dashboard", "")))


def _whom(sender: User, given: QueryDict) -> list[User]:
    """Its owner sends it to all who see it, everybody else to herself."""
    found = _seen(sender, given)
    return people(found) if found.owner_id == sender.pk else [sender]


def _csv(asked: Asked) -> File:
    found = _seen(asked.user, asked.given)
    return files.as_csv(found, asked.each(whose.tiles(found), _("tiles")), Answers(asked.sight))


def _workbook(asked: Asked) -> File:
    found = _seen(asked.user, asked.given)
    return files.as_workbook(found, asked.each(whose.tiles(found), _("tiles")), Answers(asked.sight))


@sent(
    "dashboard",
    roles=EVERYONE,
    link=lambda given: reverse("one_dashboard", args=[number_of(given.get("dashboard", ""))]),
    title=lambda user, given: _seen(user, given).title,
    whom=_whom,
    files={"xlsx": _workbook, "csv": _csv},
)
def dashboard(asked: Asked) -> Composed:
    """Its tiles, with the figures of whoever gets it."""
    found, answers = _seen(asked.user, asked.given), Answers(asked.sight)
    tiles = asked.each(whose.tiles(found), _("tiles"))
    return Composed(
        found.title, found.note, tuple(replace(shown.tile(each, answers), width=each.width) for each in tiles)
    )
