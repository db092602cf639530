"""What is to be told of an objective: refused while it is not specific, measurable and bounded in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import parse_period
from tenure.engine.objectives.measured import GRAINS, Clock
from tenure.engine.objectives.told import Objective, Ramp
from tenure.engine.objectives.whose import Staff, not_found, sees, sets
from tenure.figures import kept
from tenure.figures.attain import named_in

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.objectives.told import Direction, Level
    from tenure.figures.scope import Scope
    from tenure.metrics.kinds import Entry

_PEOPLE = ("owner", "agent", "manager", "team")
#: Scores that people move themselves are no measure of people.
_APART, _BY_SCORES = "health", ("revenue_at_risk",)
_MOST_SHARE = 5


@dataclass(frozen=True)
class Draft:
    """An objective to be told. ``id``: of one that is to be changed; empty for a new one. ``period``: 2026-10, 2026-Q4, 2026-H2 or 2026. Without a
    ``metric``, and then ``slice``, ``target`` and ``direction``, it is a milestone. ``slice``: as of the table; that of a person or
    a team names whose accounts count by itself. ``direction``: needed only where the metric has no good way of its own.
    """

    level: Level
    csm_id: str
    name: str
    period: str
    team: str = ""
    metric: str = ""
    slice: str = ""
    target: Decimal | None = None
    direction: Direction | None = None
    serves: str = ""
    ramp_start: date | None = None
    ramp_end: date | None = None
    ramp_share: Decimal | None = None
    id: str = ""
    reason: str = ""


def refused(where: str, message: str, fix: str) -> UsageError:
    """A draft that is not taken, and in which field it is wrong."""
    return UsageError(message, code="bad_objective", where=where, fix=fix)


def checked(
    draft: Draft, found: list[Objective], scope: Scope, staff: Staff, settings: Settings, clock: Clock
) -> Objective:
    """The objective that a draft means. Raises ``UsageError`` (``bad_objective``, in which field) for what is not specific, measurable
    and bounded in time, and for what the scope may not set.
    """
    before = next((one for one in found if one.id == draft.id), None) if draft.id else None
    if draft.id and (
        before is None or not sets(scope, before.level, before.csm_id, before.team, staff) or before.dropped_at
    ):
        raise not_found(draft.id)
    if not draft.name.strip():
        raise refused("name", "It names no goal.", "Say what is to be reached, in words.")
    _whose(draft, before, scope, staff)
    opens, closes = _window(draft, before, settings, clock)
    made = Objective(
        draft.id, draft.level, draft.csm_id, draft.team if draft.level == "team" else "", draft.name.strip(), draft.serves,
        draft.metric, "", "at_least", None, opens, closes, before.weight if before else None, _ramp(draft, opens, closes),
        before.done_at if before else None, None, "", draft.reason.strip(), clock.now.replace(tzinfo=UTC),
    )  # fmt: skip
    if draft.metric:
        made = _measure(made, draft, settings)
    elif draft.target is not None or draft.slice.strip() or draft.ramp_share is not None:
        raise refused("metric", "A milestone has no target.", "Name the metric that the target is of, or empty both.")
    _serving(made, found, scope, staff)
    if before is not None:
        _changing(before, made, clock)
    return made


def _whose(draft: Draft, before: Objective | None, scope: Scope, staff: Staff) -> None:
    if draft.level not in ("company", "team", "person"):
        raise refused("level", f"{draft.level!r} is nobody.", "It is of the company, a team or a person.")
    if draft.level == "team" and not staff.members(draft.team):
        raise refused("team", f"Nobody is in a team {draft.team!r}.", "Name a team that somebody is in now.")
    if draft.csm_id not in staff.here:
        raise refused("csm_id", f"Nobody here is {draft.csm_id!r}.", "Name who answers for it, by csm_id.")
    if not sets(scope, draft.level, draft.csm_id, draft.team, staff):
        raise refused("csm_id", "You do not set objectives for these.", "Set those of your own people and teams.")
    if scope.owners is not None and draft.csm_id not in scope.owners:
        raise refused("csm_id", f"{draft.csm_id!r} is not one of your people.", "Name one of your own.")
    if before is None:
        return
    same = (draft.level, draft.team if draft.level == "team" else "", draft.metric)
    if same != (before.level, before.team, before.metric) or (
        draft.level == "person" and draft.csm_id != before.csm_id
    ):
        raise refused(
            "metric", "Whose it is and what measures it stay as they are.", "Give this one up, and set another."
        )


def _window(draft: Draft, before: Objective | None, settings: Settings, clock: Clock) -> tuple[date, date]:
    try:
        period = parse_period(draft.period, settings.fiscal_year_start)
    except UsageError as error:
        raise refused(
            "period", error.message, "Write a month, quarter, half year or year: 2026-10, 2026-Q4, 2026-H2 or 2026."
        ) from None
    if period.grain not in GRAINS:
        raise refused("period", f"{draft.period} is too short.", "Take a month, a quarter, half a year or a year.")
    if period.end <= clock.today:
        raise refused("period", f"{draft.period} is over.", "Take a window that still runs, or one to come.")
    if before is not None and before.closes <= clock.today:
        raise refused("period", "Its window is over, and what came of it stands.", "Set another for a window to come.")
    return period.start, period.end


def _ramp(draft: Draft, opens: date, closes: date) -> Ramp | None:
    given = (draft.ramp_start, draft.ramp_end, draft.ramp_share)
    if given == (None, None, None):
        return None
    if draft.ramp_start is None or draft.ramp_end is None or draft.ramp_share is None:
        raise refused("ramp_share", "A ramp is half told.", "Give its first day, its end and its first share, or none.")
    if not draft.ramp_start < draft.ramp_end or draft.ramp_end <= opens or draft.ramp_start >= closes:
        raise refused(
            "ramp_end", "The ramp does not rise within the window.", "Let it end after it starts, in the window."
        )
    if not 0 < draft.ramp_share < 1:
        raise refused("ramp_share", "The ramp begins at no part of the target.", "Give a share above 0 and below 1.")
    return Ramp(draft.ramp_start, draft.ramp_end, draft.ramp_share)


def _measure(made: Objective, draft: Draft, settings: Settings) -> Objective:
    """The objective with slice, direction and target. What the metric itself refuses is found where it is measured."""
    try:
        entry = kept.entry(draft.metric, settings)
        pieces = named_in(draft.slice)
    except UsageError as error:
        raise refused(
            "slice" if error.code == "bad_slice" else "metric", error.message, error.fix or "Name a metric."
        ) from None
    if made.level != "company" and (entry.family == _APART or entry.slug in _BY_SCORES):
        raise refused(
            "metric", "Health and risk are no measure of people: they would be judged by what they judge themselves.",
            "Take a result: retention, renewals, answers of customers.",
        )  # fmt: skip
    direction = draft.direction or {"more": "at_least", "less": "at_most"}.get(entry.better)
    if direction is None:
        raise refused("direction", "It does not say which way is good.", "Choose at least, or at most.")
    if entry.better and direction != {"more": "at_least", "less": "at_most"}[entry.better]:
        raise refused("direction", f"Of {entry.slug} {entry.better} is better.", "Leave the direction to the metric.")
    target = _target(draft, entry)
    if made.ramp and target <= 0:
        raise refused("ramp_share", "A target of nothing cannot rise.", "Leave the ramp empty.")
    return replace(made, slice=_slice(made, pieces), direction=direction, target=target)  # type: ignore[arg-type]


def _target(draft: Draft, entry: Entry) -> Decimal:
    if draft.target is None:
        raise refused("target", "There is no target.", "Say how much of the metric is to be reached.")
    value = draft.target
    if not value.is_finite() or abs(value) >= 10**18:
        raise refused("target", f"{value} is no amount.", "Give a number.")
    if entry.unit == "share" and not 0 <= value <= (1 if entry.counts() else _MOST_SHARE):
        raise refused("target", f"{value:f} is no such share.", "Write 0.95 for 95 %.")
    if entry.unit == "points" and abs(value) > 100:
        raise refused("target", f"{value:f} is no score.", "Points go from -100 to 100.")
    if entry.unit in ("count", "minutes", "days", "score") and value < 0:
        raise refused("target", "It cannot be below 0.", "Give 0 or more.")
    return value


def _slice(made: Objective, pieces: list[tuple[str, str]]) -> str:
    """The slice, with whose accounts count."""
    people = {name: value for name, value in pieces if name in _PEOPLE}
    own = {"person": ("owner", made.csm_id), "team": ("team", made.team)}.get(made.level)
    allowed = {"person": {"owner": made.csm_id, "agent": made.csm_id}, "team": {"team": made.team}}.get(made.level, {})
    for name, value in people.items():
        if allowed.get(name) != value:
            raise refused(
                "slice", f"{name}={value} is not whose objective this is.", "Name what else it is of, as segment=SMB."
            )
    if own and not people:
        pieces = [own, *pieces]
    names = [name for name, _value in pieces if name != "variant"]  # of which there is one an axis
    if len(set(names)) < len(names):
        raise refused("slice", "It names one dimension twice.", "Name each once.")
    return ",".join(f"{name}={value}" for name, value in pieces)


def _serving(made: Objective, found: list[Objective], scope: Scope, staff: Staff) -> None:
    """What it serves is above it: a team's serves the company's, a person's that or that of the line's teams."""
    if not made.serves:
        return
    served = next((one for one in found if one.id == made.serves and sees(scope, one, staff)), None)
    if served is None or served.dropped_at:
        raise refused("serves", f"There is no objective {made.serves!r}.", "Name one that you can see.")
    above = {"company": (), "team": ("company",), "person": ("company", "team")}[made.level]
    line = {staff.teams.get(one) for one in (made.csm_id, *staff.above(made.csm_id))}
    if served.level not in above or (served.level == "team" and made.level == "person" and served.team not in line):
        raise refused(
            "serves", "It does not stand above this one.", "Name one of the company, or of a team in the line."
        )
    if served.closes <= made.opens or served.opens >= made.closes:
        raise refused("serves", "Its window is another.", "Name one whose window has days in common with this one's.")


def _changing(before: Objective, made: Objective, clock: Clock) -> None:
    """Whoever changes what somebody is held to says why."""
    if made.slice != before.slice:
        raise refused("slice", "What it is measured on stays as it is.", "Give this one up, and set another.")
    old = (before.target, before.direction, before.opens, before.closes, before.ramp)
    new = (made.target, made.direction, made.opens, made.closes, made.ramp)
    if old != new and clock.today >= before.opens and not made.reason:
        raise refused("reason", "Its window has opened: the change will be seen.", "Say why the target changes.")
