"""Asking for figures and lists, once for as long as the answer cannot change.

What is kept is named by the workspace, the scope and the question, and holds as long as the published facts that it
stands on: so nobody is given what another may see, nothing outlives new data, and a contact that is logged costs no figure
that it has no part in. What pages asked for of late, and no longer holds, can be asked again before a page does (``stale``).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tenure.engine import Scope, Sight
from tenure.engine.restated import Restatement
from tenure.engine.result import Result
from tenure.engine.verbs.agenda import Agenda
from tenure.engine.verbs.explain import Explanation
from tenure.engine.verbs.growth_pipeline import GrowthPipelineFound
from tenure.engine.verbs.health import HealthFound
from tenure.engine.verbs.lines import LinesFound
from tenure.engine.verbs.objectives import ObjectivesFound
from tenure.engine.verbs.rated import RatedFound
from tenure.engine.verbs.renewal_forecast import RenewalForecastFound
from tenure.engine.verbs.rolled_up import RolledUpFound
from tenure.engine.verbs.rows import Page
from tenure.engine.verbs.scorecard import Scorecard

if TYPE_CHECKING:
    from tenure.engine.state import State, Word

T = TypeVar("T")
#: Seconds for which an agenda or a forecast holds though nothing is told: something may have waited too long meanwhile.
_MOMENT = 300


@dataclass(frozen=True)
class Asked:
    """A question as a page asked it, last at the moment ``at`` (of ``time.monotonic``): of ``Answers`` the verb and what it was given."""

    scope: Scope
    verb: str
    name: str
    more: tuple[tuple[str, Any], ...]
    at: float

    def again(self, sight: Sight) -> None:
        """Ask it through a sight of its scope, and keep the answer: no page has asked for it by that. Raises as the verb does."""
        answers = Answers(sight, asked_at=self.at)
        getattr(answers, self.verb)(*([self.name] if self.name else []), **dict(self.more))


@dataclass(frozen=True)
class _Answer(Generic[T]):
    """An answer, the question, what it stands on (nothing: on all), and the word of the state for which it holds."""

    given: T
    asked: Asked
    stands_on: tuple[str, ...] | None
    word: Word


class _Kept(Generic[T]):
    """The answers of late, the least recently asked for given up first. ``verb``: of ``Answers`` the one that asks again, if any does."""

    def __init__(self, most: int, verb: str = "") -> None:
        self._most = most
        self.verb = verb
        self._lock = Lock()
        self._answers: OrderedDict[tuple[object, ...], _Answer[T]] = OrderedDict()
        self._asking: dict[object, tuple[Lock, int]] = {}

    @contextmanager
    def turn(self, asked: object) -> Iterator[None]:
        """One after the other for those who ask the same at once: a page's parts do, and the second finds what the first was told."""
        with self._lock:
            turn, waiting = self._asking.get(asked, (Lock(), 0))
            self._asking[asked] = turn, waiting + 1
        try:
            with turn:
                yield
        finally:
            with self._lock:
                turn, waiting = self._asking.pop(asked)
                if waiting > 1:
                    self._asking[asked] = turn, waiting - 1

    def get(self, asked: tuple[object, ...], state: State, at: float) -> T | None:
        with self._lock:
            found = self._answers.get(asked)
            if found is None or found.word != state.word(found.stands_on):
                return None
            self._answers[asked] = replace(found, asked=replace(found.asked, at=max(at, found.asked.at)))
            self._answers.move_to_end(asked)
            return found.given

    def put(self, asked: tuple[object, ...], answer: _Answer[T]) -> None:
        with self._lock:
            self._answers[asked] = answer
            self._answers.move_to_end(asked)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)

    def take_stale(self, state: State, since: float) -> list[Asked]:
        """Give up what no longer holds; of that what was asked for since then."""
        words: dict[tuple[str, ...] | None, Word] = {}

        def holds(one: _Answer[T]) -> bool:
            if one.stands_on not in words:  # many stand on the same
                words[one.stands_on] = state.word(one.stands_on)
            return one.word == words[one.stands_on]

        with self._lock:
            gone = {key: one for key, one in self._answers.items() if key[0] == state.home and not holds(one)}
            for key in gone:
                del self._answers[key]
        return [one.asked for one in gone.values() if one.asked.at >= since]


_figures: _Kept[Result] = _Kept(2_000, "ask")
_pages: _Kept[Page] = _Kept(200, "rows")
_behind: _Kept[Explanation] = _Kept(100)
_restated: _Kept[tuple[Restatement, ...]] = _Kept(100)
_agendas: _Kept[Agenda] = _Kept(200, "agenda")
_objectives: _Kept[ObjectivesFound] = _Kept(100)
_lines: _Kept[LinesFound] = _Kept(100)
_rolled: _Kept[RolledUpFound] = _Kept(200)
_rated: _Kept[RatedFound] = _Kept(200, "rated")
_forecasts: _Kept[RenewalForecastFound] = _Kept(200, "renewal_forecast")
_pipelines: _Kept[GrowthPipelineFound] = _Kept(100, "growth_pipeline")
_healths: _Kept[HealthFound] = _Kept(200)
_scorecards: _Kept[Scorecard] = _Kept(300)
#: What published files answer, so that asking it again troubles nobody else.
_RENEWED: tuple[_Kept[Any], ...] = (_figures, _pages, _agendas, _rated, _forecasts, _pipelines)


def take_stale(state: State, since: float, more: Iterable[Asked] = ()) -> list[Asked]:
    """Give up what no longer holds in this state of a workspace; of that, and of ``more``, what pages asked for since then, the latest
    first, once each.
    """
    stale = [
        *(one for one in more if one.at >= since),
        *(one for kept in _RENEWED for one in kept.take_stale(state, since)),
    ]
    found = sorted(stale, key=lambda one: -one.at)
    return list({replace(one, at=0.0): one for one in reversed(found)}.values())[::-1]


