"""The reporting lines as they are now: who leads whom, directly or through others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tenure.web.access.scope import line_of, managers_at
from tenure.web.access.sight import reporting_lines
from tenure.web.kit.reading import local_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight


@dataclass(frozen=True)
class Reports:
    """``managers``: everybody's manager now. ``tops``: where the lines that are seen begin."""

    managers: Mapping[str, str | None]
    tops: tuple[str, ...]

    def line(self, manager: str) -> set[str]:
        """Somebody and all who report to her."""
        return set(line_of(manager, self.managers))

    def managers_under(self, manager: str) -> tuple[str, ...]:
        """Those who report to her directly and have people of their own."""
        leads = {above for above in self.managers.values() if above}
        return tuple(
            sorted(one for one, above in self.managers.items() if above == manager and one in leads and one != manager)
        )


def reports(sight: Sight) -> Reports:
    """The reporting lines as far as a scope has people in them. Raises ``UnavailableError`` where they cannot be had."""
    managers = managers_at(reporting_lines(), datetime.now(UTC))
    leads = {above for above in managers.values() if above}
    seen = None if sight.scope.owners is None else set(sight.scope.owners)
    inside = leads if seen is None else leads & seen
    tops = tuple(sorted(one for one in inside if managers.get(one) not in inside))
    return Reports(managers, tops)


def line_now(csm_id: str) -> set[str]:
    """Somebody and all who report to her now, directly or through others; nobody where no id is told. Raises as ``reports`` does."""
    return set(line_of(csm_id, managers_at(reporting_lines(), datetime.now(UTC)))) if csm_id else set()


def direct_now(csm_id: str) -> set[str]:
    """Those who report to somebody now without anybody between. Raises as ``reports`` does."""
    managers = managers_at(reporting_lines(), datetime.now(UTC))
    return {one for one, above in managers.items() if csm_id and above == csm_id and one != csm_id}


def reports_since(csm_id: str, manager: str) -> date | None:
    """Since which day somebody reports to her manager of now, without a change between; None where that is not dated, or she does not."""
    now = datetime.now(UTC)
    begun = [
        line
        for line in reporting_lines()
        if line.csm_id == csm_id and (line.valid_from is None or line.valid_from <= now)
    ]
    since = None
    for line in sorted(begun, key=lambda one: (one.valid_from is not None, one.valid_from), reverse=True):
        if line.manager_id != manager:
            break
        since = line.valid_from
    return local_date(since) if since else None


def manager_now(csm_id: str) -> str:
    """Whom somebody reports to now; empty for nobody. Raises as ``reports`` does."""
    return managers_at(reporting_lines(), datetime.now(UTC)).get(csm_id) or ""
