"""The pages of the portfolio, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenure.web.access import tabs as side_by_side

if TYPE_CHECKING:
    from tenure.web.access.page import Request
    from tenure.web.access.tabs import Tabs
    from tenure.web.kit.shell import Text

#: By the pages' names.
TABS: dict[str, Text] = {
    "workload": _("Workload"), "coverage": _("Coverage"), "balance": _("Balance"), "headcount": _("Headcount"),
    "service_levels": _("Levels of service"), "sales_handovers": _("Hand-overs"),
}  # fmt: skip


def tabs(request: Request) -> Tabs:
    """The pages that a person may open."""
    return side_by_side.tabs(request, _("Portfolio"), TABS)
