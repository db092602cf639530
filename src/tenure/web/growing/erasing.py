"""Words about somebody who left: how her skills were seen, and what she was thanked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tenure.web.access import events
from tenure.web.access.events import Kind
from tenure.web.growing.models import Praise, SkillSeen

if TYPE_CHECKING:
    from tenure.web.access.models import User


def count(person: User) -> int:
    """How many there are."""
    skills = SkillSeen.objects.filter(csm_id=person.csm_id).count() if person.csm_id else 0
    return skills + Praise.objects.filter(to=person).count()


def erase(person: User, by: User) -> int:
    """Take them out; how many they were. What she said of others is theirs, and stays."""
    with transaction.atomic():
        gone = SkillSeen.objects.filter(csm_id=person.csm_id).delete()[0] if person.csm_id else 0
        gone += Praise.objects.filter(to=person).delete()[0]
        events.record(Kind.DEVELOPMENT_ERASED, actor=by, subject=person, entries=gone)
    return gone
