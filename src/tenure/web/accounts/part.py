"""A part of an account's page, which comes after the page, and is a page of its own without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.web.access.page import show
from tenure.web.access.roles import TELL

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenure.web.access.models import User
    from tenure.web.access.page import Request


def may_tell(user: User) -> bool:
    """Whether somebody may tell what happened with the accounts she sees."""
    return not user.roles.isdisjoint(TELL)


@dataclass(frozen=True)
class Part:
    """``id`` and ``name``: of the account. ``part``: which of its parts; the template is called so."""

    id: str
    name: str
    part: str


def answered(request: Request, content: Part, status: int = 200) -> HttpResponse:
    """The part alone where a script asks, else in a page of its own."""
    template = f"accounts/parts/{content.part}.html" if request.htmx else "accounts/part.html"
    return show(request, content, status=status, template=template)
