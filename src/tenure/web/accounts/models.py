"""When somebody last looked at an account."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Seen(models.Model):
    """A person's looks at an account: the last one, and when the visit before that one ended (null: there was none). What
    changed is told since then, for as long as the visit lasts.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    account_id = models.TextField()
    at = models.DateTimeField()
    before = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account_id"], name="one_look_per_person_and_account")]
