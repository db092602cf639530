"""The page of the health review, and the forms in which decisions are noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.titles import titled
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.kit import formats, reasons, scores
from tenure.web.kit.account import named
from tenure.web.kit.reading import local_date
from tenure.web.kit.shell import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from tenure.engine.verbs.review import Decision, Disagreement, Mover, ReviewFound, Who

#: As many are listed of each kind, unless all are asked for.
_MOST = 12


@dataclass(frozen=True)
class Moved:
    """A customer whose score moved. ``why``: the component that did most of it, with its points."""

    id: str
    name: str
    owner: str
    mrr: str
    score: str
    band: Text
    tone: scores.Tone
    change: str
    why: str


@dataclass(frozen=True)
class Odd:
    """A customer of whom two signals do not go together: which, and what each reads before and now."""

    id: str
    name: str
    owner: str
    mrr: str
    kind: str
    good: str
    bad: str


@dataclass(frozen=True)
class Line:
    """A customer who came or left."""

    id: str
    name: str
    owner: str
    mrr: str


@dataclass(frozen=True)
class Noted:
    """A decision. ``due``: its day has come; ``open``: it is not done with."""

    decision: str
    account: str
    text: str
    by: str
    at: datetime
    follow_up: date | None
    open: bool
    due: bool


@dataclass(frozen=True)
class Week:
    """``decides``: the reader may note decisions. ``more``: how many moved that are not listed, ``odder``: how many do not go together that
    are not; ``every``: where all are.
    """

    day: date
    since: date
    as_of: datetime
    accounts: int
    down: tuple[Moved, ...]
    up: tuple[Moved, ...]
    more: int
    odd: tuple[Odd, ...]
    odder: int
    every: str
    came: tuple[Line, ...]
    left: tuple[Line, ...]
    noted: tuple[Noted, ...]
    decides: bool


@dataclass(frozen=True)
class Review:
    """The frame, which asks for the week by itself: it takes some seconds to work out. ``asked``: how the week is asked for."""

    asked: str


@page("health-review/", roles=EVERYONE, title=gettext_lazy("Health review"), within="health")
def health_review(request: Request) -> Review:
    """What happened to our customers' health this week, and what was decided?"""
    chosen = {name: value for name in ("since", "all") if (value := request.GET.get(name, ""))}
    return Review(f"{reverse('health_week')}?{urlencode(chosen)}" if chosen else reverse("health_week"))


@page("health-review/week/", roles=EVERYONE, title=gettext_lazy("The week"), unattended=True)
def health_week(request: Request) -> Week | HttpResponse:
    """The week itself, as a page of its own or a part of the review's."""
    found = request.sight().review(since=request.GET.get("since", ""))
    most = None if request.GET.get("all") == "1" else _MOST
    moved, odd = (found.down, found.up), found.disagreements
    content = Week(
        found.day, found.since, found.as_of, found.accounts, _moved(found.down[:most], found),
        _moved(found.up[:most], found), sum(len(each) - len(each[:most]) for each in moved),
        tuple(_odd(one, found) for one in odd[:most]), len(odd) - len(odd[:most]),
        f"{reverse('health_review')}?since={found.since.isoformat()}&all=1",
        tuple(_line(one, found) for one in found.came), tuple(_line(one, found) for one in found.left),
        tuple(_noted(one) for one in sorted(found.decisions, key=lambda one: not one.is_due)),
        not request.user.roles.isdisjoint(TELL),
    )  # fmt: skip
    return show(request, content, template="review/week.html") if request.htmx else content


def _moved(movers: Sequence[Mover], found: ReviewFound) -> tuple[Moved, ...]:
    return tuple(
        Moved(
            one.account_id, one.name or one.account_id, one.owner_name or one.owner or "–",
            formats.money_short(one.mrr, found.currency), formats.number(one.score, 0),
            scores.HEALTH.get(one.band or "", one.band or ""), scores.TONES.get(one.band or "", ""),
            scores.signed(one.change), f"{titled(one.most)} {scores.signed(one.most_change)}",
        )
        for one in movers
    )  # fmt: skip


def _odd(one: Disagreement, found: ReviewFound) -> Odd:
    def read(what: str, before: Decimal | None, now: Decimal | None) -> str:
        if what.startswith("churn_risk"):
            return _("Risk of leaving %(risk)s") % {"risk": scores.probability(now)}
        ends = (reasons.amount(what, end, found.currency) for end in (before, now))
        return f"{titled(what)} {' → '.join(ends)}"

    return Odd(
        one.account_id, one.name or one.account_id, one.owner_name or one.owner or "–",
        formats.money_short(one.mrr, found.currency), one.kind, read(one.good.what, one.good.before, one.good.now),
        read(one.bad.what, one.bad.before, one.bad.now),
    )  # fmt: skip


def _line(one: Who, found: ReviewFound) -> Line:
    owner = one.owner_name or one.owner or "–"
    return Line(one.account_id, one.name or one.account_id, owner, formats.money_short(one.mrr, found.currency))


def _noted(one: Decision) -> Noted:
    return Noted(one.decision_id, one.account_id, one.text, one.by, one.at, one.follow_up, one.is_open, one.is_due)


class Note(forms.Form):
    """What was decided about a customer."""

    text = forms.CharField(label=gettext_lazy("Decision"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))
    follow_up = forms.DateField(
        label=gettext_lazy("Look at it again on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@dataclass(frozen=True)
class NoteForm:
    """The form in which a decision is noted."""

    id: str
    name: str
    form: Note


@page(
    "health-review/decide/<path:account_id>/",
    roles=TELL,
    title=gettext_lazy("Note a decision"),
    methods=FORM,
    within="health",
)
def note_decision(request: Request, account_id: str) -> NoteForm | HttpResponse:
    """Note what was decided about a customer; it stands in the health review from then on."""
    sight = request.sight()
    name, now = named(sight, account_id)
    if request.method != "POST":
        return NoteForm(account_id, name, Note())
    form = Note(request.POST)
    today = local_date(now)
    if form.is_valid() and form.cleaned_data["follow_up"] and form.cleaned_data["follow_up"] <= today:
        form.add_error("follow_up", _("This day has to lie ahead."))
    if not form.is_valid():
        return show(request, NoteForm(account_id, name, form), status=422)
    day = form.cleaned_data["follow_up"]
    sight.note(account_id, form.cleaned_data["text"], by=request.user.name, follow_up=day.isoformat() if day else "")
    messages.success(request, _("The decision is noted."))
    return HttpResponseRedirect(reverse("health_review"))


@page("health-review/done/", roles=TELL, title=gettext_lazy("Done"), methods=POST)
def finish_decision(request: Request) -> HttpResponse:
    """Note that a decision is done with."""
    request.sight().done(request.POST.get("decision", ""), by=request.user.name)
    messages.success(request, _("Noted as done."))
    return HttpResponseRedirect(reverse("health_review"))
