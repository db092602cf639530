"""``reporting_lines``: who reports to whom, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class ReportingLines:
    """Nothing needs to be said."""


@dataclass(frozen=True)
class ReportingLine:
    """Whose manager somebody is from a moment on (UTC; none: from the beginning)."""

    csm_id: str
    manager_id: str | None
    valid_from: datetime | None


def reporting_lines(desk: Desk, _request: ReportingLines) -> tuple[ReportingLine, ...]:
    """The lines as they are known now, those of the past and of the future included."""
    from tenure.warehouse.versions import derive

    now = desk.clock()
    derive(desk.store.con, desk.settings.timezone, ["csm"])
    sql = (
        'SELECT csm_id, manager_id, valid_from FROM main."csm_version" WHERE known_from <= ? AND known_to > ? '
        "ORDER BY csm_id, valid_from NULLS FIRST"
    )
    return tuple(ReportingLine(*row) for row in desk.store.rows(sql, [now, now]))
