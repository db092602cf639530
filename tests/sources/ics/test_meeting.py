"""Which meetings took place, of what calendars say in whatever form."""

from __future__ import annotations

import itertools
import time
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest

from tenure.sources.ics.contact import met
from tenure.sources.ics.meeting import Calendar, Window, read
from tenure.sources.ics.rows import TAKEN_BACK, TOUCHPOINTS, Known, news
from tenure.sources.ics.rules import periods
from tests.sources.mail.letters import PARTIES

NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 1, tzinfo=UTC), NOW, "Europe/Berlin")
ANNS, BENS = Calendar("anns", "ann@us.example"), Calendar("bens", "ben@us.example")
FEED = Calendar("feed")
ZONE = (
    "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0330\nTZOFFSETTO:+0330\n"
    "END:STANDARD\nEND:VTIMEZONE\n"
)
GUESTS = "ORGANIZER:mailto:ann@us.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:Rita@acme.example\n"


def event(when="DTSTART:20261110T090000Z\nDTEND:20261110T093000Z", guests=GUESTS, uid="u", more=""):
    return f"BEGIN:VEVENT\nUID:{uid}\n{when}\n{guests}{more}END:VEVENT\n"


def calendar(*events, head=""):
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{ZONE}{''.join(events)}END:VCALENDAR\n".replace("\n", "\r\n")


def meetings(*events, of=ANNS, head="", **how):
    """Of each meeting when it began (November), how long it took, its account."""
    found = met(read(calendar(*events, head=head), of, WINDOW).copies, PARTIES, **how)
    return sorted((f"{one.at:%d %H:%M}", one.minutes, one.account) for one in found.meetings)


def none(*events, of=ANNS, head=""):
    """Why there is no meeting."""
    found = read(calendar(*events, head=head), of, WINDOW)
    came = met(found.copies, PARTIES)
    assert not came.meetings
    return dict(found.aside + came.aside)


SERIES = "DTSTART;TZID=Europe/Berlin:20261019T100000\nDTEND;TZID=Europe/Berlin:20261019T110000\nRRULE:FREQ=WEEKLY"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("DTSTART:20261110T090000Z\nDTEND:20261110T093000Z", ["10 09:00"]),
        ("DTSTART;TZID=W. Europe Standard Time:20261110T090000\nDURATION:PT30M", ["10 08:00"]),
        ("DTSTART;TZID=Ours:20261110T090000\nDURATION:PT30M", ["10 05:30"]),
        ("DTSTART:20261110T090000\nDURATION:PT30M", ["10 08:00"]),  # floats: where we are
        ("DTSTART;TZID=America/New_York:20261101T013000\nDURATION:PT30M", ["01 05:30"]),  # the first of two half past ones
        (SERIES, ["02 09:00", "09 09:00", "16 09:00", "23 09:00"]),  # from summer into winter
        (f"{SERIES};COUNT=4", ["02 09:00", "09 09:00"]),
        (f"{SERIES};UNTIL=20261109T090000Z\nEXDATE;TZID=Europe/Berlin:20261102T100000", ["09 09:00"]),
        (f"{SERIES};INTERVAL=2\nRDATE;TZID=Europe/Berlin:20261103T100000", ["02 09:00", "03 09:00", "16 09:00"]),
        ("DTSTART:20261127T170000Z\nDTEND:20261127T180000Z", ["27 17:00"]),  # just over
    ],
)  # fmt: skip
def test_a_meeting_is_when_it_is_there(when, expected):
    assert [at for at, _, _ in meetings(event(when))] == expected


@pytest.mark.parametrize(
    ("when", "minutes"),
    [
        ("DTSTART:20261110T090000Z\nDTEND:20261110T093000Z", 30), ("DTSTART:20261110T090000Z", 0),
        ("DTSTART;VALUE=DATE:20261110", None), ("DTSTART:20261110T090000Z\nDTEND:20261112T090000Z", None),
    ],
)  # fmt: skip
def test_whole_days_tell_no_minutes(when, minutes):
    assert [length for _, length, _ in meetings(event(when))] == [minutes]


def test_what_is_not_over_is_no_meeting_yet():
    assert (
        meetings(event("DTSTART:20261127T170000Z\nDTEND:20261127T181500Z"), event("DTSTART:20270101T090000Z", uid="v"))
        == []
    )


def test_an_instance_may_be_moved_or_called_off():
    moved = event("RECURRENCE-ID;TZID=Europe/Berlin:20261109T100000\nDTSTART:20261110T120000Z\nDTEND:20261110T130000Z")
    off = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20261116T100000\nDTSTART:20261116T090000Z", "", more="STATUS:CANCELLED\n"
    )
    alone = event("RECURRENCE-ID:20261105T100000Z\nDTSTART:20261105T100000Z", uid="other")
    found = meetings(event(SERIES), moved, off, alone)
    assert [at for at, _, _ in found] == ["02 09:00", "05 10:00", "10 12:00", "23 09:00"]


