"""What is asked of a business review: the period, its parts, and what its author wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tenure.core.errors import UsageError
from tenure.core.period import Grain, Period, add_months, instant, parse_bound, period_at
from tenure.web.kit import formats
from tenure.web.kit.reading import current

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.web.kit.shell import Text

#: The parts that can be shown, in their order, and those that are shown without being asked for.
SECTIONS: dict[str, Text] = {
    "summary": _("Summary"), "goals": _("Goals of the success plan"), "use": _("Use"), "service": _("Service"),
    "voice": _("What people said"), "done": _("What was done"), "contract": _("Contract"), "steps": _("Next steps"),
}  # fmt: skip
USUAL = tuple(name for name in SECTIONS if name != "contract")
#: Own days instead of a quarter.
OWN = "own"
#: As many quarters can be chosen.
_QUARTERS = 9
#: The longest period that one review is about.
LONGEST = timedelta(days=1_100)


@dataclass(frozen=True)
class Asked:
    """``over``: the label of a quarter, or ``own``. ``start`` to ``end``, exclusive: the days. ``amounts``: of money are shown.
    ``quoted``: the ids of the answers whose words are shown. ``presenter``: who shows it.
    """

    over: str
    start: date
    end: date
    sections: tuple[str, ...] = USUAL
    amounts: bool = False
    quoted: tuple[str, ...] = ()
    presenter: str = ""
    summary: str = ""
    steps: str = ""
    chosen: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)

    @property
    def period(self) -> str:
        """The period as one says it."""
        days = f"{formats.day(self.start)} – {formats.day(self.last)}"
        return days if self.over == OWN else f"{self.over} ({days})"

    def moments(self) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        zone = current().zone
        return instant(self.start, zone).replace(tzinfo=UTC), instant(self.end, zone).replace(tzinfo=UTC)

    def holds(self, at: datetime | None) -> bool:
        """Whether a moment lies in it."""
        begins, over = self.moments()
        return at is not None and begins <= at < over


def lines_of(text: str) -> tuple[str, ...]:
    """What somebody wrote, line by line, without the marks of points."""
    return tuple(line for each in text.splitlines() if (line := " ".join(each.split()).lstrip("-•* ")))


def quarters(settings: Settings, today: date) -> list[Period]:
    """The quarters that can be chosen: the one that runs, and those before."""
    first = settings.fiscal_year_start
    here = period_at(Grain.QUARTER, today, first)
    return [period_at(Grain.QUARTER, add_months(here.start, -3 * back), first) for back in range(_QUARTERS)]


def asked(given: Mapping[str, Any], settings: Settings, today: date) -> Asked:
    """What a draft says. A period that is none is the last quarter that is over."""
    over, start, end = _period(given, settings, today)
    sections = given.get("sections", USUAL)
    return Asked(
        over, start, end, tuple(name for name in SECTIONS if name in sections), bool(given.get("amounts")),
        tuple(given.get("quoted", ())), given.get("presenter", ""), given.get("summary", ""), given.get("steps", ""), given,
    )  # fmt: skip


def _period(given: Mapping[str, Any], settings: Settings, today: date) -> tuple[str, date, date]:
    over = str(given.get("over", ""))
    try:
        if over == OWN:
            start, last = (date.fromisoformat(str(given.get(name))) for name in ("start", "last"))
            if start <= last <= today and last - start < LONGEST:
                return OWN, start, last + timedelta(days=1)
        elif over:
            first = settings.fiscal_year_start
            start, last = parse_bound(over, "from", first), parse_bound(over, "to", first)
            return over, start, last + timedelta(days=1)
    except (UsageError, ValueError):
        pass
    quarter = quarters(settings, today)[1]
    return quarter.label, quarter.start, quarter.end
