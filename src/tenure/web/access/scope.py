"""Which accounts a person may see: the one function that decides it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tenure.engine import EVERYTHING, Scope
from tenure.web.access.roles import SEES_ALL, Role

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """Whom somebody reports to from a moment on (none: from the beginning). Times are UTC."""

    csm_id: str
    manager_id: str | None
    valid_from: datetime | None = None


def scope_of(roles: Collection[Role], csm_id: str, lines: Iterable[Line], now: datetime) -> Scope:
    """What somebody with these roles sees, tied to the CSM ``csm_id`` or, where it is empty, to none.

    Administrator, operations, executive, finance and viewer see everything; a manager the accounts of everybody who
    reports to her now, directly or through others, and her own; a CSM her own. Several roles see what any of them sees.
    """
    if not SEES_ALL.isdisjoint(roles):
        return EVERYTHING
    if not csm_id:
        return Scope(())
    if Role.MANAGER in roles:
        return Scope(line_of(csm_id, managers_at(lines, now)))
    return Scope((csm_id,) if Role.CSM in roles else ())


def managers_at(lines: Iterable[Line], now: datetime) -> dict[str, str | None]:
    """Everybody's manager as of now. Who left keeps the last one: her accounts still have to be looked after."""
    latest: dict[str, Line] = {}
    for line in lines:
        begins = line.valid_from or _BEGINNING
        known = latest.get(line.csm_id)
        if begins <= now and (known is None or begins >= (known.valid_from or _BEGINNING)):
            latest[line.csm_id] = line
    return {line.csm_id: line.manager_id for line in latest.values()}


def line_of(top: str, managers: Mapping[str, str | None]) -> tuple[str, ...]:
    """Somebody and all who report to her. A circle in the data is walked once."""
    reports: dict[str, list[str]] = {}
    for csm_id, manager_id in managers.items():
        if manager_id:
            reports.setdefault(manager_id, []).append(csm_id)
    found, waiting = {top}, [top]
    while waiting:
        for csm_id in reports.get(waiting.pop(), ()):
            if csm_id not in found:
                found.add(csm_id)
                waiting.append(csm_id)
    return tuple(sorted(found))
