"""What made a reported figure another one: lines between successive replays, which add up by construction.

Undefined values are stepped over: a line then stands for all that came in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.money import SCALE
from tenure.figures.figure import Figure
from tenure.figures.finish import plain

if TYPE_CHECKING:
    from tenure.figures.compiledform import Plan

#: The accounts named beside a line at most.
MOST = 3
#: The last cause: that it is later.
TIME = "time"
Place = frozenset[tuple[str, Any]]
#: An account's id and name, and all of a row that a figure depends on; and how often there is such a row.
Rows = Counter[tuple[Any, ...]]


@dataclass(frozen=True)
class Moved:
    """An account that moved a figure; ``amount``: by how much, where figures are sums."""

    account_id: str | None
    account: str | None
    amount: Decimal | None


@dataclass(frozen=True)
class Line:
    """A part of the way from what was reported to what is known now.

    ``why``: ``settings``, ``definition`` (``unexplained`` where neither has changed), ``late_facts``, ``corrections``, ``ownership``, ``exchange_rates``, ``time``;
    several where they cannot be told apart. ``amount``: in the figure's unit. ``rows``: how many rows behind the figure came, went or
    changed; null where that is not known, or might tell of people. ``accounts``: those that moved it most.
    """

    why: tuple[str, ...]
    amount: Decimal
    rows: int | None
    accounts: tuple[Moved, ...]


@dataclass(frozen=True)
class Restatement:
    """A frozen figure, what it is now, and the lines that add up to the change.

    ``reported`` and ``now`` are null where the figure is undefined, held or suppressed, and then there are no lines.
    ``closed_at``: when it was frozen (UTC), as known up to ``last_batch``.
    """

    metric: str
    variant: str
    period_start: date
    period_end: date
    window: str
    slice: dict[str, Any]
    unit: str
    closed_at: datetime
    last_batch: int
    reported: Decimal | None
    now: Decimal | None
    change: Decimal | None
    status: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """The figures of one replay, by slice, after what ``why`` names; ``rows``: those behind them, where known."""

    why: tuple[str, ...]
    figures: Mapping[Place, Figure]
    rows: Mapping[Place, Rows] | None = None


def by_place(figures: Iterable[Figure]) -> dict[Place, Figure]:
    """Figures of one period by their slices."""
    return {place_of(figure.slice): figure for figure in figures}


def place_of(slice_: Mapping[str, Any]) -> Place:
    """A slice, whatever the order of its dimensions."""
    return frozenset(slice_.items())


def rows_by_place(plan: Plan, rows: Iterable[Mapping[str, Any]]) -> dict[Place, Rows]:
    """The rows behind figures, by slice, as far as figures depend on them."""
    found: dict[Place, Rows] = {}
    for row in rows:
        if row["excluded"] == "":
            continue
        told = (row["account_id"], row["account"], row["excluded"], row["weight"], *(row[name] for name in plan.adds))
        place = frozenset((name, row[f"by_{name}"]) for name in plan.by)
        found.setdefault(place, Counter())[told] += 1
    return found


@dataclass
class Way:
    """The way of one figure through the stages."""

    place: Place
    plan: Plan
    stages: Sequence[Stage]
    lines: list[Line] = field(default_factory=list)

    def value(self, stage: Stage) -> Decimal | None:
        """The value at a stage: nothing adds up to nothing, but is no share of anything."""
        figure = stage.figures.get(self.place)
        if figure is None:
            return Decimal(0) if self.plan.kind == "total" else None
        return figure.value

    @property
    def status(self) -> str:
        """``suppressed`` or ``held`` where an end is."""
        ends = (self.stages[0].figures.get(self.place), self.stages[-1].figures.get(self.place))
        told = {figure.status for figure in ends if figure is not None}
        return next((status for status in ("suppressed", "held") if status in told), "ok")

    def walked(self) -> tuple[Line, ...]:
        """The lines from the first stage to the last, those that are zero left out."""
        before, value = self.stages[0], self.value(self.stages[0])
        why: tuple[str, ...] = ()
        if value is None or self.value(self.stages[-1]) is None:
            return ()
        lines = []
        for stage in self.stages[1:]:
            why = (*why, *stage.why)
            here = self.value(stage)
            if here is None:
                continue
            if here != value:
                lines.append(self._line(why, plain(here - value), before, stage))
            before, value, why = stage, here, ()
        return tuple(lines)

    def _line(self, why: tuple[str, ...], amount: Decimal, before: Stage, after: Stage) -> Line:
        if before.rows is None or after.rows is None:
            return Line(why, amount, None, ())
        then, now = (stage.rows.get(self.place, Counter()) for stage in (before, after) if stage.rows is not None)
        by_account: dict[tuple[Any, Any], list[int]] = {}
        amounts: Counter[tuple[Any, Any]] = Counter()
        for sign, rows in ((1, now - then), (-1, then - now)):
            for row, times in rows.items():
                by_account.setdefault(row[:2], [0, 0])[sign < 0] += times
                amounts[row[:2]] += sign * times * _weighed(row)
        # A row that changed went as it was and came as it is.
        count = sum(max(pair) for pair in by_account.values())
        largest = sorted(by_account, key=lambda who: (-abs(amounts[who]), -max(by_account[who]), str(who)))[:MOST]
        return Line(why, amount, count, tuple(self._moved(who, amounts[who]) for who in largest))

    def _moved(self, who: tuple[Any, Any], amount: int) -> Moved:
        if self.plan.kind != "total":
            return Moved(*who, None)
        scale = self.plan.scale * (SCALE if self.plan.unit == "money" else 1)
        return Moved(*who, plain(Decimal(amount) / scale))


def _weighed(row: tuple[Any, ...]) -> int:
    """What a row adds to a sum; of a ratio or a time, how much there is of it."""
    _, _, excluded, weight, *adds = row
    return 0 if excluded is not None else int(sum(abs(x or 0) if len(adds) > 1 else x or 0 for x in adds) * weight)
