"""What people say about scorecards. It is added to, and never changed or taken out; no figure stands on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Comment(models.Model):
    """What somebody says about her own scorecard, or who leads a team about that of the team, of the window ``[start, end)``. One of ``csm_id`` and
    ``team`` is told. ``key`` names the form that it came in.
    """

    csm_id = models.CharField(max_length=200, blank=True)
    team = models.CharField(max_length=200, blank=True)
    start = models.DateField()
    end = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    key = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="one_comment_per_form"),
            models.CheckConstraint(condition=Q(csm_id="") ^ Q(team=""), name="comment_of_a_person_or_a_team"),
        ]
        indexes = [models.Index(fields=["csm_id", "team", "start"], name="comments_of_scorecard")]
