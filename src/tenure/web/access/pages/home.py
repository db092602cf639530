"""The first page."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE
from tenure.web.access.shell import landing


@page("", roles=EVERYONE, title=gettext_lazy("Home"))
def home(request: Request) -> HttpResponse:
    """Where a person's work is; her account where nothing else is for her yet."""
    found = landing(request.user)
    return HttpResponseRedirect(reverse(found.name if found else "account"))
