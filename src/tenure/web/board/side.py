"""What a part of the board is asked of: the period, one slice of the customers, and the way to the rows of each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from tenure.core.confidence import Interval, mover_difference
from tenure.core.period import Period
from tenure.engine.result import Figure
from tenure.web.board.asked import A_YEAR_BEFORE, BEFORE, Chosen, back
from tenure.web.kit import figure
from tenure.web.kit.annotations import NOTHING, Marks
from tenure.web.kit.asking import Answers

#: Retention and churn are told of a year, whatever period is looked at: a month says little of them.
YEARLY = ("net_revenue_retention", "gross_revenue_retention")


@dataclass(frozen=True)
class Side:
    """One side of the board. ``value``: of the dimension that was chosen; empty for everything. ``people``: names by id;
    ``marks``: what was written down of moments; ``closes``: where periods are closed, if the reader may.
    """

    answers: Answers
    chosen: Chosen
    value: str
    people: Mapping[str, str]
    marks: Marks = NOTHING
    closes: str = ""

    @property
    def currency(self) -> str:
        """Of all money here."""
        return self.answers.settings.currency

    @property
    def only(self) -> tuple[tuple[str, str], ...]:
        """The slice, as questions and addresses have it."""
        return ((self.chosen.by, self.value),) if self.value else ()

    @cached_property
    def title(self) -> str:
        """What the slice is called; empty for everything."""
        return figure.named(self.chosen.by, self.value, self.people) if self.value else ""

    def course(self, metric: str, *, window: str = "", by: Sequence[str] = (), count: int = 0) -> list[Figure]:
        """The figures of a metric over the periods of its course, or over ``count`` of them, the last of which is chosen."""
        first = back(self.chosen.at, (count or self.chosen.course) - 1)
        return self._ask(metric, first, self.chosen.at, window, by)

    def last(self, metric: str, *, window: str = "", by: Sequence[str] = (), at: Period | None = None) -> list[Figure]:
        """The figures of a metric for the chosen period (or for ``at``), each beside what it is compared with."""
        found = self._ask(metric, at or self.chosen.at, at or self.chosen.at, window, by)
        return found if at else self.beside(found, metric, window, by)

    def beside(self, found: list[Figure], metric: str, window: str, by: Sequence[str]) -> list[Figure]:
        """The figures, the last beside those of the period they are compared with, where that is one of the reader's choice."""
        if self.chosen.versus in (BEFORE, A_YEAR_BEFORE):
            return found
        then = self._ask(metric, self.chosen.against, self.chosen.against, window, by)
        before = {tuple(each.slice.items()): each for each in then}
        return [
            _against(each, before.get(tuple(each.slice.items()))) if each.period_end == self.chosen.at.end else each
            for each in found
        ]

    def _ask(self, metric: str, first: Period, last: Period, window: str, by: Sequence[str]) -> list[Figure]:
        more: dict[str, Any] = {"where": self.only} if self.only else {}
        if self.chosen.versus == A_YEAR_BEFORE:
            more["compare"] = A_YEAR_BEFORE
        end = last.label
        asked = {"start": first.label, "end": end, "grain": self.chosen.grain.value, "window": window}
        return list(self.answers.ask(metric, by=tuple(by), **asked, **more))

    def address(self, metric: str, window: str = "") -> dict[str, str]:
        """What was asked beside the metric, as the address of its page holds it; defaults are left out."""
        grain = self.chosen.grain.value
        told = {} if grain == "month" else {"grain": grain}
        if window and window != self.answers.sight.metrics()[metric].window:
            told["window"] = window
        if self.chosen.versus == A_YEAR_BEFORE:
            told["compare"] = A_YEAR_BEFORE
        return told

    def rows(self, each: Figure) -> str:
        """The address of the rows behind a figure."""
        return figure.rows_of(each, self.address(each.metric, each.window), self.only)


def _against(now: Figure, then: Figure | None) -> Figure:
    """A figure beside an earlier one: the change, and whether the two can be told apart."""
    kept = {name: value for name, value in now.extra.items() if name not in ("before", "change", "different")}
    if then is None or now.value is None or then.value is None:
        return replace(now, extra=kept)
    kept |= {"before": then.value, "change": now.value - then.value}
    different = told_apart(now, then)
    return replace(now, extra=kept if different is None else kept | {"different": different})


def told_apart(one: Figure, other: Figure) -> bool | None:
    """Whether two figures differ by more than chance makes; None where that is not known."""
    if None in (one.value, other.value, one.low, one.high, other.low, other.high):
        return None
    covers = mover_difference(_float(one.value), _ends(one), _float(other.value), _ends(other)).covers(0)
    return None if covers is None else not covers


def _ends(of: Figure) -> Interval:
    return Interval(_float(of.low), _float(of.high))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