class Answers:
    """What a sight answers to the questions of one page. Made anew for every request. ``asked_at``: when a page asked, if not now."""

    def __init__(self, sight: Sight, *, asked_at: float | None = None) -> None:
        self.sight = sight
        self._asked_at = time.monotonic() if asked_at is None else asked_at
        self.settings = sight.settings()
        self._state = sight.state()

    def ask(self, metric: str, **more: Any) -> Result:
        """The figures of a metric; ``more`` as for ``Sight.show``. Raises ``UsageError`` as that does.

        They are as of the last time that figures were brought up to date, if nothing they stand on has changed by that.
        """
        found = self._once(_figures, self.sight.show, self.sight.stands_on, metric, more)
        past = more.get("as_of") or more.get("reported")
        return found if self._state is None or past else found.standing_at(self._state.as_of)

    def rows(self, name: str, **more: Any) -> Page:
        """A page of a list; ``more`` as for ``Sight.rows``. Raises ``UsageError`` as that does."""
        return self._once(_pages, self.sight.rows, None, name, more)

    def explain(self, metric: str, **more: Any) -> Explanation:
        """What stands behind a number; ``more`` as for ``Sight.explain``. Raises ``UsageError`` as that does."""
        return self._once(_behind, self.sight.explain, None, metric, more)

    def restatements(self, metric: str, **more: Any) -> tuple[Restatement, ...]:
        """How reported figures became what is known now; ``more`` as for ``Sight.restatements``. Raises as that does."""
        return self._once(_restated, self.sight.restatements, None, metric, more)

    def agenda(self, owner: str = "", **more: Any) -> Agenda:
        """What there is to do; arguments as for ``Sight.agenda``. It is as of some minutes ago at most."""
        moment = int(time.time() // _MOMENT)
        return self._once(
            _agendas, lambda name, **_more: self.sight.agenda(name, **more), None, owner, {**more, "moment": moment}
        )

    def objectives(self, which: str = "running", **more: Any) -> ObjectivesFound:
        """Objectives and how they stand; arguments as for ``Sight.objectives``. It is as of some minutes ago at most."""
        moment = int(time.time() // _MOMENT)
        return self._once(
            _objectives,
            lambda name, **_more: self.sight.objectives(name, **more),
            None,
            which,
            {**more, "moment": moment},
        )

    def lines(self, **more: Any) -> LinesFound:
        """Who answers for what; arguments as for ``Sight.lines``. It is as of some minutes ago at most."""
        asked = {**more, "moment": int(time.time() // _MOMENT)}
        return self._once(_lines, lambda _all, **_more: self.sight.lines(**more), None, "", asked)

    def rolled_up(self, metric: str, **more: Any) -> RolledUpFound:
        """A metric along the reporting line; arguments as for ``Sight.rolled_up``. It is as of some minutes ago at most."""
        asked = {**more, "moment": int(time.time() // _MOMENT)}
        return self._once(_rolled, lambda name, **_more: self.sight.rolled_up(name, **more), None, metric, asked)

    def rated(self, by: str = "") -> RatedFound:
        """How customers stand by the kept scores; as ``Sight.rated``."""
        return self._once(_rated, self.sight.rated, None, by, {})

    def renewal_forecast(self, **more: Any) -> RenewalForecastFound:
        """What is expected of renewals; arguments as for ``Sight.renewal_forecast``. It is as of some minutes ago at most."""
        asked = {**more, "moment": int(time.time() // _MOMENT)}
        return self._once(_forecasts, lambda _all, **_more: self.sight.renewal_forecast(**more), None, "", asked)

    def growth_pipeline(self) -> GrowthPipelineFound:
        """What may be sold, added up; as ``Sight.growth_pipeline``. It is as of some minutes ago at most."""
        asked = {"moment": int(time.time() // _MOMENT)}
        return self._once(_pipelines, lambda _all, **_more: self.sight.growth_pipeline(), None, "", asked)

    def health(self, account: str, **more: Any) -> HealthFound:
        """An account's score and why it is that; ``more`` as for ``Sight.health``. Raises ``UsageError`` as that does."""
        model = self.sight.health_model().text  # no settings, and another one holds at once
        return self._once(
            _healths, lambda name, **_more: self.sight.health(name, **more), None, account, {**more, "model": model}
        )

    def scorecard(self, person: str, **more: Any) -> Scorecard:
        """What came of somebody's work; ``more`` as for ``Sight.scorecard``. Raises as that does. It is as of some minutes ago at most."""
        asked = {**more, "moment": int(time.time() // _MOMENT)}
        return self._once(_scorecards, lambda who, **_more: self.sight.scorecard(who, **more), None, person, asked)

    def _once(
        self, kept: _Kept[T], ask: Callable[..., T], stands_on: Callable[..., tuple[str, ...] | None] | None,
        name: str, more: dict[str, Any],
    ) -> T:  # fmt: skip
        frozen = tuple(sorted((k, _frozen(v)) for k, v in more.items()))
        key = (self.sight.home, self.sight.scope, name, frozen)
        with kept.turn(key):
            found = kept.get(key, self._state, self._asked_at) if self._state else None
            if found is not None:
                return found
            known = self._state
            answer = ask(name, **more)
            if known is None:  # of which state it is nobody knows: another may have been published while it was made
                self._state = self.sight.state()
                return answer
            facts = stands_on(name, **more) if stands_on else None
            timeless = tuple(pair for pair in frozen if pair[0] != "moment")
            asked = Asked(self.sight.scope, kept.verb, name, timeless, self._asked_at)
            kept.put(key, _Answer(answer, asked, facts, known.word(facts)))
            return answer


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
