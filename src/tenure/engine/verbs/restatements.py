"""``restatements``: how reported figures became what is known now.

Between the figure that a close froze and the one of now lie replays, each of which knows one kind of thing more:

1. what the close knew, at its moment, under today's settings and definitions;
2. late facts: rows with new keys, and events, that came in later batches;
3. corrections: later rows of known keys, and what was taken back;
4. ownership: assignments, staff, and the attributes of accounts that were known;
5. exchange rates;
6. time: all that is known now, at the moment of now, so that cases that were open have ended or grown older.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.frozen import UNEXPLAINED, Frozen, among, matching, passes
from tenure.engine.restated import TIME, Restatement, Stage, Way, by_place, rows_by_place
from tenure.figures import footing, kept
from tenure.figures.answer import answer, rows_behind
from tenure.figures.attain import TARGET
from tenure.figures.finish import plain
from tenure.figures.request import Asked, Request, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.replay import Known, Later, told_after

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.desk import Desk
    from tenure.figures.compiledform import Plan, Recipe
    from tenure.figures.figure import Figure
    from tenure.figures.reader import Reader

_NARROWED = "first worked out again, as of the close, of the accounts you see: what was reported cannot be narrowed"


@dataclass(frozen=True)
class Restatements:
    """Those of the closed ones among the periods asked for, by slices that were frozen. ``scope``: whose accounts."""

    asked: Asked
    scope: Scope = EVERYTHING


def restatements(desk: Desk, request: Restatements) -> tuple[Restatement, ...]:
    """What was reported, what it is now, and lines that add up to the difference, by period and slice.

    Through a narrow scope both ends are of the accounts in it: the close is worked out again for them.
    Raises ``DataError`` where no period is closed, or the slices were not frozen, ``UsageError`` with another as-of.
    """
    if request.asked.as_of:
        fix = "Leave out --as-of."
        raise UsageError("Restatements lead from a close to now.", code="restated_as_of", fix=fix)
    wanted = resolved(request.asked, desk.settings, desk.clock(), request.scope)
    return tuple(found for frozen in among(desk, wanted) for found in _Restating(desk, wanted, frozen).found())


class _Restating:
    """The restatement of one closed period."""

    def __init__(self, desk: Desk, wanted: Request, frozen: Frozen) -> None:
        self.desk, self.wanted, self.frozen = desk, wanted, frozen
        self.settings, self.now = desk.settings, wanted.asked_at
        self.reported = matching(frozen, wanted)
        self.found_now = desk.fresh(self.now)

    def found(self) -> Iterator[Restatement]:
        """A restatement for each slice that was reported or is there now."""
        if not self.reported:
            return
        asked = self._asked(self.now)
        plan = kept.plan(asked.question, self.found_now.ground, self.settings)
        stages = list(self._stages(plan))
        shown = {place: figure for stage in (stages[-1], stages[0]) for place, figure in stage.figures.items()}
        places = [*stages[0].figures, *(place for place in stages[-1].figures if place not in stages[0].figures)]
        for place in places:
            if passes(shown[place], self.wanted.filters):
                yield self._restated(Way(place, plan, stages), shown[place])

    def _asked(self, moment: datetime) -> Request:
        """The question that was frozen, at a moment, of the accounts that the scope holds now."""
        figure = self.reported[0]
        asked = Asked(
            figure.metric, self.frozen.period, self.frozen.period, self.frozen.grain, figure.window, tuple(figure.slice)
        )
        return replace(resolved(asked, self.settings, moment, self.wanted.scope), asked_at=self.now)

    def _stages(self, plan: Plan) -> Iterator[Stage]:
        why = self.frozen.causes(self.wanted.entry.slug, self.settings) or (UNEXPLAINED,)
        if not self.wanted.scope.narrow:
            yield Stage((), by_place(self.reported))
        tables = self._tables(plan)
        told = told_after(self.desk.store, self.frozen.last_batch, tables)
        later: frozenset[Later] = frozenset()
        for kind in (None, *Later):
            if kind is not None:
                if not any(kind in of_table for of_table in told.values()):
                    continue
                later, why = later | {kind}, (kind.value,)
            self.desk.progress(f"replaying {self.frozen.period}", len(later), len(Later))
            read = tables | {TARGET.fact}  # which stands beside every figure, and changes none
            with self.desk.replayed(Known(self.frozen.last_batch, later), self.now, read) as (_, reader):
                yield self._stage(why, plan, self._asked(self.frozen.now), reader)
        asked = self._asked(self.now)
        with self.desk.reader(asked, plan, self.now) as reader:
            yield self._stage((TIME,), plan, asked, reader)

    def _stage(self, why: tuple[str, ...], plan: Plan, asked: Request, reader: Reader) -> Stage:
        held = self.found_now.held if why == (TIME,) else {}
        figures = by_place(answer(asked, reader, self.settings, held))
        if plan.respondents or not plan.adds:  # nobody is to be told by the rows; and a product has none
            return Stage(why, figures)
        return Stage(why, figures, rows_by_place(plan, rows_behind(asked, reader, self.settings)))

    def _tables(self, plan: Plan) -> set[str]:
        """The canonical tables behind the figures and the rows."""
        ground, question = self.found_now.ground, self._asked(self.now).question
        values, rows = (
            kept.detail(question, ground, self.settings, "values"),
            kept.detail(question, ground, self.settings, "rows"),
        )
        behind: list[Plan | Recipe] = [plan, values, rows]
        return {name for how in behind for name in footing.canonical(how.tables, how.facts, ground, self.settings)}

    def _restated(self, way: Way, shown: Figure) -> Restatement:
        reported, now = (way.value(stage) for stage in (way.stages[0], way.stages[-1]))
        status = way.status
        notes = [_NARROWED] if self.wanted.scope.narrow else []
        undefined = ["undefined when it was reported"] * (reported is None) + ["undefined now"] * (now is None)
        notes += undefined if status == "ok" else []
        notes += self.frozen.changed_settings(self.settings) if not self.wanted.scope.narrow else []
        return Restatement(
            shown.metric, shown.variant, shown.period_start, shown.period_end, shown.window, shown.slice, shown.unit,
            self.frozen.now.replace(tzinfo=UTC), self.frozen.last_batch, reported, now,
            None if reported is None or now is None else plain(now - reported), status,
            way.walked() if status == "ok" else (), tuple(notes),
        )  # fmt: skip
