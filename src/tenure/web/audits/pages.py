"""The pages of audits: when each is due, and one to be looked at and signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import TenureError, UsageError
from tenure.core.newconfig import rewritten
from tenure.engine.audits import FILE
from tenure.web.access import log
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import OPERATE
from tenure.web.kit.shell import Nav, Section, Text

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.audits import Content, Due
    from tenure.engine.verbs.audit import AuditFound

_NAMES: dict[str, Text] = {
    "checks": gettext_lazy("Checks"),
    "rounds": gettext_lazy("Rounds of checks"),
    "loads": gettext_lazy("Loads"),
    "failed_rows": gettext_lazy("Refused rows"),
    "taken_back": gettext_lazy("Loads taken back"),
    "sources": gettext_lazy("Sources"),
    "reconciliation": gettext_lazy("Billing against the CRM"),
    "closed": gettext_lazy("What was reported"),
}
_EVERY: dict[str, Text] = {"month": gettext_lazy("every month"), "quarter": gettext_lazy("every quarter")}
#: Where more is to be seen: a word of a point, and the page.
_PAGES = {"checks": "checks", "reconciliation": "reconciliation", "failed_rows": "failed_rows", "data": "data"}


@dataclass(frozen=True)
class Period:
    """A period that is over. ``by``, ``at``: who signed its audit, and when; empty while nobody has."""

    name: str
    due: date
    overdue: bool
    by: str
    at: datetime | None


@dataclass(frozen=True)
class Audits:
    """``every``, ``days``: the schedule, and the ``form`` in which it is changed; ``next_due``: until when the period that runs is to be signed."""

    every: Text
    days: int
    next_due: date
    periods: tuple[Period, ...]
    form: Schedule


@dataclass(frozen=True)
class Point:
    """Something that was looked at. ``tone``: good, warn or nothing; ``url``: where more is to be seen."""

    name: Text
    told: str
    word: Text
    tone: str
    url: str


@dataclass(frozen=True)
class Sample:
    """A row to be compared with its source; ``agrees``: what was found, once it is signed."""

    number: int
    table: str
    key: str
    place: str
    values: str
    agrees: Text


class Schedule(forms.Form):
    """When audits are due, and how much of them is drawn by lot."""

    every = forms.ChoiceField(label=gettext_lazy("An audit"), choices=list(_EVERY.items()))
    due_days = forms.IntegerField(label=gettext_lazy("Due so many days after its end"), min_value=0, max_value=100)
    samples = forms.IntegerField(label=gettext_lazy("Rows to compare with their source"), min_value=0, max_value=100)
    over = forms.CharField(widget=forms.HiddenInput, required=False)

    def text(self, before: str) -> str:
        """The file that says so, with its comments."""
        return rewritten(before, {name: self.cleaned_data[name] for name in ("every", "due_days", "samples")})


class Signature(forms.Form):
    """What is said with an audit."""

    note = forms.CharField(
        label=gettext_lazy("What was looked at, and what follows"), max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


@dataclass(frozen=True)
class OneAudit:
    """``by`` and ``at``: who signed it, and when; then there is no ``form``. ``mark``: the hash of what was signed."""

    name: str
    start: date
    last: date
    due: date
    overdue: bool
    made_at: datetime
    points: tuple[Point, ...]
    samples: tuple[Sample, ...]
    by: str
    at: datetime | None
    note: str
    mark: str
    form: Signature | None


@page(
    "audits/", roles=OPERATE, title=gettext_lazy("Audits"), methods=FORM, nav=Nav(Section.DATA, 45, "clipboard-check")
)
def audits(request: Request) -> Audits | HttpResponse:
    """Who looked at the data, and when is it to be looked at again?"""
    sight = request.sight()
    if request.method != "POST":
        return _listed(sight)
    form = Schedule(request.POST)
    if form.is_valid():
        try:
            text = form.text(sight.settings_file(FILE)[0])
            sight.save_settings(text, by=log.sender(request.user.pk), over=form.cleaned_data["over"], file=FILE)
        except TenureError as error:
            form.add_error(None, f"{error.message} {error.fix}".strip())
        else:
            messages.success(request, _("The schedule is kept. What was signed stays as it is."))
            return HttpResponseRedirect(reverse("audits"))
    return show(request, _listed(sight, form), status=422)


def _listed(sight: Sight, form: Schedule | None = None) -> Audits:
    found = sight.audit(listed=True)
    plan, (_text, version) = found.plan, sight.settings_file(FILE)
    given = {"every": plan.every, "due_days": plan.due_days, "samples": plan.samples, "over": version}
    return Audits(
        _EVERY[plan.every], plan.due_days, found.next_due, tuple(_period(one) for one in found.periods), form or Schedule(initial=given),
    )  # fmt: skip


@page("audits/<str:period>/", roles=OPERATE, title=gettext_lazy("Audit"), methods=FORM)
def one_audit(request: Request, period: str) -> OneAudit | HttpResponse:
    """What is to be looked at of a period's data, and its signature."""
    sight = request.sight()
    try:
        found = sight.audit(period)
    except UsageError:
        raise Http404 from None
    if request.method != "POST":
        return _one(found, Signature())
    form = Signature(request.POST)
    if not form.is_valid():
        return show(request, _one(found, form), status=422)
    compared = {
        number: request.POST[f"sample-{number}"] == "yes"
        for number in range(len(found.content.samples) if found.content else 0)
        if request.POST.get(f"sample-{number}") in ("yes", "no")
    }
    try:
        sight.sign_audit(period, form.cleaned_data["note"], by=request.user.name, compared=compared)
    except UsageError as error:
        form.add_error(None, error.message)
        return show(request, _one(found, form), status=422)
    messages.success(request, _("The audit is signed; it stays as it is."))
    return HttpResponseRedirect(reverse("one_audit", args=[period]))


def _period(one: Due) -> Period:
    return Period(
        one.period, one.due, one.overdue, one.signed.by if one.signed else "", one.signed.at if one.signed else None
    )


def _one(found: AuditFound, form: Signature) -> OneAudit:
    about, content = found.about, found.content
    assert about is not None
    assert content is not None
    signed = about.signed
    return OneAudit(
        about.period, about.start, date.fromordinal(about.end.toordinal() - 1), about.due, about.overdue, content.at,
        _points(content), _samples(content), signed.by if signed else "", signed.at if signed else None,
        signed.note if signed else "", signed.hash[:12] if signed else "", None if signed else form,
    )  # fmt: skip


def _points(content: Content) -> tuple[Point, ...]:
    words: dict[bool | None, tuple[Text, str]] = {
        True: (_("fine"), "good"), False: (_("look at it"), "warn"), None: (_("not known"), ""),
    }  # fmt: skip
    return tuple(
        Point(_NAMES.get(one.name, one.name), one.told, *words[one.fine], reverse(_PAGES[one.see]) if one.see in _PAGES else "")
        for one in content.points
    )  # fmt: skip


def _samples(content: Content) -> tuple[Sample, ...]:
    words = {True: _("agrees"), False: _("differs"), None: _("not compared")}
    return tuple(
        Sample(
            number, one.table, one.key, f"{one.file.rpartition('/')[2]}:{one.line}" if one.line else one.file,
            " · ".join(f"{name} {value}" for name, value in one.values.items()), words[one.agrees],
        )
        for number, one in enumerate(content.samples)
    )  # fmt: skip
