"""Where forms beside the list lead: they change what its address asks, and go there."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE
from tenure.web.book.asked import Asked
from tenure.web.book.filling import Filled
from tenure.web.book.looking import Looking, look
from tenure.web.kit.asking import Answers


@page("book/ask/<slug:what>/", roles=EVERYONE, title=gettext_lazy("Ask the list"))
def ask_list(request: Request, what: str) -> HttpResponse:
    """The list as a form beside it asks for: ``filter``: with a filter more, or another one in the place of one; ``arrange``: with a
    column more, or in another order.
    """
    at = look(request.user, Answers(request.sight()), request.GET.dict())
    changed = {"filter": _filtered, "arrange": _arranged}.get(what)
    if changed is None:
        raise Http404
    return HttpResponseRedirect(reverse("accounts") + at.link(changed(request, at)))


def _filtered(request: Request, at: Looking) -> Asked:
    form = Filled(request.GET)
    found = form.filter_of(at.columns, request.GET.getlist("value")) if form.is_valid() else None
    if found is None:
        messages.error(
            request, _("That filter was not whole: choose or fill in a value that makes sense of the column.")
        )
        return at.of
    return at.of.adding(found, form.cleaned_data["at"])


def _arranged(request: Request, at: Looking) -> Asked:
    column, of = request.GET.get("column", ""), at.of
    if column in at.columns and column not in of.columns:
        of = replace(of, columns=(*of.columns, column))
    order: dict[str, str] = {}
    for name in request.GET.getlist("sort"):
        if name.removeprefix("-") in at.columns:
            order.setdefault(name.removeprefix("-"), name)  # of one column twice the first counts
    return replace(of, order=tuple(order.values())) if order else of
