"""Pages side by side: one place of the navigation that is several pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenure.web.access.page import declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.web.access.page import Request
    from tenure.web.kit.shell import Text

#: Growth: who is ready for more, and what is being sold. Two features have a page of it each.
GROWTH: Mapping[str, Text] = {"growth": _("Ready"), "pipeline": _("Pipeline")}


@dataclass(frozen=True)
class Tab:
    """A page that the reader may open; ``here``: it is this one."""

    name: Text
    link: str
    here: bool


@dataclass(frozen=True)
class Tabs:
    """``label``: what they are the pages of."""

    label: Text
    items: tuple[Tab, ...]


def tabs(request: Request, label: Text, named: Mapping[str, Text]) -> Tabs:
    """Those of some pages, by their names, that a person may open, in the order given."""
    opened = {page.name for page in declared() if page.opens_for(request.user.roles)}
    return Tabs(
        label,
        tuple(Tab(name, reverse(page), page == request.page.name) for page, name in named.items() if page in opened),
    )


def growth(request: Request) -> Tabs:
    """The pages of growth."""
    return tabs(request, _("Growth"), GROWTH)
