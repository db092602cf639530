"""Courses and skills of the people whom somebody leads, and assigning courses to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import UsageError
from tenure.engine.verbs.assign_training import Course
from tenure.web.access import leads, log
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import LEAD
from tenure.web.growing import courses, forms, skills, told, whose
from tenure.web.growing.courses import Counted
from tenure.web.growing.pages.mine import segments_of
from tenure.web.kit import figure, formats
from tenure.web.kit.reading import local_today
from tenure.web.kit.shell import Nav, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine import Sight
    from tenure.engine.growing_rules import GrowingRules
    from tenure.engine.training import Learner


@dataclass(frozen=True)
class Member:
    """Somebody of the line. ``below``: the skills in which she is below what is needed, as who leads sees it."""

    csm_id: str
    name: str
    counted: Counted
    below: tuple[str, ...]


@dataclass(frozen=True)
class TeamDevelopment:
    """``members``: by name. ``lacking``: by skill the names of those who are below what is needed. ``rate``: where the share of courses
    taken is told.
    """

    members: tuple[Member, ...]
    overdue: int
    lacking: tuple[tuple[str, tuple[str, ...]], ...]
    rate: str


@page(
    "team-development/", roles=LEAD, title=gettext_lazy("Team development"), nav=Nav(Section.TEAM, 45, "graduation-cap")
)  # fmt: skip
def team_development(request: Request) -> TeamDevelopment:
    """Who is to learn what, and what is late?"""
    sight = whose.sight(request.user)
    found, rules = sight.trainings(), sight.growing_rules()
    people, segments = _line(request, found.people), segments_of(sight)
    members = []
    for one in people:
        mine = [each for each in found.courses if each.csm_id == one.csm_id]
        below = skills.below(request.user, one.csm_id, rules, one.role, segments.get(one.csm_id, ()))
        members.append(Member(one.csm_id, one.name, courses.counted(mine, found.day), below))
    lacking = [
        (skill.name, tuple(one.name for one in members if skill.name in one.below)) for skill in rules.skills
    ]  # fmt: skip
    return TeamDevelopment(
        tuple(members), sum(one.counted.overdue for one in members), tuple(each for each in lacking if each[1]),
        figure.page_of("training_completion_rate", {"variant": "own_people"}),
    )  # fmt: skip


def _line(request: Request, people: Sequence[Learner]) -> list[Learner]:
    """Those of the line who work here, by name."""
    ids = leads.below(request.user)
    return sorted(
        (one for one in people if one.csm_id in ids and one.here), key=lambda one: (one.name.casefold(), one.csm_id)
    )


@dataclass(frozen=True)
class AssignPage:
    """The two forms, and the plans with their courses."""

    assign: forms.Assign
    plan: forms.Plan
    plans: tuple[tuple[str, tuple[tuple[str, int, bool], ...]], ...]


@page("team-development/assign/", roles=LEAD, title=gettext_lazy("Assign courses"), methods=FORM)
def assign_courses(request: Request) -> AssignPage | HttpResponse:
    """Assign one course to several people, or a plan of courses to somebody new."""
    sight = whose.sight(request.user)
    rules, people = sight.growing_rules(), _line(request, sight.trainings().people)
    options = [(one.csm_id, one.name) for one in people]
    assign, plan = _forms(request, options, rules, people)
    chosen = plan if request.POST.get("do") == "plan" else assign
    if request.method == "POST" and chosen.is_valid():
        given = chosen.cleaned_data
        if chosen is plan:
            wanted = courses.of_plan(rules, given["plan"], given["person"], given["first"], local_today())
        else:
            wanted = [Course(one, given["course"], given["due"], given["required"]) for one in given["people"]]
        try:
            _told(request, sight, wanted, given["message_id"])
        except UsageError as error:
            chosen.add_error(error.where if error.where in chosen.fields else None, f"{error.message} {error.fix}")
        else:
            return HttpResponseRedirect(reverse("team_development"))
    plans = tuple(
        (name, tuple((one.course, one.day, one.required) for one in rules.steps if one.plan == name))
        for name in rules.plans
    )
    return show(request, AssignPage(assign, plan, plans), status=422 if request.method == "POST" else 200)


def _forms(
    request: Request, options: forms.Options, rules: GrowingRules, people: Sequence[Learner]
) -> tuple[forms.Assign, forms.Plan]:
    """The two forms, that which was sent with what it says."""
    asked = request.GET.get("person", "")
    person = next((one for one in people if one.csm_id == asked), None)
    first = person.began if person and person.began else local_today()
    assign = forms.Assign.new(
        auto_id="assign_%s", of={"people": options}, people=[asked] if person else [], required=True
    )  # fmt: skip
    plan = forms.Plan.new(auto_id="plan_%s", of={"people": options, "plans": rules.plans}, person=asked, first=first)
    if request.method == "POST" and request.POST.get("do") == "plan":
        plan = forms.Plan(request.POST, auto_id="plan_%s", people=options, plans=rules.plans)
    elif request.method == "POST":
        assign = forms.Assign(request.POST, auto_id="assign_%s", people=options)
    return assign, plan


def _told(request: Request, sight: Sight, wanted: list[Course], message_id: str) -> None:
    found = sight.assign_training(wanted, by=log.sender(request.user.pk), message_id=message_id)
    count = len(found.ids)
    if count:
        told.assigned(request.user, [one for one in wanted if one not in found.had], message_id)
        said = ngettext("%(count)s course is assigned.", "%(count)s courses are assigned.", count)
        messages.success(request, said % {"count": formats.number(count)})
    if found.had:
        names = ", ".join(dict.fromkeys(one.course.strip() for one in found.had))
        messages.warning(request, _("Not assigned again, as it is open: %(courses)s") % {"courses": names})
