"""Whose scorecard is asked for, and of which window, as an address of it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.errors import UsageError
from tenure.core.period import Grain, period_at
from tenure.engine.scorecards.window import offered
from tenure.web.access import results
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.figure import period
from tenure.web.kit.people import names
from tenure.web.kit.reading import local_today

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tenure.core.config import Settings
    from tenure.engine import Sight
    from tenure.engine.verbs.scorecard import Scorecard
    from tenure.web.access.models import User

#: Before what is asked for: a person by her id, or a team.
_PERSON, _TEAM = "csm:", "team:"


@dataclass(frozen=True)
class Chosen:
    """A ``person`` or a ``team``; neither for who is tied to nobody. ``window``: a period, two of them with a colon between, or nothing."""

    user: User
    answers: Answers
    person: str
    team: str
    window: str

    @property
    def own(self) -> bool:
        """Whether it is the reader's own."""
        return bool(self.person) and self.person == self.user.csm_id

    @property
    def who(self) -> str:
        """As an address has it."""
        return f"{_TEAM}{self.team}" if self.team else f"{_PERSON}{self.person}"

    def bounds(self) -> dict[str, str]:
        """The window as the engine takes it."""
        start, _sign, end = self.window.partition(":")
        return {"start": start, "end": end}

    def asked(self, *parts: str) -> Scorecard:
        """The scorecard with some of its parts. Raises ``Http404`` for whoever is not the reader's to see."""
        try:
            return self.answers.scorecard(self.person, team=self.team, parts=parts, **self.bounds())
        except UsageError as error:
            if error.code in _MISSING:
                raise Http404 from None
            raise

    def address(self, name: str = "scorecard", *args: str, **more: str) -> str:
        """The address of one of its pages."""
        given = {"who": self.who} | ({"window": self.window} if self.window else {}) | more
        return f"{reverse(name, args=args)}?{urlencode(given)}"

    def noted(self) -> None:
        """Note that it was looked at, where it is not the reader's own."""
        kind, name = ("team", self.team) if self.team else ("csm", self.person)
        results.note_read(self.user, kind, name, {"window": self.window} if self.window else {})


#: What the engine says of people, teams and windows that there are not.
_MISSING = ("not_found", "no_one", "no_period", "bad_window", "no_part")


def chosen(user: User, given: Mapping[str, str]) -> Chosen:
    """What an address asks for; without a name the reader's own. Raises ``Http404`` for what names nobody."""
    answers, who = Answers(results.sight_of(user)), given.get("who", "") or f"{_PERSON}{user.csm_id}"
    window = given.get("window", "")
    if who.startswith(_TEAM):
        return Chosen(user, answers, "", who.removeprefix(_TEAM), window)
    if not who.startswith(_PERSON):
        raise Http404
    return Chosen(user, answers, who.removeprefix(_PERSON), "", window)


def choices(of: Chosen) -> tuple[Choice, ...]:
    """Whose and of which window, as far as there is anything to choose."""
    return (*_whose(of), Choice("window", _("Window"), tuple(_windows(of.answers.settings, of.window))))


def _whose(of: Chosen) -> tuple[Choice, ...]:
    people, teams = seen(of.answers.sight)
    called = names.of(of.answers.sight)
    options = [Option(f"{_PERSON}{one}", called.get(one, one), of.who == f"{_PERSON}{one}") for one in people]
    options.sort(key=lambda one: str(one.name).casefold())
    options += [Option(f"{_TEAM}{one}", _("Team %(name)s") % {"name": one}, of.who == f"{_TEAM}{one}") for one in teams]
    return (Choice("who", _("Whose"), tuple(options)),) if len(options) > 1 else ()


def seen(sight: Sight) -> tuple[list[str], list[str]]:
    """The people in sight who work here, and the teams all of whose members are."""
    owners = set(sight.scope.owners or ())
    latest: dict[str, str] = {}
    for row in sight.every("csm", columns=("csm_id", "team", "valid_from", "ended_at"), order=("valid_from",)):
        latest[row["csm_id"]] = "" if row["ended_at"] else row["team"] or ""
    teams = {team for team in latest.values() if team}
    whole = {team for team in teams if {one for one, its in latest.items() if its == team} <= owners}
    return sorted(owners & latest.keys()), sorted(whole) if len(
        owners
    ) > 1 else []  # who sees only her own leads nobody


def _windows(settings: Settings, asked: str) -> Iterable[Option]:
    today, year_start = local_today(), settings.fiscal_year_start
    last = today.replace(day=1) - timedelta(days=1)
    found = {"": _("Twelve months to %(month)s") % {"month": period(last.replace(day=1), last + timedelta(days=1))}}
    running = period_at(Grain.QUARTER, today, year_start)
    found[running.label] = _("%(period)s, so far") % {"period": _named(running.label, running.start, running.end)}
    for one in offered(today, year_start):
        found[one.label] = _named(one.label, one.start, one.end)
    if asked not in found:
        found[asked] = asked.replace(":", " – ")
    return [Option(value, name, value == asked) for value, name in found.items()]


def _named(label: str, start: date, end: date) -> str:
    """A period by its days, where the fiscal year is the calendar's; else by its label."""
    told = period(start, end)
    return told if told == label or label[:4] in told else f"{label} ({told})"
