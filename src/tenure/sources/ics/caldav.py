"""Calendars by CalDAV (RFC 4791), and at the address of a file. Whoever asks is given: this knows no network.

Meetings are asked for by their time, and worked out here: servers are asked for no expansion of what recurs, since many do
that wrongly or not at all. What a calendar has for a time is asked for anew each time; so what was called off or moved is
seen by what is there, and there is no state that could be wrong.
"""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

#: Asks for an address: method, address, headers, body; gives status, headers in small letters, and what was answered.
Ask = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]
_DAV, _CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_XML = {"content-type": "application/xml; charset=utf-8"}
#: Days that one question is about, so that no answer is too long; redirections that are followed; calendars of one account.
_DAYS, _REDIRECTIONS, _MOST = 92, 5, 200
_MULTISTATUS = 207


class RefusedError(Exception):
    """What was answered is no calendar. ``status``: of the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Place:
    """A calendar: its address, and what its owner calls it."""

    url: str
    name: str


def signed(user: str, password: str) -> dict[str, str]:
    """The header of a user with a password; none without."""
    if not user:
        return {}
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")}


def file_at(ask: Ask, url: str, headers: Mapping[str, str]) -> str:
    """The text of a calendar at an address. Raises ``RefusedError``."""
    _, body = _asked(ask, "GET", url, {"accept": "text/calendar, */*;q=0.1", **headers}, b"", (200,))
    return body.decode("utf-8-sig", "replace")


def calendars(ask: Ask, url: str, headers: Mapping[str, str]) -> list[Place]:
    """The calendars at an address: the one that it is, else those of the person whose it is. Raises ``RefusedError``."""
    props = "<d:resourcetype/><d:displayname/><d:current-user-principal/><c:calendar-home-set/>"
    url, found = _properties(ask, url, headers, props, "0")
    for _, own in found[:1]:
        if _is_calendar(own):
            return [Place(url, _text(own, f"{_DAV}displayname"))]
    home = _href(found, f"{_CAL}calendar-home-set")
    if not home:
        principal = _href(found, f"{_DAV}current-user-principal") or url
        base, found = _properties(ask, urljoin(url, principal), headers, "<c:calendar-home-set/>", "0")
        home = _href(found, f"{_CAL}calendar-home-set")
        url = base
    if not home:
        raise RefusedError(0, "is no calendar, and tells of none")
    props = "<d:resourcetype/><d:displayname/><c:supported-calendar-component-set/>"
    base, found = _properties(ask, urljoin(url, home), headers, props, "1")
    return [
        Place(urljoin(base, href), _text(own, f"{_DAV}displayname"))
        for href, own in found
        if _is_calendar(own) and _has_events(own)
    ][:_MOST]


def events(ask: Ask, place: Place, headers: Mapping[str, str], opens: datetime, closes: datetime) -> Iterator[str]:
    """The texts of the objects of a calendar that have a part in a time, each once. Raises ``RefusedError``."""
    seen: set[str] = set()
    start = opens
    while start < closes:
        end = min(start + timedelta(days=_DAYS), closes)
        body = (
            '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
            "<d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name='VCALENDAR'><c:comp-filter"
            f" name='VEVENT'><c:time-range start='{_time(start)}' end='{_time(end)}'/></c:comp-filter></c:comp-filter>"
            "</c:filter></c:calendar-query>"
        )
        _, found = _asked(ask, "REPORT", place.url, {**_XML, "depth": "1", **headers}, body.encode(), (_MULTISTATUS,))
        for href, own in _responses(found):
            text = _text(own, f"{_CAL}calendar-data")
            if text and href not in seen:
                seen.add(href)
                yield text
        start = end


def _properties(
    ask: Ask, url: str, headers: Mapping[str, str], props: str, depth: str
) -> tuple[str, list[tuple[str, ET.Element]]]:
    body = f'<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>{props}</d:prop></d:propfind>'
    url, found = _asked(ask, "PROPFIND", url, {**_XML, "depth": depth, **headers}, body.encode(), (_MULTISTATUS,))
    return url, _responses(found)


def _asked(
    ask: Ask, method: str, url: str, headers: Mapping[str, str], body: bytes, wanted: tuple[int, ...]
) -> tuple[str, bytes]:
    """The address that answered in the end, and what it did."""
    for _ in range(_REDIRECTIONS):
        status, answered, found = ask(method, url, headers, body)
        if status in (301, 302, 307, 308) and answered.get("location"):
            url = urljoin(url, answered["location"])
            continue
        if status not in wanted:
            raise RefusedError(status, f"answers {status}")
        return url, found
    raise RefusedError(0, "leads in circles")


def _responses(body: bytes) -> list[tuple[str, ET.Element]]:
    """The addresses that an answer is about, with the properties that are there."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise RefusedError(0, "answers with entities")
    try:
        root = ET.fromstring(body)  # noqa: S314 - without entities, which were refused
    except ET.ParseError:
        raise RefusedError(0, "answers with something that is no XML") from None
    found = []
    for response in root.iter(f"{_DAV}response"):
        href = response.findtext(f"{_DAV}href", "").strip()
        own = ET.Element("prop")
        for part in response.iter(f"{_DAV}propstat"):
            if " 200" in part.findtext(f"{_DAV}status", " 200"):
                for prop in part.findall(f"{_DAV}prop"):
                    own.extend(prop)
        found.append((href, own))
    return found


def _is_calendar(own: ET.Element) -> bool:
    return own.find(f"{_DAV}resourcetype/{_CAL}calendar") is not None


def _has_events(own: ET.Element) -> bool:
    """Some calendars hold tasks only; one that does not say what it holds may hold any."""
    kinds = own.find(f"{_CAL}supported-calendar-component-set")
    return kinds is None or any(kind.get("name", "").upper() == "VEVENT" for kind in kinds)


def _href(found: list[tuple[str, ET.Element]], name: str) -> str:
    return next((href for _, own in found if (href := own.findtext(f"{name}/{_DAV}href", "").strip())), "")


def _text(own: ET.Element, name: str) -> str:
    return own.findtext(name, "") or ""


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
