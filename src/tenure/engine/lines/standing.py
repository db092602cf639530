"""Who answers for what on a day: a cell for each metric and unit, with what is wrong about it, and what objectives would propose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tenure.core.errors import UsageError
from tenure.engine import reach
from tenure.engine.lines.line import COMPANY, Line
from tenure.figures import kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.engine.lines.line import Level, Unit
    from tenure.engine.objectives.told import Objective

#: What every company measures itself by, besides what its objectives name: the figures on top of the board.
MEASURED = (
    "arr", "net_revenue_retention", "gross_revenue_retention", "customer_churn_rate", "net_promoter_score",
)  # fmt: skip
#: Scores that people move themselves are no measure of people: who answers for them is asked of the company only.
APART = "health"
#: Why nobody answers as she should: nobody is told; who is told has ``left``, stands ``outside`` the line, or is one of two told at once.
Gap = Literal["", "nobody", "left", "outside", "twice"]


@dataclass(frozen=True)
class Told:
    """That somebody answers for a metric of a unit, as it was told. ``line_id``: whose line was named, which may be the only top's own."""

    metric: str
    unit: str
    csm_id: str
    since: date
    until: date | None
    by: str
    reason: str
    line_id: str = ""

    def holds(self, day: date) -> bool:
        """Whether it is so on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Cell:
    """Who answers for a metric of a unit. ``told``: those who do on the day; ``gap``: what is wrong. ``proposed``: whom the running objectives
    name, where nobody is told, and ``objective``: one of them. ``ahead``: who will.
    """

    metric: str
    unit: str
    level: Level
    told: tuple[Told, ...]
    gap: Gap
    proposed: str
    objective: str
    ahead: tuple[Told, ...]


def told_of(desk: Desk, line: Line) -> tuple[Told, ...]:
    """All that was told, by what is known now. The only top's line is the company."""
    rows = desk.store.rows(
        f'SELECT metric, line_id, csm_id, valid_from, valid_to, "by", reason FROM accountability_version WHERE {reach.CURRENT} '
        "ORDER BY valid_from, metric, line_id NULLS FIRST"
    )
    return tuple(
        Told(metric, line.unit(unit or COMPANY), csm_id, since, until, by or "", reason or "", unit or COMPANY)
        for metric, unit, csm_id, since, until, by, reason in rows
    )


def measured(told: Iterable[Told], objectives: Iterable[Objective], day: date) -> tuple[str, ...]:
    """The metrics that somebody is to answer for: those on top of the board, those of objectives that run, and those told of."""
    found = {
        one.metric for one in objectives if one.metric and one.dropped_at is None and one.opens <= day < one.closes
    }
    found |= {one.metric for one in told}
    return (*MEASURED, *sorted(found - set(MEASURED)))


def apart(metric: str, settings: Settings) -> bool:
    """Whether a metric is asked of the company only. One that there is not any more is no such."""
    try:
        return kept.entry(metric, settings).family == APART
    except UsageError:
        return False


def cells(
    metrics: Sequence[str], line: Line, told: Sequence[Told], objectives: Sequence[Objective], settings: Settings,
    teams: Mapping[str, frozenset[str]],
) -> tuple[Cell, ...]:  # fmt: skip
    """A cell for each metric and each unit with people who look after accounts."""
    proposals = _proposals(line, objectives, teams)
    found: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        found.setdefault((one.metric, one.unit), []).append(one)
    made: list[Cell] = []
    for metric in metrics:
        units = line.units[:1] if apart(metric, settings) else line.units
        made += [
            _cell(metric, unit, found.get((metric, unit.id), []), line, proposals.get((metric, unit.id)))
            for unit in units
            if unit.carries
        ]
    return tuple(made)


def loose(told: Iterable[Told], made: Iterable[Cell], day: date) -> tuple[Told, ...]:
    """What is told of the day that no cell holds: of units that are none any more, or never were."""
    places = {(one.metric, one.unit) for one in made}
    return tuple(one for one in told if one.holds(day) and (one.metric, one.unit) not in places)


def _cell(metric: str, unit: Unit, told: list[Told], line: Line, proposal: tuple[str, str] | None) -> Cell:
    now = tuple(one for one in told if one.holds(line.day))
    ahead = tuple(one for one in told if one.since > line.day)
    proposed, objective = proposal if proposal and not now else ("", "")
    return Cell(metric, unit.id, unit.level, now, _gap(unit, now, line), proposed, objective, ahead)


def _gap(unit: Unit, now: Sequence[Told], line: Line) -> Gap:
    if not now:
        return "nobody"
    if len(now) > 1:
        return "twice"
    person = line.people.get(now[0].csm_id)
    if person is None or not person.here:
        return "left"
    return "" if line.holds(unit.id, person.id) else "outside"


def _proposals(
    line: Line, objectives: Iterable[Objective], teams: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Whom objectives that run name for a metric and unit, and one of these; nobody where they name several."""
    named: dict[tuple[str, str], dict[str, str]] = {}
    for one in objectives:
        person = line.people.get(one.csm_id)
        if (
            not one.metric
            or one.dropped_at
            or not one.opens <= line.day < one.closes
            or person is None
            or not person.here
        ):
            continue
        unit = _unit_of(one, line, teams)
        if unit is not None:
            named.setdefault((one.metric, unit), {}).setdefault(one.csm_id, one.id)
    return {place: next(iter(people.items())) for place, people in named.items() if len(people) == 1}


def _unit_of(one: Objective, line: Line, teams: Mapping[str, frozenset[str]]) -> str | None:
    """The unit that an objective is of: of a team the smallest one that all its people stand in."""
    if one.level == "company":
        return COMPANY
    if one.level == "person":
        return line.unit(one.csm_id) if line.unit(one.csm_id) in line.by_id else None
    members = teams.get(one.team, frozenset())
    holding = [unit for unit in line.units if members and members <= line.members(unit.id)]
    return min(holding, key=lambda unit: (len(line.members(unit.id)), unit.id)).id if holding else None
