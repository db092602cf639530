"""Courses and skills of one person: one's own, or of somebody whom one leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.access import leads, log
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.growing import courses, forms, skills, whose
from tenure.web.growing.courses import Counted, Line
from tenure.web.kit.once import tell
from tenure.web.kit.shell import Nav, Section

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.training import Learner
    from tenure.engine.verbs.trainings import TrainingsFound
    from tenure.web.growing.skills import OfSkill

_WITHDRAWN = gettext_lazy("It is withdrawn.")


@dataclass(frozen=True)
class Development:
    """``csm_id``: whose; empty for who is none of our people. ``own``: the reader's; ``outside``: she has no log-in to say anything with.
    ``role``, ``segments``: by which what is needed is told.
    """

    csm_id: str
    name: str
    own: bool
    outside: bool
    role: str
    segments: tuple[str, ...]
    courses: tuple[Line, ...]
    counted: Counted
    skills: tuple[OfSkill, ...]
    version: str


@page(
    "development/", roles=leads.OPENS, title=gettext_lazy("My development"), nav=Nav(Section.WORK, 77, "graduation-cap")
)
def development(request: Request) -> Development:
    """What am I to learn, and where do I stand?"""
    csm_id = request.user.csm_id
    if not csm_id:
        return Development(
            "", "", True, False, "", (), (), courses.counted((), request.sight().trainings().day), (), ""
        )
    return _of(request, csm_id)


@page("development/of/<str:csm_id>/", roles=leads.OPENS, title=gettext_lazy("Development"), sensitive=True)
def development_of(request: Request, csm_id: str) -> HttpResponse:
    """What is somebody of my line to learn, and where does she stand?"""
    return show(request, _of(request, whose.person(request.user, csm_id)), template="growing/development.html")


def _of(request: Request, csm_id: str) -> Development:
    sight = whose.sight(request.user)
    found, rules = sight.trainings(), sight.growing_rules()
    person = learner(found.people, csm_id)
    segments = segments_of(sight).get(csm_id, ())
    mine = [one for one in found.courses if one.csm_id == csm_id]
    return Development(
        csm_id, person.name, csm_id == request.user.csm_id, not leads.people_of([csm_id]), person.role, segments,
        courses.lines(mine, found.day), courses.counted(mine, found.day),
        skills.of(request.user, csm_id, person.name, rules, person.role, segments), rules.version,
    )  # fmt: skip


def learner(people: tuple[Learner, ...], csm_id: str) -> Learner:
    """One of them. Raises ``Http404`` for another."""
    found = next((one for one in people if one.csm_id == csm_id), None)
    if found is None:
        raise Http404
    return found


def segments_of(sight: Sight) -> dict[str, tuple[str, ...]]:
    """The segments of the customers that each of them has, by her id."""
    rows = sight.every("accounts", columns=("owner", "segment"), where=[("is_customer", "equals", True)])
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["owner"] and row["segment"]:
            found.setdefault(row["owner"], set()).add(row["segment"])
    return {owner: tuple(sorted(some)) for owner, some in found.items()}


# A skill


@dataclass(frozen=True)
class SaySkill:
    """The form. ``own``: it is the reader's skill; ``back``: where it is shown."""

    name: str
    about: str
    whose: str
    own: bool
    back: str
    form: forms.SkillLevel


@page("development/of/<str:csm_id>/skill/<str:skill>/", roles=leads.OPENS, title=gettext_lazy("Skill"), methods=FORM)
def say_skill(request: Request, csm_id: str, skill: str) -> SaySkill | HttpResponse:
    """Say at which level one sees a skill, and what that rests on."""
    sight = whose.sight(request.user)
    whose.person(request.user, csm_id)
    rules, person = sight.growing_rules(), learner(sight.trainings().people, csm_id)
    of = rules.skill(skill)
    if of is None:
        raise Http404
    own = csm_id == request.user.csm_id
    back = reverse("development") if own else reverse("development_of", args=[csm_id])
    if request.method != "POST":
        return SaySkill(of.name, of.about, person.name, own, back, forms.SkillLevel.new(of={"skill": of}))
    form = forms.SkillLevel(request.POST, skill=of)
    if not form.is_valid():
        return show(request, SaySkill(of.name, of.about, person.name, own, back, form), status=422)
    given = form.cleaned_data
    level, text, key = given["level"], given["text"], given["message_id"]
    tell(
        request,
        lambda: skills.say(request.user, csm_id, of, level, text, version=rules.version, key=key),
        _("Noted. The other side sees it once both have said theirs; what was said before stays."),
    )
    return HttpResponseRedirect(f"{back}#skill-{of.slug}")


# A course


@dataclass(frozen=True)
class CoursePage:
    """A course of somebody. ``leads``: the reader may withdraw it."""

    line: Line
    name: str
    own: bool
    leads: bool
    back: str
    form: forms.Done


@page("development/course/<path:training>/", roles=leads.OPENS, title=gettext_lazy("Course"), methods=FORM)
def course_page(request: Request, training: str) -> CoursePage | HttpResponse:
    """Say that a course was taken, that it is open again, or that it is withdrawn."""
    sight = whose.sight(request.user)
    found = sight.trainings()
    one = next((each for each in found.courses if each.id == training), None)
    if one is None:
        return _gone(request, found, training)
    (line,) = courses.lines([one], found.day)
    own = one.csm_id == request.user.csm_id
    back = reverse("development") if own else reverse("development_of", args=[one.csm_id])
    may = one.csm_id in leads.below(request.user)
    of = (line, learner(found.people, one.csm_id).name, own, may, back)
    if request.method != "POST":
        return CoursePage(*of, forms.Done.new(day=found.day))
    form, what = forms.Done(request.POST), request.POST.get("do", "")
    if what not in ("done", "open", *(("withdrawn",) if may else ())):
        raise Http404
    if form.is_valid():
        given = form.cleaned_data
        day, score = (given["day"], given["score"]) if what == "done" else (None, None)
        try:
            _settle(request, sight, training, what, given["message_id"], day=day, score=score)
        except UsageError as error:
            form.add_error(error.where if error.where in form.fields else None, f"{error.message} {error.fix}")
        else:
            return HttpResponseRedirect(back)
    return show(request, CoursePage(*of, form), status=422)


def _gone(request: Request, found: TrainingsFound, training: str) -> HttpResponse:
    """A course that counts no more: who withdraws it once more is told what is so. Raises ``Http404`` for any other, and for anybody else."""
    one = next((each for each in found.withdrawn if each.id == training), None)
    if one is None or request.POST.get("do") != "withdrawn" or one.csm_id not in leads.below(request.user):
        raise Http404
    messages.success(request, str(_WITHDRAWN))
    return HttpResponseRedirect(reverse("development_of", args=[one.csm_id]))


def _settle(request: Request, sight: Sight, training: str, what: str, message_id: str, **more: object) -> None:
    reason = request.POST.get("reason", "")[:300]
    by = log.sender(request.user.pk)
    said = {"done": _("It is taken."), "open": _("It is open again."), "withdrawn": str(_WITHDRAWN)}[what]
    tell(
        request,
        lambda: sight.settle_training(training, what, by=by, message_id=message_id, reason=reason, **more),  # type: ignore[arg-type]
        said,
    )
