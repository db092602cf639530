"""One review: prepared, held, answered and signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.engine.review_rules import read
from tenure.web.access import leads
from tenure.web.access.page import GET, POST, Request, page, show
from tenure.web.evaluation import agenda, doing, files, forms, whose
from tenure.web.evaluation.models import Kind, Look
from tenure.web.evaluation.shown import Shown, shown
from tenure.web.kit.choice import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenure.web.evaluation.agenda import Section
    from tenure.web.evaluation.models import Review

_DROPPED = gettext_lazy("It is planned no more.")


@dataclass(frozen=True)
class OneReview:
    """``agenda``: as it was kept; ``asks``: it is asked for by itself. Forms are there for those who may use them."""

    review: Shown
    agenda: tuple[Section, ...]
    asks: bool
    write: forms.Write | None
    agree: forms.Agree | None
    answer: forms.Answer | None
    move: forms.Move | None


@page("reviews/<int:review>/", roles=leads.OPENS, title=gettext_lazy("Review"))
def one_review(request: Request, review: int) -> HttpResponse:
    """What is there to talk about, what was said and agreed, and who signed it?"""
    return _page(request, whose.get(request.user, review))


def _page(request: Request, review: Review, *, status: int = 200, **given: Any) -> HttpResponse:
    of = shown(request.user, review)
    open_ = review.signed_at is None
    takes_part = of.part != "line" and not of.erased
    fresh: dict[str, Any] = {"write": None, "agree": None, "answer": None, "move": None}
    if takes_part and open_:
        team = review.kind == Kind.TEAM
        fresh["write"] = forms.Write.new(auto_id="write_%s", of={"topics": of.topics, "team": team}, look=Look.SHARED)
        fresh["agree"] = forms.Agree.new(auto_id="agree_%s", of={"people": doing.people(review)})
    if of.part == "subject" or (takes_part and not open_):
        fresh["answer"] = forms.Answer.new(auto_id="answer_%s")
    if of.part == "leader" and of.stage == "planned":
        fresh["move"] = forms.Move(initial={"day": review.day}, auto_id="move_%s")
    asks = review.held_at is None or (review.kind == Kind.TEAM and open_)
    content = OneReview(of, agenda.kept(review), asks and takes_part, **(fresh | given))
    return show(request, content, status=status, template="evaluation/one_review.html")


@dataclass(frozen=True)
class ReviewAgenda:
    """The agenda as it is now."""

    id: int
    agenda: tuple[Section, ...]


@page("reviews/<int:review>/agenda/", roles=leads.OPENS, title=gettext_lazy("Agenda"), unattended=True)
def review_agenda(request: Request, review: int) -> ReviewAgenda | HttpResponse:
    """What changed since the last one, as a page of its own or a part of the review's."""
    found = whose.part(request.user, review)
    if found.erased_at is not None:
        raise Http404
    content = ReviewAgenda(found.pk, _prepared(request, found))
    return show(request, content, template="evaluation/agenda.html") if request.htmx else content


def _prepared(request: Request, review: Review) -> tuple[Section, ...]:
    return agenda.prepared(agenda.about(request.user, review, read(review.rules.text)))


@page("reviews/<int:review>/write/", roles=leads.OPENS, title=gettext_lazy("Write a note"), methods=POST)
def write_to_review(request: Request, review: int) -> HttpResponse:
    """Write to a review, for oneself or for those who take part."""
    found = whose.part(request.user, review)
    if found.erased_at is not None:
        raise Http404
    rules = read(found.rules.text)
    template = rules.template(found.kind)
    form = forms.Write(
        request.POST, topics=template.topics if template else (), team=found.kind == Kind.TEAM, auto_id="write_%s"
    )
    if not form.is_valid():
        return _page(request, found, status=422, write=form)
    given = form.cleaned_data
    if found.signed_at is not None and given["look"] == Look.SHARED:
        return _done(request, found, doing.signed_already())
    doing.write(found, request.user, Look(given["look"]), given["text"], topic=given["topic"], key=given["message_id"])
    return _done(request, found)


