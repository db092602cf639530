"""The occurrences of meetings in a calendar, whatever is written there."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from tenure.sources.ics.pieces import components, pieces
from tenure.sources.ics.rules import MOST_DATES, MOST_PERIODS, periods
from tenure.sources.parties import plain_address

#: Characters of a calendar, events in it, guests of one, occurrences of one, characters of its description.
MOST_TEXT, MOST_EVENTS, MOST_GUESTS, MOST_OCCURRENCES, MOST_WORDS = 50_000_000, 50_000, 2_000, 10_000, 20_000
_GUESTS = re.compile(r"^(ATTENDEE|ORGANIZER|RECURRENCE-ID)[;:]", re.IGNORECASE | re.MULTILINE)
_REPEATS = re.compile(r"^(RRULE|RDATE|RECURRENCE-ID)[;:]", re.IGNORECASE | re.MULTILINE)
_STARTS = re.compile(r"^DTSTART[^\r\n]*?:(\d{4})(\d\d)(\d\d)", re.IGNORECASE | re.MULTILINE)
_UID = re.compile(r"^UID:([^\r\n]+)(?=\r?\n[^ \t])", re.IGNORECASE | re.MULTILINE)
_CALLED_OFF = re.compile(r"(cancel+ed|abgesagt|annul[ée]e?|cancelado|cancelada|annullato)\s*:", re.IGNORECASE)
_DAY = timedelta(days=1)
_NO_RULE = "with a rule that no meeting has"


@dataclass(frozen=True)
class Calendar:
    """Where meetings are read from. ``name``: the same at each reading. ``owner``: the address of whose it is, if it is one's.
    ``is_whole``: of the time that is looked at it tells all; a file may have only what its owner chose to give.
    """

    name: str
    owner: str = ""
    is_whole: bool = False


@dataclass(frozen=True)
class Window:
    """From when to when (UTC) occurrences are looked for. ``zone``: of times that float."""

    opens: datetime
    closes: datetime
    zone: str


@dataclass(frozen=True)
class Copy:
    """An occurrence of a meeting as one calendar has it. ``meeting``: the same in all calendars. ``guests``: addresses, and what
    each answered (``accepted``, ``declined``, ``tentative``, ``needs-action``). ``latest``: the greater, the newer.
    """

    meeting: str
    calendar: Calendar
    starts: datetime
    ends: datetime
    is_whole_day: bool
    organizer: str
    guests: tuple[tuple[str, str], ...]
    title: str
    text: str
    is_cancelled: bool
    is_private: bool
    latest: tuple[int, str]


@dataclass
class Read:
    """What was read of a calendar: ``events`` in it, of which some are left ``aside`` for a reason. ``seen``: meetings that it
    has, whenever they are. ``opens``: from when on it tells of events, None where it has none. ``periods``: how many may still
    be gone through for rules of the calendar.
    """

    copies: list[Copy] = field(default_factory=list)
    events: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    opens: datetime | None = None
    periods: int = MOST_PERIODS


def read(text: str, calendar: Calendar, window: Window, periods: int = MOST_PERIODS) -> Read:
    """The occurrences in a calendar, or a piece of one. ``periods``: see ``Read``. Raises ``ValueError`` for what is no calendar,
    or too large a one.
    """
    if len(text) > MOST_TEXT:
        raise ValueError(f"has more than {MOST_TEXT:,} characters")
    if not re.search(r"^\ufeff?\s*BEGIN:VCALENDAR", text[:1000], re.IGNORECASE):
        raise ValueError("is no calendar")
    found = Read(periods=periods)
    wanted = _wanted(text, window, found)
    blocks = components(wanted, "VEVENT")
    try:
        read_ = _calendars(wanted)
    except ValueError:
        read_ = []
    if sum(len(cal.walk("VEVENT")) for cal in read_) != len(blocks):  # something in one swallows others
        read_ = _one_by_one(wanted, blocks, found)
    for cal in read_:
        method = str(cal.get("METHOD", "")).upper()
        for uid, events in _by_uid(cal.walk("VEVENT")).items():
            _take(found, uid, events, calendar, window, method)
    return found


def _take(found: Read, uid: str, events: Sequence[Any], calendar: Calendar, window: Window, method: str) -> None:
    """The occurrences of the events of one id, or why there are none."""
    try:
        found.seen |= {_named(uid, event, window) for event in events}
        _check_zones(events)
        found.periods = _spent(found.periods, events, window)
        found.copies += list(_occurrences(uid, events, calendar, window, method))
    except _UnreadableError as error:
        found.aside[str(error)] += len(events)
    except Exception:  # noqa: BLE001 - the libraries raise what they like at what strangers write
        found.aside["unreadable"] += len(events)


class _UnreadableError(Exception):
    """Why an event is left out."""


def _wanted(text: str, window: Window, found: Read) -> str:
    """A calendar without the events that need not be read: without guests, or of another time. Reading is slow."""
    earliest: list[datetime] = []
    keep_from, keep_to = window.opens - 3 * _DAY, window.closes + 3 * _DAY

    def kept(own: str) -> bool:
        found.events += 1
        started = _STARTS.search(own)
        at = _day(*started.groups()) if started else None
        if at:
            earliest.append(at)
        if found.events > MOST_EVENTS:
            found.aside["too many events"] += 1
            return False
        if not _GUESTS.search(own):
            found.aside["without guests"] += 1
            return False
        named = _UID.search(own)
        if at and named and not _REPEATS.search(own) and not keep_from - 30 * _DAY <= at <= keep_to:
            found.seen.add(_hash(named[1].strip()))
            return False
        return True

    left = "".join(piece for is_event, piece in pieces(text, "VEVENT") if not is_event or kept(piece))
    found.opens = min(earliest, default=None)
    return left


def _named(uid: str, event: Any, window: Window) -> str:
    """The meeting that an event is, or the first of a series."""
    own = event.get("RECURRENCE-ID")
    return _hash(uid, _instant(own.dt, ZoneInfo(window.zone)).isoformat() if own is not None else "")


def _hash(uid: str, first: str = "") -> str:
    return hashlib.sha256(f"{uid}\n{first}".encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _day(year: str, month: str, day: str) -> datetime | None:
    try:
        return datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None


def _calendars(text: str) -> list[Any]:
    try:
        return list(icalendar.Calendar.from_ical(text, multiple=True))
    except Exception as error:
        raise ValueError("cannot be read as a calendar") from error


def _one_by_one(text: str, blocks: Sequence[str], found: Read) -> list[Any]:
    """The events of a calendar that cannot be read as a whole, those of one id together."""
    zones = "".join(components(text, "VTIMEZONE"))
    by_uid: dict[str, list[str]] = {}
    for block in blocks:
        named = _UID.search(block)
        by_uid.setdefault(named[1].strip() if named else "", []).append(block)
    read_ = []
    for own in by_uid.values():
        try:
            read_ += _calendars(f"BEGIN:VCALENDAR\r\n{zones}{''.join(own)}END:VCALENDAR\r\n")
        except ValueError:
            found.aside["unreadable"] += len(own)
    return read_


def _by_uid(events: Sequence[Any]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for event in events:
        groups.setdefault(str(event.get("UID", ""))[:1000], []).append(event)
    return groups


def _check_zones(events: Sequence[Any]) -> None:
    for event in events:
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
            value = event.get(name)
            at = getattr(value, "dt", None) if value is not None else None
            if isinstance(at, datetime) and at.tzinfo is None and value.params.get("TZID"):
                raise _UnreadableError("in a time zone that is not known")


def _spent(budget: int, events: Sequence[Any], window: Window) -> int:
    """What is left of the periods that a calendar may take, after an event. Raises ``_UnreadableError`` for none."""
    left = budget - _cost(events, window)
    if left < 0:
        raise _UnreadableError(_NO_RULE)
    return left


def _cost(events: Sequence[Any], window: Window) -> int:
    """Periods that are gone through for an event. Raises ``_UnreadableError`` for a rule that no meeting has."""
    cost = 1
    for event in events:
        rules = event.get("RRULE") or []
        for rule in rules if isinstance(rules, list) else [rules]:
            start = event["DTSTART"].dt
            gone = periods(rule, start.date() if isinstance(start, datetime) else start, window.closes.date())
            if gone is None or "EXRULE" in event:
                raise _UnreadableError(_NO_RULE)
            cost += gone
        for name in ("RDATE", "EXDATE"):
            dates = event.get(name) or []
            listed = dates if isinstance(dates, list) else [dates]
            if sum(len(one.dts) for one in listed) > MOST_DATES:
                raise _UnreadableError(_NO_RULE)
    return cost


def _occurrences(uid: str, events: Sequence[Any], calendar: Calendar, window: Window, method: str) -> Iterator[Copy]:
    if method in ("REPLY", "COUNTER", "REFRESH"):
        raise _UnreadableError("an answer to an invitation")
    if not uid:
        raise _UnreadableError("unreadable")
    holder = icalendar.Calendar()
    for event in events:
        holder.add_component(event)
    recurs = any(name in event for event in events for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
    zone = ZoneInfo(window.zone)
    listed = recurring_ical_events.of(holder).between(window.opens - _DAY, window.closes + _DAY)
    for seen, event in enumerate(listed):
        if seen >= MOST_OCCURRENCES:
            raise _UnreadableError(_NO_RULE)
        copy = _copy(uid, event, calendar, zone, recurs=recurs, called_off=method == "CANCEL")
        if window.opens <= copy.starts and copy.ends <= window.closes:
            yield copy


def _copy(uid: str, event: Any, calendar: Calendar, zone: ZoneInfo, *, recurs: bool, called_off: bool) -> Copy:
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    title = str(event.get("SUMMARY", ""))[:MOST_WORDS].strip()
    first = _instant(event["RECURRENCE-ID"].dt, zone).isoformat() if recurs else ""
    listed = event.get("ATTENDEE") or []
    guests = [_guest(one) for one in (listed if isinstance(listed, list) else [listed])[:MOST_GUESTS]]
    starts, ends = _instant(start, zone), _instant(end, zone)
    called_off = called_off or str(event.get("STATUS", "")).upper() == "CANCELLED"
    return Copy(
        _hash(uid, first), calendar, starts, max(starts, ends),
        not isinstance(start, datetime) or ends - starts >= _DAY, _address(event.get("ORGANIZER", "")),
        tuple(sorted({guest for guest in guests if guest[0]})), title, str(event.get("DESCRIPTION", ""))[:MOST_WORDS].strip(),
        called_off or bool(_CALLED_OFF.match(title)), str(event.get("CLASS", "")).upper() in ("PRIVATE", "CONFIDENTIAL"),
        (int(event.get("SEQUENCE", 0)), str(_modified(event))),
    )  # fmt: skip


def _modified(event: Any) -> str:
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        if name in event:
            return str(event[name].dt.isoformat())
    return ""


def _guest(one: Any) -> tuple[str, str]:
    """An address, and what was answered; no address for a room, and for who is only told of it."""
    said = getattr(one, "params", {})
    if (
        str(said.get("CUTYPE", "")).upper() in ("ROOM", "RESOURCE")
        or str(said.get("ROLE", "")).upper() == "NON-PARTICIPANT"
    ):
        return "", ""
    return _address(one), str(said.get("PARTSTAT", "NEEDS-ACTION")).lower()


def _address(value: Any) -> str:
    text = str(value).strip()
    return plain_address(text[7:] if text[:7].lower() == "mailto:" else text)


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    """An instant in UTC; days and times without a zone are in ours."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
