"""What somebody was held to in a window: objectives with a metric, how much of each is attained, and the blend of one's own and the team's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.money import ratio
from tenure.engine.objectives.measured import meets
from tenure.engine.objectives.standing import Status, standing
from tenure.engine.objectives.told import objectives_told
from tenure.figures.attain import attainment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tenure.engine.desk import Desk
    from tenure.engine.objectives.measured import Gauge
    from tenure.engine.objectives.standing import Standing
    from tenure.engine.objectives.told import Objective
    from tenure.engine.scorecards.rules import Measure, Rules
    from tenure.engine.scorecards.window import Window


@dataclass(frozen=True)
class Aim:
    """An objective of the window. ``goal``: with its ramp; ``value``: what its own slice and window came to; ``attained``: how much of the
    goal that is, as a share (value / goal; where less is better goal / value), null where it cannot be said. ``low``, ``high``: the interval of the
    value; null where it rests on too few.
    """

    id: str
    name: str
    metric: str
    direction: str
    status: Status
    unit: str
    goal: Decimal | None
    value: Decimal | None
    attained: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Part:
    """An aim in a blend. ``weight``: of its measure; ``counted``: what of it counts (see ``Rules.most``)."""

    aim: Aim
    weight: Decimal
    counted: Decimal


@dataclass(frozen=True)
class Blend:
    """``individual``, ``team``: the weighted means of what was attained; null without any. ``value``: both, in the ``shares`` that the rules give
    them; null where one of them is missing that has a share.
    """

    version: str
    shares: tuple[Decimal, Decimal]
    own: tuple[Part, ...]
    of_team: tuple[Part, ...]
    individual: Decimal | None
    team: Decimal | None
    value: Decimal | None


def aims_of(
    desk: Desk, by: Gauge, person: str, team: str, window: Window, metrics: Iterable[str]
) -> dict[str, tuple[Aim, ...]]:
    """The objectives of a person (of a team, where ``person`` is empty) of exactly this window, by metric."""
    level, wanted = ("person" if person else "team"), set(metrics)
    found: dict[str, list[Aim]] = {}
    for one in objectives_told(desk):
        whose = one.csm_id == person if person else one.team == team
        at = (one.opens, one.closes) == (window.start, window.end)
        if one.level == level and whose and at and one.metric in wanted and one.dropped_at is None:
            found.setdefault(one.metric, []).append(_aim(one, standing(by, one)))
    return {metric: tuple(aims) for metric, aims in found.items()}


def _aim(one: Objective, stands: Standing) -> Aim:
    found = stands.measured
    figure = found.figure if found else None
    value = figure.value if figure else None
    ends = (figure.low, figure.high) if figure and figure.status == "ok" else (None, None)
    better = "more" if one.direction == "at_least" else "less"
    told = None if value is None or stands.goal is None else attainment(value, stands.goal, better)  # type: ignore[arg-type]
    return Aim(
        one.id, one.name, one.metric, one.direction, stands.status, found.unit if found else "", stands.goal, value,
        told, *ends,
    )  # fmt: skip


def blended(rules: Rules, own: Mapping[str, tuple[Aim, ...]], team: Mapping[str, tuple[Aim, ...]]) -> Blend:
    """One's own results and the team's, as the rules weigh them. Only what has a target and a value counts."""
    mine, theirs = _parts(rules, own), _parts(rules, team)
    individual, of_team = _mean(mine), _mean(theirs)
    shares = rules.individual, 1 - rules.individual
    pairs = [(share, value) for share, value in zip(shares, (individual, of_team), strict=True) if share]
    told = [share * value for share, value in pairs if value is not None]
    whole = _rounded(sum(told, Decimal(0))) if len(told) == len(pairs) else None
    return Blend(rules.version, shares, mine, theirs, individual, of_team, whole)


def _parts(rules: Rules, aims: Mapping[str, tuple[Aim, ...]]) -> tuple[Part, ...]:
    return tuple(
        Part(aim, one.weight, counted)
        for one in _measures(rules)
        for aim in aims.get(one.metric, ())
        if one.weight and (counted := _counted(aim, rules.most)) is not None
    )


def _counted(aim: Aim, most: Decimal) -> Decimal | None:
    """What of an aim counts. Where it is no share of the goal, as below 0 or of nothing: all of it where it is reached, as much as counts at most
    where less is better and nothing is left, and nothing where it is missed.
    """
    if aim.value is None or aim.goal is None:
        return None
    if aim.attained is not None:
        return min(aim.attained, most)
    if aim.direction == "at_most" and aim.value <= 0 < aim.goal:
        return most
    return Decimal(meets(aim.value, aim.goal, aim.direction))


def _measures(rules: Rules) -> Iterable[Measure]:
    """Each metric once, with its first variant."""
    first: dict[str, Measure] = {}
    for group in rules.groups:
        for one in group.measures if not group.beside else ():
            first.setdefault(one.metric, one)
    return first.values()


def _mean(parts: tuple[Part, ...]) -> Decimal | None:
    weights = sum((one.weight for one in parts), Decimal(0))
    return ratio(sum((one.weight * one.counted for one in parts), Decimal(0)), weights) if weights else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"))
