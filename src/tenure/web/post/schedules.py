"""Schedules: jobs that are started again and again, at a local time in the organisation's zone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tenure.core import config
from tenure.web.kit.reading import current, reading_in
from tenure.web.post import jobs
from tenure.web.post.models import Every, Schedule
from tenure.web.post.times import Rule, next_after

if TYPE_CHECKING:
    from tenure.web.access.models import User


def zone() -> ZoneInfo:
    """The organisation's. Raises ``UsageError`` for settings that cannot be read."""
    return config.read(settings.HOME).zone


def keep(
    owner: User, kind: str, rule: Rule, title: str, *, name: str = "", quiet: bool = False, **arguments: Any
) -> Schedule:
    """Have a job started by a rule, as ``owner``. Of a ``name`` and kind a person has one: it is changed.

    Raises ``UsageError`` for a job that is not declared.
    """
    jobs.find(kind)
    here = zone()
    more = {
        "title": title, "arguments": arguments, "quiet": quiet, "locale": str(current().locale), "every": rule.every,
        "day": rule.day, "at": rule.at, "zone": here.key, "next_at": next_after(rule, here, timezone.now()), "is_on": True,
    }  # fmt: skip
    if not name:
        return Schedule.objects.create(owner=owner, kind=kind, **more)
    return Schedule.objects.update_or_create(owner=owner, kind=kind, name=name, defaults=more)[0]


def of(owner: User) -> list[Schedule]:
    """A person's schedules, the next first, without those of Tenure itself."""
    return list(Schedule.objects.filter(owner=owner, quiet=False).order_by("next_at"))


def named(owner: User, kind: str, name: str) -> Schedule | None:
    """A person's schedule of a name."""
    return Schedule.objects.filter(owner=owner, kind=kind, name=name).first()


def drop(owner: User, number: int) -> bool:
    """End a schedule of one's own; whether there was such a one."""
    return bool(Schedule.objects.filter(owner=owner, pk=number).delete()[0])


def switch(owner: User, number: int, *, on: bool) -> bool:
    """Pause a schedule of one's own, or let it go on from now; whether there was such a one."""
    found = Schedule.objects.filter(owner=owner, pk=number).first()
    if found is None:
        return False
    found.is_on = on
    found.next_at = next_after(rule_of(found), ZoneInfo(found.zone), timezone.now())
    found.save(update_fields=["is_on", "next_at"])
    return True


def rule_of(schedule: Schedule) -> Rule:
    """When it runs."""
    return Rule(Every(schedule.every), schedule.at, schedule.day)


def start_due(now: datetime) -> int:
    """Start what is due; gives how many. What was missed, however often, is started once.

    A schedule that was worked out for another zone than the organisation's of now is worked out anew.
    """
    here = zone()
    for moved in Schedule.objects.exclude(zone=here.key):
        moved.zone, moved.next_at = here.key, next_after(rule_of(moved), here, now)
        moved.save(update_fields=["zone", "next_at"])
    due = list(Schedule.objects.filter(is_on=True, next_at__lte=now, owner__is_active=True).select_related("owner"))
    for each in due:
        with transaction.atomic(), reading_in(each.locale):
            if each.kind in jobs.declared():
                key = f"schedule:{each.pk}:{each.next_at.isoformat()}"
                jobs.start(each.owner, each.kind, each.title, key=key, quiet=each.quiet, **each.arguments)
            each.ran_at, each.next_at = now, next_after(rule_of(each), here, now)
            each.save(update_fields=["ran_at", "next_at"])
    return len(due)
