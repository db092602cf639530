"""Dashboards, whom they are shared with, and what stands on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: Shared with whoever logs in, whatever her roles.
ALL = "*"


class Dashboard(models.Model):
    """A page of tiles. Its owner alone changes it. ``deleted_at``: it can be brought back for a while."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="dashboards")
    title = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)


class Share(models.Model):
    """A role whose people see a dashboard, each with the figures of her own accounts; ``*`` for all."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="shares")
    role = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dashboard", "role"], name="shared_once")]


class Look(models.TextChoices):
    """How a tile shows its figures."""

    CHART = "chart", _("Chart")
    NUMBER = "number", _("Number")
    TABLE = "table", _("Table")


class Tile(models.Model):
    """A question, as an address has it (see ``question.py``), never its answer: whoever looks is given her own. ``width``: of three
    columns. ``removed_at``: it can be brought back for a while.
    """

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="tiles")
    place = models.IntegerField(default=0)
    width = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120, blank=True)
    question = models.TextField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dashboard", "place"])]
