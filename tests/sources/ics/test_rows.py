"""Calendars that change: what stands at last is what they say at last."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.sources.ics.contact import met
from tenure.sources.ics.meeting import Calendar, Copy
from tenure.sources.ics.rows import MEETING, SEEN_IN, TAKEN_BACK, TOUCHPOINTS, Known, news
from tests.sources.mail.letters import PARTIES

NOW, OPENS = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
ANNS, BENS = Calendar("s:anns", "ann@us.example", is_whole=True), Calendar("s:bens", "ben@us.example", is_whole=True)
ANSWERS = st.sampled_from(["accepted", "declined", "needs-action"])


@st.composite
def copies(draw):
    start = OPENS + timedelta(days=draw(st.integers(0, 3)))
    return Copy(
        draw(st.sampled_from("abc")), draw(st.sampled_from([ANNS, BENS])), start, start + timedelta(minutes=30), False,
        draw(st.sampled_from(["ann@us.example", "rita@acme.example"])),
        (("ben@us.example", draw(ANSWERS)), ("bo@gmail.com", draw(ANSWERS)), ("rita@acme.example", draw(ANSWERS))), "Talk", "",
        draw(st.booleans()), False, (draw(st.integers(0, 2)), ""),
    )  # fmt: skip


def wanted(found, known):
    own = {(copy.meeting, copy.calendar.name): copy for copy in found}.values()
    meetings = met(own, PARTIES).meetings
    reach = {"s:anns": OPENS, "s:bens": OPENS}
    return news(meetings, known, ("t:",), reach, NOW, {copy.meeting for copy in own})


def said(rows):
    hidden = ("touchpoint_id", SEEN_IN)
    return sorted(str({key: value for key, value in row.items() if key not in hidden}) for row in rows)


@given(st.lists(st.lists(copies(), max_size=5), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_what_stands_is_what_calendars_say_at_last(readings):
    rows, gone = {}, set()
    for reading in readings:
        known = {
            key: (datetime.fromisoformat(row["occurred_at"]), row[SEEN_IN], row[MEETING])
            for key, row in rows.items()
            if key not in gone
        }
        found = wanted(reading, Known(known, gone))
        for row in found[TOUCHPOINTS]:
            assert row["touchpoint_id"] not in rows
            rows[row["touchpoint_id"]] = row
        gone |= {row["key"] for row in found[TAKEN_BACK]}
    standing = [row for key, row in rows.items() if key not in gone]
    assert said(standing) == said(wanted(readings[-1], Known())[TOUCHPOINTS])


@given(st.lists(copies(), max_size=6), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_copies_changes_nothing(found, chance):
    found = [replace(copy, latest=(nth, "")) for nth, copy in enumerate(found)]
    other = list(found)
    chance.shuffle(other)
    assert met(found, PARTIES) == met(other, PARTIES)
