"""What the application remembers of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date

TITLE = 200
#: The kind of tasks that were agreed in a review: what they say is between their owner and who gave them.
CONFIDENTIAL = "review"


class Status(models.TextChoices):
    """Where a task stands. What was dropped is not done, and will not be."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class Priority(models.IntegerChoices):
    """How much a task presses; sorts as a number."""

    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")


class What(models.TextChoices):
    """What can happen to a task."""

    GIVEN = "given", _("gave it")
    CHANGED = "changed", _("changed it")
    HANDED_OVER = "handed_over", _("handed it over")
    TAKEN_OVER = "taken_over", _("took it over")
    SNOOZED = "snoozed", _("put it off")
    WOKEN = "woken", _("took it up again")
    DONE = "done", _("did it")
    DROPPED = "dropped", _("dropped it")
    REOPENED = "reopened", _("opened it again")


class Task(models.Model):
    """Something that ``owner`` is to do. ``account_id``: about which account; empty for none. ``given_by``: null where Tenure gave it by a rule.

    ``kind``: out of what it was made (``own``, ``template``, ``agenda``, or what a feature calls it); ``reason``: why, as a sentence.
    ``key``: names the cause, so that one cause never makes two tasks; empty where there may be several. ``due``: a day in the
    organisation's zone. ``snoozed_until``: the day on which it is shown again. ``done_at``, ``done_by``: of one that was
    done or dropped.
    """

    title = models.CharField(max_length=TITLE)
    text = models.TextField(blank=True)
    account_id = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="tasks_given")
    due = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    reason = models.TextField(blank=True)
    kind = models.CharField(max_length=40, default="own")
    key = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    snoozed_until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="one_task_per_cause")]
        indexes = [
            models.Index(fields=["owner", "status", "due"], name="tasks_of_person"),
            models.Index(fields=["account_id", "status"], name="tasks_of_account"),
        ]

    def is_late(self, today: date) -> bool:
        """Whether it is open and past its day."""
        return self.status == Status.OPEN and self.due is not None and self.due < today


class TaskChange(models.Model):
    """What happened to a task. ``note``: what was said with it; ``detail``: ids, days and words, by name."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=20, choices=What.choices)
    note = models.TextField(blank=True)
    detail = models.JSONField(default=dict)


class TaskComment(models.Model):
    """What somebody said about a task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="comments")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()


class TaskTemplate(models.Model):
    """Steps that are done one after the other, as after a sale or before a renewal. ``shared``: others may apply it, too."""

    name = models.CharField(max_length=TITLE)
    text = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="task_templates")
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)


class TaskStep(models.Model):
    """A step of a template: a task that is due ``after`` so many business days."""

    template = models.ForeignKey(TaskTemplate, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=TITLE)
    text = models.TextField(blank=True)
    after = models.PositiveSmallIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["template", "position"], name="one_step_per_position")]
