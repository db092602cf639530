"""When somebody is away, as far as whoever looks after accounts is told: said for oneself, or for those whom one leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.engine.verbs.tell_absence import AHEAD
from tenure.web.access import log
from tenure.web.access.lines import direct_now, manager_now
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import TELL
from tenure.web.kit import formats
from tenure.web.kit.once import tell
from tenure.web.kit.people import names
from tenure.web.kit.reading import local_date, local_today
from tenure.web.portfolio.forms import Absent, Off

if TYPE_CHECKING:
    from datetime import date

    from tenure.engine import Sight


@dataclass(frozen=True)
class Gone:
    """An absence that runs or is to come. ``off``: the form that takes it off, for who may."""

    days: str
    cover: str
    off: Off | None


@dataclass(frozen=True)
class TellAbsence:
    """The form."""

    name: str
    back: str
    form: Absent


def gone(sight: Sight, csm_id: str, *, changes: bool) -> tuple[Gone, ...]:
    """When somebody is away from now on, the earliest first."""
    mine = [one for one in sight.away(days=AHEAD) if one.csm_id == csm_id]
    named = names.of(sight) if mine else {}
    made: list[Gone] = []
    for one in mine:
        first, last = local_date(one.begins), local_date(one.ends - timedelta(microseconds=1))
        days = formats.day(first) if first == last else f"{formats.day(first)} – {formats.day(last)}"
        off = Off.new(auto_id=f"off_{len(made)}_%s", first=first, last=last) if changes else None
        made.append(Gone(days, named.get(one.cover_csm_id or "", one.cover_csm_id or ""), off))
    return tuple(made)


@page("absence/of/<path:csm_id>/", roles=TELL, title=gettext_lazy("Say when somebody is away"), methods=FORM)
def tell_absence(request: Request, csm_id: str) -> TellAbsence | HttpResponse:
    """Say from when to when somebody is away, and who stands in."""
    sight = request.sight()
    name, back = _name(sight, csm_id), reverse("workload_of", args=[csm_id])
    cover = _others(sight, csm_id)
    if request.method != "POST":
        return TellAbsence(name, back, Absent.new(of={"cover": cover}, first=local_today()))
    form = Absent(request.POST, cover=cover)
    if form.is_valid():
        given = form.cleaned_data
        try:
            _record(request, sight, csm_id, (given["first"], given["last"]), given["message_id"], cover=given["cover"])
        except UsageError as error:
            form.add_error(error.where if error.where in form.fields else None, f"{error.message} {error.fix}")
        else:
            return HttpResponseRedirect(back)
    return show(request, TellAbsence(name, back, form), status=422)


@page("absence/off/<path:csm_id>/", roles=TELL, title=gettext_lazy("Take an absence off"), methods=POST)
def take_off_absence(request: Request, csm_id: str) -> HttpResponse:
    """Say that somebody is not away after all; what is off already stays so."""
    sight, form = request.sight(), Off(request.POST)
    _name(sight, csm_id)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    there = {local_date(one.begins) for one in sight.away(days=AHEAD) if one.csm_id == csm_id}
    is_told = False
    if given["first"] in there:
        try:
            _record(request, sight, csm_id, (given["first"], given["last"]), given["message_id"], off=True)
            is_told = True
        except UsageError as error:
            if error.code != "not_found":  # another click was first
                raise
    if not is_told:
        messages.success(request, _("It is taken off."))
    return HttpResponseRedirect(reverse("workload_of", args=[csm_id]))


def _record(
    request: Request, sight: Sight, csm_id: str, days: tuple[date, date], message_id: str, *, cover: str = "", off: bool = False
) -> None:  # fmt: skip
    by = log.sender(request.user.pk)
    tell(
        request,
        lambda: sight.tell_absence(csm_id, *days, by=by, message_id=message_id, cover=cover, off=off),
        _("It is taken off.") if off else _("Noted: capacity is counted without these days."),
    )


def _name(sight: Sight, csm_id: str) -> str:
    """What one of those is called whose work the reader sees. Raises ``Http404`` for another."""
    found = sight.scope.owners
    known = names.of(sight)
    if csm_id not in known or (found is not None and csm_id not in found):
        raise Http404
    return known[csm_id]


def _others(sight: Sight, csm_id: str) -> list[tuple[str, str]]:
    """Who may stand in: those who report to the same person, and whose work the reader sees."""
    above, known = manager_now(csm_id), names.of(sight)
    ids = (direct_now(above) if above else set()) | set(sight.scope.owners or known)
    return sorted(
        ((one, known[one]) for one in ids if one in known and one != csm_id), key=lambda one: one[1].casefold()
    )
