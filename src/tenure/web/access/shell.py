"""The frame of a page for the person who looks at it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from tenure.web.access.models import User
from tenure.web.access.page import Page, declared
from tenure.web.access.roles import OPERATE, Role
from tenure.web.kit.shell import Badge, Begin, Mark, Nav, NavItem, NavSection, Section, Shell, initials

#: Links in the bottom bar of a phone, beside the one to all pages.
_IN_BAR = 4
_ORDER = list(Section)
#: As many of those who operate are named.
_NAMED = 3


def shell(request: HttpRequest) -> dict[str, Shell]:
    """What every template is given beside its page."""
    page: Page | None = getattr(request, "page", None)
    user: Any = getattr(request, "user", None)
    title = page.title if page else ""
    if user is None or not user.is_authenticated:
        return {"shell": Shell(title, "", (), (), None, "/")}
    nav = navigation(user, page)
    begin: Any = SimpleLazyObject(lambda: _begin(user))  # few pages lack something
    first = tuple(item for section in nav for item in section.items)[:_IN_BAR]
    badge = Badge(user.name, initials(user.name), ", ".join(str(role.label) for role in in_order(user)))
    here = request.get_full_path() if request.method == "GET" else "/"
    on_account = page is not None and page.name == "account"
    return {"shell": Shell(title, user.theme, nav, first, badge, here, on_account, begin)}


def navigation(user: User, current: Page | None = None) -> tuple[NavSection, ...]:
    """The pages of the navigation that a person may open, by section; the one that she lands on is the first of its own. The
    ``current`` one is marked, or that under which it lies.
    """
    there = _placed(user)
    first = _landing(user, there)
    placed = sorted(there, key=lambda each: (_ORDER.index(each[1].section), each[0] is not first, each[1].rank))
    return tuple(
        NavSection(
            "" if section is Section.WORK else section.value,
            tuple(NavItem(page.title, reverse(page.name), nav.icon, _marked(page, current)) for page, nav in group),
        )
        for section, group in groupby(placed, key=lambda each: each[1].section)
    )


def _marked(page: Page, current: Page | None) -> Mark:
    if current is None:
        return ""
    if page.name == current.name:
        return "page"
    under = page.name == current.within if current.within else current.route.startswith(page.route)
    return "true" if under else ""


def landing(user: User) -> Page | None:
    """The page that a person sees first: one made for a role of hers, before others one that is there for a while; else the first
    she may open.
    """
    return _landing(user, _placed(user))


def _landing(user: User, there: list[tuple[Page, Nav]]) -> Page | None:
    placed = sorted(there, key=lambda each: (_ORDER.index(each[1].section), each[1].rank))
    for role in in_order(user):
        made = [(page, nav) for page, nav in placed if role in page.lands]
        if made:
            return min(made, key=lambda each: each[1].over is None)[0]
    return placed[0][0] if placed else None


def in_order(user: User) -> list[Role]:
    """A person's roles, as they are listed."""
    return [role for role in Role if role in user.roles]


def _begin(user: User) -> Begin:
    """Who brings data in, and ties people to what they look after: those who operate, by name."""
    if not user.roles.isdisjoint(OPERATE):
        return Begin(True, "")
    found = User.objects.filter(is_active=True, grants__role__in=OPERATE).distinct().order_by("name")
    return Begin(False, ", ".join(found.values_list("name", flat=True)[:_NAMED]))


def _placed(user: User) -> list[tuple[Page, Nav]]:
    return [
        (page, page.nav)
        for page in declared()
        if page.nav and page.opens_for(user.roles) and not (page.nav.over and page.nav.over(user.pk))
    ]
