"""What is done of itself about reviews: who leads is reminded of those that are late."""

from __future__ import annotations

from contextlib import suppress
from datetime import time
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UnavailableError
from tenure.web.access import leads
from tenure.web.access.models import User
from tenure.web.access.roles import LEAD
from tenure.web.evaluation import rhythm, told
from tenure.web.kit.reading import local_today
from tenure.web.post import schedules
from tenure.web.post.hourly import hourly
from tenure.web.post.jobs import job
from tenure.web.post.models import Every, Schedule
from tenure.web.post.times import Rule

if TYPE_CHECKING:
    from tenure.web.post.doing import Doing

REMIND = "remind_of_reviews"
_EVERY = Rule(Every.WORKDAY, time(7))


def look_after(leader: User) -> None:
    """Have somebody who holds reviews reminded of late ones each working day, if she is not yet."""
    if schedules.named(leader, REMIND, REMIND) is None:
        schedules.keep(leader, REMIND, _EVERY, str(_("Reminders of late reviews")), name=REMIND, quiet=True)


@hourly
def look_after_leaders() -> None:
    """Have everybody whom people report to reminded, whether she has held a review already or not."""
    known = Schedule.objects.filter(kind=REMIND).values("owner")
    with suppress(UnavailableError):  # another time
        for one in User.objects.filter(is_active=True, grants__role__in=LEAD).exclude(pk__in=known).distinct():
            if leads.team(one):
                look_after(one)


@job(REMIND, title=gettext_lazy("Reminders of late reviews"), quick=True)
def remind_of_reviews(doing: Doing) -> None:
    """Tell the owner of reviews with those who report to her now that are late, of each once. Who leads nobody any more is told nothing."""
    people = leads.team(doing.owner)
    if not people:
        return
    for subject, due in rhythm.late(doing.sight().review_rules(), doing.owner, people, local_today()):
        told.late(doing.owner, subject, due)
