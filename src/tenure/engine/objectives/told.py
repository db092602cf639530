"""Objectives as they are told: their rows, what changed about them and when, and what was said on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from tenure.core.period import local_day
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: Whatever is known now was known before it, and no version ends after it.
FAR = datetime(9999, 12, 31)
Level = Literal["company", "team", "person"]
Direction = Literal["at_least", "at_most"]
#: What an objective is held to: a change of these after its window opened is a change of the rules.
HELD_TO = ("target", "direction", "period_start", "period_end", "ramp_start", "ramp_end", "ramp_share", "dropped_at")
COLUMNS = (
    "objective_id", "level", "csm_id", "team", "name", "serves", "metric", "slice", "direction", "target", "period_start",
    "period_end", "weight", "ramp_start", "ramp_end", "ramp_share", "done_at", "dropped_at", "by", "reason", "at",
)  # fmt: skip
_WATCHED = (*HELD_TO, "name", "csm_id", "serves", "weight", "done_at")
_CHECK_INS = ("check_in_id", "objective_id", "at", "confidence", "text", "by")


@dataclass(frozen=True)
class Ramp:
    """Until ``start`` only a ``share`` of the target is expected, on ``end`` all of it, between them more by the day."""

    start: date
    end: date
    share: Decimal

    def factor(self, day: date) -> float:
        """The share that is expected on a day."""
        way = (day - self.start).days / max((self.end - self.start).days, 1)
        return float(self.share) + (1 - float(self.share)) * min(max(way, 0.0), 1.0)


@dataclass(frozen=True)
class CheckIn:
    """How sure somebody was at a moment that it will be reached (a probability), and what was said."""

    id: str
    at: datetime
    confidence: Decimal
    text: str
    by: str


@dataclass(frozen=True)
class Change:
    """What was changed about an objective, when, by whom and why. ``late``: it was held to it already: its window had opened."""

    at: datetime
    what: str
    before: str
    after: str
    by: str
    reason: str
    late: bool


@dataclass(frozen=True)
class Objective:
    """An objective as told (see the table ``objective``); ``closes`` is the day after the last. Without a ``metric`` it is a milestone."""

    id: str
    level: Level
    csm_id: str
    team: str
    name: str
    serves: str
    metric: str
    slice: str
    direction: Direction
    target: Decimal | None
    opens: date
    closes: date
    weight: Decimal | None
    ramp: Ramp | None
    done_at: datetime | None
    dropped_at: datetime | None
    by: str
    reason: str
    at: datetime
    changes: tuple[Change, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()

    @property
    def owner(self) -> tuple[str, str]:
        """Whose it is: its level, and the team or person."""
        return self.level, {"team": self.team, "person": self.csm_id}.get(self.level, "")


def objectives_told(desk: Desk, known: datetime = FAR) -> list[Objective]:
    """All objectives that were known before a moment (default: now), in the order of their windows, levels and names."""
    zone = desk.settings.timezone
    listed = ", ".join(quoted(name) for name in COLUMNS)
    rows = desk.store.rows(
        f'SELECT {listed}, known_to FROM objective_version WHERE known_from < ? ORDER BY objective_id, known_from, "at"',
        [known],
    )
    versions: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        told = dict(zip((*COLUMNS, "known_to"), row, strict=True))
        versions.setdefault(told["objective_id"], []).append(told)
    said = _check_ins(desk, known)
    found = [
        _objective(told, said.get(name, ()), zone) for name, told in versions.items() if told[-1]["known_to"] >= known
    ]
    order = {"company": 0, "team": 1, "person": 2}
    return sorted(found, key=lambda one: (one.closes, order[one.level], one.owner, one.name, one.id))


def _check_ins(desk: Desk, known: datetime) -> dict[str, tuple[CheckIn, ...]]:
    listed = ", ".join(quoted(name) for name in _CHECK_INS)
    rows = desk.store.rows(
        f'SELECT {listed} FROM objective_check_in_version WHERE known_from < ? AND known_to >= ? ORDER BY "at", check_in_id',
        [known, known],
    )
    found: dict[str, tuple[CheckIn, ...]] = {}
    for name, objective, at, confidence, text, by in rows:
        said = CheckIn(name, at.replace(tzinfo=UTC), confidence, text or "", by)
        found[objective] = (*found.get(objective, ()), said)
    return found


def _objective(versions: list[dict[str, Any]], said: tuple[CheckIn, ...], zone: str) -> Objective:
    last = versions[-1]
    ramp = None
    if last["ramp_start"] and last["ramp_end"] and last["ramp_share"]:
        ramp = Ramp(last["ramp_start"], last["ramp_end"], last["ramp_share"])
    return Objective(
        last["objective_id"], last["level"], last["csm_id"], last["team"] or "", last["name"], last["serves"] or "",
        last["metric"] or "", last["slice"] or "", last["direction"] or "at_least", last["target"], last["period_start"],
        last["period_end"], last["weight"], ramp, _aware(last["done_at"]), _aware(last["dropped_at"]), last["by"],
        last["reason"] or "", last["at"].replace(tzinfo=UTC), tuple(_changes(versions, zone)), said,
    )  # fmt: skip


def _changes(versions: list[dict[str, Any]], zone: str) -> list[Change]:
    """What became another from version to version, the oldest first."""
    found = []
    for before, after in pairwise(versions):
        late = local_day(after["at"], zone) >= before["period_start"]
        for what in _WATCHED:
            if before[what] != after[what]:
                told = _text(before[what]), _text(after[what])
                at = after["at"].replace(tzinfo=UTC)
                found.append(Change(at, what, *told, after["by"], after["reason"] or "", late and what in HELD_TO))
    return found


def row_of(one: Objective, **changed: Any) -> dict[str, Any]:
    """An objective as a row, with what is changed about it."""
    row: dict[str, Any] = {
        "objective_id": one.id, "level": one.level, "csm_id": one.csm_id, "team": one.team or None, "name": one.name,
        "serves": one.serves or None, "metric": one.metric or None, "slice": one.slice or None,
        "direction": one.direction if one.metric else None, "target": one.target, "period_start": one.opens.isoformat(),
        "period_end": one.closes.isoformat(), "weight": one.weight,
        "ramp_start": one.ramp.start.isoformat() if one.ramp else None,
        "ramp_end": one.ramp.end.isoformat() if one.ramp else None, "ramp_share": one.ramp.share if one.ramp else None,
        "done_at": one.done_at, "dropped_at": one.dropped_at, "by": one.by, "reason": None, "at": one.at,
    }  # fmt: skip
    return row | changed


def _aware(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.replace(tzinfo=UTC).isoformat() if isinstance(value, datetime) else str(value)
