"""What is to be looked at before a period is closed: what blocks it, and what should not be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.accept import Severity
from tenure.core.errors import UsageError
from tenure.core.titles import titled
from tenure.engine import checked
from tenure.engine.failing import OPEN
from tenure.engine.sync import status
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.core.period import Period
    from tenure.engine import Sight
    from tenure.engine.sync.status import Freshness
    from tenure.engine.verbs.blocking import Holding

#: Metrics of a check, and sources, that are named.
_NAMED = 4
_UNWELL = {"late", "failing", "needs_you"}


@dataclass(frozen=True)
class Point:
    """Something that was looked at. ``word`` and ``tone``: whether it blocks, is to be looked at, or is fine; ``url``: where it is
    mended, if the reader may.
    """

    name: str
    told: str
    word: str
    tone: str
    url: str


def points(sight: Sight, period: Period, held: tuple[Holding, ...], *, operates: bool) -> tuple[Point, ...]:
    """All of them, what blocks (``held``) first. ``operates``: the reader opens the pages of the data."""
    found = [*_blocking(held, operates), _warnings(sight, operates), *_sources(sight, period, operates)]
    found += [_failed(sight, operates), _billing(sight), *_audit(sight, period, operates)]
    return tuple(found)


def _fine(name: str, told: str, page: str, shows: bool = True) -> Point:
    return Point(name, told, _("fine"), "good", reverse(page) if shows else "")


def _look(name: str, told: str, page: str, shows: bool = True) -> Point:
    return Point(name, told, _("look at it"), "warn", reverse(page) if shows else "")


def _blocking(found: tuple[Holding, ...], operates: bool) -> Iterator[Point]:
    if not found:
        yield _fine(_("Checks that hold figures"), _("No check holds a figure of this period."), "checks", operates)
    for one in found:
        named = ", ".join(titled(slug) for slug in one.metrics[:_NAMED])
        more = len(one.metrics) - _NAMED
        held = _("%(named)s and %(count)s more") % {"named": named, "count": more} if more > 0 else named
        rows = ngettext("%(count)s row holds %(held)s.", "%(count)s rows hold %(held)s.", one.rows) % {
            "count": formats.number(one.rows), "held": held,
        }  # fmt: skip
        link = reverse("one_check", args=[one.check]) if operates else ""
        yield Point(titled(one.check), f"{rows} {one.fix}", _("blocks"), "bad", link)


def _warnings(sight: Sight, operates: bool) -> Point:
    name, kept = _("Warnings"), checked.rounds(sight.home)
    if not kept:
        return _look(name, _("The data was never checked."), "checks", operates)
    found = [seen.name for seen in kept[-1].found if seen.severity is Severity.WARNS]
    when = _("checked %(when)s") % {"when": formats.since(kept[-1].at)}
    if not found:
        return _fine(name, _("No check warns, %(when)s.") % {"when": when}, "checks", operates)
    return _look(name, f"{', '.join(titled(one) for one in found)}; {when}.", "checks", operates)


def _sources(sight: Sight, period: Period, operates: bool) -> Iterator[Point]:
    """How fresh what is fetched is, and whether it reaches to the period's end."""
    name = _("Sources")
    try:
        listed = [one for one in status.sources(sight.home, timezone.now()) if one.state != "off"]
    except UsageError as error:  # their file is wrong
        yield _look(name, error.message, "sources", operates)
        return
    if not listed:
        return
    unwell = [one for one in listed if one.state in _UNWELL or one.succeeded is None]
    short = [one for one in listed if one not in unwell and _is_short(one, period)]
    for found, said in (
        (unwell, _("Not fresh: %(named)s.")), (short, _("Nothing fetched yet since the period ended: %(named)s.")),
    ):  # fmt: skip
        if found:
            named = ", ".join(one.name for one in found[:_NAMED]) + (" …" if len(found) > _NAMED else "")
            yield _look(name, said % {"named": named}, "sources", operates)
    if not unwell and not short:
        said = ngettext("%(count)s source is fresh.", "All %(count)s sources are fresh.", len(listed))
        yield _fine(name, said % {"count": len(listed)}, "sources", operates)


def _is_short(one: Freshness, period: Period) -> bool:
    return one.succeeded is not None and one.succeeded.date() < period.end


def _failed(sight: Sight, operates: bool) -> Point:
    total = sight.failed(where=[("state", "equals", OPEN)], limit=1).total
    if not total:
        return _fine(_("Failed rows"), _("No row waits to be mended."), "failed_rows", operates)
    said = ngettext("%(count)s row waits to be mended.", "%(count)s rows wait to be mended.", total)
    return _look(_("Failed rows"), said % {"count": formats.number(total)}, "failed_rows", operates)


def _billing(sight: Sight) -> Point:
    name, found = _("Billing against the CRM"), sight.billing()
    if not found.accounts:
        said = _("There are no contracts and subscriptions to compare.")
        return Point(name, said, _("not known"), "", reverse("reconciliation"))
    told = _("%(agree)s of %(all)s accounts agree.") % {
        "agree": formats.number(found.agree), "all": formats.number(found.accounts),
    }  # fmt: skip
    return (_fine if found.agree == found.accounts else _look)(name, told, "reconciliation")


def _audit(sight: Sight, period: Period, operates: bool) -> Iterator[Point]:
    """Whether the period's audit is signed, where there is one of it."""
    try:
        found = next((one for one in sight.audit(listed=True).periods if one.period == period.label), None)
    except UsageError as error:  # its file is wrong
        yield _look(_("Audit"), error.message, "audits", operates)
        return
    if found is None:
        return
    link = reverse("one_audit", args=[period.label]) if operates else ""
    if found.signed:
        said = _("Signed by %(name)s on %(day)s.") % {"name": found.signed.by, "day": formats.day(found.signed.at)}
        yield Point(_("Audit"), said, _("fine"), "good", link)
    else:
        said = _("Not signed yet; due on %(day)s.") % {"day": formats.day(found.due)}
        yield Point(_("Audit"), said, _("look at it"), "warn", link)
