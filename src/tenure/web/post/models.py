"""What the application remembers of jobs, schedules and notices."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """What becomes of a job."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


#: Those that are not over.
OPEN = (State.WAITING, State.RUNNING)


class Job(models.Model):
    """Something that is done in the background as its ``owner``, with the rights that she has when it is done.

    ``kind`` names what is declared by ``@job``, ``arguments`` are given to it. ``key``: there is one job of a key, ever.
    ``quiet``: Tenure's own, which nobody is told of. ``entry``: its place in the queue. ``due_at``: not before. ``attempts``: how
    often it was begun. ``done`` of ``total`` and ``sentence``: how far it is. ``file``: the name in the folder of results of what
    it made, gone after ``file_until``; ``file_about``: its name, type, size, rows and columns. ``link``: where its result is seen.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs")
    kind = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    locale = models.CharField(max_length=40, default="en")
    key = models.CharField(max_length=200, blank=True)
    quiet = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    entry = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    sentence = models.CharField(max_length=300, blank=True)
    stops = models.BooleanField(default=False)
    error = models.JSONField(null=True)
    file = models.CharField(max_length=60, blank=True)
    file_about = models.JSONField(default=dict)
    file_until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-made_at"]),
            models.Index(fields=["owner"], condition=Q(state__in=["waiting", "running"]), name="post_job_open"),
        ]
        constraints = [models.UniqueConstraint(fields=["key"], name="one_job_per_key", condition=~Q(key=""))]


class Every(models.TextChoices):
    """How often something runs."""

    DAY = "day", _("Every day")
    WORKDAY = "workday", _("From Monday to Friday")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class Schedule(models.Model):
    """A job that is started again and again, at a local time in the organisation's zone.

    ``day``: 1 (Monday) to 7 of a week, 1 to 31 of a month, whose last day it is where it has none of that number. ``zone``: in
    which ``next_at`` was worked out. ``name``: by which its feature finds it, of what it is about.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="schedules")
    kind = models.SlugField(max_length=60)
    name = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    locale = models.CharField(max_length=40, default="en")
    quiet = models.BooleanField(default=False)
    every = models.CharField(max_length=10, choices=Every.choices)
    day = models.PositiveSmallIntegerField(default=1)
    at = models.TimeField(default=time(8))
    zone = models.CharField(max_length=60)
    next_at = models.DateTimeField(db_index=True)
    ran_at = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "name"], name="one_schedule_per_name", condition=~Q(name="")
            )
        ]


class Notice(models.Model):
    """A sentence that a person is told. ``key``: she is told it once. ``digested_at``: when a mail told her of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.SlugField(max_length=60)
    text = models.CharField(max_length=500)
    url = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    digested_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at"]),
            models.Index(fields=["user"], condition=Q(read_at=None), name="post_notice_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_per_key")]


class Muted(models.Model):
    """A kind of notices that a person does not want."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="muted")
    kind = models.SlugField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="muted_once")]


class Declined(models.Model):
    """A purpose of mails that a person does not want."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="declined")
    purpose = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "purpose"], name="declined_once")]


class Sent(models.Model):
    """That a mail was sent, or was not: to whom and for what, never what it said. ``error``: a word for why not, ``told`` a sentence."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mails")
    purpose = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    error = models.CharField(max_length=60, blank=True)
    told = models.CharField(max_length=300, blank=True)
