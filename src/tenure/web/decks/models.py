"""What is prepared for business reviews."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class DeckDraft(models.Model):
    """A business review that is being prepared: one of an account, for whoever looks after it. ``asked``: what was chosen and
    written, as the form has it (see ``asked.py``).
    """

    account_id = models.TextField(unique=True)
    asked = models.JSONField(default=dict)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