def guests(*answers, organizer="ann@us.example"):
    lines = [f"ATTENDEE;PARTSTAT={answer}:mailto:{address}\n" for address, answer in answers]
    return (f"ORGANIZER:mailto:{organizer}\n" if organizer else "") + "".join(lines)


RITA, BO, NEW = "rita@acme.example", "bo@gmail.com", "x@new.example"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (guests((RITA, "NEEDS-ACTION")), ["acme"]),
        (guests((RITA, "ACCEPTED"), (BO, "TENTATIVE"), (NEW, "ACCEPTED")), ["acme", "birch"]),
        (guests((RITA, "DECLINED"), (BO, "ACCEPTED")), ["birch"]),
        (guests((RITA, "DECLINED"), ("new@acme.example", "ACCEPTED")), ["acme"]),
        (guests(("ann@us.example", "ACCEPTED"), organizer=RITA), ["acme"]),
        (guests((RITA, "DECLINED")), {"declined by the customer": 1}),
        (guests((RITA, "ACCEPTED"), ("ann@us.example", "DECLINED")), {"declined by us": 1}),
        (guests(("ben@us.example", "ACCEPTED")), {"among ourselves": 1}),
        (guests((NEW, "ACCEPTED")), {"not known": 1}),
        (guests(("both@x.example", "ACCEPTED")), {"several accounts": 1}),
        ("", {"without guests": 1}),
        (
            guests() + f"ATTENDEE;CUTYPE=ROOM:mailto:{RITA}\nATTENDEE;ROLE=NON-PARTICIPANT:mailto:{BO}\n",
            {"among ourselves": 1},
        ),
    ],
)
def test_with_whom_it_was(who, expected):
    found = (
        none(event(guests=who)) if isinstance(expected, dict) else [name for _, _, name in meetings(event(guests=who))]
    )
    assert found == expected


@pytest.mark.parametrize(
    ("more", "head", "why"),
    [
        ("STATUS:CANCELLED\n", "", "called off"), ("SUMMARY:Canceled: Review\n", "", "called off"), ("", "METHOD:CANCEL\n", "called off"),
        ("", "METHOD:REPLY\n", "an answer to an invitation"), ("CLASS:PRIVATE\n", "", "private"),
    ],
)  # fmt: skip
def test_what_was_called_off_or_is_private_is_left_out(more, head, why):
    assert none(event(more=more), head=head) == {why: 1}


def test_a_zone_that_nobody_knows_is_not_guessed():
    assert none(event("DTSTART;TZID=Nowhere/Else:20261110T090000")) == {"in a time zone that is not known": 1}


def test_titles_tell_reviews_and_are_kept_only_if_that_is_wished():
    def kinds(title, **how):
        text = calendar(event(more=f"SUMMARY:{title}\nDESCRIPTION:Secret\n"))
        return [(one.is_review, one.text) for one in met(read(text, ANNS, WINDOW).copies, PARTIES, **how).meetings]

    assert kinds("Acme QBR Q4") == kinds("Quarterly business review") == kinds("EBR") == [(True, "")]
    assert kinds("qbrs and more") == kinds("Code review") == [(False, "")]
    assert kinds("Steering", review="steering", content="subject") == [(True, "Steering")]
    assert kinds("Talk", content="text") == [(False, "Talk\n\nSecret")]


