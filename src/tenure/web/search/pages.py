"""The page of search, whose results the palette shows too."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.search.finding import Group, everything


@dataclass(frozen=True)
class Search:
    """``groups``: what fits, by kind; ``count``: how many that are."""

    search: str
    groups: tuple[Group, ...]
    count: int


@page("search/", roles=EVERYONE, title=gettext_lazy("Search"))
def search(request: Request) -> Search | HttpResponse:
    """Pages, metrics and accounts that fit some words, as a page or, as a part, for the palette."""
    words = " ".join(request.GET.get("q", "")[:100].split())
    groups = everything(request, words)
    content = Search(words, groups, sum(len(group.hits) for group in groups))
    return show(request, content, template="search/found.html") if "part" in request.GET else content
