"""A load's file under another map: tried first, then loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import DataError, UsageError
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import OPERATE
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.engine.verbs.reload import Report
    from tenure.web.kit.shell import Text

#: As many rows that would be refused are told one by one.
_TOLD = 10


@dataclass(frozen=True)
class Became:
    """What became of a load's rows, or would."""

    name: Text
    read: str
    loaded: str
    unchanged: str
    superseded: str
    rejected: str


@dataclass(frozen=True)
class AnotherMap:
    """A load whose file can be loaded under another map. ``tried``: the map was tried, and would give ``lines[1:]``."""

    batch: int
    file: str
    map: str
    reason: str
    tried: bool
    lines: tuple[Became, ...]
    why: tuple[str, ...]
    fault: str


@page("failed-rows/load/<int:batch>/", roles=OPERATE, title=gettext_lazy("Another map"), methods=FORM)
def another_map(request: Request, batch: int) -> AnotherMap | HttpResponse:
    """Load a file again under another map, after a look at what that does."""
    sight = request.sight()
    try:
        known = sight.reload(batch)
    except UsageError as error:
        raise Http404 from error
    text, reason = request.POST.get("map", known.map).replace("\r\n", "\n"), request.POST.get("reason", "").strip()
    before: tuple[Became, ...] = (_report(_("Before"), known.before),)
    fault, lines, why, tried = "", before, tuple[str, ...](), False
    if request.method == "POST":
        keep = "keep" in request.POST
        if keep and not reason:
            fault = _("Say in a few words why.")
        try:
            found = sight.reload(
                batch, text, by=request.user.name, reason=reason or "-", dry_run=not keep or bool(fault)
            )
        except (UsageError, DataError) as error:
            fault = " ".join(part for part in (error.message, error.fix) if part)
        else:
            if keep and not fault:
                messages.success(request, _("The file is loaded under the other map."))
                return HttpResponseRedirect(
                    f"{reverse('failed_rows')}?{urlencode({'load': found.reports[0].batch or ''})}"
                )
            tried = True
            lines = (*before, *(_report(_("Under this map"), one) for one in found.reports))
            why = tuple(f"{row.line}: {row.column} {row.reason}" for one in found.reports for row in one.failed[:_TOLD])
    content = AnotherMap(batch, known.before.file, text, reason, tried, lines, why, fault)
    return show(request, content, status=422 if fault else 200)


def _report(name: Text, report: Report) -> Became:
    counts = (report.read, report.loaded, report.unchanged, report.superseded, report.rejected)
    return Became(name, *(formats.number(count) for count in counts))
