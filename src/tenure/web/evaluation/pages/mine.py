"""Lists of reviews: one's own, and those of the people whom one leads, with what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import UsageError
from tenure.web.access import leads
from tenure.web.access.lines import direct_now
from tenure.web.access.models import User
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import LEAD, Role
from tenure.web.evaluation import doing, forms, rhythm, whose
from tenure.web.evaluation.models import Kind, Review
from tenure.web.kit import formats
from tenure.web.kit.choice import number_of
from tenure.web.kit.people import names
from tenure.web.kit.reading import local_today
from tenure.web.kit.shell import Nav, Section, Text

if TYPE_CHECKING:
    from datetime import date

    from tenure.engine.review_rules import ReviewRules, Skill
    from tenure.web.evaluation.rhythm import Due
    from tenure.web.kit.scores import Tone

_MOST = 100


@dataclass(frozen=True)
class Line:
    """A review in a list. ``what``: what the reader has to do with it now."""

    id: int
    name: str
    who: str
    day: str
    state: Text
    tone: Tone
    what: Text


@dataclass(frozen=True)
class Next:
    """When a review of a kind is due. ``review``: the one that is planned; ``plan``: where one is planned."""

    kind: str
    name: str
    every: int
    last: str
    last_id: int
    due: str
    late: bool
    review: int
    plan: str


@dataclass(frozen=True)
class MyReviews:
    """``next``: when the next ones with whom one reports to (``leader``) are due."""

    leader: str
    next: tuple[Next, ...]
    ahead: tuple[Line, ...]
    past: tuple[Line, ...]


@page("reviews/", roles=leads.OPENS, title=gettext_lazy("My reviews"), nav=Nav(Section.WORK, 75, "messages-square"))
def my_reviews(request: Request) -> MyReviews:
    """What was said of my work, what was agreed, and what comes next?"""
    user, now = request.user, local_today()
    found = list(whose.own(user).exclude(leader=user)[:_MOST])
    lines = [(_line(one, user, now), one) for one in found]
    leader = leads.leader(user)
    rules = request.sight().review_rules()
    kinds = rhythm.kinds_of(user)
    next_ = tuple(_next(rhythm.due(rules, leader, user, kind, now), None) for kind in kinds) if leader else ()
    return MyReviews(
        leader.name if leader else "", next_, tuple(line for line, one in reversed(lines) if one.signed_at is None),
        tuple(line for line, one in lines if one.signed_at is not None),
    )  # fmt: skip


@dataclass(frozen=True)
class Member:
    """Somebody of the team, or the team itself (``id`` 0), with what is due and what is open of what was agreed."""

    id: int
    name: str
    next: tuple[Next, ...]
    open: int


@dataclass(frozen=True)
class TeamReviews:
    """``ahead``: planned, or held and not signed; ``past``: signed; ``below``: evaluations that others of the line signed; ``outside``:
    who reports to her and has no log-in to take part with.
    """

    members: tuple[Member, ...]
    ahead: tuple[Line, ...]
    past: tuple[Line, ...]
    below: tuple[Line, ...]
    late: int
    outside: tuple[str, ...]


@page("team-reviews/", roles=LEAD, title=gettext_lazy("Team reviews"), nav=Nav(Section.TEAM, 40, "clipboard-pen-line"))
def team_reviews(request: Request) -> TeamReviews:
    """With whom do I talk next, and what about?"""
    user, now = request.user, local_today()
    rules = request.sight().review_rules()
    people = leads.team(user)
    members = [_member(rules, user, one, now) for one in people]
    if people:
        members.append(_member(rules, user, None, now))
    mine = [(one, _line(one, user, now)) for one in whose.own(user).filter(leader=user)[:_MOST]]
    signed = whose.visible(user).filter(kind=Kind.EVALUATION).exclude(subject=user).exclude(leader=user)
    below = [_line(one, user, now) for one in signed[:_MOST]]
    return TeamReviews(
        tuple(members), tuple(line for one, line in reversed(mine) if one.signed_at is None),
        tuple(line for one, line in mine if one.signed_at is not None), tuple(below),
        sum(each.late for one in members for each in one.next), _outside(request, {one.csm_id for one in people}),
    )  # fmt: skip


def _outside(request: Request, inside: set[str]) -> tuple[str, ...]:
    """The names of those who report to the reader directly and cannot log in."""
    others = direct_now(request.user.csm_id) - inside
    named = names.of(request.sight()) if others else {}
    return tuple(sorted(named.get(one, one) for one in others))


def _member(rules: ReviewRules, leader: User, one: User | None, now: date) -> Member:
    with_ = f"&person={one.pk}" if one else ""
    found = tuple(
        _next(rhythm.due(rules, leader, one, kind, now), f"{reverse('plan_review')}?kind={kind}{with_}")
        for kind in rhythm.kinds_of(one)
    )
    return Member(one.pk if one else 0, one.name if one else _("The team"), found, doing.open_with(leader, one))


def _next(of: Due, plan: str | None) -> Next:
    return Next(
        of.kind, of.name, of.every, formats.day(of.last.day) if of.last else "", of.last.pk if of.last else 0,
        formats.day(of.due), of.late, of.planned.pk if of.planned else 0, plan or "",
    )  # fmt: skip


def _line(one: Review, user: User, now: date) -> Line:
    signed = {each.by_id for each in one.signatures.all()}
    state, tone, what = _state(one, now)
    if one.held_at and not one.signed_at and user.pk in doing.signers(one):
        what = _("waits for the other signature") if user.pk in signed else _("to be signed by you")
    who = one.leader.name if user.pk != one.leader_id and user.pk == one.subject_id else _with(one)
    return Line(one.pk, one.name, who, formats.day(one.day), state, tone, what)


def _with(one: Review) -> str:
    return one.subject.name if one.subject else _("the team of %(name)s") % {"name": one.leader.name}


def _state(one: Review, now: date) -> tuple[Text, Tone, Text]:
    if one.signed_at:
        return _("signed"), "good", ""
    if one.held_at:
        return _("held"), "", ""
    late = one.day < now
    return (_("late"), "bad", "") if late else (_("planned"), "", _("prepare it"))


# Planned


@dataclass(frozen=True)
class PlanForm:
    """The form in which a review is planned."""

    form: forms.Plan


@page("team-reviews/plan/", roles=LEAD, title=gettext_lazy("Plan a review"), methods=FORM)
def plan_review(request: Request) -> PlanForm | HttpResponse:
    """Plan a 1:1, a team meeting or an evaluation with somebody of one's line."""
    line = leads.line(request.user)
    if request.method != "POST":
        kind, person = request.GET.get("kind", Kind.ONE_TO_ONE), number_of(request.GET.get("person", ""))
        return PlanForm(forms.Plan.new(of={"line": line}, kind=kind, person=person or None, day=local_today()))
    form = forms.Plan(request.POST, line=line)
    if form.is_valid():
        given = form.cleaned_data
        team = given["kind"] == Kind.TEAM
        subject = None if team else next(one for one in line if one.pk == given["person"])
        seats = tuple(leads.team(request.user)) if team else ()
        try:
            wanted = doing.Planned(given["kind"], subject, given["day"], given["message_id"], seats)
            made = doing.plan(request.user, wanted, request.sight().review_rules())
        except UsageError as error:
            form.add_error(None, f"{error.message} {error.fix}")
        else:
            messages.success(request, _("It is planned, and those who take part are told."))
            return HttpResponseRedirect(reverse("one_review", args=[made.pk]))
    return show(request, PlanForm(form), status=422)


