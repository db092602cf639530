"""The links by which customers see their success plans."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class PlanLink(models.Model):
    """A link to the success plan of an account, for somebody of the customer's (``name``). Its secret is stored as a hash. It shows the
    plan as far as ``made_by`` sees the account; whoever looks after it later may take it over. ``acts``: what was done
    through it since ``acts_from``, which is limited.
    """

    account_id = models.TextField(db_index=True)
    name = models.CharField(max_length=200)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField(default=0)
    acts = models.PositiveIntegerField(default=0)
    acts_from = models.DateTimeField(null=True)
