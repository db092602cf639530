"""How a page is declared. A page without a role cannot exist: this is the only way to give a view an address."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from tenure.web.access import events
from tenure.web.access.rights import Right
from tenure.web.access.roles import Role
from tenure.web.kit.shell import Nav, Text

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from tenure.web.access.models import User
    from tenure.web.access.sight import Looking

View = Callable[..., Any]
GET = ("GET", "HEAD")
FORM = (*GET, "POST")
POST = ("POST",)


class Request(HttpRequest):
    """What a page is given. On a page with roles, ``user`` is a person who has one of them."""

    user: User
    page: Page
    sight: Looking
    htmx: HtmxDetails


@dataclass(frozen=True)
class Page:
    """A page or endpoint. ``name``: the function's, by which ``{% url %}`` finds it. ``roles``: who may open it.

    ``public``: open before log-in. ``lands``: the roles that see this page first after log-in.
    ``template``: what a frozen dataclass that the view returns is shown with. ``unattended``: an open page asks for it by
    itself, which does not count as somebody being there. ``data``: for programs: it takes keys, and answers with JSON
    whatever happens. ``writes``: for programs whose key may write; sessions do not open it. ``right``: what a key must be for.
    ``sensitive``: the audit log tells who opened it, and when; of files and of data for programs it does for every page.
    ``enrols``: it opens before the second factor is there that a role asks for. ``within``: the name of the page in the navigation
    under which it lies, where its address does not say so.
    """

    name: str
    route: str
    title: Text
    roles: frozenset[Role]
    methods: tuple[str, ...]
    public: bool
    nav: Nav | None
    lands: frozenset[Role]
    template: str
    unattended: bool
    data: bool
    writes: bool
    sensitive: bool
    view: View = field(repr=False)
    right: Right | None = None
    enrols: bool = False
    within: str = ""

    def url_pattern(self) -> URLPattern:
        """Its entry in the list of URLs."""
        return path(self.route, self.view, name=self.name)

    def opens_for(self, roles: Iterable[Role]) -> bool:
        """Whether somebody with these roles may open it."""
        return not self.roles.isdisjoint(roles)


_pages: dict[str, Page] = {}


def page(
    route: str,
    *,
    roles: Iterable[Role],
    title: Text,
    methods: tuple[str, ...] = GET,
    nav: Nav | None = None,
    lands: Iterable[Role] = (),
    unattended: bool = False,
    data: bool = False,
    writes: bool = False,
    sensitive: bool = False,
    right: Right | None = None,
    enrols: bool = False,
    within: str = "",
) -> Callable[[View], View]:
    """Declare a page for people with one of ``roles``.

    The view returns a frozen dataclass, which ``FOLDER/FUNCTION.html`` is given as ``page``, or an ``HttpResponse``.
    Raises ``ValueError`` without roles: there is no page for nobody and none for everybody by mistake; and for one that takes
    keys whatever they are for.
    """
    allowed = frozenset(roles)
    if not allowed:
        raise ValueError(f"The page {route!r} names no role.")
    if writes and right is None:
        raise ValueError(f"The page {route!r} names no right that a key needs.")

    def declare(view: View) -> View:
        more: dict[str, Any] = {
            "public": False, "nav": nav, "lands": frozenset(lands), "unattended": unattended, "data": data, "writes": writes,
            "sensitive": sensitive, "right": right, "enrols": enrols, "within": within,
        }  # fmt: skip
        return _declare(view, route, title, allowed, methods, **more)

    return declare


def public_page(route: str, *, title: Text, methods: tuple[str, ...] = GET) -> Callable[[View], View]:
    """Declare a page that is open before log-in. Every use of this is listed in a test."""

    def declare(view: View) -> View:
        more: dict[str, Any] = {
            "public": True, "nav": None, "lands": frozenset(), "unattended": False, "data": False, "writes": False,
            "sensitive": False,
        }  # fmt: skip
        return _declare(view, route, title, frozenset(), methods, **more)

    return declare


def declared() -> tuple[Page, ...]:
    """Every page, in the order in which its module was read."""
    return tuple(_pages.values())


def page_of(view: Any) -> Page | None:
    """The declaration of a view; None where it has none."""
    found = getattr(view, "page", None)
    return found if isinstance(found, Page) else None


def show(request: Request, content: Any, *, status: int = 200, template: str = "") -> HttpResponse:
    """A page's content with its template, for answers whose status is not 200, or that show a part of a page.

    A page that asked for figures, and that would be the same page if it were asked for again, follows them.
    """
    follows = status == 200 and request.method == "GET" and not request.page.public
    context = {"page": content, "word": request.sight.word if follows else ""}
    return render(request, template or request.page.template, context, status=status)


def _declare(
    view: View, route: str, title: Text, roles: frozenset[Role], methods: tuple[str, ...], **more: Any
) -> View:
    name = view.__name__
    if name in _pages:
        raise ValueError(f"There are two pages called {name!r}: {_pages[name].route!r} and {route!r}.")

    @functools.wraps(view)
    def answered(request: Request, **arguments: Any) -> HttpResponse:
        given = view(request, **arguments)
        response = show(request, given) if is_dataclass(given) else given
        assert isinstance(response, HttpResponse), f"{name} returned neither a dataclass nor an answer"
        events.note_answer(request, found, response, arguments)
        return response

    folder = view.__module__.split(".")[2]
    found = Page(name, route, title, roles, methods, template=f"{folder}/{name}.html", view=answered, **more)
    answered.csrf_exempt = bool(more["writes"])  # type: ignore[attr-defined]  # a key comes with it, which no browser adds
    answered.page = found  # type: ignore[attr-defined]
    _pages[name] = found
    return answered
