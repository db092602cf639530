"""What was told of many accounts at once, and may be taken back: what every memory of such an act has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from tenure.web.access.roles import OPERATE

if TYPE_CHECKING:
    from collections.abc import Collection

    from tenure.web.access.models import User


class Undoable(models.Model):
    """Something that was told ``by`` somebody. ``kept``: of how many accounts it stands although it was taken back."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kept = models.PositiveIntegerField(default=0)

    if TYPE_CHECKING:
        by_id: int

    class Meta:
        """It has no table of its own."""

        abstract = True

    def undoes(self, user: User) -> bool:
        """Whether somebody may take it back, if it is not too late: who told it, and who operates; but once."""
        return self.undone_at is None and (self.by_id == user.pk or not OPERATE.isdisjoint(user.roles))

    def undo(self, user: User, kept: Collection[str]) -> int:
        """Remember that it was taken back, but for the accounts of which it stands; how many those are."""
        self.undone_at, self.undone_by, self.kept = timezone.now(), user, len(set(kept))
        self.save(update_fields=["undone_at", "undone_by", "kept"])
        return self.kept
