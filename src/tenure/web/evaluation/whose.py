"""Who sees which review, and what of it: the one place that decides it (decision 0065).

The two whom it is between see it, of a team meeting those who take part. A signed evaluation is also seen by those who lead its person
now, directly or through others. Nobody else does, whatever the role: neither administrators nor operations. A private
note is its writer's alone, and so is a judgement until it is shared.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.http import Http404

from tenure.core.chain import Note
from tenure.web.access import log
from tenure.web.access.events import Kind as Event
from tenure.web.access.lines import direct_now
from tenure.web.access.models import User
from tenure.web.access.results import OPENS, led
from tenure.web.access.roles import LEAD
from tenure.web.evaluation.models import Judged, Kind, Look, Review, ReviewNote

__all__ = [
    "OPENS",
    "get",
    "held_by",
    "judged",
    "led",
    "line",
    "notes",
    "own",
    "part",
    "people_of",
    "takes_part",
    "team",
    "visible",
]


def people_of(ids: Collection[str]) -> list[User]:
    """Those of some CSMs who can take part in a review, by name."""
    found = User.objects.filter(
        csm_id__in=[one for one in ids if one], is_active=True, grants__role__in=OPENS
    ).distinct()
    return sorted(found, key=lambda one: (one.name.casefold(), one.pk))


def line(user: User) -> list[User]:
    """Those with whom somebody can hold reviews. Raises as ``led`` does."""
    return people_of(led(user))


def team(user: User) -> list[User]:
    """Those of them who report to her directly. Raises as ``led`` does."""
    return [] if user.roles.isdisjoint(LEAD) else people_of(direct_now(user.csm_id))


def own(user: User) -> QuerySet[Review]:
    """The reviews in which somebody takes part, the latest first."""
    mine = Q(leader=user) | Q(subject=user) | Q(seats__user=user)
    return Review.objects.filter(mine).distinct().select_related("leader", "subject").order_by("-day", "-pk")


def visible(user: User) -> QuerySet[Review]:
    """The reviews that somebody may read. Raises as ``led`` does."""
    mine = Q(leader=user) | Q(subject=user) | Q(seats__user=user)
    below = Q(kind=Kind.EVALUATION, signed_at__isnull=False, subject__csm_id__in=led(user) - {""})
    found = Review.objects.filter(mine | below).distinct().select_related("leader", "subject", "rules")
    return found.order_by("-day", "-pk")


def get(user: User, review_id: int) -> Review:
    """A review that somebody may read; that one who takes no part in it did is noted. Raises ``Http404`` for another."""
    found = visible(user).filter(pk=review_id).first()
    if found is None:
        raise Http404
    if not takes_part(user, found):
        log.append(Note(Event.REVIEW_READ.value, "review", str(found.pk)), log.asking())
    return found


def part(user: User, review_id: int) -> Review:
    """A review in which somebody takes part. Raises ``Http404`` for another."""
    found = own(user).select_related("leader", "subject", "rules").filter(pk=review_id).first()
    if found is None:
        raise Http404
    return found


def held_by(user: User, review_id: int) -> Review:
    """A review that somebody leads. Raises ``Http404`` for another."""
    found = part(user, review_id)
    if found.leader_id != user.pk:
        raise Http404
    return found


def takes_part(user: User, review: Review) -> bool:
    """Whether a review is somebody's own."""
    return user.pk in (review.leader_id, review.subject_id) or review.seats.filter(user=user).exists()


def notes(user: User, review: Review) -> QuerySet[ReviewNote]:
    """What somebody may read of what was written to a review, in order."""
    found = review.notes.filter(Q(by=user) | ~Q(look=Look.PRIVATE))
    return found.select_related("by").order_by("at", "pk")


def judged(user: User, review: Review) -> QuerySet[Judged]:
    """The judgements of a review that somebody may read."""
    found = review.judged.filter(Q(by=user) | Q(shared_at__isnull=False))
    return found.select_related("by").prefetch_related("evidence")