COPIES = {
    # who has declined is known from one's own calendar first, whatever the others have
    "ann declined, ben came": (["acme"], "ben", [
        (ANNS, event(guests=guests(("ann@us.example", "DECLINED"), ("ben@us.example", "NEEDS-ACTION"), organizer=RITA))),
        (BENS, event(guests=guests(("ann@us.example", "ACCEPTED"), ("ben@us.example", "ACCEPTED"), organizer=RITA))),
    ]),
    "called off for ben only": (["acme"], "ann", [
        (ANNS, event(guests=guests(("ann@us.example", "ACCEPTED"), organizer=RITA))),
        (BENS, event(guests=guests(("ben@us.example", "ACCEPTED"), organizer=RITA), more="STATUS:CANCELLED\nSEQUENCE:9\n")),
    ]),
    "called off by who organizes": ([], "", [
        (ANNS, event(more="STATUS:CANCELLED\n")), (BENS, event(more="SEQUENCE:3\n")),
    ]),
    "moved, and one calendar knows": (["acme"], "ann", [
        (FEED, event(more="SEQUENCE:1\n")), (BENS, event("DTSTART:20261111T090000Z", more="SEQUENCE:2\n")),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", COPIES)
def test_a_meeting_in_several_calendars_is_one(name):
    accounts, csm, copies = COPIES[name]
    for order in itertools.permutations(copies):
        found = met([one for of, text in order for one in read(calendar(text), of, WINDOW).copies], PARTIES)
        assert [one.account for one in found.meetings] == accounts
        assert {one.csm for one in found.meetings} <= {csm}


def rows(known, *events, opens=WINDOW.opens):
    found = met(read(calendar(*events), ANNS, WINDOW).copies, PARTIES).meetings
    return news(found, known, (), {"anns": opens} if opens else {}, NOW)


def test_what_is_moved_later_is_taken_back_and_another_stands_for_it():
    first = rows(Known(), event())[TOUCHPOINTS]
    there = {
        row["touchpoint_id"]: (datetime.fromisoformat(row["occurred_at"]), row["calendar"], row["meeting"])
        for row in first
    }
    known = Known(there)
    assert not any(rows(known, event()).values())
    moved = rows(known, event("DTSTART:20261111T090000Z"))
    assert [row["occurred_at"] for row in moved[TOUCHPOINTS]] == ["2026-11-11T09:00:00+00:00"]
    assert [row["key"] for row in moved[TAKEN_BACK]] == list(there)
    # what was taken back and is as it was again gets another id
    again = rows(Known({}, set(there)), event())[TOUCHPOINTS]
    assert again[0]["touchpoint_id"] not in there
    # nothing is taken back of a calendar that was not read, or of a time that it does not tell of
    assert rows(known, opens=None)[TAKEN_BACK] == []
    assert rows(known, opens=datetime(2026, 11, 20, tzinfo=UTC))[TAKEN_BACK] == []
    # what other calendars have brought is theirs
    moved_there = met(read(calendar(event("DTSTART:20261111T090000Z")), BENS, WINDOW).copies, PARTIES).meetings
    seen = {row["meeting"] for row in first}
    assert not any(news(moved_there, known, ("anns",), {"bens": WINDOW.opens}, NOW, seen).values())
    # but what is still there, and called off
    assert len(news([], known, (), {}, NOW, seen)[TAKEN_BACK]) == 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYYEARDAY=366", "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=99999",
    ],
)  # fmt: skip
def test_rules_that_would_not_end_are_not_begun(rule):
    started = time.process_time()
    when = f"DTSTART:20260601T090000Z\nRRULE:{rule}"
    assert sum(none(event(when)).values()) == 1
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=2TU", ["10"]), ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", []), ("FREQ=MONTHLY;BYMONTHDAY=15,-1", ["15"]),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=1MO", ["02"]), ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5", ["05"]), ("FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2;WKST=SU", ["02", "04", "16", "18"]),
    ],
)  # fmt: skip
def test_rules_that_people_have_are(rule, days):
    assert [at[:2] for at, _, _ in meetings(event(f"DTSTART:20260601T090000Z\nRRULE:{rule}"))] == days


def test_many_rules_together_are_bounded():
    assert periods({"FREQ": ["DAILY"]}, date(1970, 1, 1), date(2026, 11, 27)) == 57 * 366 + 1
    assert periods({"FREQ": ["DAILY"]}, date(1, 1, 1), date(2026, 11, 27)) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "<html>", "BEGIN:VEVENT\r\nEND:VEVENT", "BEGIN:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 50_000,
        "BEGIN:VCALENDAR\r\n" + ";" * 100_000, "BEGIN:VCALENDAR\r\nX" + "\r\n y" * 50_000,
    ],
)  # fmt: skip
def test_what_is_no_calendar_has_no_meetings(text):
    with suppress(ValueError):
        assert read(text, FEED, WINDOW).copies == []


@pytest.mark.parametrize(
    "own",
    [
        "UID:a\nDTSTART:2026xx\n", "UID:a\nDTSTART:20261110T090000Z\nDTEND:20261101T090000Z\n", "UID:a\n", "DTSTART:20261110T090000Z\n",
        "UID:a\nDTSTART:20261110T090000Z\nSEQUENCE:x\n", "UID:a\nDTSTART:20261110T090000Z\nBEGIN:X\n", "UID:a\nDTSTART:20261110T090000Z\nRRULE:FREQ=DAILY;UNTIL=xx\n",
        "UID:a\nDTSTART:20261110T090000Z\nDURATION:P9999999999999W\n", "UID:a\nDTSTART;VALUE=DATE:00010101\nRRULE:FREQ=YEARLY\n",
        "UID:a\nDTSTART:20261110T090000Z\nRDATE:" + ",".join(["20261111T090000Z"] * 9000) + "\n",
    ],
)  # fmt: skip
def test_one_bad_event_spoils_no_other(own):
    bad = f"BEGIN:VEVENT\n{own}{GUESTS}END:VEVENT\n"
    assert ("10 09:00", 30, "acme") in meetings(bad, event(uid="good"))
