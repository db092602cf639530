"""Objectives as rows: the company's first, below each those that serve it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tenure.web.kit import aims, figure, formats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tenure.engine.objectives.standing import Standing
    from tenure.web.kit.aims import Pill, Teller

COLUMNS = (
    "id", "level", "owner", "team", "name", "serves", "metric", "slice", "direction", "target", "goal", "period_start",
    "period_end", "weight", "value", "low", "high", "n", "expected_now", "forecast", "forecast_low", "forecast_high", "how",
    "status", "missing", "missing_of_way", "missing_in_spreads", "confidence", "late_changes",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """An objective in a list. ``depth``: how far below the top it stands; ``rows``: where its value comes from; ``late``: what it is held to was
    changed in its window.
    """

    id: str
    link: str
    name: str
    whose: str
    answers: str
    depth: int
    measure: str
    target: str
    window: str
    value: str
    rows: str
    interval: str
    note: str
    expected: str
    forecast: str
    range: str
    status: Pill
    means: str
    weight: str
    confidence: str
    late: bool


def rows(found: Sequence[Standing], teller: Teller) -> tuple[Row, ...]:
    """The tree, from the top down."""
    return tuple(row(one, depth, teller) for one, depth in _walk(found))


def row(one: Standing, depth: int, teller: Teller) -> Row:
    """One of them."""
    told, found = one.objective, one.measured.figure if one.measured else None
    forecast = one.forecast if one.forecast and one.forecast.how != "final" else None
    whose = teller.whose(told)
    answers = teller.person(told.csm_id)
    return Row(
        told.id, reverse("objective_page", args=[told.id]), told.name, whose, "" if answers == whose else answers, depth,
        teller.measure(told), teller.target(told, one.goal), aims.window(told),
        teller.value(told, found.value) if found else formats.UNKNOWN, _rows(one, teller),
        teller.interval(told, found.low, found.high) if found else "",
        figure.note(found) if found and found.status != "ok" else "",
        teller.value(told, one.expected) if one.expected is not None else "",
        teller.value(told, forecast.value) if forecast else "",
        teller.interval(told, forecast.low, forecast.high) if forecast else "",
        aims.status(one), aims.meaning(one), "" if told.weight is None else formats.percent(told.weight, 0),
        formats.percent(told.check_ins[-1].confidence, 0) if told.check_ins else "", any(each.late for each in told.changes),
    )  # fmt: skip


def _rows(one: Standing, teller: Teller) -> str:
    """The address of the rows that its value is made of, asked as it was; before there is one, of its metric."""
    told, found = one.objective, one.measured
    entry = teller.metrics.get(told.metric)
    if entry is None:
        return ""
    if found is None or found.figure is None or found.figure.value is None:
        return figure.page_of(told.metric)
    varied = {axis: option for axis, option in found.variant if option != entry.axes[axis][0]}
    return figure.rows_of(found.figure, {"grain": found.grain, "window": found.window, **varied}, found.only)


def _walk(found: Sequence[Standing]) -> Iterator[tuple[Standing, int]]:
    """Each below the one that it serves, where that is listed; a circle in the data is walked once."""
    listed = {one.objective.id for one in found}
    below: dict[str, list[Standing]] = {}
    for one in found:
        served = one.objective.serves if one.objective.serves in listed else ""
        below.setdefault(served, []).append(one)
    walked: set[str] = set()

    def under(name: str, depth: int) -> Iterator[tuple[Standing, int]]:
        for one in below.get(name, ()):
            if one.objective.id not in walked:
                walked.add(one.objective.id)
                yield one, depth
                yield from under(one.objective.id, depth + 1)

    yield from under("", 0)
    for one in found:
        if one.objective.id not in walked:
            yield one, 0


def filed(one: Standing) -> dict[str, Any]:
    """One as a row of a file."""
    told, found, forecast, gap = one.objective, one.measured.figure if one.measured else None, one.forecast, one.gap
    return {
        "id": told.id, "level": told.level, "owner": told.csm_id, "team": told.team, "name": told.name, "serves": told.serves,
        "metric": told.metric, "slice": told.slice, "direction": told.direction if told.metric else "", "target": told.target,
        "goal": one.goal, "period_start": told.opens, "period_end": told.closes, "weight": told.weight,
        "value": found.value if found else None, "low": found.low if found else None, "high": found.high if found else None,
        "n": found.n if found else None, "expected_now": one.expected, "forecast": forecast.value if forecast else None,
        "forecast_low": forecast.low if forecast else None, "forecast_high": forecast.high if forecast else None,
        "how": forecast.how if forecast else one.why_not, "status": one.status, "missing": gap.missing if gap else None,
        "missing_of_way": gap.way if gap else None, "missing_in_spreads": gap.spreads if gap else None,
        "confidence": told.check_ins[-1].confidence if told.check_ins else None,
        "late_changes": sum(each.late for each in told.changes),
    }  # fmt: skip
