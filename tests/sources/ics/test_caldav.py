"""Calendars by CalDAV: found from whatever address one has, and read in pieces."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from tenure.sources.ics.caldav import RefusedError, calendars, events, file_at, signed
from tests.sources.ics.caldav_server import PASSWORD, USER, Collections
from tests.sources.ics.test_meeting import SERIES, calendar, event
from tests.sources.vendor_server import Answer, served

OPENS, CLOSES = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)
SIGNED = signed(USER, PASSWORD)


@pytest.fixture
def there():
    own = Collections()
    with served(own) as server, httpx.Client() as client:

        def ask(method, url, headers, body):
            answered = client.request(method, url, headers=dict(headers), content=body)
            return answered.status_code, {k.lower(): v for k, v in answered.headers.items()}, answered.content

        yield own, server, ask


@pytest.mark.parametrize("path", ["/dav/", "/.well-known/caldav", "/dav/principals/ann/"])
def test_the_calendars_of_a_person_are_found(there, path):
    own, server, ask = there
    found = calendars(ask, server.address + path, SIGNED)
    assert [place.url for place in found] == [server.address + path for path in own.calendars]
    assert [place.name for place in found] == list(own.calendars)


def test_a_calendars_own_address_is_that_one_only(there):
    _, server, ask = there
    (found,) = calendars(ask, f"{server.address}/dav/ann/work/", SIGNED)
    assert found.url == f"{server.address}/dav/ann/work/"


def test_each_object_of_a_time_is_given_once(there):
    own, server, ask = there
    own.calendars["/dav/ann/work/"] = {
        "a.ics": calendar(event()), "b.ics": calendar(event(SERIES, uid="s")), "c.ics": calendar(event("DTSTART:20200101T090000Z")),
    }  # fmt: skip
    place = calendars(ask, f"{server.address}/dav/ann/work/", SIGNED)[0]
    texts = list(events(ask, place, SIGNED, OPENS, CLOSES))
    assert sorted(text.count("RRULE") for text in texts) == [0, 1]
    assert sum(asked.method == "REPORT" for asked in server.asked) == 4  # 330 days in pieces of 92


def test_a_file_at_an_address_needs_no_user(there):
    own, server, ask = there
    own.feeds["/secret/basic.ics"] = calendar(event())
    assert file_at(ask, f"{server.address}/secret/basic.ics", {}) == calendar(event())
    assert signed("", "") == {}


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (None, 401, "answers 401"), (Answer(404, b""), 404, "answers 404"), (Answer(207, b"<x"), 0, "no XML"),
        (Answer(207, b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), 0, "entities"), (Answer(207, b"<x/>"), 0, "tells of none"),
    ],
)  # fmt: skip
def test_what_is_no_calendar_is_refused(there, answer, status, why):
    _, server, ask = there
    server.faults.append(answer)
    server.faults.append(answer)
    with pytest.raises(RefusedError, match=why) as caught:
        calendars(ask, f"{server.address}/dav/", signed(USER, "wrong"))
    assert caught.value.status == status


def test_redirections_come_to_an_end(there):
    _, server, ask = there
    server.faults.extend([Answer(302, b"", {"location": "/dav/"})] * 9)
    with pytest.raises(RefusedError, match="circles"):
        calendars(ask, f"{server.address}/dav/", SIGNED)
