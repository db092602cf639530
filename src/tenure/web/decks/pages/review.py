"""Preparing a business review: what is chosen and written, what each slide will say, and the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import TELL
from tenure.web.decks.asked import SECTIONS, asked
from tenure.web.decks.forms import Review, initial_of
from tenure.web.decks.gathered import Gathered, gathered
from tenure.web.decks.jobs import FILE, KINDS
from tenure.web.decks.models import DeckDraft
from tenure.web.decks.sections.voice import said_of, shown
from tenure.web.decks.telling import told
from tenure.web.kit import drawn
from tenure.web.kit.reading import local_today
from tenure.web.post import jobs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tenure.web.decks.slides import Slide
    from tenure.web.kit.shell import Text

#: Signs of an answer's words that the form shows.
_SHOWN = 90


@dataclass(frozen=True)
class BusinessReview:
    """``slides``: what they will say; ``empty``: of which parts there is nothing to show. ``changed_by`` and ``changed_at``: of the
    draft, where there is one. ``draws``: a PDF can be made.
    """

    id: str
    name: str
    form: Review
    slides: tuple[Slide, ...]
    empty: tuple[Text, ...]
    changed_by: str
    changed_at: datetime | None
    draws: bool


@page("accounts/<path:account_id>/business-review/", roles=TELL, title=gettext_lazy("Business review"), methods=FORM)
def business_review(request: Request, account_id: str) -> BusinessReview | HttpResponse:
    """Prepare what a customer is shown of a period, see what each slide says, and have it made (``what``: save, pptx or pdf)."""
    sight = request.sight()
    draft = DeckDraft.objects.select_related("changed_by").filter(account_id=account_id).first()
    kept = draft.asked if draft else {"presenter": request.user.name}
    found = _gathered(request, account_id, kept)
    of_form: dict[str, Any] = {"settings": sight.settings(), "today": found.today, "answers": _answers(found)}
    if request.method != "POST":
        form = Review.new(of=of_form, **initial_of(kept, found.asked.over, request.user.name))
        return _page(account_id, found, form, draft)
    form = Review(request.POST, **of_form)
    if not form.is_valid():
        return show(request, _page(account_id, found, form, draft), status=422)
    given = form.told(kept)
    DeckDraft.objects.update_or_create(
        account_id=account_id, defaults={"asked": given, "changed_by": request.user, "changed_at": timezone.now()}
    )
    return _kept(request, account_id, found.name, given, form.cleaned_data["message_id"])


def _kept(request: Request, account_id: str, name: str, given: Mapping[str, Any], message_id: str) -> HttpResponse:
    """After the draft is kept: back to it, or on to the file that is being made."""
    what = request.POST.get("what", "save")
    if what == "save":
        messages.success(request, _("The draft is kept. Below is what the slides say now."))
        return HttpResponseRedirect(reverse("business_review", args=[account_id]))
    if what not in KINDS:
        raise Http404
    title = _("Business review of %(name)s (%(kind)s)") % {"name": name, "kind": what.upper()}
    jobs.start(
        request.user, FILE, title, key=f"{FILE}:{message_id}:{what}", account_id=account_id, given=given, made_as=what
    )
    messages.success(request, _("The file is being made. It waits for you here."))
    return HttpResponseRedirect(reverse("jobs"))


def _gathered(request: Request, account_id: str, kept: Mapping[str, Any]) -> Gathered:
    sight = request.sight()
    found = gathered(sight, account_id, asked(kept, sight.settings(), local_today()))
    if found is None:
        raise Http404
    return found


def _answers(found: Gathered) -> list[tuple[str, str]]:
    """The answers that have words, with how these begin."""
    told = []
    for row in shown(found):
        if words := " ".join((row["text"] or "").split()):
            begins = words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()}…"
            told.append((row["answer_id"], f"“{begins}” {said_of(row)}"))
    return told


def _page(account_id: str, found: Gathered, form: Review, draft: DeckDraft | None) -> BusinessReview:
    deck, empty = told(found)
    return BusinessReview(
        account_id, found.name, form, deck.slides, tuple(SECTIONS[name] for name in empty),
        draft.changed_by.name if draft else "", draft.changed_at if draft else None, drawn.is_there(),
    )  # fmt: skip
