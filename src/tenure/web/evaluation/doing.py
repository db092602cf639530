"""What is done with reviews: planned, written to, held, signed. Who calls these has found the review by ``whose``.

What is shared of a review may change until it is signed by all who sign it; with each change the signatures of before lapse. From then
on there are additions only. Whatever counts is in the audit log, by ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.core.chain import Note
from tenure.core.errors import UsageError
from tenure.engine.review_rules import ReviewRules, ReviewTemplate
from tenure.web.access import log
from tenure.web.access.events import Kind as Event
from tenure.web.access.models import AuditEntry
from tenure.web.evaluation import jobs, sealed, told
from tenure.web.evaluation.models import (
    Action,
    Evidence,
    Judged,
    Kind,
    Look,
    Review,
    ReviewNote,
    RulesText,
    Seat,
    Signature,
)
from tenure.web.kit.reading import local_date
from tenure.web.post.models import Notice
from tenure.web.work import tasks
from tenure.web.work.models import CONFIDENTIAL, TITLE, Status, Task, TaskChange, TaskComment, What

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenure.engine import Sight
    from tenure.web.access.models import User


@dataclass(frozen=True)
class Basis:
    """Something that a judgement rests on (``models.Evidence``)."""

    kind: str
    text: str
    account_id: str = ""
    object_id: str = ""


@dataclass(frozen=True)
class Planned:
    """A review to be planned: with ``subject``, or with a team (None) of which are ``seats``. ``key``: names the form that told it."""

    kind: str
    subject: User | None
    day: date
    key: str
    seats: tuple[User, ...] = ()


# Planned


def plan(by: User, wanted: Planned, rules: ReviewRules) -> Review:
    """Plan a review; of a form that was sent before, the one that is there. Raises ``UsageError`` where one of the kind is planned already."""
    template = rules.template(wanted.kind)
    assert template is not None, "the rules have a review of each kind"
    with transaction.atomic():
        known = Review.objects.filter(leader=by, key=wanted.key).first()
        if known is not None:
            return known
        before = Review.objects.filter(leader=by, subject=wanted.subject, kind=wanted.kind)
        if before.filter(held_at=None).exists():
            raise UsageError(
                _("One of this kind is planned already."), code="planned", fix=_("Hold that one, or drop it first.")
            )
        last = before.order_by("-day", "-pk").first()
        RulesText.objects.get_or_create(version=rules.version, defaults={"text": rules.text})
        made = Review.objects.create(
            kind=wanted.kind, name=template.name, leader=by, subject=wanted.subject, rules_id=rules.version, day=wanted.day,
            since=min(last.day, local_date(last.held_at)) if last and last.held_at else None, key=wanted.key,
        )  # fmt: skip
        Seat.objects.bulk_create(Seat(review=made, user=one) for one in wanted.seats)
        _audit(made, Event.REVIEW_PLANNED, by, kind=made.kind, subject=wanted.subject.pk if wanted.subject else None)
        told.planned(made, people(made))
        jobs.look_after(by)
    return made


def move(review: Review, by: User, day: date) -> None:
    """Plan it for another day. Raises ``UsageError`` for one that was held."""
    with _changing(review, by) as found:
        if found.held_at is not None:
            raise UsageError(_("It was held already."), code="held", fix=_("Plan the next one."))
        found.day = day
        found.save(update_fields=["day"])


def drop(review: Review, by: User) -> None:
    """Plan it no more: what was written to it goes. Raises ``UsageError`` for one that was held."""
    with _changing(review, by) as found:
        if found.held_at is not None:
            raise UsageError(_("It was held already."), code="held", fix=_("What was held stays."))
        _audit(found, Event.REVIEW_DROPPED, by)
        found.delete()


def was_dropped(review_id: int, by: User) -> bool:
    """Whether somebody dropped a planned review of that number."""
    noted = AuditEntry.objects.filter(act=Event.REVIEW_DROPPED.value, kind="review", object_id=str(review_id))
    return noted.filter(who=log.who(by.pk)).exists()


# Written


def write(review: Review, by: User, look: Look, text: str, *, topic: str = "", key: str) -> ReviewNote:
    """Write to a review; of a form that was sent before, what is there. To one that is signed it is an addition. Raises ``UsageError``
    for nothing.
    """
    if not text.strip():
        raise UsageError(_("A note needs words."), code="no_text", fix=_("Say something, or leave it."))
    with transaction.atomic():
        known = ReviewNote.objects.filter(key=key, by=by, review=review).first()
        if known is not None:
            return known
        given: dict[str, Any] = {"by": by, "look": look, "topic": topic, "text": text.strip(), "key": key}
        if look == Look.PRIVATE:
            return ReviewNote.objects.create(review=review, **given)
        found = _locked(review)
        if found.signed_at is None:
            _lapse(found, by)
        made = ReviewNote.objects.create(review=found, **given)
        if found.signed_at is not None:
            _audit(found, Event.REVIEW_ADDED_TO, by, note=made.pk, digest=sealed.of(sealed.addition(made)))
        if found.signed_at is not None or look == Look.ANSWER:
            told.answered(found, by, people(found), made.pk)
    return made


def take_out(review: Review, by: User, note: int) -> bool:
    """Take a note of one's own out; whether there was one. What is signed, or was added to that, stays."""
    mine = review.notes.filter(pk=note, by=by)
    if mine.filter(look=Look.PRIVATE).delete()[0]:
        return True
    if not mine.exists():
        return False
    with _changing(review, by):
        mine.delete()
    return True