@page("reviews/<int:review>/answer/", roles=leads.OPENS, title=gettext_lazy("Answer"), methods=POST)
def answer_review(request: Request, review: int) -> HttpResponse:
    """Say something to a review of one's own, at any time; to one that is signed it is added."""
    found = whose.part(request.user, review)
    if found.erased_at is not None or (found.signed_at is None and request.user.pk != found.subject_id):
        raise Http404
    form = forms.Answer(request.POST, auto_id="answer_%s")
    if not form.is_valid():
        return _page(request, found, status=422, answer=form)
    look = Look.ANSWER if request.user.pk == found.subject_id else Look.SHARED
    doing.write(found, request.user, look, form.cleaned_data["text"], key=form.cleaned_data["message_id"])
    return _done(request, found)


@page("reviews/<int:review>/agree/", roles=leads.OPENS, title=gettext_lazy("Agree"), methods=POST)
def agree_in_review(request: Request, review: int) -> HttpResponse:
    """Note what is agreed, which makes a task."""
    found = whose.part(request.user, review)
    form = forms.Agree(request.POST, people=doing.people(found), auto_id="agree_%s")
    if not form.is_valid():
        return _page(request, found, status=422, agree=form)
    given = form.cleaned_data
    owner = next(one for one in doing.people(found) if one.pk == given["owner"])
    try:
        doing.agree(
            found, request.user, request.sight(), given["text"], owner, given["due"], key=given["message_id"]
        )  # fmt: skip
    except UsageError as error:
        return _done(request, found, error)
    return _done(request, found)


@page("reviews/<int:review>/do/", roles=leads.OPENS, title=gettext_lazy("Change the review"), methods=POST)
def act_on_review(request: Request, review: int) -> HttpResponse:
    """Hold it, share what one judged, sign it, move or drop it, or take a note of one's own out (``do``)."""
    if request.POST.get("do") == "drop" and doing.was_dropped(review, request.user):  # a second click
        messages.success(request, str(_DROPPED))
        return HttpResponseRedirect(reverse("team_reviews"))
    found = whose.part(request.user, review)
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    try:
        said = act(request, found)
    except UsageError as error:
        return _done(request, found, error)
    messages.success(request, said)
    gone = not whose.own(request.user).filter(pk=found.pk).exists()
    return HttpResponseRedirect(reverse("team_reviews") if gone else reverse("one_review", args=[found.pk]))


def _hold(request: Request, review: Review) -> str:
    found = whose.held_by(request.user, review.pk)
    sections = () if found.kind == Kind.TEAM else _prepared(request, found)
    doing.hold(found, request.user, agenda.as_kept(sections))
    if found.kind == Kind.TEAM:
        return _("It is held. Now it can be signed.")
    return _("It is held. The agenda is kept as it was; now it can be signed.")


def _share(request: Request, review: Review) -> str:
    doing.share(review, request.user)
    return _("Both of you see it now.")


def _sign(request: Request, review: Review) -> str:
    rules = read(review.rules.text)
    if request.user.pk not in doing.signers(review):
        raise Http404
    doing.sign(review, request.user, rules.template(review.kind), len(rules.skills), request.POST.get("seen", ""))
    return _("Signed.")


def _move(request: Request, review: Review) -> str:
    found = whose.held_by(request.user, review.pk)
    form = forms.Move(request.POST)
    if not form.is_valid():
        raise UsageError(_("This is no day."), code="bad_day", fix=_("Write it as 2026-12-24."))
    doing.move(found, request.user, form.cleaned_data["day"])
    return _("It is moved.")


def _drop(request: Request, review: Review) -> str:
    doing.drop(whose.held_by(request.user, review.pk), request.user)
    return str(_DROPPED)


def _take_out(request: Request, review: Review) -> str:
    note = number_of(request.POST.get("note", ""))
    if not doing.take_out(review, request.user, note) and (not note or review.notes.filter(pk=note).exists()):
        raise Http404
    return _("The note is taken out.")


_ACTS: dict[str, Callable[[Request, Review], str]] = {
    "hold": _hold, "share": _share, "sign": _sign, "move": _move, "drop": _drop, "take_out": _take_out,
}  # fmt: skip


@page("reviews/<int:review>/paper/", roles=leads.OPENS, title=gettext_lazy("Review as PDF"), methods=GET)
def review_paper(request: Request, review: int) -> HttpResponse:
    """The review on paper, without anybody's private notes."""
    found = whose.get(request.user, review)
    return files.paper(shown(request.user, found), agenda.kept(found))


def _done(request: Request, review: Review, wrong: UsageError | None = None) -> HttpResponse:
    if wrong is not None:
        messages.warning(request, f"{wrong.message} {wrong.fix}")
    return HttpResponseRedirect(reverse("one_review", args=[review.pk]))
