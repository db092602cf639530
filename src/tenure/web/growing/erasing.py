"""Words about somebody who left: how her skills were seen, and what she was thanked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tenure.web.access import events
from tenure.web.access.events import Kind
from tenure.web.access.models import User
from tenure.web.growing.models import Praise, SkillSeen

if TYPE_CHECKING:
    from django.db.models import QuerySet


def count(person: User) -> int:
    """How many there are."""
    return _skills(person).count() + Praise.objects.filter(to=person).count()


def erase(person: User, by: User) -> int:
    """Take them out; how many they were. What she said of others is theirs, and stays."""
    with transaction.atomic():
        gone = _skills(person).delete()[0] + Praise.objects.filter(to=person).delete()[0]
        events.record(Kind.DEVELOPMENT_ERASED, actor=by, subject=person, entries=gone)
    return gone


def _skills(person: User) -> QuerySet[SkillSeen]:
    """What was said of somebody's skills; nothing where another log-in of the same CSM works here."""
    if not person.csm_id or User.objects.filter(csm_id=person.csm_id, is_active=True).exists():
        return SkillSeen.objects.none()
    return SkillSeen.objects.filter(csm_id=person.csm_id)