@page("team-reviews/rhythm/", roles=LEAD, title=gettext_lazy("How often"), methods=POST)
def set_rhythm(request: Request) -> HttpResponse:
    """Have reviews with somebody, or with the team, so many days apart; without a number as the template has it."""
    form = forms.Rhythm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Say in days, from 1 to 1,000, how far they are apart."))
        return HttpResponseRedirect(reverse("team_reviews"))
    given = form.cleaned_data
    subject = next((one for one in leads.line(request.user) if one.pk == given["person"]), None)
    if (subject is None) != (given["kind"] == Kind.TEAM):
        raise Http404
    rhythm.keep(request.user, subject, given["kind"], given["every"])
    messages.success(request, _("Noted."))
    return HttpResponseRedirect(reverse("team_reviews"))


# What is judged by, and erased


@dataclass(frozen=True)
class ReviewSkills:
    """The skills with their levels. ``version``: the hash of the file that they are in."""

    version: str
    skills: tuple[Skill, ...]


@page("reviews/skills/", roles=leads.OPENS, title=gettext_lazy("What is judged"))
def review_skills(request: Request) -> ReviewSkills:
    """By which levels is work judged here?"""
    rules = request.sight().review_rules()
    return ReviewSkills(rules.version, rules.skills)


@dataclass(frozen=True)
class Gone:
    """Somebody who left, and how many reviews of hers hold words."""

    id: int
    name: str
    reviews: int


@dataclass(frozen=True)
class EraseReviews:
    """Whose reviews can be erased."""

    gone: tuple[Gone, ...]


@page("reviews/erase/", roles=(Role.ADMINISTRATOR,), title=gettext_lazy("Erase reviews"), methods=FORM)
def erase_reviews(request: Request) -> EraseReviews | HttpResponse:
    """Take the words out of the reviews of somebody who left: no administrator reads them for that."""
    left = User.objects.filter(is_active=False).order_by("name", "pk")
    if request.method == "POST":
        person = left.filter(pk=number_of(request.POST.get("person", ""))).first()
        if person is None:
            raise Http404
        count = doing.erase(person, request.user)
        said = ngettext("%(count)s review holds no words any more.", "%(count)s reviews hold no words any more.", count)
        messages.success(request, said % {"count": formats.number(count)})
        return HttpResponseRedirect(reverse("erase_reviews"))
    counted = ((one, Review.objects.filter(subject=one, erased_at=None).count()) for one in left)
    return EraseReviews(tuple(Gone(one.pk, one.name, count) for one, count in counted if count))
