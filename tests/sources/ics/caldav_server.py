"""A small CalDAV server (RFC 4791, as much as reading needs)."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from tests.sources.vendor_server import Answer, Asked

USER, PASSWORD = "ann@us.example", "secret"
_BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class Collections:
    """Calendars of one person: by path, by name of the object, texts. ``feeds``: files at an address."""

    def __init__(self):
        self.calendars: dict[str, dict[str, str]] = {"/dav/ann/work/": {}, "/dav/ann/home/": {}}
        self.feeds: dict[str, str] = {}

    def __call__(self, asked: Asked) -> Answer:
        """The answer to a request."""
        if asked.method == "GET":
            text = self.feeds.get(asked.path)
            return Answer(404, b"") if text is None else Answer(200, text.encode(), {"content-type": "text/calendar"})
        if asked.headers.get("authorization") != _BASIC:
            return Answer(401, b"", {"www-authenticate": 'Basic realm="x"'})
        if asked.path == "/.well-known/caldav":
            return Answer(301, b"", {"location": "/dav/"})
        if asked.method == "REPORT":
            return self._report(asked)
        return self._found(asked)

    def _found(self, asked: Asked) -> Answer:
        path, depth = asked.path, asked.headers["depth"]
        if path == "/dav/":
            own = "<d:current-user-principal><d:href>/dav/principals/ann/</d:href></d:current-user-principal>"
        elif path == "/dav/principals/ann/":
            own = "<c:calendar-home-set><d:href>/dav/ann/</d:href></c:calendar-home-set>"
        elif path == "/dav/ann/" and depth == "1":
            tasks = _calendar("Tasks", "VTODO")
            listed = [_response("/dav/ann/", _collection("")), _response("/dav/ann/tasks/", tasks)]
            return _many([*listed, *(_response(path, _calendar(path)) for path in self.calendars)])
        elif path in self.calendars:
            own = _calendar(path)
        else:
            return Answer(404, b"")
        return _many([_response(path, own)])

    def _report(self, asked: Asked) -> Answer:
        assert asked.headers["depth"] == "1"
        ((start, end),) = re.findall(rb"time-range start='(\w+)' end='(\w+)'", asked.body)
        found = []
        for name, text in self.calendars[asked.path].items():
            if _is_in(text, _time(start.decode()), _time(end.decode())):
                data = f"<d:getetag>x</d:getetag><c:calendar-data>{escape(text)}</c:calendar-data>"
                found.append(_response(asked.path + name, data))
        return _many(found)


def _is_in(text: str, start: datetime, end: datetime) -> bool:
    """Whether an object may have a part in a time; of what recurs and of what has no zone here, it may."""
    if "RRULE" in text or "RECURRENCE-ID" in text:
        return True
    at = _time(re.findall(r"DTSTART[^:]*:(\w+)", text.partition("BEGIN:VEVENT")[2])[0])
    return start - timedelta(days=2) <= at < end


def _time(text: str) -> datetime:
    return datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _collection(more: str) -> str:
    return f"<d:resourcetype><d:collection/>{more}</d:resourcetype>"


def _calendar(name: str, kind: str = "VEVENT") -> str:
    kinds = f'<c:supported-calendar-component-set><c:comp name="{kind}"/></c:supported-calendar-component-set>'
    return f"{_collection('<c:calendar/>')}<d:displayname>{name}</d:displayname>{kinds}"


def _response(path: str, props: str) -> str:
    return (
        f"<d:response><d:href>{path}</d:href><d:propstat><d:prop>{props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
        "<d:propstat><d:prop><d:displayname>wrong</d:displayname></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
        "</d:response>"
    )


def _many(responses: list[str]) -> Answer:
    text = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    return Answer(207, (text + "".join(responses) + "</d:multistatus>").encode())
