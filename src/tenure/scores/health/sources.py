"""What a component of the score stands on: how new that is, and whether it can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tenure.core.period import instant, local_day
from tenure.scores.signal import behind
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.reader import Reader
    from tenure.scores.signal import Signal

#: What goes on coming in while customers live, with the time at which it was; of those that a metric stands on, the first
#: is what it is about.
STREAMS = (
    {"survey_answer": "answered_at"},
    {"usage": "occurred_at", "usage_daily": "day"},
    {"touchpoint": "occurred_at"},
    {"ticket": "created_at", "ticket_status": "at", "ticket_comment": "at", "escalation": "opened_at", "inquiry": "asked_at"},
    {"invoice": "issued_at", "payment": "paid_at"},
)  # fmt: skip
_VERSIONS = "_version"


@dataclass(frozen=True)
class Source:
    """``newest``: the day of the newest row behind a component; None where there is none, or nothing that goes on coming in.
    ``is_stale``: there is nothing as new as the days that the component looks at, so that nothing is known of anybody.
    ``held``: what a check says of it, and what frees it; empty where none holds it.
    """

    newest: date | None = None
    is_stale: bool = False
    held: str = ""

    @property
    def is_silent(self) -> bool:
        """Whether nothing can be known from it."""
        return self.is_stale or bool(self.held)


class Sources:
    """The sources of a day, as known at a moment. ``held``: what is published of checks (``footing.held``)."""

    def __init__(
        self, reader: Reader, day: date, known: datetime, settings: Settings, held: Mapping[str, str] | None = None
    ) -> None:
        self.reader = reader
        self.day = day
        self.known = known
        self.settings = settings
        self.held = held or {}
        self._newest: dict[tuple[str, str], date | None] = {}

    def of(self, signal: Signal) -> Source:
        """What a signal stands on."""
        tables = behind(signal, self.reader, self.settings)
        held = sorted({self.held[table + _VERSIONS] for table in tables if table + _VERSIONS in self.held})
        if signal.judgement:
            ends = [self._last("judgement", "at", f"model = {literal(signal.judgement)}")]
        elif signal.risk:
            ends = [self._last("score", "at", f"model = {literal(signal.risk_model)}", self.day)]
        else:
            stream = next((one for one in STREAMS if not tables.isdisjoint(one)), None)
            if stream is None:
                return Source(held="; ".join(held))
            ends = [self._last(table, column) for table, column in stream.items() if table in tables]
        newest = max((end for end in ends if end is not None), default=None)
        is_stale = newest is None or newest < self.day - timedelta(days=signal.days)
        return Source(newest, is_stale, "; ".join(held))

    def _last(self, table: str, column: str, condition: str = "true", until: date | None = None) -> date | None:
        """The day of the newest row of a table, of those that had happened when the day began."""
        key = (table, condition)
        if key not in self._newest:
            before = instant((until or self.day) + timedelta(days=1 if until else 0), self.settings.timezone)
            known = max(self.known, before) if until else self.known
            ((end,),) = self.reader.run(
                f'SELECT CAST(max("{column}") AS TIMESTAMP) FROM {table}{_VERSIONS} WHERE {condition}'
                f" AND \"{column}\" < TIMESTAMP '{before}' AND known_from < TIMESTAMP '{known}'"
                f" AND known_to >= TIMESTAMP '{known}'"
            )[1]
            self._newest[key] = None if end is None else self._day(table, end)
        return self._newest[key]

    def _day(self, table: str, at: datetime) -> date:
        return at.date() if table == "usage_daily" else local_day(at, self.settings.timezone)
