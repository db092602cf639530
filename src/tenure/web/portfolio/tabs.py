"""The pages of the portfolio, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenure.web.access.page import declared

if TYPE_CHECKING:
    from tenure.web.access.page import Request
    from tenure.web.kit.shell import Text

#: By the pages' names.
TABS: dict[str, Text] = {
    "workload": _("Workload"), "coverage": _("Coverage"), "balance": _("Balance"), "headcount": _("Headcount"),
    "service_levels": _("Levels of service"), "sales_handovers": _("Hand-overs"),
}  # fmt: skip


@dataclass(frozen=True)
class Tab:
    """A page that the reader may open; ``here``: it is this one."""

    name: Text
    link: str
    here: bool


def tabs(request: Request) -> tuple[Tab, ...]:
    """The pages that a person may open."""
    opened = {page.name for page in declared() if page.opens_for(request.user.roles)}
    return tuple(Tab(name, reverse(page), page == request.page.name) for page, name in TABS.items() if page in opened)
