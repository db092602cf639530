"""The page of a day: what to do now, what comes, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import TELL, Role
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice, number_of
from tenure.web.kit.reading import local_today
from tenure.web.kit.shell import Nav, Section
from tenure.web.today import acting
from tenure.web.today.acting import Acted, Later
from tenure.web.today.ahead import Upcoming, upcoming
from tenure.web.today.day import Day, day_of
from tenure.web.today.found import Found, found
from tenure.web.today.past import Past, past
from tenure.web.work.whose import colleagues

if TYPE_CHECKING:
    from tenure.web.access.models import User


@dataclass(frozen=True)
class Today:
    """The list and what surrounds it. ``name``: whose, if not the reader's own; ``acted``: what was just done; ``colleagues``: to whom
    a line can be handed over, by id; ``everything``: beyond the day's share, too.
    """

    day: str
    of: str
    name: str
    choice: Choice | None
    is_csm: bool
    found: Found
    laters: tuple[Later, ...]
    colleagues: tuple[tuple[int, str], ...]
    acted: Acted | None
    everything: bool
    tomorrow: str
    ahead: tuple[Upcoming, ...]


@page(
    "today/", roles=TELL, title=gettext_lazy("Today"), nav=Nav(Section.WORK, 10, "sun"), lands=(Role.CSM, Role.MANAGER)
)
def today(request: Request) -> Today:
    """What is to be done now, and why?"""
    given = request.GET.dict()
    undo = given.get("undo", "")
    acted = Acted("", number_of(undo)) if number_of(undo) else None
    return _today(request, day_of(request, given), acted, everything=given.get("all") == "1")


@page("today/act/", roles=TELL, title=gettext_lazy("Act on it"), methods=POST)
def act_today(request: Request) -> HttpResponse:
    """Do something with a line: done, later, to a colleague, a task."""
    given = request.POST.dict()
    day = day_of(request, given)
    acted = acting.act(Answers(request.sight()), request.user, day, given, _this_day())
    return _answered(request, day, acted, everything=given.get("all") == "1")


@page("today/undo/", roles=TELL, title=gettext_lazy("Take it back"), methods=POST)
def undo_today(request: Request) -> HttpResponse:
    """Take back what was done or put off."""
    given = request.POST.dict()
    acted = acting.undo(request.sight(), request.user, given.get("task", ""))
    return _answered(request, day_of(request, given), acted, everything=given.get("all") == "1")


@page("today/past/", roles=TELL, title=gettext_lazy("What I did"), unattended=True)
def today_past(request: Request) -> Past | HttpResponse:
    """This month against what was meant, as a page of its own or a part of the day's."""
    content = past(Answers(request.sight()), request.user, day_of(request, request.GET.dict()), _this_day())
    return show(request, content, template="today/past.html") if request.htmx else content


def _today(request: Request, day: Day, acted: Acted | None, *, everything: bool) -> Today:
    answers, now = Answers(request.sight()), _this_day()
    laters = acting.laters(answers.sight, now)
    return Today(
        formats.day(now), day.of, day.name, day.choice, bool(day.csm_id), found(answers, request.user, day, everything=everything),
        laters, _others(request.user), acted, everything, laters[0].day, upcoming(answers, request.user, day, now),
    )  # fmt: skip


def _answered(request: Request, day: Day, acted: Acted, *, everything: bool) -> HttpResponse:
    """The list as it is now, or the way to the page for who has no scripts."""
    if request.htmx:
        return show(request, _today(request, day, acted, everything=everything), template="today/list.html")
    (messages.error if acted.failed else messages.success)(request, acted.said)
    told = {"of": day.of, "all": "1" if everything else "", "undo": str(acted.undo or "")}
    kept = urlencode({name: value for name, value in told.items() if value})
    return HttpResponseRedirect(reverse("today") + (f"?{kept}" if kept else ""))


def _others(user: User) -> tuple[tuple[int, str], ...]:
    return tuple((one.pk, one.name) for one in colleagues() if one.pk != user.pk)


def _this_day() -> date:
    return local_today()