def agree(review: Review, by: User, sight: Sight, text: str, owner: User, due: date | None, *, key: str) -> Action:
    """Note what was agreed: a task of its owner's, which she and who gave it see and nobody else. Raises ``UsageError`` as ``tasks.give``
    does, and for an owner who takes no part.
    """
    if owner.pk not in {one.pk for one in people(review)}:
        raise UsageError(_("Who takes no part gets no task."), code="no_part", fix=_("Choose one who does."))
    cause = f"review:{review.pk}:{key}"
    with _changing(review, by) as found:
        known = Action.objects.filter(task__key=cause).first()
        if known is not None:
            return known
        whole = text.strip()
        wanted = tasks.Wanted(
            whole[:TITLE], owner, text=whole if len(whole) > TITLE else "", due=due, kind=CONFIDENTIAL, key=cause,
            reason=_("Agreed in a review"),
        )  # fmt: skip
        task = tasks.give(sight, by, wanted)
        return Action.objects.create(review=found, by=by, task=task, text=whole, due=due)


def agreed(review: Review) -> QuerySet[Action]:
    """What was agreed in reviews of the same people before, the oldest first."""
    before = Action.objects.filter(review__leader=review.leader_id).exclude(review=review.pk)
    same = (
        before.filter(review__subject=review.subject_id) if review.subject_id else before.filter(review__kind=Kind.TEAM)
    )
    if review.kind == Kind.EVALUATION:  # those above read it, and nothing of a 1:1
        same = same.filter(review__kind=Kind.EVALUATION)
    return same.select_related("task__owner", "review").order_by("pk")


def open_with(leader: User, subject: User | None) -> int:
    """How much is open of what was agreed with somebody, or with the team."""
    of = Action.objects.filter(review__leader=leader, review__subject=subject, task__status=Status.OPEN)
    return of.count() if subject else of.filter(review__kind=Kind.TEAM).count()


# Judged


def judge(review: Review, by: User, skill: str, level: int, text: str, basis: Iterable[Basis]) -> Judged:
    """Judge a skill, in the place of what one said before. What is shared already is changed for both to see."""
    with _changing(review, by) as found:
        before = found.judged.filter(by=by, skill=skill).first()
        made, _is_new = Judged.objects.update_or_create(
            review=found, by=by, skill=skill,
            defaults={
                "level": level, "text": text.strip(), "at": timezone.now(),
                "shared_at": before.shared_at if before else None,
            },
        )  # fmt: skip
        made.evidence.all().delete()
        Evidence.objects.bulk_create(
            Evidence(judged=made, kind=one.kind, account_id=one.account_id, object_id=one.object_id, text=one.text)
            for one in basis
        )
    return made


def share(review: Review, by: User) -> int:
    """Let the other one see what one judged; how many skills that are."""
    with _changing(review, by) as found:
        count = found.judged.filter(by=by, shared_at=None).update(shared_at=timezone.now())
        if count:
            told.judged(found, by, people(found))
    return count


# Held and signed


def hold(review: Review, by: User, agenda: list[Any]) -> None:
    """Note that it was held, with the ``agenda`` as it was prepared; held again, it is prepared anew."""
    with _changing(review, by) as found:
        is_first = found.held_at is None
        found.held_at, found.agenda = timezone.now(), agenda
        found.save(update_fields=["held_at", "agenda"])
        _audit(found, Event.REVIEW_HELD, by)
        if is_first:
            told.held(found, [] if found.kind == Kind.TEAM else people(found))


def signers(review: Review) -> tuple[int, ...]:
    """The ids of those who sign: the two, or who leads the team meeting."""
    return tuple(one for one in (review.leader_id, review.subject_id) if one is not None)


