"""What the application remembers of books: views, static lists, what was done to many accounts, and whom changes are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenure.web.work.undoing import Undoable

if TYPE_CHECKING:
    from tenure.web.access.models import User


class Sharing(models.TextChoices):
    """Who opens something besides its owner."""

    PRIVATE = "private", _("Only me")
    ROLES = "roles", _("People with some roles")
    EVERYONE = "everyone", _("Everybody")


class Shared(models.Model):
    """Something of an owner's that others may open; whoever cannot does not learn that it is there. ``roles``: names of roles."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    shared = models.CharField(max_length=10, choices=Sharing.choices, default=Sharing.PRIVATE)
    roles = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def opens_for(self, user: User) -> bool:
        """Whether a person may open it now."""
        if self.owner_id == user.pk or self.shared == Sharing.EVERYONE:
            return True
        return self.shared == Sharing.ROLES and not set(self.roles).isdisjoint(user.roles)


class View(Shared):
    """A view of the list of accounts, and the audience that it makes. ``asked``: the parameters of its address."""

    asked = models.JSONField(default=dict)


class Opening(models.Model):
    """The view that a person's list opens with."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    view = models.ForeignKey(View, models.CASCADE, related_name="+")


class AccountList(Shared):
    """Accounts that somebody put together by hand."""


class Listed(models.Model):
    """An account on a static list."""

    on = models.ForeignKey(AccountList, models.CASCADE, related_name="accounts")
    account_id = models.CharField(max_length=300)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["on", "account_id"], name="listed_once")]


class Run(Undoable):
    """Something told of one account or many at once. ``act``: owner, contact, pulse, next_step, or the attribute's column;
    ``message_id``: under which the engine knows it; ``value``: what was told, empty where it may tell of a person.
    """

    act = models.CharField(max_length=300)
    value = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    accounts = models.PositiveIntegerField()


class Change(models.Model):
    """What a run changed of an account; texts, empty for nothing, and for what may tell of a person."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="changes")
    account_id = models.CharField(max_length=300, db_index=True)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)


class Hook(models.Model):
    """An address that is told who enters a view and who leaves it, as far as who made it sees. ``nonce``: of its signature's
    secret; ``since``: when it was first looked at, from when on changes count.
    """

    view = models.ForeignKey(View, models.CASCADE, related_name="hooks")
    url = models.URLField(max_length=500)
    nonce = models.CharField(max_length=32)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    word = models.CharField(max_length=100, blank=True)
    problem = models.CharField(max_length=300, blank=True)


class Member(models.Model):
    """An account that is in a hook's audience, as it was last told."""

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="members")
    account_id = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hook", "account_id"], name="member_once")]


class Delivery(models.Model):
    """A message to a hook. ``due_at``: when it is tried next, null when it is over; ``done_at``: when it was taken."""

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries")
    name = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField(default=timezone.now)
    body = models.TextField()
    entered = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, db_index=True)
    done_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)
