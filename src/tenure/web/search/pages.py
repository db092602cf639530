"""The page of search, whose results the palette shows too."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.search.finding import Group, accounts, names

#: What the palette asks for at once: so that accounts, which may take longer, keep nothing else waiting.
_PARTS = {"names": names, "accounts": accounts}


@dataclass(frozen=True)
class Search:
    """``groups``: what fits, by kind."""

    search: str
    groups: tuple[Group, ...]


@page("search/", roles=EVERYONE, title=gettext_lazy("Search"))
def search(request: Request) -> Search | HttpResponse:
    """Pages, metrics and accounts that fit some words, as a page or, in parts, for the palette."""
    words = " ".join(request.GET.get("q", "")[:100].split())
    part = _PARTS.get(request.GET.get("part", ""))
    if part is not None:
        return show(request, Search(words, part(request, words)), template="search/found.html")
    return Search(words, (*names(request, words), *accounts(request, words)))
