"""What the application remembers of reviews. It is personal and confidential, and no figure stands on it (decision 0064)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TOPIC = 300


class Kind(models.TextChoices):
    """The kinds of reviews, as ``reviews.toml`` names them."""

    ONE_TO_ONE = "one_to_one", _("1:1")
    TEAM = "team", _("Team meeting")
    EVALUATION = "evaluation", _("Evaluation")


class Look(models.TextChoices):
    """Who reads a note: its writer alone; the two, or the team. ``answer``: what the person says to an evaluation of hers."""

    PRIVATE = "private", _("Only I")
    SHARED = "shared", _("Shared")
    ANSWER = "answer", _("Answer")


class Proof(models.TextChoices):
    """What a judgement rests on."""

    ACCOUNT = "account", _("Account")
    TOUCHPOINT = "touchpoint", _("Contact")
    RESPONSE = "response", _("Survey answer")
    TEXT = "text", _("In words")


class RulesText(models.Model):
    """The rules of a version (``engine.review_rules``) by which people were judged: what was judged by them stays readable."""

    version = models.CharField(max_length=12, primary_key=True)
    text = models.TextField()


class Rhythm(models.Model):
    """How often ``leader`` holds reviews of a kind with ``subject`` (null: the team), where it is not as the template has it."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    every = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["leader", "subject", "kind"], name="one_rhythm_per_pair"),
            models.UniqueConstraint(fields=["leader", "kind"], condition=Q(subject=None), name="one_rhythm_of_team"),
        ]


class Review(models.Model):
    """A review that ``leader`` holds with ``subject``, or with a team (``seats``). ``day``: when it is meant to be. ``since``: the day of
    the one before, from which on the agenda looks; null for the first.

    ``agenda``: what was prepared, as it was when the review was held (``agenda.as_kept``). ``signed_at``: when it was signed by all who
    sign; nothing of it changes from then on. ``erased_at``: when its words were erased. ``key``: names the form that it was made with.
    """

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=100)
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    rules = models.ForeignKey(RulesText, models.PROTECT, related_name="+")
    day = models.DateField()
    since = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    held_at = models.DateTimeField(null=True)
    agenda = models.JSONField(default=list)
    signed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leader", "key"], name="one_review_per_form")]
        indexes = [models.Index(fields=["leader", "kind", "day"]), models.Index(fields=["subject", "kind", "day"])]


class Seat(models.Model):
    """Somebody who takes part in a team meeting."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="one_seat_per_person")]


class ReviewNote(models.Model):
    """What somebody wrote to a review; ``topic``: to which of its questions. One that was written after the review was signed is an
    addition: it changes no more.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    look = models.CharField(max_length=10, choices=Look.choices)
    topic = models.CharField(max_length=TOPIC, blank=True)
    text = models.TextField()
    key = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "by", "key"], name="one_note_per_form")]


class Action(models.Model):
    """What was agreed in a review: a task of its owner's."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="actions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    task = models.ForeignKey("work.Task", models.PROTECT, related_name="+")
    text = models.TextField()
    due = models.DateField(null=True)


class Judged(models.Model):
    """At which level ``by`` sees the person in one skill; ``level``: its place among those of the rules, from 1 on. ``shared_at``: from when on
    the other one sees it.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="judged")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    skill = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    shared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "by", "skill"], name="one_judgement_per_skill")]


class Evidence(models.Model):
    """What a judgement rests on: an account, a contact or a survey answer (``object_id``) of an account, or words."""

    judged = models.ForeignKey(Judged, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=12, choices=Proof.choices)
    account_id = models.TextField(blank=True)
    object_id = models.TextField(blank=True)
    text = models.TextField()


class Signature(models.Model):
    """That somebody signed what a review held: ``digest`` stands for that, made with the key of the audit log (``sealed``)."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="signatures")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "by"], name="one_signature_per_person")]
