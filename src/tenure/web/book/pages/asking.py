"""Where forms beside the list lead: they change what its address asks, and go there."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE
from tenure.web.book.filling import Filled
from tenure.web.book.looking import look
from tenure.web.kit.asking import Answers


@page("book/filter/", roles=EVERYONE, title=gettext_lazy("Filter accounts"))
def filter_list(request: Request) -> HttpResponse:
    """The list with a filter more, or another one in the place of one."""
    at = look(request, Answers(request.sight()))
    form = Filled(request.GET)
    found = form.filter_of(at.columns, request.GET.getlist("value")) if form.is_valid() else None
    if found is None:
        messages.error(
            request, _("That filter was not whole: choose or fill in a value that makes sense of the column.")
        )
        return HttpResponseRedirect(reverse("accounts") + at.link())
    return HttpResponseRedirect(reverse("accounts") + at.link(at.of.adding(found, form.cleaned_data["at"])))


@page("book/arrange/", roles=EVERYONE, title=gettext_lazy("Arrange the list"))
def arrange_list(request: Request) -> HttpResponse:
    """The list with a column more, or in another order."""
    at = look(request, Answers(request.sight()))
    column, of = request.GET.get("column", ""), at.of
    if column in at.columns and column not in of.columns:
        of = replace(of, columns=(*of.columns, column))
    sorts = [name for name in request.GET.getlist("sort") if name.removeprefix("-") in at.columns]
    if sorts:
        of = replace(of, order=tuple({name.removeprefix("-"): name for name in reversed(sorts)}.values())[::-1])
    return HttpResponseRedirect(reverse("accounts") + at.link(of))
