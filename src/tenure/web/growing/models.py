"""What the application remembers of how people grow. It is personal, and no figure stands on it; courses are rows of ``training``.

Of the team pulse it is known who was asked and, while a round is open, who has answered (``PulseSeat``), and what was answered
(``PulseBox``: all answers of a round together, in no order). Nothing joins the two: neither holds a time or a number of the other.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class SkillSeen(models.Model):
    """At which level ``by`` sees somebody of ours (``csm_id``) in a skill, and what that rests on. Another one takes its place and does not
    change it. ``words``: the level as it was described then, one ``of`` so many; ``version``: of the rules.
    """

    csm_id = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_self = models.BooleanField()
    skill = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    words = models.TextField()
    version = models.CharField(max_length=12)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    key = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "key"], name="one_level_per_form")]
        indexes = [models.Index(fields=["csm_id", "skill", "at"])]


class Praise(models.Model):
    """What somebody thanks another one for, or praises. ``account_id``: where it has to do with an account."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    account_id = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    key = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "key"], name="one_praise_per_form")]


class PulseRhythm(models.Model):
    """How many days lie between the rounds that ``leader`` has asked of her team by themselves."""

    leader = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    every = models.PositiveSmallIntegerField()


class PulseRound(models.Model):
    """A round of the pulse of the team of ``leader``: the ``questions`` as they were asked (``pulse.Asked``), to whom they were put in
    ``PulseSeat``. ``closes_on``: the last day; nothing of the answers is shown before it is over, and nothing that fewer than ``least`` have
    answered. ``settled``: who answered is forgotten.
    """

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    questions = models.JSONField()
    opened_on = models.DateField()
    closes_on = models.DateField()
    least = models.PositiveSmallIntegerField(default=5)
    settled = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["leader", "opened_on"])]


class PulseSeat(models.Model):
    """Somebody who is asked in a round, and whether she has answered; nothing of what, and no time."""

    round = models.ForeignKey(PulseRound, models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="one_seat_per_round")]


class PulseBox(models.Model):
    """All answers of a round: by question a list in an order that is drawn anew with each. ``count``: how many have answered."""

    round = models.OneToOneField(PulseRound, models.CASCADE, related_name="box")
    answers = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=0)
