"""The team pulse: asked for, answered, and what came of it once it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.access import leads
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import LEAD
from tenure.web.growing import forms, jobs, pulse, whose
from tenure.web.growing.models import PulseRhythm, PulseRound
from tenure.web.kit import formats
from tenure.web.kit.reading import local_today
from tenure.web.kit.shell import Nav, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.web.access.models import User

_ROUNDS = 6


@dataclass(frozen=True)
class Round:
    """A round in a list. ``shown``: it is over, and enough have answered; ``answered``: how many, of ``asked``."""

    id: int
    opened: str
    closes: str
    is_open: bool
    shown: bool
    answered: int
    asked: int


@dataclass(frozen=True)
class Trend:
    """A question on the scale, with its mean in each of the rounds that are shown; empty where too few answered it."""

    text: str
    means: tuple[str, ...]


@dataclass(frozen=True)
class Team:
    """The rounds of one leader, the latest first. ``heads``: the days of the rounds in the trend, the oldest first."""

    leader: str
    rounds: tuple[Round, ...]
    heads: tuple[str, ...]
    trend: tuple[Trend, ...]


@dataclass(frozen=True)
class TeamPulse:
    """``waits``: the round that waits for the reader. ``teams``: her own team's, then others of her line. ``leads``: she has a team of so
    many (``size``) of whom ``least`` have to answer. ``is_open``: a round of hers is open.
    """

    waits: Round | None
    from_whom: str
    teams: tuple[Team, ...]
    leads: bool
    size: int
    least: int
    is_open: bool
    rhythm: forms.Rhythm


@page("team-pulse/", roles=leads.OPENS, title=gettext_lazy("Team pulse"), nav=Nav(Section.TEAM, 47, "activity"))
def team_pulse(request: Request) -> TeamPulse:
    """How are we, as far as anybody says?"""
    user, today = request.user, local_today()
    least = pulse.floor(request.sight())
    pulse.settle(today)
    waits, people = pulse.waits_for(user, today), leads.team(user)
    kept = PulseRhythm.objects.filter(leader=user).first()
    return TeamPulse(
        _round(waits, today, least) if waits else None, waits.leader.name if waits else "",
        _teams(user, today, least), bool(people), len(people), least,
        PulseRound.objects.filter(leader=user, closes_on__gte=today).exists(), forms.Rhythm(initial={"every": kept.every if kept else None}),
    )  # fmt: skip


def _teams(user: User, today: date, least: int) -> tuple[Team, ...]:
    by: dict[int, list[PulseRound]] = {}
    for one in whose.rounds(user):
        by.setdefault(one.leader_id, []).append(one)
    own_first = sorted(by.values(), key=lambda some: (some[0].leader_id != user.pk, some[0].leader.name.casefold()))
    return tuple(_team(some, today, least) for some in own_first)


def _team(found: Sequence[PulseRound], today: date, least: int) -> Team:
    shown = [(one, pulse.results(one, today, least)) for one in reversed(found[:_ROUNDS])]
    told = [(one, {each.question.slug: each for each in came}) for one, came in shown if came is not None]
    latest = {each.question.slug: each.question for _one, came in told for each in came.values()}
    trend = [
        Trend(question.text, tuple(_mean(came[slug].mean) if slug in came else "" for _one, came in told))
        for slug, question in latest.items()
        if question.kind == "scale"
    ]
    heads = tuple(formats.day(one.closes_on) for one, _came in told)
    return Team(
        found[0].leader.name, tuple(_round(one, today, least) for one in found[:_ROUNDS]), heads, tuple(trend)
    )  # fmt: skip


def _round(one: PulseRound, today: date, least: int) -> Round:
    return Round(
        one.pk, formats.day(one.opened_on), formats.day(one.closes_on), pulse.is_open(one, today),
        pulse.results(one, today, least) is not None, one.box.count, one.seats.count(),
    )  # fmt: skip


def _mean(value: float | None) -> str:
    return "" if value is None else formats.number(value, 1)


@page("team-pulse/start/", roles=LEAD, title=gettext_lazy("Ask the team"), methods=POST)
def start_pulse(request: Request) -> HttpResponse:
    """Ask for a round now."""
    sight = request.sight()
    try:
        pulse.start(request.user, sight.growing_rules(), local_today(), pulse.floor(sight))
    except UsageError as error:
        messages.warning(request, f"{error.message} {error.fix}")
    else:
        jobs.look_after(request.user)
        messages.success(
            request, _("Everybody who reports to you is asked. You see what came of it once the round is over.")
        )
    return HttpResponseRedirect(reverse("team_pulse"))


@page("team-pulse/rhythm/", roles=LEAD, title=gettext_lazy("How often"), methods=POST)
def set_pulse_rhythm(request: Request) -> HttpResponse:
    """Have rounds asked so many days apart; without a number only by hand."""
    form = forms.Rhythm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Say in days, from 14 to 365, how far rounds are apart."))
    else:
        pulse.keep_rhythm(request.user, form.cleaned_data["every"])
        jobs.look_after(request.user)
        messages.success(request, _("Noted."))
    return HttpResponseRedirect(reverse("team_pulse"))


@dataclass(frozen=True)
class AnswerPulse:
    """The questions. ``least``: how many have to answer before anything is shown."""

    leader: str
    closes: str
    least: int
    form: forms.Answers


@page("team-pulse/<int:round>/answer/", roles=leads.OPENS, title=gettext_lazy("Answer the pulse"), methods=FORM)
def answer_pulse(request: Request, round: int) -> AnswerPulse | HttpResponse:  # noqa: A002 - the name in the address
    """Answer a round, once; nobody learns who said what."""
    today, waits = local_today(), whose.asked_in(request.user, round)
    if waits is None or not pulse.is_open(waits, today):
        raise Http404
    questions = pulse.asked(waits)
    of = (waits.leader.name, formats.day(waits.closes_on), max(waits.least, pulse.floor(request.sight())))
    if request.method != "POST":
        return AnswerPulse(*of, forms.Answers(questions=questions))
    form = forms.Answers(request.POST, questions=questions)
    if not form.is_valid():
        return show(request, AnswerPulse(*of, form), status=422)
    if pulse.answer(request.user, waits.pk, form.cleaned_data, today):
        messages.success(request, _("Thank you. Your answers lie among those of the others, without your name."))
    else:
        messages.warning(request, _("You have answered this round already; what was said first is kept."))
    return HttpResponseRedirect(reverse("team_pulse"))


@dataclass(frozen=True)
class PulseResults:
    """What came of a round; ``came`` is None where nothing is shown."""

    leader: str
    round: Round
    came: tuple[Came, ...] | None
    least: int


@dataclass(frozen=True)
class Came:
    """What came of a question. ``low``, ``high``: the ends of its scale; ``step``: by how much one answer of one level moves the mean."""

    text: str
    is_words: bool
    mean: str
    n: int
    low: str
    high: str
    step: str
    texts: tuple[str, ...]
    few: bool


@page("team-pulse/<int:round>/", roles=leads.OPENS, title=gettext_lazy("What came of the pulse"))
def pulse_results(request: Request, round: int) -> PulseResults:  # noqa: A002 - the name in the address
    """What the team says, once the round is over."""
    found, today, least = whose.round_of(request.user, round), local_today(), pulse.floor(request.sight())
    came = pulse.results(found, today, least)
    return PulseResults(
        found.leader.name, _round(found, today, least), None if came is None else tuple(_came(each) for each in came),
        max(found.least, least),
    )  # fmt: skip


def _came(each: pulse.Answered) -> Came:
    asked = each.question
    step = formats.number(1 / each.n, 1) if each.n and each.mean is not None else ""
    return Came(
        asked.text, asked.kind == "words", _mean(each.mean), each.n, asked.low, asked.high, step, each.texts, each.few
    )  # fmt: skip
