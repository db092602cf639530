"""What is to be told of who answers: refused where two would, where one is told already, or where it is not the teller's to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.engine.lines.line import COMPANY
from tenure.engine.lines.standing import apart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tenure.core.config import Settings
    from tenure.engine.lines.line import Line, Unit
    from tenure.engine.lines.standing import Told
    from tenure.figures.scope import Scope

#: Whoever leads each unit, and nobody any more.
LEADS, NOBODY = "*", ""


@dataclass(frozen=True)
class Draft:
    """Who is to answer for ``metrics`` of ``units`` from a ``day`` on. ``who``: somebody's id, ``LEADS`` for whoever leads each unit, or ``NOBODY``
    any more. ``takes_over``: from those who answer now; without it they are in the way.
    """

    metrics: tuple[str, ...]
    units: tuple[str, ...]
    who: str
    day: date
    takes_over: bool = False
    reason: str = ""


def refused(where: str, message: str, fix: str) -> UsageError:
    """A draft that is not taken, and in which field it is wrong."""
    return UsageError(message, code="bad_accountability", where=where, fix=fix)


def may_set(scope: Scope, unit: Unit, line: Line) -> bool:
    """Whether a scope may say who answers for a unit: for those below its own top; for all where it sees everything."""
    if scope.owners is None:
        return True
    person = line.people.get(unit.id)
    return person is not None and unit.id in scope.owners and person.manager in scope.owners


def rows_of(
    draft: Draft, line: Line, told: Sequence[Told], scope: Scope, settings: Settings, by: str
) -> tuple[dict[str, Any], ...]:
    """The rows that a draft means. Raises ``UsageError`` (``bad_accountability``, with the field)."""
    if not draft.metrics:
        raise refused("metrics", "It is not said for what.", "Name a metric or more.")
    if not draft.units:
        raise refused("units", "It is not said of whose accounts.", "Name a unit of the line or more.")
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys(draft.units):
        unit = line.by_id.get(line.unit(name))
        if unit is None or not unit.carries or not may_set(scope, unit, line):
            raise refused(
                "units", f"You do not set who answers for {name or 'the company'!r}.", "Name a unit below you."
            )
        who = _who(draft, unit, line, scope)
        for metric in dict.fromkeys(draft.metrics):
            if unit.id != COMPANY and apart(metric, settings):
                raise refused(
                    "metrics", f"{metric} is a score, and no measure of people: only of the company somebody answers for it.",
                    "Take a result: retention, renewals, answers of customers.",
                )  # fmt: skip
            rows += _rows(
                draft, metric, unit, who, [one for one in told if (one.metric, one.unit) == (metric, unit.id)], by
            )
    if not rows:
        raise refused("who", "It is so already.", "Nothing has to be told.")
    return tuple(rows)


def _who(draft: Draft, unit: Unit, line: Line, scope: Scope) -> str:
    if draft.who == NOBODY:
        return NOBODY
    who = unit.leads if draft.who == LEADS else draft.who
    person = line.people.get(who)
    if person is None or not person.here:
        raise refused("who", f"On {draft.day} nobody here is {who!r}.", "Name who works here on that day.")
    if scope.owners is not None and who not in scope.owners:
        raise refused("who", f"{who!r} is not one of your people.", "Name one of your own.")
    if not line.holds(unit.id, who):
        raise refused(
            "who",
            f"{who!r} stands outside the line of {unit.id or 'the company'!r}.",
            "Name who leads it, or stands in it.",
        )
    return who


def _rows(draft: Draft, metric: str, unit: Unit, who: str, told: Sequence[Told], by: str) -> list[dict[str, Any]]:
    later = next((one for one in told if one.since > draft.day), None)
    if later is not None:
        raise refused(
            "day",
            f"From {later.since} on {later.csm_id!r} answers for {metric} already.",
            "Take that day or a later one.",
        )
    now = [one for one in told if one.holds(draft.day)]
    if who == NOBODY and not now:
        return []
    if len(now) == 1 and now[0].csm_id == who:
        return []
    if now and not draft.takes_over and who != NOBODY:
        raise refused(
            "takes_over",
            f"{now[0].csm_id!r} answers for {metric} since {now[0].since}: two cannot.",
            "Say that it is taken over.",
        )
    if any(one.since == draft.day and (who == NOBODY or one.line_id != unit.id) for one in now):
        raise refused("day", f"It begins on {draft.day}.", "Take a later day, or name who answers instead.")
    found = [
        _row(one.csm_id, metric, one.line_id, one.since, draft.day, one.by, one.reason)
        for one in now
        if one.since < draft.day
    ]
    return found if who == NOBODY else [*found, _row(who, metric, unit.id, draft.day, None, by, draft.reason)]


def _row(csm_id: str, metric: str, unit: str, since: date, until: date | None, by: str, reason: str) -> dict[str, Any]:
    return {
        "metric": metric, "line_id": unit or None, "csm_id": csm_id, "valid_from": since.isoformat(),
        "valid_to": until.isoformat() if until else None, "by": by or None, "reason": reason.strip() or None,
    }  # fmt: skip
