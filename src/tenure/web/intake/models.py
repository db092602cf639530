"""The keys with which applications send events."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class EventKey(models.Model):
    """A key of a ``source``, an application. It can send events and read nothing, so it may stand in an application that others
    have in their hands; its secret is stored as a hash all the same. It ends when somebody ends it.
    """

    source = models.SlugField(max_length=60)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
