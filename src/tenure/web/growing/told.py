"""Whom courses, praise and the pulse make a notice for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import leads
from tenure.web.kit import formats
from tenure.web.post import notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.verbs.assign_training import Course
    from tenure.web.access.models import User
    from tenure.web.growing.models import Praise, PulseRound

GROWING = notices.declare(
    "growing",
    gettext_lazy("Courses, praise and the team pulse"),
    gettext_lazy("You were assigned a course, somebody thanks you, or a round of the team pulse is open."),
)


def assigned(by: User, courses: Sequence[Course], key: str) -> None:
    """Tell those who log in that they were assigned courses, each once for a form (``key``)."""
    for one in leads.people_of({course.csm_id for course in courses}):
        mine = [course.course for course in courses if course.csm_id == one.csm_id]
        if mine and one.pk != by.pk:
            text = _("%(name)s assigned you: %(courses)s") % {"name": by.name, "courses": ", ".join(mine)}
            notices.tell(one, text, reverse("development"), GROWING, f"training:{key}")


def praised(one: Praise) -> None:
    """Tell who is praised."""
    text = _("%(name)s thanks you") % {"name": one.by.name}
    notices.tell(one.to, text, reverse("recognition"), GROWING, f"praise:{one.pk}")


def pulse(one: PulseRound, people: Sequence[User]) -> None:
    """Tell those who are asked that a round is open."""
    text = _("The team pulse is open until %(day)s: nobody sees who answered what") % {
        "day": formats.day(one.closes_on)
    }
    for user in people:
        notices.tell(user, text, reverse("team_pulse"), GROWING, f"pulse:{one.pk}")
