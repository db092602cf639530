"""The first page, and the way to all others."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Page, Request, declared, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.access.shell import landing
from tenure.web.kit.shell import Text


@page("", roles=EVERYONE, title=gettext_lazy("Home"))
def home(request: Request) -> HttpResponse:
    """Where a person's work is; her account where nothing else is for her yet."""
    found = landing(request.user)
    return HttpResponseRedirect(reverse(found.name if found else "account"))


@dataclass(frozen=True)
class Place:
    """A page to go to."""

    title: Text
    section: Text
    url: str
    icon: str


@dataclass(frozen=True)
class Go:
    """``places``: what fits the search."""

    search: str
    places: tuple[Place, ...]


@page("go/", roles=EVERYONE, title=gettext_lazy("Go to"))
def go(request: Request) -> Go | HttpResponse:
    """Every page a person may open, as a list or, as a part, for the palette."""
    search = request.GET.get("q", "").strip()[:100]
    words = search.casefold().split()
    places = tuple(
        _place(each)
        for each in sorted(declared(), key=lambda each: str(each.title))
        if _leads_somewhere(each) and each.opens_for(request.user.roles) and all(w in _text(each) for w in words)
    )
    content = Go(search, places)
    if "part" in request.GET:
        return show(request, content, template="access/go_places.html")
    return content


def _leads_somewhere(each: Page) -> bool:
    """Whether it is a page of its own, which needs nothing to be said."""
    return "GET" in each.methods and not each.public and "<" not in each.route and each.name not in ("home", "go")


def _place(each: Page) -> Place:
    section = each.nav.section.value if each.nav else ""
    return Place(each.title, section, reverse(each.name), each.nav.icon if each.nav else "arrow-right")


def _text(each: Page) -> str:
    return f"{each.title} {each.name} {each.nav.section.value if each.nav else ''}".casefold()
