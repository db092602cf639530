"""Whom a close makes a notice for, and how those who close are called."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.period import Grain
from tenure.web.access import log
from tenure.web.access.models import User
from tenure.web.access.roles import LEAD, REPORT
from tenure.web.kit import figure
from tenure.web.post import notices

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tenure.core.period import Period

CLOSED = notices.declare(
    "closed_periods",
    gettext_lazy("Closed periods"),
    gettext_lazy("A period was closed: what is reported of it stays as it is."),
)
#: Of which periods the board can be asked.
_ON_BOARD = {Grain.MONTH: "month", Grain.QUARTER: "quarter", Grain.YEAR: "year"}


def closed(by: User, period: Period, mark: str) -> None:
    """Tell those who lead, and those who answer for what is reported, that somebody closed a period; each close once."""
    wanted = LEAD | REPORT
    text = _("%(name)s closed %(period)s: what is reported of it stays as it is now") % {
        "name": by.name, "period": figure.period(period.start, period.end),
    }  # fmt: skip
    for one in User.objects.filter(is_active=True, grants__role__in=wanted).exclude(pk=by.pk).distinct():
        notices.tell(one, text, _page(one, period), CLOSED, f"closed:{period.label}:{mark}")


def _page(user: User, period: Period) -> str:
    """Where somebody sees it: its own page, or else the board of that period."""
    if not user.roles.isdisjoint(REPORT):
        return reverse("one_closing", args=[period.label])
    over = _ON_BOARD.get(period.grain)
    return reverse("board") + (f"?{urlencode({'over': over, 'at': period.label})}" if over else "")


def names(by: Collection[str]) -> Mapping[str, str]:
    """Who closed, as a reader knows them, by how the engine names them."""
    found = log.names_of(set(by))
    return {one: found.get(one) or (_("the command line") if one.startswith("os:") else one) for one in by}
