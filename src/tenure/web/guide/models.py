"""What the application remembers of the first steps: which were done or are not wanted, and who has put the page aside."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class How(models.TextChoices):
    """Why a step asks for nothing any more: the data says so, somebody has said so, or nobody wants it."""

    SEEN = "seen", _("seen in the data")
    TOLD = "told", _("done")
    LEFT = "left", _("left out")


class Step(models.Model):
    """A step that asks for nothing any more. ``by``: who said so; nobody where the data did."""

    name = models.CharField(max_length=30, unique=True)
    how = models.CharField(max_length=5, choices=How.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Aside(models.Model):
    """Somebody has put the first steps aside: they are in her navigation no more."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
