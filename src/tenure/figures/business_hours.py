"""Schedules laid over time: the small table in which SQL reads business time, since it knows no zones.

It lies where the calendar does: whoever runs the SQL makes it for the moment asked about, from the schedules and holidays
as known then. So what is asked as of a day, of a closed period or of another engine has the hours that belong to it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tenure.core.hours import Hours, readings, stretches
from tenure.warehouse.store import literal

TABLE = "open_hours"
COLUMNS = "schedule_id VARCHAR, day DATE, starts TIMESTAMP, ends TIMESTAMP, shown BIGINT, running BIGINT"
#: The canonical tables that it is made from.
STANDS_ON = ("schedule", "holiday", "ticket", "inquiry")
#: What business time is measured from: the earliest of these begins the table.
_BEGINNINGS = (("ticket", "created_at"), ("inquiry", "asked_at"))
#: A ticket's history may begin a little before the ticket does.
_BEFORE = timedelta(days=31)
#: No zone has rules that can be relied on before.
_EARLIEST = date(1970, 1, 1)
#: What is published is read until the day is over, in whatever zone.
_AHEAD = timedelta(days=2)

Ask = Callable[[str], Iterable[tuple[Any, ...]]]


def rows(ask: Ask, now: datetime, known: str) -> Iterator[str]:
    """SQL of the rows of the table, by schedule: pieces of UTC days from a little before the first ticket or inquiry
    to a little after ``now``.

    ``ask`` runs a statement; ``known``: SQL of the moment of knowledge. A schedule with a zone that does not exist has
    no rows.
    """

    def as_known(columns: str, table: str) -> list[tuple[Any, ...]]:
        where = f"known_from < {known} AND known_to >= {known}"
        return sorted(ask(f"SELECT {columns} FROM {table}_version WHERE {where}"))

    schedules: dict[str, list[Hours]] = {}
    for name, weekday, opens, closes, zone in as_known("schedule_id, weekday, opens, closes, time_zone", "schedule"):
        schedules.setdefault(name, []).append(Hours(int(weekday), opens, closes, zone))
    first = min((begins for (begins,) in _beginnings(ask) if begins is not None), default=None)
    if not schedules or first is None:
        return
    holidays: dict[str, set[date]] = {}
    for name, day in as_known("schedule_id, date", "holiday"):
        holidays.setdefault(name, set()).add(day)
    days = max((first - _BEFORE).date(), _EARLIEST), (now + _AHEAD).date()
    if days[1] < days[0]:  # nothing had been asked yet
        return
    for name, hours in schedules.items():
        if all(_exists(each.zone) for each in hours):
            yield _apart(name, _laid(tuple(hours), frozenset(holidays.get(name, ())), *days))


def _beginnings(ask: Ask) -> Iterator[tuple[Any, ...]]:
    for table, column in _BEGINNINGS:
        yield from ask(f"SELECT min({column}) FROM {table}_version")


@functools.lru_cache(maxsize=32)  # the same for most questions of a day
def _laid(hours: tuple[Hours, ...], holidays: frozenset[date], first: date, last: date) -> str:
    """The pieces of a schedule as one text."""
    opens, closes = datetime.combine(first, time()), datetime.combine(last + timedelta(days=1), time())
    pieces = readings(stretches(hours, holidays, opens, closes), first, last)
    return ",".join(
        f"{each.day} {each.starts.isoformat()} {each.ends.isoformat()} {each.shown} {each.running}" for each in pieces
    )


def _apart(name: str, laid: str) -> str:
    """SQL that takes the text apart: thousands of rows written out one by one take an engine seconds to read."""
    kinds = ("DATE", "TIMESTAMP", "TIMESTAMP", "BIGINT", "BIGINT")
    columns = (f"CAST(split_part(piece, ' ', {place}) AS {kind})" for place, kind in enumerate(kinds, start=1))
    return (
        f"SELECT {literal(name)}, {', '.join(columns)} "
        f"FROM (SELECT unnest(string_to_array({literal(laid)}, ',')) AS piece) AS pieces"
    )


@functools.cache
def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True
