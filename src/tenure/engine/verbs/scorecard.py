"""``scorecard``: what came of the work of one of our people, or of a team, in a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from tenure.core.errors import DataError, UsageError
from tenure.core.period import local_day
from tenure.engine import reach, reports
from tenure.engine.objectives.measured import clock_of, gauge
from tenure.engine.objectives.whose import Staff, staff_now
from tenure.engine.scorecards import lately
from tenure.engine.scorecards.aims import Blend, aims_of, blended
from tenure.engine.scorecards.book import Book, book_of, sharers
from tenure.engine.scorecards.lines import Asking, Lines, lines_of
from tenure.engine.scorecards.moved import Ground, Movers, movers
from tenure.engine.scorecards.versions import InForce, in_force
from tenure.engine.scorecards.window import Window, window_of
from tenure.engine.verbs.fairness import Comparison, Fairness, fairness, report_of
from tenure.engine.verbs.show import shown_together
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from tenure.engine.desk import Desk
    from tenure.engine.scorecards.aims import Aim
    from tenure.engine.scorecards.lines import Answered, Apart
    from tenure.engine.scorecards.rules import Rules
    from tenure.figures.figure import Figure
    from tenure.figures.request import Asked
    from tenure.scores.casemix.judge import By

BOOK, MOVED, BLEND = "book", "moved", "blend"
#: What is made besides groups.
OTHERS = (BOOK, MOVED, BLEND)


@dataclass(frozen=True)
class ScorecardOf:
    """Of a ``person`` (csm_id), or of a ``team``. ``start``, ``end``: periods, as for ``show``. ``parts``: groups by their names in the rules, and of
    ``book``, ``moved`` and ``blend``; None for all, empty for the head alone. ``anew``: what was to be expected is worked out where it is not kept
    for this window, which takes minutes.
    """

    person: str = ""
    team: str = ""
    start: str = ""
    end: str = ""
    parts: tuple[str, ...] | None = None
    anew: bool = False
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Headline:
    """A group that there is. ``beside``: for information."""

    slug: str
    name: str
    beside: bool


@dataclass(frozen=True)
class Scorecard:
    """A scorecard. ``name``: what its person or team is called; ``of_team``: the team of a person at the close, ``members``: of a team. The days
    ``[start, end)`` are compared with ``[before_start, start)``. ``version``: of the rules, in force since ``since`` and until ``followed`` (UTC, None where
    that is unknown or not so). ``headlines``: all groups; ``groups`` those that were asked for.
    """

    person: str
    team: str
    name: str
    of_team: str
    members: tuple[str, ...]
    start: date
    end: date
    before_start: date
    grain: str
    at: str
    window: str
    over: bool
    as_of: datetime
    currency: str
    version: str
    definition: str
    since: datetime | None
    followed: datetime | None
    headlines: tuple[Headline, ...]
    groups: tuple[Lines, ...]
    book: Book | None
    moved: Movers | None
    blend: Blend | None


def scorecard(desk: Desk, request: ScorecardOf) -> Scorecard:
    """The scorecard. Figures are of whoever's the accounts were at the time, whether or not they are in sight now: what somebody is held to
    is the same whoever looks at it. Accounts out of sight are not named.

    Raises ``UsageError`` for a person or team that is not there or not in the scope, for windows that there are not, and for rules that are wrong.
    """
    now, settings = desk.clock(), desk.settings
    window = window_of(request.start, request.end, settings, now, local_day(now, settings.timezone))
    desk.fresh(now)
    staff = staff_now(desk, window.closes)
    whose = whose_of(desk, request, staff)
    held = in_force(desk, window.closes, running=not window.over)
    rules = held.rules
    _known(request.parts, rules)
    made = _Making(desk, request, window, staff, whose, rules, now)
    return replace(
        _head(made, held), groups=made.groups(), book=made.book() if made.wants(BOOK) else None,
        moved=made.moved() if made.wants(MOVED) else None, blend=made.blend() if made.wants(BLEND) else None,
    )  # fmt: skip


def _known(parts: tuple[str, ...] | None, rules: Rules) -> None:
    there = [*(group.slug for group in rules.groups), *OTHERS]
    for one in parts or ():
        if one not in there:
            raise UsageError(f"There is no part {one!r}.", code="no_part", fix=f"There are: {', '.join(there)}.")


def whose_of(desk: Desk, request: ScorecardOf, staff: Staff) -> tuple[str, str]:
    """The slice of figures. Who is not in the scope is not there."""
    if bool(request.person) == bool(request.team):
        raise UsageError("A scorecard is of a person or of a team.", code="no_one", fix="Name one of the two.")
    owners = request.scope.owners
    if request.person:
        known = desk.store.rows(
            f"SELECT 1 FROM csm_version WHERE {reach.CURRENT} AND csm_id = ? LIMIT 1", [request.person]
        )
        if not known or (owners is not None and request.person not in owners):
            raise UsageError(f"There is no {request.person!r}.", code="not_found", where=request.person, fix="Name one of your people, by csm_id.")  # fmt: skip
        return "owner", request.person
    members = staff.members(request.team)
    leads = owners is None or (len(owners) > 1 and members <= set(owners))  # who sees only their own leads nobody
    if not members or not leads:
        raise UsageError(f"There is no team {request.team!r}.", code="not_found", where=request.team, fix="Name a team all of whose members are your people.")  # fmt: skip
    return "team", request.team


@dataclass(frozen=True)
class _Making:
    """A scorecard that is made."""

    desk: Desk
    request: ScorecardOf
    window: Window
    staff: Staff
    whose: tuple[str, str]
    rules: Rules
    now: datetime

    def wants(self, part: str) -> bool:
        return self.request.parts is None or part in self.request.parts

    @property
    def team(self) -> str:
        return self.request.team or self.staff.teams.get(self.request.person, "")

    def groups(self) -> tuple[Lines, ...]:
        wanted = [group for group in self.rules.groups if self.wants(group.slug)]
        if not wanted:
            return ()
        metrics = {one.metric for group in wanted if not group.beside for one in group.measures}
        aims = self.aims(self.request.person, self.request.team, metrics)
        beside, apart = self.beside()
        with self.desk.readers(self.now) as reader_of:
            ask = partial(shown_together, self.desk, now=self.now, reader_of=reader_of)
            of_team = partial(self.of_team, ask=ask)
            by = Asking(self.desk.settings, self.window, self.whose, beside, apart, ask, of_team, cache(self.compared))
            found = []
            for number, group in enumerate(wanted):
                self.desk.progress("scorecard", number, len(wanted))
                found.append(lines_of(by, group, aims))
        return tuple(found)

    def of_team(self, asked: Asked, ask: Callable[..., AbstractContextManager[Answered]]) -> tuple[Figure, ...]:
        """A figure of the whole team: the same for all its people, and kept for some minutes."""
        return lately.figures(self.desk, self.now, asked, lambda: _answered(ask, asked))

    def beside(self) -> tuple[tuple[str, str] | None, Apart]:
        """The team's values beside those of a person: for whoever sees all of it, and else where so many share it that nobody is told from it."""
        if self.request.team:
            return None, "no_more"
        if not self.team:
            return None, "no_team"
        members, owners, held = self.staff.members(self.team), self.request.scope.owners, self.sharers()
        open_ = owners is None or members | held <= set(owners) or len(held) >= self.rules.floor
        return (("team", self.team), "") if open_ else (None, "small_team")

    def sharers(self) -> frozenset[str]:
        """Who had accounts in the team during the window."""
        with self.desk.published(self.desk.fresh(self.now)) as reader:
            return sharers(reader, self.team, self.window)

    def aims(self, person: str, team: str, metrics: set[str]) -> Mapping[str, tuple[Aim, ...]]:
        with gauge(self.desk, clock_of(self.desk, "")) as by:
            return aims_of(self.desk, by, person, team, self.window, metrics)

    def compared(self, metric: str) -> tuple[Comparison, datetime] | None:
        """What was to be expected in these months, and when that was worked out: as it is kept, or made anew. None where there is nothing to
        compare.
        """
        by: By = "owner" if self.request.person else "team"
        first, last = self.window.start, self.window.end
        for window in (None, (first, last)):
            kept = reports.kept(self.desk.home, report_of(metric, by, window), Comparison)
            found = kept.found if kept else None
            if kept is not None and found is not None and (found.period_start, found.period_end) == (first, last):
                return found, kept.as_of
        if not self.request.anew:
            return None
        end = (
            last.replace(day=1) if self.window.over else local_day(self.now, self.desk.settings.timezone).replace(day=1)
        )
        if end <= first:
            return None
        try:
            found = fairness(self.desk, Fairness(metric, by, f"{first:%Y-%m}", f"{end - timedelta(days=1):%Y-%m}"))
            return found, self.now.replace(tzinfo=UTC)
        except (DataError, UsageError):
            return None

    def book(self) -> Book:
        with self.desk.published(self.desk.fresh(self.now)) as reader:
            seen = reach.seen(reader, self.request.scope, self.now)
            return book_of(
                reader, self.whose, self.window, self.desk.settings, self.rules.inherited, seen, self.names()
            )

    def moved(self) -> Movers:
        found = self.desk.fresh(self.now)
        with self.desk.published(found) as reader:
            seen = reach.seen(reader, self.request.scope, self.now)
        with self.desk.readers(self.now) as reader_of:
            by = Ground(self.now, self.desk.settings, found.ground, reader_of, seen, self.names())
            return movers(by, self.whose, self.window)

    def names(self) -> dict[str, str]:
        rows = self.desk.store.rows(
            f"SELECT account_id, name FROM account_version WHERE {reach.CURRENT} ORDER BY valid_from NULLS FIRST"
        )
        return {account: name for account, name in rows if name}

    def blend(self) -> Blend:
        metrics = {one.metric for group in self.rules.groups if not group.beside for one in group.measures}
        own = self.aims(self.request.person, "", metrics) if self.request.person else {}
        return blended(self.rules, own, self.aims("", self.team, metrics) if self.team else {})


def _answered(ask: Callable[..., AbstractContextManager[Answered]], asked: Asked) -> tuple[Figure, ...]:
    with ask(asked, ()) as answered:
        return answered(asked)


def _head(made: _Making, held: InForce) -> Scorecard:
    desk, request, window, rules = made.desk, made.request, made.window, made.rules
    name = request.team or _name(desk, request.person)
    members = tuple(sorted(made.staff.members(request.team))) if request.team else ()
    return Scorecard(
        request.person, request.team, name, made.team if request.person else "", members, window.start, window.end, window.before[0],
        window.grain, window.at, window.window, window.over, made.now.replace(tzinfo=UTC), desk.settings.currency, rules.version,
        rules.definition, held.since, held.followed, tuple(Headline(one.slug, one.name, one.beside) for one in rules.groups),
        (), None, None, None,
    )  # fmt: skip


def _name(desk: Desk, person: str) -> str:
    sql = (
        f"SELECT name FROM csm_version WHERE {reach.CURRENT} AND csm_id = ? ORDER BY valid_from DESC NULLS LAST LIMIT 1"
    )
    return desk.store.value(sql, [person]) or person
