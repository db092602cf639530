"""What was told of accounts here, by whom, and how it is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.web.access.page import FORM, Request, page
from tenure.web.access.roles import OPERATE, TELL
from tenure.web.book import telling
from tenure.web.book.models import Run
from tenure.web.book.shared import BEYOND
from tenure.web.kit import formats
from tenure.web.kit.people import names

_MOST = 100


@dataclass(frozen=True)
class Done:
    """Something told of accounts. ``undo``: where it is taken back, empty where it is not any more; ``undone``: by whom it was,
    with of how many it stands all the same.
    """

    what: str
    value: str
    accounts: str
    by: str
    at: datetime
    undo: str
    undone: str
    kept: str


@dataclass(frozen=True)
class Changes:
    """The last of it; ``all``: of everybody."""

    runs: tuple[Done, ...]
    all: bool


@dataclass(frozen=True)
class Undoing:
    """What would be taken back."""

    number: int
    run: Done


@page("book/changes/", roles=TELL, title=gettext_lazy("Changes to accounts"), within="accounts")
def changes(request: Request) -> Changes:
    """What one told of accounts, or everybody did, for those who look after the data."""
    everybody = not OPERATE.isdisjoint(request.user.roles)
    runs = Run.objects.select_related("by", "undone_by").order_by("-at")
    found = runs if everybody else runs.filter(by=request.user)
    return Changes(tuple(_done(request, each) for each in found[:_MOST]), everybody)


@page("book/changes/<int:number>/undo/", roles=TELL, title=gettext_lazy("Undo"), methods=FORM)
def undo_run(request: Request, number: int) -> Undoing | HttpResponse:
    """Take back what was told, if that is not too long ago."""
    run = Run.objects.select_related("by", "undone_by").filter(pk=min(number, BEYOND)).first()
    if run is None or not (run.by_id == request.user.pk or not OPERATE.isdisjoint(request.user.roles)):
        raise Http404
    if not telling.may_undo(run, request.user):
        messages.error(request, _("That was taken back already, or is longer ago than a day."))
        return HttpResponseRedirect(reverse("changes"))
    if request.method != "POST":
        return Undoing(run.pk, _done(request, run))
    kept = telling.undo(request.sight(), run, request.user)
    if kept:
        said = ngettext(
            "Taken back, but for %(count)s account of which more was told since, or that is not yours any more.",
            "Taken back, but for %(count)s accounts of which more was told since, or that are not yours any more.", kept,
        )  # fmt: skip
        messages.warning(request, said % {"count": formats.number(kept)})
    else:
        messages.success(request, _("Taken back: all is as it was before."))
    return HttpResponseRedirect(reverse("changes"))


def _done(request: Request, run: Run) -> Done:
    people = names.of(request.sight()) if run.act == telling.OWNER else {}
    return Done(
        telling.called(run.act), people.get(run.value, run.value), formats.number(run.accounts), run.by.name, run.at,
        reverse("undo_run", args=[run.pk]) if telling.may_undo(run, request.user) else "",
        run.undone_by.name if run.undone_by else "", formats.number(run.kept) if run.kept else "",
    )  # fmt: skip
