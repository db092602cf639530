"""What is signed of a review, and whether it still is what was signed.

What a review holds stands in the web's database, where somebody with the machine's rights could change it. So each signature is in the audit
log with a digest of what was signed, which nobody makes without the key; a change shows when the review is opened. It is no lock of
the database's: a customer's person who is erased (``tenure person erase``) has to go from these texts, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from tenure.core import chainfiles
from tenure.core.acts import Act
from tenure.core.chain import digest
from tenure.engine import audit
from tenure.web.access import log
from tenure.web.access.events import Kind as Event
from tenure.web.access.models import AuditEntry
from tenure.web.evaluation.models import Look, Review, ReviewNote

#: How what is signed is written; another way needs another number.
_FORM = 1


@dataclass(frozen=True)
class Standing:
    """Whether a signed review is as it was signed. ``erased``: when a customer's person was erased since, which changes texts."""

    holds: bool
    erased: datetime | None = None


def content(review: Review) -> str:
    """All that is signed of a review, as text: people by their ids. Private notes and what came after the signatures are not of it."""
    notes = review.notes.exclude(look=Look.PRIVATE).order_by("at", "pk")
    if review.signed_at is not None:
        notes = notes.filter(at__lte=review.signed_at)
    told: dict[str, Any] = {
        "form": _FORM, "review": review.pk, "kind": review.kind, "name": review.name, "leader": review.leader_id,
        "subject": review.subject_id, "day": review.day, "held_at": _moment(review.held_at), "rules": review.rules_id,
        "agenda": review.agenda,
        "seats": sorted(review.seats.values_list("user_id", flat=True)),
        "notes": [
            {"by": one.by_id, "at": _moment(one.at), "look": one.look, "topic": one.topic, "text": one.text} for one in notes
        ],
        "actions": [
            {"by": one.by_id, "at": _moment(one.at), "task": one.task_id, "text": one.text, "due": one.due}
            for one in review.actions.order_by("pk")
        ],
        "judged": [
            {
                "by": one.by_id, "skill": one.skill, "level": one.level, "text": one.text,
                "evidence": [
                    [proof.kind, proof.account_id, proof.object_id, proof.text] for proof in one.evidence.order_by("pk")
                ],
            }
            for one in review.judged.filter(shared_at__isnull=False).order_by("by", "skill")
        ],
    }  # fmt: skip
    return json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)


def of(text: str, key: str = "") -> str:
    """The digest of a text, by the key that signs now, or by another; empty where that is not here."""
    ring = chainfiles.keys(settings.HOME)
    secret = ring.of(key or ring.current)
    return digest(secret, text) if secret is not None else ""


def standing(review: Review) -> Standing:
    """Whether what was signed of a review, and what was added to it, is as the audit log has it."""
    assert review.signed_at is not None
    text = content(review)
    last = {who: (told, key) for who, told, key in _noted(review, Event.REVIEW_SIGNED)}
    signatures = list(review.signatures.all())
    holds = bool(signatures) and all(_fits(text, one.digest, last.get(log.who(one.by_id))) for one in signatures)
    added = _noted(review, Event.REVIEW_ADDED_TO)
    later = review.notes.exclude(look=Look.PRIVATE).filter(at__gt=review.signed_at)
    same = [any(told == of(addition(one), key) for _who, told, key in added) for one in later]
    holds = holds and len(same) == len(added) and all(same)
    return Standing(holds, None if holds else _erased_since(review.signed_at))


def addition(note: ReviewNote) -> str:
    """What of a note that is added to a signed review is held by the audit log."""
    return json.dumps([note.pk, note.by_id, _moment(note.at), note.look, note.topic, note.text])


def _noted(review: Review, event: Event) -> list[tuple[str, str, str]]:
    """Who did it, with what digest, and the id of the key that made that: as the audit log has it, in order."""
    found = AuditEntry.objects.filter(act=event.value, kind="review", object_id=str(review.pk)).order_by("seq")
    return [(one.who, json.loads(one.detail).get("digest", ""), one.key) for one in found]


def _fits(text: str, kept: str, noted: tuple[str, str] | None) -> bool:
    """Whether a text is what was signed last: as its signature says, and as the audit log has it."""
    return noted is not None and noted[0] == kept == of(text, noted[1])


def _erased_since(moment: datetime) -> datetime | None:
    asked = audit.Asked(act=Act.PERSON_ERASED.value, start=moment.astimezone(UTC))
    found, _count = audit.entries(settings.HOME, asked, 1)
    return datetime.fromisoformat(found[0].at) if found else None


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")