def sign(review: Review, by: User, template: ReviewTemplate | None, skills: int, seen: str | None = None) -> None:
    """Sign what a review holds now; when all have, it is frozen. ``skills``: how many its rules have.

    Raises ``UsageError`` for one that was not held, and where skills are to be judged and the leader has not shared that.
    """
    with transaction.atomic():
        found = _locked(review)
        if found.signed_at is not None or by.pk not in signers(found):
            return
        _stands(found)
        if found.held_at is None:
            raise UsageError(_("It was not held yet."), code="not_held", fix=_("Who leads it holds it first."))
        shared = found.judged.filter(by=found.leader_id, shared_at__isnull=False).count()
        if template is not None and template.judged and shared < skills:
            fix = _("Who leads it judges every skill and shares that.")
            raise UsageError(_("Not every skill is judged yet."), code="not_judged", fix=fix)
        if found.judged.filter(by=by, shared_at=None).exists():
            fix = _("Share it first, so that it is a part of what is signed.")
            raise UsageError(_("You judged skills that the other one does not see."), code="not_shared", fix=fix)
        digest = sealed.of(sealed.content(found))
        if seen is not None and seen != digest:
            fix = _("Read it again, then sign.")
            raise UsageError(_("It was changed since you looked at it."), code="changed_meanwhile", fix=fix)
        Signature.objects.update_or_create(review=found, by=by, defaults={"digest": digest, "at": timezone.now()})
        _audit(found, Event.REVIEW_SIGNED, by, digest=digest)
        if set(signers(found)) <= set(found.signatures.values_list("by_id", flat=True)):
            found.signed_at = timezone.now()
            found.save(update_fields=["signed_at"])
        told.signed(found, by, people(found), found.signatures.get(by=by).pk)


def people(review: Review) -> list[User]:
    """Who takes part."""
    seats = [one.user for one in review.seats.select_related("user").order_by("user__name", "pk")]
    return [review.leader, *([review.subject] if review.subject else []), *seats]


def erase(person: User, by: User) -> int:
    """Take all words out of the reviews of somebody who left; that they were, and when they were signed, stays. How many they are."""
    with transaction.atomic():
        found = list(Review.objects.select_for_update().filter(subject=person, erased_at=None))
        for one in found:
            one.notes.all().delete()
            one.judged.all().delete()
            ids = list(one.actions.values_list("task_id", flat=True))
            one.actions.update(text="")
            Task.objects.filter(pk__in=ids).update(title=_("erased"), text="")
            TaskComment.objects.filter(task__in=ids).delete()
            TaskChange.objects.filter(task__in=ids).update(note="")
            TaskChange.objects.filter(task__in=ids, what=What.CHANGED).update(detail={})
            for task in ids:
                Notice.objects.filter(key__startswith=f"task:{task}:").update(text=_("erased"))
            one.agenda, one.erased_at = [], timezone.now()
            one.save(update_fields=["agenda", "erased_at"])
        note = Note(Event.REVIEWS_ERASED.value, "user", str(person.pk), {"reviews": [one.pk for one in found]})
        log.append(note, replace(log.asking(), who=log.who(by.pk)))
    return len(found)


@contextmanager
def _changing(review: Review, by: User) -> Iterator[Review]:
    """The review as it is now, to be changed by nobody else until the end of the block; signatures of before lapse. Raises ``UsageError``
    for one that is signed.
    """
    with transaction.atomic():
        found = _locked(review)
        if found.signed_at is not None:
            raise signed_already()
        _stands(found)
        _lapse(found, by)
        yield found


def signed_already() -> UsageError:
    """It is signed, so that nothing of it is changed."""
    return UsageError(
        _("It is signed, and stays as it is."), code="signed", fix=_("Add what there is to say as a remark.")
    )


def _stands(review: Review) -> None:
    """Raises ``UsageError`` for a review whose words were erased: no others take their place."""
    if review.erased_at is not None:
        raise UsageError(_("Its words were erased."), code="erased", fix=_("Plan another one."))


def _locked(review: Review) -> Review:
    return Review.objects.select_for_update(of=("self",)).select_related("leader", "subject").get(pk=review.pk)


def _lapse(review: Review, by: User) -> None:
    count = review.signatures.all().delete()[0]
    if count:
        _audit(review, Event.REVIEW_UNSIGNED, by, signatures=count)


def _audit(review: Review, event: Event, by: User, **detail: Any) -> None:
    """Ids and digests alone: nothing of what a review says."""
    log.append(Note(event.value, "review", str(review.pk), detail), replace(log.asking(), who=log.who(by.pk)))
