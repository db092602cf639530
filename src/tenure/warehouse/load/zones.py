"""Civil times to instants.

A clock change leaves an hour out or repeats one. A time that does not exist is moved forward by what was left out
(02:30 becomes 03:30); of a time that occurs twice the first is meant. DuckDB does the former by itself and takes the
second occurrence; so the days with a repeated hour are worked out here, and only on those is the first looked for.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tenure.warehouse.store import literal

_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def to_utc(local: str, zone: str) -> str:
    """SQL (TIMESTAMP, UTC) of ``local``, SQL of a TIMESTAMP on the clocks of ``zone`` (IANA)."""
    if zone in ("UTC", "Etc/UTC"):
        return local
    plain = f"make_timestamp(epoch_us({local} AT TIME ZONE {literal(zone)}))"
    cases = "".join(
        f" WHEN {local}::DATE IN ({', '.join(days)}) THEN {_first_of_two(local, plain, zone, shift)}"
        for shift, days in repeated_days(zone)
    )
    return f"(CASE{cases} ELSE {plain} END)" if cases else plain


def to_local(utc: str, zone: str) -> str:
    """SQL (TIMESTAMP on the clocks of ``zone``) of ``utc``, SQL of a TIMESTAMP in UTC."""
    if zone in ("UTC", "Etc/UTC"):
        return utc
    return f"({utc} AT TIME ZONE 'UTC' AT TIME ZONE {literal(zone)})"


def _first_of_two(local: str, plain: str, zone: str, shift: int) -> str:
    earlier = f"({plain} - INTERVAL {shift} SECOND)"
    return f"(CASE WHEN {to_local(earlier, zone)} = {local} THEN {earlier} ELSE {plain} END)"


@lru_cache(maxsize=64)
def repeated_days(zone: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The local days on which clocks go back, as SQL dates, grouped by how far they go back (seconds)."""
    info = ZoneInfo(zone)
    found: dict[int, set[str]] = {}
    step = timedelta(days=7)
    now, end = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(_LAST_YEAR, 12, 31, tzinfo=UTC)
    before = _offset(now, info)
    while now < end:
        after = _offset(now + step, info)
        if after != before:
            moment = _change(now, now + step, info)
            back = int((before - _offset(moment, info)).total_seconds())
            if back > 0:
                for local in (moment + before - timedelta(seconds=1), moment + _offset(moment, info)):
                    found.setdefault(back, set()).add(f"DATE '{local:%Y-%m-%d}'")
        before = after
        now += step
    return tuple((shift, tuple(sorted(days))) for shift, days in sorted(found.items()))


def _offset(moment: datetime, info: ZoneInfo) -> timedelta:
    return moment.astimezone(info).utcoffset() or timedelta()


def _change(low: datetime, high: datetime, info: ZoneInfo) -> datetime:
    """The first second of the new offset, between two moments with different ones."""
    before = _offset(low, info)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(middle, info) == before else (low, middle)
    return high
