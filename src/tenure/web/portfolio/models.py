"""What the application remembers of portfolios: moves and levels of service that were applied, so that they can be taken back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenure.web.work.undoing import Undoable


class Kind(models.TextChoices):
    """What was applied."""

    MOVES = "moves", _("Accounts moved")
    TIERS = "tiers", _("Levels of service set")


class Applied(Undoable):
    """Something that was applied to accounts. ``message_id``: under which the engine knows it; ``holds_from``: the day from which on it holds;
    ``version``: of the rules.
    """

    kind = models.CharField(max_length=10, choices=Kind.choices)
    message_id = models.CharField(max_length=64, unique=True)
    holds_from = models.DateField()
    version = models.CharField(max_length=12, blank=True)


class AppliedChange(models.Model):
    """What became of one account: its owner or level, before and after."""

    applied = models.ForeignKey(Applied, models.CASCADE, related_name="changes")
    account_id = models.CharField(max_length=300)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["applied", "account_id"], name="applied_once")]
